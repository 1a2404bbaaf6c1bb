"""The studio without a page: knobs and the calls they print, files brought in, regions, runs, the queue.

What may go here: tests of nst_helpers.studio. What the page does is seen in test_browser_studio.
"""

import io
import os
import subprocess
import sys
import time

from nst_helpers.images import load_image, to_bytes
from nst_helpers.masks.cover import load_mask
from nst_helpers.records import read_record
from nst_helpers.studio import page, painting, regions, settings
from nst_helpers.studio.page import Studio
from nst_helpers.studio.pictures import Pictures
from nst_helpers.studio.queue import Ticket

import numpy as np
from PIL import Image
import pytest

KNOWN = Pictures().known
QUICK = {"size": 256, "steps": 10}


@pytest.fixture
def studio(monkeypatch, tmp_path):
    """A studio of its own, whose queue is nobody else's."""
    monkeypatch.setattr(painting, "Ticket", lambda folder: Ticket(tmp_path / "queue"))
    return Studio()


def tell(studio, message, *buffers):
    """What Jupyter does with a message of the page."""
    studio._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": list(buffers)})


def turn(studio, **knobs):
    """What the page sends when knobs are turned."""
    tell(studio, {"kind": "turn", "changes": knobs, "number": studio.changed + 1})


def bring(studio, name, data, place="photo", piece=100_000):
    for begin in range(0, max(1, len(data)), piece):
        tell(studio, {"kind": "upload", "number": "1", "name": name, "place": place, "from": begin, "size": len(data)},
             data[begin : begin + piece])


def finish(studio):
    """Wait for the run, and return its picture and record, as they are downloaded."""
    studio.painting.thread.join(120)
    assert studio.run["state"] == "done", studio.run
    return studio.png


def opened(png, tmp_path):
    path = tmp_path / "downloaded.png"
    path.write_bytes(png)
    return load_image(path), read_record(path)


def run_the_code(code, folder):
    """The lines that the studio prints, run as they stand in another process; the picture they save."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True, capture_output=True)
    return load_image(folder / "my_picture.png")


def test_a_knob_changes_the_preview_and_nothing_is_left_unanswered(studio):
    before = studio.preview
    turn(studio, strength=0.1)
    assert studio.preview != before and studio.answered == studio.changed == 1 and studio.said["text"] == ""
    seen = {studio.preview}
    for number, knobs in enumerate([{"strokes": 2.0}, {"keep_colors": True}, {"photo": "chelsea"},
                                    {"styles": ["starry_night", "the_scream"], "weights": [1.0, 0.5]},
                                    {"weights": [0.2, 1.0]}], 2):
        turn(studio, **knobs)
        assert studio.preview not in seen and studio.answered == number
        seen.add(studio.preview)


def test_a_knob_that_arrives_after_a_file_leaves_the_file_where_it_is(studio):
    bring(studio, "me.png", to_bytes(load_image("dogs", 96)))
    turn(studio, strength=0.2)
    assert (studio.settings["photo"], studio.settings["strength"]) == ("me.png", 0.2)


def test_sizes_are_offered_with_their_memory_and_only_where_it_is_there(studio, monkeypatch):
    assert [each["size"] for each in studio.sizes[:3]] == [256, 384, 512]
    assert studio.sizes[0]["text"].startswith("256 × 192 px, ") and studio.sizes[0]["text"].endswith("B")
    monkeypatch.setattr("nst_helpers._run.estimate.memory_free", lambda: 0.4e9)
    monkeypatch.setattr("nst_helpers._run.estimate.kept", 0)
    turn(studio, strength=0.5)
    assert 0 < len(studio.sizes) < 5
    assert max(each["size"] for each in Studio(largest=512).sizes) <= 512


@pytest.mark.parametrize("knobs", [
    {}, {"styles": ["great_wave", "the_scream"], "weights": [0.25, 1.0], "strokes": 1.5, "keep_colors": True}])
def test_the_printed_code_makes_the_downloaded_picture(studio, tmp_path, knobs):
    turn(studio, **QUICK, **knobs)
    tell(studio, {"kind": "paint"})
    image, record = opened(finish(studio), tmp_path)
    assert record["studio"] == studio.settings and record["arguments"]["content_image"] == "mountains"
    np.testing.assert_allclose(run_the_code(studio.code, tmp_path), image, atol=1 / 255)


def test_the_printed_code_makes_an_own_photo_with_regions_too(studio, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray((load_image("chelsea", 300)[0] * 255).astype("uint8")).save(buffer, "JPEG", quality=95)
    bring(studio, "My cat (1).JPG", buffer.getvalue(), piece=10_000)
    assert studio.settings["photo"] == "My_cat_1.jpg" and studio.own[0]["name"] == "My_cat_1.jpg"
    turn(studio, **QUICK, styles=["starry_night", "the_scream"], weights=[1.0, 1.0])
    labels = np.zeros((170, 256), "uint8")
    labels[:, 128:] = 1
    tell(studio, {"kind": "labels", "width": 256, "height": 170}, labels.tobytes())
    assert studio.settings["regions"] and studio.said["text"] == ""
    tell(studio, {"kind": "paint"})
    image, record = opened(finish(studio), tmp_path)
    assert record["arguments"]["content_image"] == "My_cat_1.jpg"
    sent = []
    studio.send = lambda message, buffers: sent.extend(zip(message["names"], buffers))
    tell(studio, {"kind": "regions"})
    (tmp_path / "My_cat_1.jpg").write_bytes(buffer.getvalue())
    for name, data in sent:
        (tmp_path / name).write_bytes(data)
    np.testing.assert_allclose(run_the_code(studio.code, tmp_path), image, atol=1 / 255)
    right = load_mask(tmp_path / "region_2.png")[0, :, :, 0]
    assert right[:, :250].max() == 0 and right[:, -250:].min() == 1


def test_regions_travel_in_a_record_and_belong_to_their_photo(studio):
    labels = {"width": 256, "height": 192, "values": bytes([0, 1] * (128 * 192))}
    assert regions.unpacked(regions.packed(labels)) == labels and len(regions.packed(labels)) < 500
    for wrong in ("", "2 2 x", None, "9999 9999 AAAA", regions.packed({**labels, "values": b"\x09" * 256 * 192})):
        with pytest.raises(ValueError, match="cannot be read: paint them again"):
            regions.unpacked(wrong)
    turn(studio, styles=["starry_night", "the_scream"], weights=[1.0, 1.0])
    tell(studio, {"kind": "labels", "width": 256, "height": 192}, labels["values"])
    assert studio.said["text"] == "" and studio.settings["regions"]
    before = studio.photo
    turn(studio, photo="dogs")  # an upright one: its preview cannot be made, but it is shown
    assert studio.said["text"].startswith("These regions belong to another photo") and studio.photo != before
    turn(studio, regions=False)
    assert studio.said["text"] == ""


def test_a_ready_made_mask_gives_the_second_painting_its_place(studio):
    turn(studio, styles=["starry_night", "the_scream"], weights=[1.0, 1.0])
    assert studio.masks == ["mountains_sky"]
    tell(studio, {"kind": "mask", "name": "mountains_sky"})
    labels = np.frombuffer(studio.labels["values"], "uint8").reshape(studio.labels["height"], studio.labels["width"])
    sky = load_mask("mountains_sky")
    assert abs(labels.mean() - sky.mean()) < 0.01 and labels[0, 128] == 1 and studio.settings["regions"]
    tell(studio, {"kind": "mask", "name": "chelsea_sky"})
    assert studio.said["text"] == "There is no such mask for this photo."
    tell(studio, {"kind": "labels", "width": 256, "height": 192}, bytes(256 * 192))
    assert studio.said["text"].startswith("Painting 2 has no region")
    tell(studio, {"kind": "labels", "width": 3, "height": 3}, b"\x07" * 9)
    assert studio.said["text"].startswith("These regions do not fit")


@pytest.mark.parametrize("name, data, message", [
    ("notes.txt", b"nonsense" * 9, "notes.txt is not a picture that can be read here"),
    ("../../empty.png", b"", "empty.png is empty"),
    ("cut.png", to_bytes(np.zeros((1, 99, 99, 3)))[:60], "cut.png is ")])
def test_a_wrong_file_is_a_sentence_in_the_page_and_leaves_nothing(studio, name, data, message):
    before = studio.settings
    bring(studio, name, data)
    assert message in studio.said["text"] and "\n" not in studio.said["text"]
    assert str(studio.pictures.folder) not in studio.said["text"]
    assert studio.settings == before and studio.own == [] and list(studio.pictures.folder.iterdir()) == []


def test_what_is_wrong_with_a_file_is_not_wiped_by_a_turn_that_was_on_its_way(studio):
    bring(studio, "notes.txt", b"nonsense" * 9)
    tell(studio, {"kind": "turn", "changes": {"strength": 0.3}, "number": 1})
    assert studio.settings["strength"] == 0.3 and studio.said["text"].startswith("notes.txt is not a picture")
    bring(studio, "fine.png", to_bytes(np.zeros((1, 99, 99, 3))))
    assert studio.said["text"] == ""


def test_a_file_is_too_large_before_it_is_sent(studio):
    tell(studio, {"kind": "upload", "number": "1", "name": "x.png", "place": "photo", "from": 0, "size": 10**9}, b"x")
    assert studio.said["text"] == "This file is too large: bring one of at most 40 MB."


def test_files_of_one_session_go_with_it_and_names_cannot_lead_elsewhere():
    pictures = Pictures()
    data = to_bytes(np.zeros((1, 9, 9, 3)))
    names = [pictures.add(name, data)[0] for name in
             ("../../../etc/passwd", "a\\b.png", "ä ö.PNG", "ä ö.png", "region_1.png", ".png", "x" * 300 + ".png")]
    assert names == ["passwd.jpg", "b.png", "ä_ö.png", "ä_ö_2.png", "my_region_1.png", "png.jpg", "x" * 40 + ".png"]
    assert {path.parent for path in pictures.own.values()} == {pictures.folder}
    folder = pictures.folder
    del pictures
    assert not folder.exists()


def test_a_saved_picture_brings_all_knobs_back(studio, tmp_path):
    turn(studio, **QUICK, styles=["great_wave", "the_scream"], weights=[0.5, 1.0], strength=0.4, keep_colors=True)
    tell(studio, {"kind": "paint"})
    png, wanted = finish(studio), studio.settings
    turn(studio, **settings.USUAL)
    assert studio.settings != wanted
    bring(studio, "my_picture.png", png, place="record")
    assert studio.settings == wanted and studio.said["text"] == ""
    bring(studio, "plain.png", to_bytes(np.zeros((1, 9, 9, 3))), place="record")
    assert studio.said["text"].startswith("This picture does not say how it was made")


def test_a_record_of_stylize_alone_or_of_pictures_that_are_not_here():
    arguments = {"content_image": "chelsea", "style_images": "the_scream", "content_weight": 0.02, "size": 384,
                 "steps": 150, "style_weights": None}
    found, sentence = settings.from_record({"arguments": arguments}, KNOWN)
    assert found == {**settings.USUAL, "photo": "chelsea", "styles": ["the_scream"], "size": 384, "steps": 150,
                     "strength": pytest.approx(0.7, abs=0.01)} and sentence == ""
    found, sentence = settings.from_record({"arguments": {**arguments, "content_image": "me.jpg"}}, KNOWN)
    assert found["photo"] == "mountains" and sentence.startswith("Its me.jpg cannot be found here")


@pytest.mark.parametrize("wrong", [
    None, 7, {"photo": "../x"}, {"styles": "starry_night"}, {"styles": [["x"]]}, {"weights": [float("nan")]},
    {"strength": "much"}, {"strength": 9}, {"steps": True}, {"size": 500}, {"keep_colors": "yes"}, {"regions": True}])
def test_whatever_the_page_sends_the_knobs_are_within_their_ranges(wrong):
    found = settings.checked(wrong, KNOWN)
    assert set(found) == set(settings.USUAL)
    assert found == {**settings.USUAL, "strength": 1.0 if wrong == {"strength": 9} else 0.7}


def test_strength_moves_from_the_photo_to_the_painting():
    weights = [settings.content_weight(strength) for strength in (0, 0.35, 0.7, 1)]
    assert weights == sorted(weights, reverse=True) and weights[2] == 0.02


def test_two_runs_at_once_are_impossible_and_stop_keeps_the_best(studio, tmp_path):
    turn(studio, size=256, steps=400)
    tell(studio, {"kind": "paint"})
    tell(studio, {"kind": "paint"})
    assert studio.said["text"].startswith("A picture is being painted already")
    while not (studio.run["state"] == "painting" and studio.run["step"] > 3):
        time.sleep(0.05)
    assert studio.growing
    tell(studio, {"kind": "stop"})
    _, record = opened(finish(studio), tmp_path)
    assert record["result"]["message"] == "interrupted" and 3 < record["result"]["steps"] < 400
    assert not studio.painting.is_running


def test_a_run_that_fails_says_why_and_the_next_one_runs(studio, monkeypatch):
    turn(studio, **QUICK)
    monkeypatch.setattr(painting, "stylize", lambda *_, **__: 1 / 0)
    tell(studio, {"kind": "paint"})
    studio.painting.thread.join(60)
    assert studio.run == {"state": "failed", "message": "division by zero"}
    monkeypatch.undo()
    tell(studio, {"kind": "paint"})
    finish(studio)


def test_the_queue_lets_one_run_at_a_time_and_forgets_the_dead(tmp_path):
    first, second = Ticket(tmp_path), Ticket(tmp_path)
    assert (first.place, second.place) == (0, 1)
    code = f"from nst_helpers.studio.queue import Ticket; print(Ticket({str(tmp_path)!r}).place)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "2"  # and its process has ended without giving it back
    with Ticket(tmp_path) as last:
        assert last.place == 2
        first.give_back()
        assert (second.place, last.place) == (0, 1)
    second.give_back()
    assert list(tmp_path.iterdir()) == []


def test_a_run_waits_for_its_turn_and_can_be_stopped_there(studio, tmp_path):
    with Ticket(tmp_path / "queue"):
        turn(studio, **QUICK)
        tell(studio, {"kind": "paint"})
        end = time.monotonic() + 30
        while not studio.run.get("place") and time.monotonic() < end:
            time.sleep(0.05)
        assert studio.run["state"] == "waiting" and studio.run["place"] == 1 and studio.run["alive"] > 0
        tell(studio, {"kind": "stop"})
        studio.painting.thread.join(30)
        assert studio.run == {"state": "failed", "message": "Stopped before it began."}
    assert list((tmp_path / "queue").iterdir()) == []


def test_the_studio_of_a_kernel_is_one(monkeypatch):
    monkeypatch.setattr(page, "_studios", [])
    assert page.studio() is page.studio(largest=256)


def test_the_last_result_is_sent_piece_by_piece(studio):
    studio.png, studio.latest = os.urandom(1_000_000), {"number": "7", "size": 1_000_000, "settings": {}}
    whole, sent = bytearray(), []
    studio.send = lambda message, buffers: sent.append((message, buffers[0]))
    while len(whole) < studio.latest["size"]:
        tell(studio, {"kind": "piece", "number": "7", "from": len(whole)})
        whole += sent[-1][1]
    assert bytes(whole) == studio.png and len(sent) == 3
    tell(studio, {"kind": "piece", "number": "6", "from": 0})
    assert len(sent) == 3
