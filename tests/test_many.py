"""Many pictures in one call: the same as one by one, here and by two worker processes, whatever happens on the way."""

import csv
from dataclasses import replace
import itertools
import os
import signal
import threading

from nst_helpers.images import load_image, save_image
from nst_helpers.many import display, stylize_many, sweep
from nst_helpers.many.options import OPTIONS, is_grid
from nst_helpers.many.sheet import columns_of, titles_of
from nst_helpers.networks import load_network
from nst_helpers.records import read_record
from nst_helpers.transfer import stylize

import numpy as np
import pytest

SMALL = {"size": 48, "steps": 3, "progress": False}
PAIR = ("chelsea", "great_wave")


@pytest.fixture(scope="module")
def painted():
    """A Result, as `stylize` gives it."""
    grey = np.full((1, 16, 16, 3), 0.5, "float32")
    return stylize(grey, grey, steps=1, style_layers=["block1_conv1"], progress=False)


@pytest.fixture
def calls(monkeypatch, painted):
    """What `stylize` was called with, while it paints nothing but paper whose grey tells which call it was."""
    found = []

    def paper(photo, painting, **options):
        found.append((photo, painting, options))
        return replace(painted, image=np.full((1, 16, 16, 3), len(found) / 100, "float32"))

    monkeypatch.setattr(sweep, "stylize", paper)
    return found


def pictures(count, seed=0):
    return list(np.random.default_rng(seed).random((count, 1, 32, 40, 3), "float32"))


def test_every_pair_meets_every_combination_in_order(calls):
    table = stylize_many([PAIR, ("dandelions", ["great_wave", "starry_night"])], progress=False, method="Adam",
                         content_weight=[0.01, 0.1], style_loss=["gram", "moments"])
    expected = [(photo, painting, weight, loss)
                for (photo, painting), weight, loss in itertools.product(
                    [PAIR, ("dandelions", ["great_wave", "starry_night"])], [0.01, 0.1], ["gram", "moments"])]
    assert [(photo, painting, options["content_weight"], options["style_loss"]) for photo, painting, options in calls] \
        == expected
    assert all(set(options) == {"content_weight", "style_loss", "method", "progress"} for *_, options in calls)
    rows = [(row["photo"], row["painting"], row["content_weight"], row["style_loss"]) for row in table.rows]
    assert rows[:4] == expected[:4] and rows[7] == ("dandelions", "great_wave + starry_night", 0.1, "moments")
    assert len(table) == len(table.images) == 8 and "method" not in table.rows[0]


def test_rows_and_images_are_those_of_stylize():
    table = stylize_many([PAIR], content_weight=[0.01, 0.1], **SMALL)
    for weight, row, image in zip([0.01, 0.1], table.rows, table.images):
        result = stylize(*PAIR, content_weight=weight, **SMALL)
        np.testing.assert_array_equal(image, result.image)
        assert row["losses"] == result.lowest_losses() and row["evaluations"] == result.evaluations
        assert row["error"] is None and row["message"] == result.message and row["seconds"] > 0


def assert_alike(losses, others):
    """The same but for the order in which sums are added up: on some processors it differs between processes."""
    if losses is None or others is None:
        assert losses is others
    else:
        assert losses == pytest.approx(others, rel=1e-3, abs=1e-9)


def test_workers_paint_the_same_pictures(client, tmp_path):
    random, (photo, painting) = load_network("pocket", weights="random"), pictures(2)
    asked = {"pairs": [(photo, painting), (tmp_path / "nowhere.png", painting)],
             "network": ["pocket", random], "style_layers": [["block1_conv1"], {"block2_conv1": 2, "block3_conv1": 1}]}
    here, there = stylize_many(**asked, **SMALL), stylize_many(**asked, client=client, **SMALL)
    assert len(here) == 8
    for own, row, image, other in zip(here.rows, there.rows, here.images, there.images):
        assert {**own, "seconds": 0, "losses": 0} == {**row, "seconds": 0, "losses": 0}
        assert_alike(own["losses"], row["losses"])
        if own["photo"] == "nowhere.png":
            assert image is None and other is None and "There is no file 'nowhere.png'" in row["error"]
        else:
            assert row["error"] is None and other.dtype == "float32"
            np.testing.assert_allclose(image, other, atol=0.01)
    assert [row["network"] for row in there.rows[:3]] == ["pocket", "pocket", "pocket 1"]
    assert not np.array_equal(there.images[0], there.images[2])


def test_a_worker_that_is_killed_loses_no_picture(client, tmp_path):
    asked = {"pairs": [PAIR], "seed": range(5), "start": "noise", **SMALL}
    victim = next(iter(client.run(os.getpid).values()))

    def kill_after_the_first(folder):
        while not list(folder.glob("*.png")):
            if stop.wait(0.02):
                return
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    stop, killed = threading.Event(), []
    killer = threading.Thread(target=kill_after_the_first, args=[tmp_path])
    killer.start()
    there = stylize_many(**asked, client=client, folder=tmp_path)
    stop.set()
    killer.join()
    assert killed and victim not in client.run(os.getpid).values()
    here = stylize_many(**asked)
    assert [row["error"] for row in there.rows] == [None] * 5
    for row, other in zip(here.rows, there.rows):
        assert_alike(row["losses"], other["losses"])
    for image, other in zip(here.images, there.images):
        assert np.abs(image - other).max() <= 0.5 / 255 + 0.01, "as written in 256 steps"


def test_a_folder_keeps_what_is_done_and_paints_only_the_rest(tmp_path, calls):
    first = stylize_many([PAIR], folder=tmp_path, progress=False, content_weight=[0.01, 0.02])
    assert len(calls) == 2
    files = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert sorted(file.name for file in files) == sorted(row["file"] for row in first.rows)
    again = stylize_many([PAIR, ("dandelions", "great_wave")], folder=tmp_path, progress=False,
                         content_weight=[0.02, 0.01])
    assert len(calls) == 4 and all(photo == "dandelions" for photo, *_ in calls[2:])
    assert {file: file.stat().st_mtime_ns for file in files} == files
    assert again.rows[0] == first.rows[1] and again.rows[1] == first.rows[0]
    np.testing.assert_array_equal(again.images[0], load_image(tmp_path / first.rows[1]["file"]))
    assert read_record(tmp_path / first.rows[0]["file"])["result"]["losses"] == first.rows[0]["losses"]


def test_another_picture_under_the_same_name_or_other_options_are_painted_anew(tmp_path, calls):
    photo, folder = tmp_path / "photo.png", tmp_path / "done"
    one, other = pictures(2)
    save_image(one, photo)
    ask = {"pairs": [(photo, "great_wave")], "folder": folder, "progress": False}
    stylize_many(**ask)
    save_image(other, photo, overwrite=True)
    stylize_many(**ask)
    stylize_many(**ask, seed=1)
    assert len(calls) == 3 and len(list(folder.iterdir())) == 3
    stylize_many(**ask, seed=1)
    stylize_many(**ask, content_weight=OPTIONS["content_weight"])  # the default, said aloud
    assert len(calls) == 3
    random, again, third = (load_network("pocket", weights="random", seed=seed) for seed in (1, 1, 2))
    for network in (random, again, third):  # known by their weights
        stylize_many(**ask, network=network)
    assert len(calls) == 5


def test_a_stranger_in_the_folder_stays_and_is_told(tmp_path, calls):
    row = stylize_many([PAIR], folder=tmp_path, progress=False).rows[0]
    save_image(pictures(1)[0], tmp_path / row["file"], overwrite=True)
    before = (tmp_path / row["file"]).read_bytes()
    again = stylize_many([PAIR], folder=tmp_path, progress=False)
    assert "is there already, and is not what was painted" in again.rows[0]["error"] and again.images == [None]
    assert (tmp_path / row["file"]).read_bytes() == before and len(calls) == 1


def test_what_cannot_be_written_stays_in_memory(tmp_path, calls, monkeypatch):
    def full(*_):
        raise OSError("x.png could not be written (No space left on device): make room.")

    monkeypatch.setattr(sweep, "write_picture", full)
    table = stylize_many([PAIR], folder=tmp_path, progress=False)
    assert "No space left" in table.rows[0]["error"] and table.images[0].shape == (1, 16, 16, 3)


def test_what_goes_wrong_with_one_picture_is_in_its_row(tmp_path):
    (tmp_path / "empty.png").touch()
    photo = pictures(1)[0]
    table = stylize_many([(tmp_path / "empty.png", photo), (photo, photo), (photo * np.nan, photo)],
                         style_layers=[["block1_conv1"], ["block9_conv9"]], **SMALL)
    errors = [row["error"] for row in table.rows]
    assert "is empty (0 bytes)" in errors[0] and errors[2] is None and "no layer 'block9_conv9'" in errors[3]
    assert all(errors[4:]) and all("\n" not in error for error in errors if error)
    assert [image is None for image in table.images] == [True, True, False, True, True, True]
    assert repr(table) == "6 pictures asked for, 1 painted, 5 not"


@pytest.mark.parametrize("moment", ["while it paints", "between two"])
def test_an_interrupt_keeps_what_is_done(tmp_path, monkeypatch, interrupts_arrive, moment):
    begun = []

    def interrupted(*pictures, **options):
        begun.append(options["seed"])
        if len(begun) == 2 and moment == "between two":
            signal.raise_signal(signal.SIGINT)
        if len(begun) == 2:
            threading.Timer(0.8, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
            options["steps"] = 5000
        return stylize(*pictures, **options)

    monkeypatch.setattr(sweep, "stylize", interrupted)
    asked = {"pairs": [PAIR], "seed": [0, 1, 2], "folder": tmp_path, **SMALL}
    table = stylize_many(**asked)
    errors = [row["error"] for row in table.rows]
    assert errors[0] is None and len(begun) == 2 and errors[2] == "not painted: the run was interrupted before"
    assert (errors[1] == "interrupted") == (table.images[1] is not None) == (moment == "while it paints")
    assert [file.name for file in tmp_path.iterdir()] == [table.rows[0]["file"]]
    monkeypatch.undo()
    assert repr(stylize_many(**asked)) == "3 pictures asked for, 3 painted"


def test_an_interrupt_with_workers_keeps_what_is_done(client, tmp_path, interrupts_arrive):
    def interrupt_after_the_first():
        while not list(tmp_path.glob("*.png")):
            if stop.wait(0.02):
                return
        os.kill(os.getpid(), signal.SIGINT)

    stop, asked = threading.Event(), {"pairs": [PAIR], "seed": range(30), "client": client, "folder": tmp_path, **SMALL}
    thread = threading.Thread(target=interrupt_after_the_first)
    thread.start()
    table = stylize_many(**asked)
    stop.set()
    thread.join()
    done = [row["error"] is None for row in table.rows]
    assert 1 <= sum(done) < 30 and sum(done) == len(list(tmp_path.iterdir()))
    assert len(client.nthreads()) == 2


@pytest.mark.parametrize("asked, sentence", [
    ({"content_wieght": 0.1}, "takes no 'content_wieght'. It takes what stylize does: network, size"),
    ({"autosave": "x.png"}, "takes no 'autosave': folder=... keeps each picture"),
    ({"content_weight": [0.1, -1]}, "content_weight is -1"),
    ({"content_weight": (0.1, 0.2)}, r"content_weight is \(0.1, 0.2\)"),
    ({"content_weight": []}, "content_weight is an empty list"),
    ({"content_weight": [0.1, 0.1]}, r"Picture 2 would be the same as picture 1 \(chelsea, great_wave, 0.1\)"),
    ({"style_layers": [["block1_conv1"], "block2_conv1"]}, "style_layers holds lists beside single values"),
    ({"style_layers": [["block1_conv1"], [3]]}, r"style_layers is \[3\]"),
    ({"style_loss": ["gram", "grim"]}, "style_loss is 'grim'"),
    ({"network": ["pocket", "pockets"]}, "There is no network 'pockets'"),
    ({"network": 5}, "There is no network '5'"),
    ({"method": "L-BFSG"}, "There is no method 'L-BFSG'"),
    ({"steps": [10, 0]}, "steps is 0"),
    ({"size": [64, 4]}, "size is 4"),
    ({"seed": -1}, "seed is -1"),
    ({"tile_size": 5}, "tile_size is 5"),
    ({"client": "many"}, "give a distributed.Client"),
    ({"pairs": []}, "There is no pair"),
    ({"pairs": "chelsea"}, "give a list of pairs"),
    ({"pairs": PAIR}, "Pair 1 is 'chelsea'; give a pair"),
    ({"pairs": [PAIR, ("chelsea",)]}, r"Pair 2 is \['chelsea'\]"),
    ({"pairs": [PAIR, PAIR]}, "Picture 2 would be the same as picture 1"),
])
def test_what_is_wrong_for_all_is_refused_before_anything_begins(calls, tmp_path, asked, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        stylize_many(**{"pairs": [PAIR], "folder": tmp_path / "new", **asked})
    assert calls == [] and not (tmp_path / "new").exists() and "\n" not in str(error.value)


def test_a_folder_that_cannot_be_is_refused(tmp_path, calls):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="could not be written"):
        stylize_many([PAIR], folder=tmp_path / "file")
    assert calls == []


@pytest.mark.parametrize("name, value, several", [
    ("content_weight", 0.1, False), ("content_weight", [0.1], True), ("seed", range(3), True),
    ("content_weight", np.linspace(0, 1, 3), True), ("style_weights", [1, 2], False),
    ("style_weights", np.ones(2), False), ("style_weights", [[1, 2], [2, 1]], True),
    ("style_weights", [None, [1]], True), ("masks", [None, None], False),
    ("style_layers", ["block1_conv1"], False), ("style_layers", {"block1_conv1": 1}, False),
    ("style_layers", [{"block1_conv1": 1}, ["block2_conv1"]], True), ("masks", [None, "half.png"], False),
    ("masks", [None, np.ones((4, 4))], False), ("masks", [["a.png", "b.png"], None], True),
    ("start", ["noise", "content"], True), ("start", np.zeros((1, 8, 8, 3)), False),
])
def test_a_list_is_values_to_try_unless_stylize_takes_it(name, value, several):
    assert is_grid(name, value) is several


def test_all_that_stylize_takes_as_a_list_is_known():
    """An option that is added to `stylize` shows up here."""
    assert set(OPTIONS) == {
        "network", "size", "style_size", "content_weight", "style_weights", "masks", "style_masks", "guide_mode",
        "total_variation_weight", "patch_weight", "structure_weight", "content_layers", "style_layers", "style_loss",
        "start", "seed", "method", "steps", "coarse_to_fine", "tile_size"}


def test_arrays_and_repeated_pictures_get_numbers():
    one, other, painting = pictures(3)
    table = stylize_many([(one, painting), (other, painting)], **{**SMALL, "steps": 1})
    assert [(row["photo"], row["painting"]) for row in table.rows] == [("photo 1", "painting 1"),
                                                                       ("photo 2", "painting 1")]


def test_the_table_is_html_with_every_word_escaped(calls, tmp_path):
    photo = tmp_path / "a<b>&.png"
    save_image(pictures(1)[0], photo)
    table = stylize_many([(photo, "great_wave"), ("nowhere", "great_wave")], progress=False, seed=[0, 1])
    table.fill(3, None, None, "it <broke>")
    text = table._repr_html_()
    assert text.count("<tr>") == 5 and text.count("<img ") == 3 and 'alt="a&lt;b&gt;&amp;.png, great_wave, 0"' in text
    assert "a<b>" not in text and "it &lt;broke&gt;" in text and "<th>content loss</th>" in text


def test_save_writes_pictures_table_and_sheet_and_replaces_nothing(calls, tmp_path):
    table = stylize_many([PAIR], progress=False, content_weight=[0.01, 0.1], style_loss=["gram", "moments"])
    table.fill(3, None, None, "it broke")
    folder = table.save(tmp_path / "new" / "folder")
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 5 and names[-1] == "table.csv" and "contact_sheet.png" in names
    for number, image in enumerate(table.images[:3]):
        (file,) = folder.glob(f"*{table.jobs[number].key[:12]}.png")
        np.testing.assert_allclose(load_image(file), image, atol=0.5 / 255 + 1e-6)
    lines = list(csv.DictReader((folder / "table.csv").open(encoding="utf-8-sig")))
    assert [line["content_weight"] for line in lines] == ["0.01", "0.01", "0.1", "0.1"]
    assert float(lines[1]["content loss"]) == table.rows[1]["losses"]["content"] and lines[3]["error"] == "it broke"
    with pytest.raises(FileExistsError, match="table.csv is there already"):
        table.save(folder)
    assert table.save(folder, overwrite=True) == folder and len(list(folder.iterdir())) == 5


def test_the_contact_sheet_shows_every_picture_in_order(calls):
    table = stylize_many([PAIR, ("dandelions", "great_wave")], progress=False, content_weight=[0.01, 0.1, 0.5])
    table.fill(4, None, None, "it broke")
    figure = table.contact_sheet()
    assert [axis.get_title() for axis in figure.axes] == [
        f"{photo}\ncontent_weight {weight}" for photo in ("chelsea", "dandelions") for weight in (0.01, 0.1, 0.5)]
    for number, axis in enumerate(figure.axes):
        if number == 4:
            assert not axis.images and axis.texts[0].get_text() == "it broke"
        else:
            np.testing.assert_array_equal(axis.images[0].get_array(), np.clip(table.images[number][0], 0, 1))
    boxes = [axis.get_position() for axis in figure.axes]
    assert boxes[0].x0 < boxes[1].x0 < boxes[2].x0 and boxes[0].y0 > boxes[3].y1
    assert np.ptp([box.y0 for box in boxes[:3]]) < 1e-9
    assert min(min(box.x0, box.y0) for box in boxes) >= 0 and max(max(box.x1, box.y1) for box in boxes) <= 1


def test_titles_and_columns_of_a_sheet():
    alone = [{"photo": "a", "painting": "b"}]
    assert titles_of(alone) == ["a\nb"] and columns_of(alone) == 1
    pairs = [{"photo": photo, "painting": "b"} for photo in "cdefghi"]
    assert titles_of(pairs) == list("cdefghi") and columns_of(pairs) == 3
    seeds = [{"photo": "a", "painting": "b", "seed": seed} for seed in range(100)]
    assert titles_of(seeds)[7] == "seed 7" and columns_of(seeds) == 8


def test_progress_tells_the_pictures_and_what_went_wrong(calls, painted, monkeypatch):
    told = []

    class Bar:
        n = 0

        def __init__(self, count, title):
            told.append((count, title))
            self.bar = self

        def __call__(self, done, loss, image):
            self.n = done
            told.append((done, loss, image.shape))

        def update(self, more):
            self.n += more

        def tell(self, sentence):
            told.append((self.n, sentence))

        close = told.append

    monkeypatch.setattr(display, "Progress", Bar)
    broken = [None, ValueError("It broke.")]
    monkeypatch.setattr(sweep, "each_done", lambda *_, **__: ((n, None if broken[n] else painted, broken[n])
                                                              for n in (1, 0)))
    stylize_many([PAIR, ("dandelions", "great_wave")])
    loss = painted.lowest_losses()["total"]
    assert told == [(2, "pictures"), (1, "Picture 2: It broke."), (2, loss, (1, 16, 16, 3)),
                    "2 pictures asked for, 1 painted, 1 not"]


def test_without_progress_nothing_is_shown(capfd):
    stylize_many([PAIR], **SMALL)
    assert capfd.readouterr() == ("", "")
