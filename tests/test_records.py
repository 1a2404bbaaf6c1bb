"""Records of how a picture was made, the picture so far on disk, and what is left of a run when things go wrong."""

import errno
import hashlib
import json
import math
from pathlib import Path

from nst_helpers import transfer
from nst_helpers._io.atomic import write_whole
from nst_helpers._run import autosave
from nst_helpers._run.autosave import Autosave
from nst_helpers.images import load_image, save_image
from nst_helpers.networks import convolutions
from nst_helpers.optimize.result import Result
from nst_helpers.records import read_record
from nst_helpers.transfer import stylize

import numpy as np
import PIL
from PIL import Image
import pytest

QUICK = {"size": 32, "content_layers": "block2_conv2", "style_layers": ["block1_conv1", "block2_conv1"],
         "progress": False}


@pytest.fixture
def paint(random_pocket):
    def run(**options):
        return stylize(**{"content_image": "chelsea", "style_images": "great_wave", "network": random_pocket,
                          "steps": 4, **QUICK, **options})
    return run


def picture(seed, height=20, width=30):
    return np.random.default_rng(seed).random((1, height, width, 3), "float32")


# Records


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_record_in_a_file_is_the_one_of_the_result(paint, tmp_path, suffix):
    result = paint()
    path = result.save(tmp_path / f"painted.{suffix}")
    assert read_record(path) == result.record
    np.testing.assert_allclose(load_image(path), result.image, atol=0.6 / 255 if suffix == "png" else 0.2)
    with pytest.raises(FileExistsError):
        result.save(path)
    result.save(path, overwrite=True)


def test_record_is_plain_text_in_the_png(paint, tmp_path):
    """For other programs and other languages: an iTXt chunk of strict JSON."""
    result = paint()
    text = Image.open(result.save(tmp_path / "painted.png")).text["nst_course"]

    def refuse(constant):
        pytest.fail(f"{constant} is no JSON")

    assert json.loads(text, parse_constant=refuse) == result.record
    assert text.encode() in (tmp_path / "painted.png").read_bytes()


def test_a_picture_can_be_made_again_from_its_record(tmp_path):
    options = {**QUICK, "style_layers": {"block1_conv1": 2, "block2_conv1": 1}, "style_weights": np.array([1, 2])}
    first = stylize("chelsea", ["great_wave", "poppies"], start="noise", seed=5, steps=3, **options)
    record = read_record(first.save(tmp_path / "painted.png"))
    again = stylize(**record["arguments"], progress=False)
    np.testing.assert_array_equal(again.image, first.image)
    assert again.record["pictures"] == record["pictures"] and again.record["network"] == record["network"]


def test_hashes_are_those_of_what_went_in(paint, random_pocket):
    content, style = picture(1), picture(2)
    record = paint(content_image=content, style_images=[style], size=None, start=picture(3), steps=1).record

    def sha256(*arrays):
        return hashlib.sha256(b"".join(array.astype("float32").tobytes() for array in arrays)).hexdigest()

    assert record["pictures"]["content"] == {"shape": [1, 20, 30, 3], "sha256": sha256(content)}
    assert record["pictures"]["styles"] == [{"shape": [1, 20, 30, 3], "sha256": sha256(style)}]
    assert record["pictures"]["start"]["sha256"] == sha256(picture(3))
    assert record["arguments"]["content_image"] == record["pictures"]["content"]
    weights = [array for layer in convolutions(random_pocket) for array in layer.get_weights()]
    assert record["network"] == {"name": "pocket", "pooling": "AveragePooling2D", "weights_sha256": sha256(*weights)}


def test_record_says_what_came_out(paint):
    result = paint(seed=np.int64(3), steps=np.int64(2), content_weight=np.float32(0.5))
    record = result.record
    assert record["versions"]["Pillow"] == PIL.__version__ and record["versions"]["NumPy"] == np.__version__
    assert {"Python", "TensorFlow", "Keras", "nst_helpers"} <= set(record["versions"])
    assert [record["arguments"][name] for name in ("seed", "steps", "content_weight")] == [3, 2, 0.5]
    best = int(np.argmin(result.losses["total"]))
    assert record["result"]["losses"] == {name: values[best] for name, values in result.losses.items()}
    assert record["result"]["evaluations"] == result.evaluations and record["result"]["message"] == "all steps done"


def test_folders_stay_private(paint, tmp_path):
    save_image(picture(1), tmp_path / "holiday.png")
    record = paint(content_image=str(tmp_path / "holiday.png"), style_images=[tmp_path / "holiday.png"], steps=1,
                   autosave=tmp_path / "last.png").record
    assert record["arguments"]["content_image"] == "holiday.png"
    assert record["arguments"]["style_images"] == ["holiday.png"]
    assert tmp_path.name not in json.dumps(record)


def test_regions_are_on_record(paint):
    mask = np.zeros((1, 21, 32, 1), "float32")
    mask[:, :, :16] = 1
    arguments = paint(style_images=["great_wave", None], masks=[mask, 1 - mask], steps=1).record["arguments"]
    assert arguments["style_images"] == ["great_wave", None]
    assert [given["shape"] for given in arguments["masks"]] == [[1, 21, 32, 1]] * 2
    assert arguments["masks"][0]["sha256"] != arguments["masks"][1]["sha256"]


def test_a_file_without_a_record_is_told(tmp_path):
    save_image(picture(1), tmp_path / "plain.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "other.jpg", comment="Dear diary")
    for name in ("plain.png", "other.jpg"):
        with pytest.raises(ValueError, match=f"{name} holds no record of how it was made: only pictures saved with"):
            read_record(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no file 'nowhere.png'"):
        read_record(tmp_path / "nowhere.png")


def test_result_of_minimize_can_be_saved_without_a_record(tmp_path):
    result = Result(picture(1), {}, 0, 0, 0.0, "interrupted")
    with pytest.raises(ValueError, match="holds no record"):
        read_record(result.save(tmp_path / "painted.png"))


# The picture so far


class Clock:
    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(autosave.time, "monotonic", lambda: self.now)


def test_saved_every_few_seconds_and_again_at_the_end(tmp_path, monkeypatch):
    clock, saved = Clock(monkeypatch), []
    monkeypatch.setattr(autosave, "save_image", lambda image, *_: saved.append(float(image[0, 0, 0, 0])))
    saver = Autosave(tmp_path / "last.png", {})
    for step in range(100):
        clock.now += 0.25
        saver(step, 1.0, np.full((1, 2, 2, 3), step / 100))
    assert saved == [0.19, 0.39, 0.59, 0.79, 0.99]  # every 20th: 5 seconds
    saver.save(np.full((1, 2, 2, 3), 1.7), {})
    assert saved[-1] == 1.0  # clipped


def test_slow_saving_is_done_less_often(tmp_path, monkeypatch):
    clock, saved = Clock(monkeypatch), []

    def slow(*_):
        saved.append(clock.now)
        clock.now += 2.0

    monkeypatch.setattr(autosave, "save_image", slow)
    saver = Autosave(tmp_path / "last.png", {})
    for step in range(1000):
        clock.now += 0.25
        saver(step, 1.0, picture(1))
    assert len(saved) >= 3 and min(np.diff(saved)) >= 40  # a twentieth of the time at most


def test_autosaved_picture_says_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(autosave, "EVERY", 0.0)
    saver = Autosave(tmp_path / "new folder" / "last.png", {"arguments": {"steps": 9}})
    saver(3, 0.25, picture(1))
    assert read_record(tmp_path / "new folder" / "last.png") == {
        "arguments": {"steps": 9}, "result": {"steps": 3, "losses": {"total": 0.25}, "message": "still running"}}
    np.testing.assert_allclose(load_image(tmp_path / "new folder" / "last.png"), picture(1), atol=0.6 / 255)


def test_finished_picture_is_saved_and_a_run_goes_on_from_it(paint, tmp_path):
    last = tmp_path / "last.png"
    first = paint(steps=12, autosave=last)
    assert read_record(last) == first.record
    np.testing.assert_allclose(load_image(last), first.image, atol=0.6 / 255)
    second = paint(steps=12, start=last, autosave=last)
    assert second.losses["total"][0] < 1.2 * first.losses["total"].min()  # 256 steps of grey are not all there is
    assert second.losses["total"].min() < first.losses["total"].min()
    np.testing.assert_allclose(load_image(last), second.image, atol=0.6 / 255)


def test_interrupted_run_leaves_its_best_picture(paint, tmp_path, monkeypatch):
    run = transfer.minimize_in_stages

    def interrupted(*arguments, progress, **more):
        def stop(step, *news):
            progress(step, *news)
            if step == 3:
                raise KeyboardInterrupt
        return run(*arguments, progress=stop, **more)

    monkeypatch.setattr(transfer, "minimize_in_stages", interrupted)
    result = paint(steps=50, autosave=tmp_path / "last.png")
    assert read_record(tmp_path / "last.png") == result.record and result.record["result"]["message"] == "interrupted"
    np.testing.assert_allclose(load_image(tmp_path / "last.png"), result.image, atol=0.6 / 255)


def test_run_with_a_loss_that_is_not_finite_is_on_record(paint, tmp_path, random_pocket, monkeypatch):
    monkeypatch.setattr("nst_helpers.objective.total_variation", lambda image: math.nan * image[0, 0, 0, 0])
    result = paint(autosave=tmp_path / "last.png")
    assert "not finite at evaluation 1" in result.message
    assert read_record(tmp_path / "last.png")["result"]["losses"]["total"] == "inf"


def test_full_disk_is_told_once_and_the_run_goes_on(paint, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    last = tmp_path / "last.png"
    paint(autosave=last, steps=1)
    before = last.read_bytes()
    monkeypatch.setattr(autosave, "EVERY", 0.0)
    monkeypatch.setattr(Path, "write_bytes", lambda path, data: full(path, data) if data else None)
    with pytest.warns(UserWarning, match=r"went on without saving: .*last.png could not be written \(No space") as told:
        result = paint(autosave=last, steps=10)
    assert len(told) == 1
    assert result.steps == 10 and last.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told_before_the_run(paint, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "minimize_in_stages", lambda *_, **__: pytest.fail("the run has started"))
    (tmp_path / "file").write_text("no folder")
    for path, words in [(tmp_path / "file" / "last.png", "could not be written"), (tmp_path, "not as 'no suffix'"),
                        (tmp_path / "last.gif", "not as '.gif'"), (tmp_path / "folder.png", "is a folder")]:
        (tmp_path / "folder.png").mkdir(exist_ok=True)
        with pytest.raises((OSError, ValueError), match=words):
            paint(autosave=path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]


def test_half_a_write_is_never_seen(tmp_path):
    """Whoever reads while a file is replaced sees the old one or the new one."""
    path, contents = tmp_path / "file", [bytes([n]) * 200_000 for n in range(30)]
    write_whole(path, contents[0])
    with open(path, "rb") as old:
        for content in contents[1:]:
            write_whole(path, content)
            assert path.read_bytes() == content
        assert old.read() == contents[0]
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
