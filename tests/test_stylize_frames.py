"""`stylize_frames`: a film is the same in one go and in many, here and by workers, and no finished frame is lost."""

import os
from pathlib import Path
import signal
import subprocess
import sys
import time

from nst_helpers.fast import stylize_fast
from nst_helpers.film import chains, stylize_frames
from nst_helpers.film.painter import TEMPORAL_WEIGHT, Painter
from nst_helpers.film.synthetic import camera_film
from nst_helpers.images import load_image, save_image
from nst_helpers.networks import load_network
from nst_helpers.optimize.result import Result
from nst_helpers.records import read_record
from nst_helpers.transfer import stylize

import numpy as np
import pytest

QUICK = {"steps": 3, "first_steps": 4, "progress": False}
OWN, LAST = 0.5772, 0.3183  # no sum of such parts lies in the middle between two of 256 steps


@pytest.fixture(scope="module")
def frames():
    return camera_film("mountains", 5, 48).frames


@pytest.fixture(scope="module")
def whole(frames):
    """A film in one go, in memory; with both terms that tie a frame to the one before."""
    return stylize_frames(frames, "great_wave", difference_weight=0.1, **QUICK)


@pytest.fixture
def calls(monkeypatch):
    """A painter that takes no time: a darker frame, and something of the one before. It notes what it is called with;
    an exception in `at`, by the number of the call, is raised there."""
    found = []

    def paint(frame, last_painted):
        found.append((frame, last_painted))
        if len(found) in at:
            raise at.pop(len(found))
        image = np.float32(OWN) * frame + np.float32(LAST) * last_painted
        return Result(image, {"total": np.array([1.0])}, 1, 1, 0.1, "all steps done")

    at = {}
    monkeypatch.setattr(Painter, "first", lambda self, frame: paint(frame, 0 * frame))
    monkeypatch.setattr(Painter, "next", lambda self, frame, last, painted: paint(frame, painted))
    calls.at, calls.found = at, found
    return calls


def by_hand(frames, starts=(0,)):
    """What the painter above makes of a film, in float64."""
    painted = []
    for number, frame in enumerate(np.asarray(frames, "float64")):
        last = 0 if number in starts else painted[-1]
        painted.append(np.rint(255 * (OWN * frame + LAST * last)) / 255)
    return np.array(painted)


def pixels(film):
    return np.concatenate(list(film))


def test_frames_are_those_of_the_painter_one_after_another(frames, whole):
    result = stylize(frames[:1], "great_wave", steps=4, progress=False)
    np.testing.assert_allclose(whole[0], result.image, atol=0.5 / 255 + 1e-6)
    painter = Painter(["great_wave"], steps=3, first_steps=4, warp=True, options={}, difference_weight=0.1,
                      temporal_weight=TEMPORAL_WEIGHT)
    for number in (1, 2):
        after = painter.next(frames[number : number + 1], frames[number - 1 : number], whole[number - 1])
        np.testing.assert_allclose(whole[number], after.image, atol=0.5 / 255 + 1e-6)
    assert len(whole) == 5 and whole.fps == 12 and whole.message == "5 of 5 frames painted"
    assert whole.alt == "A film, painted in the manner of great_wave."


def test_one_pass_is_stylize_fast(frames, tmp_path):
    film = stylize_frames(frames, "great_wave", method="one pass", strength=0.7, folder=tmp_path, progress=False)
    for frame, painted in zip(frames[:, np.newaxis], film):
        np.testing.assert_allclose(painted, stylize_fast(frame, "great_wave", strength=0.7), atol=0.5 / 255 + 1e-6)


def test_a_folder_holds_the_film_as_it_grows(calls, frames, tmp_path):
    film = stylize_frames(frames, "great_wave", folder=tmp_path / "film", progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames), atol=1e-6)
    assert all(isinstance(path, Path) for path in film.pictures)
    assert sorted(file.name for file in (tmp_path / "film").iterdir()) == [
        "00001.png", "00002.png", "00003.png", "00004.png", "00005.png", "film.json"]
    record = read_record(tmp_path / "film" / "00003.png")
    assert record["frame"] == 3 and record["result"]["losses"] == {"total": 1.0}
    assert "weights_sha256" in record["network"]
    assert record["arguments"]["style_images"] == "great_wave" and "folder" not in record["arguments"]
    count = len(calls.found)
    again = stylize_frames(frames, "great_wave", folder=tmp_path / "film", progress=False)
    assert len(calls.found) == count and np.array_equal(pixels(again), pixels(film))
    in_memory = stylize_frames(frames, "great_wave", progress=False)
    np.testing.assert_array_equal(pixels(in_memory), pixels(film))


def test_a_film_in_files_is_the_film_in_memory(calls, frames, tmp_path):
    for number in range(5):
        save_image(frames[number : number + 1], tmp_path / f"{number}.png")
    film = stylize_frames(tmp_path, "great_wave", size=48, progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(np.rint(frames * 255) / 255), atol=1.01 / 255)
    assert film.alt == f"The film {tmp_path.name}, painted in the manner of great_wave."


def test_chunks_begin_anew(calls, frames):
    film = stylize_frames(frames, "great_wave", chunk=2, progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames, starts=(0, 2, 4)), atol=1e-6)


def test_what_would_be_another_film_is_refused(calls, frames, tmp_path):
    asked = {"style_images": load_image("great_wave", 48), "folder": tmp_path, "progress": False}
    stylize_frames(frames, **asked)
    count = len(calls.found)
    other_frames = np.array(frames)
    other_frames[4, 3, 3] = 0.5
    changes = [{"frames": other_frames}, {"frames": frames[:4]}, {"steps": 7}, {"temporal_weight": 7.0},
               {"warp": False}, {"chunk": 2}, {"content_weight": 0.5}, {"style_images": load_image("starry_night", 48)},
               {"network": load_network("pocket", weights="random")}, {"method": "one pass"}, {"seed": 3}]
    for change in changes:
        with pytest.raises(ValueError, match="holds another film, or this one with other frames or settings"):
            stylize_frames(**{"frames": frames, **asked, **change})
    named = stylize_frames(list(frames[:, np.newaxis]), fps=30, **asked)  # the same pictures, shown faster
    assert len(calls.found) == count and named.fps == 30


def test_pictures_that_are_there_are_no_frames(calls, frames, tmp_path):
    save_image(frames[:1], tmp_path / "00002.png")
    with pytest.raises(ValueError, match="00002.png is there already, and is no frame of this film"):
        stylize_frames(frames, "great_wave", folder=tmp_path, progress=False)
    with pytest.raises(ValueError, match="folder is where the film's own frames are"):
        stylize_frames(tmp_path, "great_wave", folder=str(tmp_path) + "/", progress=False)
    stylize_frames(frames, "great_wave", folder=tmp_path / "film", progress=False)
    save_image(frames[:1], tmp_path / "film" / "00002.png", overwrite=True)
    with pytest.raises(ValueError, match="00002.png is not the frame that was painted under that name"):
        stylize_frames(frames, "great_wave", folder=tmp_path / "film", progress=False)
    (tmp_path / "film" / "00002.png").unlink()
    film = stylize_frames(frames, "great_wave", folder=tmp_path / "film", progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames), atol=1e-6)


KILLED = """
import sys
from nst_helpers.film import stylize_frames
from nst_helpers.film.synthetic import camera_film
print("begun", flush=True)
stylize_frames(camera_film("mountains", 5, 48).frames, "great_wave", difference_weight=0.1, steps=3, first_steps=4,
               progress=False, folder=sys.argv[1])
"""


def test_a_killed_film_goes_on_and_is_the_same(frames, whole, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], env={**os.environ, "PYTHONPATH": "."})
    deadline = time.monotonic() + 60
    while not (tmp_path / "00002.png").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    there = {path.name: path.read_bytes() for path in tmp_path.glob("0*.png")}
    assert 2 <= len(there) < 5
    film = stylize_frames(frames, "great_wave", difference_weight=0.1, folder=tmp_path, **QUICK)
    assert {name: (tmp_path / name).read_bytes() for name in there} == there
    np.testing.assert_array_equal(pixels(film), pixels(whole))


def test_a_full_disk_loses_nothing(calls, frames, tmp_path, monkeypatch):
    def full(self, data):
        if data[:4] == b"\x89PNG" and len(calls.found) == 3:
            raise OSError(28, "No space left on device")
        return write(self, data)

    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.warns(UserWarning, match="stopped early, with 3 of 5 frames painted: .*No space left on device"):
        film = stylize_frames(frames, "great_wave", folder=tmp_path, progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames)[:3], atol=1e-6)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["00001.png", "00002.png", "film.json"]
    assert "No space left" in film.message
    monkeypatch.setattr(Path, "write_bytes", write)
    film = stylize_frames(frames, "great_wave", folder=tmp_path, progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames), atol=1e-6)
    assert len(calls.found) == 6, "the frame that could not be written is painted again, no other"


def test_an_error_keeps_the_frames_before_it(calls, frames):
    calls.at[4] = ValueError("The fourth frame is odd.")
    with pytest.warns(UserWarning, match="stopped early, with 3 of 5 frames painted: The fourth frame is odd."):
        film = stylize_frames(frames, "great_wave", progress=False)
    np.testing.assert_allclose(pixels(film), by_hand(frames)[:3], atol=1e-6)
    calls.at[len(calls.found) + 1] = ValueError("The first frame is odd.")
    with pytest.raises(ValueError, match="The first frame is odd."):
        stylize_frames(frames, "great_wave", progress=False)


def test_an_interrupt_ends_with_the_frames_so_far(frames, whole, tmp_path, monkeypatch, interrupts_arrive):
    """It strikes in the middle of frame 3, which is not finished then, and painted whole the next time."""
    follow = Painter.next

    def interrupted(self, frame, *before):
        if np.array_equal(frame, frames[2:3]):
            os.kill(os.getpid(), signal.SIGINT)
        return follow(self, frame, *before)

    monkeypatch.setattr(Painter, "next", interrupted)
    asked = {"folder": tmp_path, "difference_weight": 0.1, **QUICK}
    film = stylize_frames(frames, "great_wave", **asked)
    assert film.message == "2 of 5 frames painted, interrupted"
    monkeypatch.setattr(Painter, "next", follow)
    np.testing.assert_array_equal(pixels(film), pixels(whole)[:2])
    assert not (tmp_path / "00003.png").exists()
    np.testing.assert_array_equal(pixels(stylize_frames(frames, "great_wave", **asked)), pixels(whole))


def test_an_interrupt_before_the_first_frame_goes_on_as_one(calls, frames, tmp_path):
    calls.at[1] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        stylize_frames(frames, "great_wave", folder=tmp_path, progress=False)
    assert not list(tmp_path.iterdir())


def test_workers_paint_the_same_film(client, frames, tmp_path, monkeypatch):
    """In chunks of 3, by pieces of 2: a chunk goes on where another piece of it ended."""
    monkeypatch.setattr(chains, "PIECE", 2)
    asked = {"chunk": 3, "difference_weight": 0.1, **QUICK}
    here = stylize_frames(frames, "great_wave", **asked)
    there = stylize_frames(frames, "great_wave", client=client, folder=tmp_path, **asked)
    assert there.message == "5 of 5 frames painted"
    apart = np.abs(pixels(there) - pixels(here))  # on some processors each process adds up in an order of its own
    assert apart.max() < 1.5 / 255 and np.mean(apart > 0) < 0.001
    assert len(list(tmp_path.glob("0*.png"))) == 5
    fast = {"method": "one pass", "progress": False}
    np.testing.assert_allclose(pixels(stylize_frames(frames, "great_wave", client=client, **fast)),
                               pixels(stylize_frames(frames, "great_wave", **fast)), atol=1.5 / 255)


def test_a_bar_counts_frames(calls, frames, tmp_path, capsys):
    calls.at[3] = KeyboardInterrupt()
    stylize_frames(frames, "great_wave", folder=tmp_path)
    text = capsys.readouterr().err
    assert "0/5" in text and text.endswith("2 of 5 frames painted, interrupted\n")
    stylize_frames(frames, "great_wave", folder=tmp_path)
    assert capsys.readouterr().err.endswith("5 of 5 frames painted\n")


@pytest.mark.parametrize("asked, sentence", [
    ({"method": "two passes"}, 'method is \'two passes\'; choose "loop" or "one pass"'),
    ({"masks": ["left_half"]}, "takes no 'masks' with method=\"loop\". It takes there: network, "),
    ({"strength": 0.5}, "takes no 'strength'"),
    ({"method": "one pass", "steps": 5}, "takes no 'steps' with method=\"one pass\""),
    ({"method": "one pass", "content_weight": 5}, "takes no 'content_weight'"),
    ({"steps": 0}, "steps is 0"), ({"first_steps": 1.5}, "steps is 1.5"), ({"chunk": 0}, "chunk is 0"),
    ({"temporal_weight": -1}, "temporal_weight"), ({"style_weights": [1, 2]}, "style"),
    ({"seed": -1}, "seed is -1"),
    ({"style_loss": "grams"}, "grams"), ({"size": 12, "network": "pocket"}, "motion is seen in frames of 16 pixels"),
    ({"style_layers": ["block9_conv1"]}, "block9_conv1"), ({"network": "vgg20"}, "vgg20"),
    ({"client": 3}, "client is 3"), ({"style_images": "great_waves"}, "did you mean 'great_wave'"),
    ({"fps": -1}, "fps is -1")])
def test_a_slip_is_told_at_once_and_leaves_no_mark(frames, tmp_path, asked, sentence):
    usual = {"frames": frames, "style_images": "great_wave", "folder": tmp_path / "film", "progress": False}
    with pytest.raises(ValueError, match=sentence):
        stylize_frames(**{**usual, **asked})
    assert not list(tmp_path.rglob("*.png")) and not list(tmp_path.rglob("*.json"))


def test_without_opencv_a_film_is_painted_all_the_same(frames, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    film = stylize_frames(frames[:2], "great_wave", **QUICK)
    np.testing.assert_array_equal(pixels(film), pixels(stylize_frames(frames[:2], "great_wave", warp=False, **QUICK)))
    with pytest.raises(ImportError, match=r"OpenCV: run python3 -m pip install 'nst-course\[film\]' or pass warp="):
        stylize_frames(frames[:2], "great_wave", warp=True, **QUICK)
