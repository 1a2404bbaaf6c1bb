"""Films as files: what is read is what was written, by this course or by others, and what cannot be is told."""

import base64
import re
import sys

from nst_helpers.film import Film, reading
from nst_helpers.film.animation import decode_animation
from nst_helpers.film.reading import read_frames
from nst_helpers.images import load_image, save_image
from nst_helpers.records import read_record

import numpy as np
from PIL import Image
import pytest


def moving_square(count=5, height=32, width=48):
    """A light square that goes to the right, 6 pixels a frame: (T, H, W, 3), uint8."""
    frames = np.full((count, height, width, 3), (40, 60, 90), "uint8")
    for number in range(count):
        frames[number, 8:20, 4 + 6 * number : 16 + 6 * number] = (230, 200, 120)
    return frames


@pytest.fixture
def film():
    return Film(moving_square(), fps=12.5, alt='A "square" & more')


def as_float(frames):
    return frames.astype("float32") / np.float32(255)


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path):
    frames = as_float(moving_square(11))
    for number in range(11):
        save_image(frames[number : number + 1], tmp_path / f"shot 2 - {number}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden.png").write_bytes(b"no picture either")
    found = read_frames(tmp_path, 48)
    assert len(found) == 11 and found.fps == 12
    np.testing.assert_array_equal(np.concatenate(list(found)), frames)


def test_arrays_and_lists_are_read_as_they_are(film):
    frames = as_float(moving_square())
    for source in (frames, list(frames[:, np.newaxis]), film, (frame[np.newaxis] for frame in frames)):
        found = read_frames(source)
        np.testing.assert_array_equal(np.concatenate(list(found)), frames)
    assert read_frames(film).fps == 12.5 and read_frames(film, fps=30).fps == 30
    named = read_frames(["chelsea", "chelsea"], 40)
    np.testing.assert_array_equal(named[1], load_image("chelsea", 40))
    assert read_frames(frames, 24)[0].shape == (1, 16, 24, 3)


@pytest.mark.parametrize("suffix, kind, options", [
    (".gif", "GIF", {}), (".webp", "WEBP", {"lossless": True}), (".png", "PNG", {})])
def test_animations_by_others_are_read(tmp_path, suffix, kind, options):
    frames, path = moving_square(), tmp_path / f"film{suffix}"
    pictures = [Image.fromarray(frame) for frame in frames]
    pictures[0].save(path, kind, save_all=True, append_images=pictures[1:], duration=[40, 120, 40, 40, 160], **options)
    found = read_frames(path, 48)
    np.testing.assert_array_equal(np.concatenate(list(found)), as_float(frames))
    assert found.fps == pytest.approx(1000 / 80)


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_a_transparent_animation_lies_on_white(tmp_path, suffix):
    frames = np.zeros((2, 16, 16, 4), "uint8")
    frames[0, :8] = (255, 0, 0, 255)
    frames[1, 8:] = (0, 0, 255, 255)
    first, second = map(Image.fromarray, frames)
    path, cleared = tmp_path / f"film.{suffix}", {"png": 1, "gif": 2}[suffix]
    first.save(path, save_all=True, append_images=[second], duration=0, disposal=cleared)
    found = read_frames(path, 16)
    expected = np.where(frames[..., 3:] == 255, frames[..., :3], 255)
    np.testing.assert_array_equal(np.concatenate(list(found)), as_float(expected))
    assert found.fps == 10  # what browsers make of a frame that is shown for no time


@pytest.mark.parametrize("suffix, off", [(".webp", 0.02), (".gif", 0.01), (".mp4", 0.02)])
@pytest.mark.parametrize("sides", [(32, 48), (31, 45)])
def test_a_saved_film_is_the_same_film(tmp_path, suffix, off, sides):
    frames = moving_square(5, *sides)
    path = Film(frames, fps=12.5).save(tmp_path / "deep" / f"film{suffix}")
    height, width = sides if suffix != ".mp4" else np.add(sides, np.mod(sides, 2))
    found = read_frames(path, int(width))
    assert len(found) == 5 and found.fps == pytest.approx(12.5) and found[0].shape == (1, height, width, 3)
    for number, frame in enumerate(as_float(frames)):
        errors = [np.abs(each[0, : sides[0], : sides[1]] - frame).mean() for each in found]
        assert np.argmin(errors) == number and errors[number] < off
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_times_add_up(tmp_path):
    """At 30 frames a second GIF, which counts hundredths, shows 3, 4, 3, 3, 4 ...: no film becomes slower."""
    for suffix in ("gif", "webp"):
        path = Film(moving_square(5), fps=30).save(tmp_path / f"film.{suffix}")
        _, fps = decode_animation(path, 48, 10**9)
        assert 5 / fps == pytest.approx(5 / 30, abs=0.004)


def test_frames_in_a_folder_are_exact_and_keep_their_records(tmp_path, film):
    save_image(film[0], tmp_path / "a.png", record='{"key": "mine"}')
    mixed = Film([tmp_path / "a.png", moving_square()[1]], fps=5)
    folder = mixed.save(tmp_path / "frames")
    assert read_record(folder / "00001.png") == {"key": "mine"}
    np.testing.assert_array_equal(np.concatenate(list(read_frames(folder, 48))), as_float(moving_square())[:2])
    with pytest.raises(FileExistsError, match=r"00001.png is there already.*overwrite=True"):
        mixed.save(tmp_path / "frames")
    mixed[1:].save(tmp_path / "frames", overwrite=True)
    np.testing.assert_array_equal(load_image(folder / "00001.png"), mixed[1])


def test_a_film_is_a_sequence(film):
    frames = as_float(moving_square())
    assert len(film) == 5 and len(film[1:3]) == 2 and film[1:3].fps == 12.5
    np.testing.assert_array_equal(np.concatenate(list(film[1:3])), frames[1:3])
    np.testing.assert_array_equal(film[-1][0], frames[-1])
    assert repr(film) == "5 frames of 48 x 32 pixels, 12.5 a second"
    with pytest.raises(ValueError, match="at least one frame"):
        film[5:]


def test_a_notebook_shows_an_animation_with_words(tmp_path, monkeypatch, film):
    data, alt = re.search(r'src="data:image/webp;base64,(.*?)" alt="(.*?)"', film._repr_html_()).groups()
    (tmp_path / "shown.webp").write_bytes(base64.b64decode(data))
    frames, fps = decode_animation(tmp_path / "shown.webp", 48, 10**9)
    assert len(frames) == 5 and fps == pytest.approx(12.5) and alt == "A &quot;square&quot; &amp; more"
    monkeypatch.setattr("nst_helpers.film.film.MOST_SHOWN", 3)
    monkeypatch.setattr("nst_helpers.film.film.SHOWN_SIZE", 24)
    (tmp_path / "long.webp").write_bytes(base64.b64decode(re.search(r"base64,(.*?)\"", film._repr_html_())[1]))
    frames, fps = decode_animation(tmp_path / "long.webp", 24, 10**9)
    assert len(frames) == 3 and fps == pytest.approx(6.25) and frames[0].shape == (16, 24, 3)
    np.testing.assert_allclose(frames[1][6, 9:13], [[230, 200, 120]] * 4, atol=25)  # frame 3: there it is


def test_what_is_there_stays(tmp_path, monkeypatch, film):
    (tmp_path / "film.gif").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="film.gif is there already"):
        film.save(tmp_path / "film.gif")

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space left on device"):
        film.save(tmp_path / "film.gif", overwrite=True)
    monkeypatch.undo()
    assert (tmp_path / "film.gif").read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 1
    film.save(tmp_path / "film.gif", overwrite=True)
    assert len(read_frames(tmp_path / "film.gif")) == 5
    with pytest.raises(ValueError, match=r"written as .webp, .gif, .mp4 or into a folder, not as '.avi'"):
        film.save(tmp_path / "film.avi")
    with pytest.raises(ValueError, match="not as 'jpg'"):
        film.to_bytes("jpg")


def test_what_is_no_film_is_told_in_a_sentence(tmp_path, monkeypatch, film):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mp4").write_text("not a film at all")
    (tmp_path / "text.gif").write_text("not a film at all")
    (tmp_path / "film.txt").write_text("not a film at all")
    frames = as_float(moving_square())
    cases = [(tmp_path / "empty", "There are no pictures in the folder"),
             (tmp_path / "text.mp4", "text.mp4 is not a video that can be read here"),
             (tmp_path / "text.gif", "text.gif is not a picture that can be read here"),
             (tmp_path / "film.txt", "film.txt is no film: give a folder"),
             (tmp_path / "nowhere.mp4", "There is no file 'nowhere.mp4'"),
             ([], "There are no frames in the list"),
             (frames[0], r"shape \(32, 48, 3\); an array of frames is \(T, height, width, 3\)"),
             (3, "frames is int; give a folder")]
    for source, sentence in cases:
        with pytest.raises((ValueError, OSError), match=sentence):
            read_frames(source)
    with pytest.raises(ValueError, match="Frame 2 has 32x48 pixels, and the first has 24x48: give frames of one size"):
        list(read_frames([frames[:1, :24], frames[1:2]]))
    with pytest.raises(ValueError, match="Frame 3 has values from"):
        list(read_frames([frames[:1], frames[1:2], frames[2:3] * 3]))
    with pytest.raises(ValueError, match="fps is 0; give how many"):
        read_frames(frames, fps=0)
    monkeypatch.setattr(reading, "MOST_BYTES", 4 * 32 * 48 * 3)
    for suffix in ("gif", "mp4"):
        with pytest.raises(ValueError, match=f"film.{suffix} has .* frames.* 48 .* 32 pixels.*smaller size"):
            read_frames(film.save(tmp_path / f"film.{suffix}"), 48)


def test_without_ffmpeg_a_sentence_says_what_to_install(tmp_path, monkeypatch, film):
    path = film.save(tmp_path / "film.mp4")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    for call in (lambda: read_frames(path), lambda: film.save(tmp_path / "other.mp4")):
        with pytest.raises(ImportError, match=r"imageio-ffmpeg.*python3 -m pip install 'nst-course\[film\]'"):
            call()
    assert len(read_frames(film.save(tmp_path / "film.gif"))) == 5
