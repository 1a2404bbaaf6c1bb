"""`nst_helpers.images`: pictures as arrays, against NumPy in float64 and by hand. Odd files: see test_image_files."""

import errno
import io
import os
from pathlib import Path
import re

from nst_helpers.images import bundled_names, check_image, load_image, resize_image, save_image, to_bytes

import numpy as np
from PIL import Image
import pytest
import tensorflow as tf

DATA = Path(__file__).resolve().parent.parent / "data"


def random_image(height=13, width=17, seed=0):
    return np.random.default_rng(seed).random((1, height, width, 3), dtype="float32")


def lanczos_matrix(old, new):
    """The textbook's Lanczos filter as a (new, old) matrix, widened when it shrinks; rows add up to 1."""
    stretch = max(old / new, 1)
    distance = (np.arange(old) + 0.5 - (np.arange(new)[:, None] + 0.5) * old / new) / stretch
    weights = np.where(abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0)
    return weights / weights.sum(axis=1, keepdims=True)


def lanczos(pixels, height, width):
    rows, columns = lanczos_matrix(pixels.shape[0], height), lanczos_matrix(pixels.shape[1], width)
    return np.clip(np.moveaxis(rows @ np.moveaxis(pixels.astype("float64"), 2, 0) @ columns.T, 0, 2), 0, 1)


# Bundled pictures

def test_every_bundled_picture_has_its_source_and_every_source_its_picture():
    sections = re.split(r"^## ", (DATA / "SOURCES.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for kind in ("photos", "paintings", "masks", "faces"):
        section = next(text for text in sections if text.lower().startswith(kind))
        lines = re.findall(r"^\| *(\S+\.(?:jpg|png) *\|.*)\|$", section, flags=re.MULTILINE)
        rows = [[cell.strip() for cell in line.split("|")] for line in lines]
        assert all(all(cells) for cells in rows)
        assert sorted(row[0] for row in rows) == sorted(file.name for file in (DATA / kind).glob("*.[jp]*g"))


def test_bundled_names_are_unique_and_load_in_the_course_format():
    names = bundled_names()
    assert len(names["photos"]) >= 5 and len(names["paintings"]) >= 8
    every_name = names["photos"] + names["paintings"]
    assert len(set(every_name)) == len(every_name)
    for name in every_name:
        image = load_image(name)
        assert image.dtype == np.float32 and image.ndim == 4 and image.shape[0] == 1 and image.shape[3] == 3
        assert 0 <= image.min() < 0.2 and 0.8 < image.max() <= 1


# Sizes

@pytest.mark.parametrize("size", [8, 100, 451, 700])
def test_size_is_the_longer_side_and_the_proportions_stay(size):
    image = load_image("chelsea", size=size)  # 300 x 451 in the file
    assert image.shape == (1, round(300 * size / 451), size, 3)
    expected = lanczos(load_image("chelsea")[0], *image.shape[1:3])
    assert abs(image[0] - expected).mean() < 0.6 / 255  # Pillow rounds to 256 steps, and stops at 0 and 255,
    assert abs(image[0] - expected).max() < 6 / 255  # after each of the two directions


def test_a_large_jpeg_is_the_same_picture_when_it_skips_detail_while_decoding(tmp_path):
    photo = tmp_path / "large.jpg"
    save_image(resize_image(load_image("coffee"), (807, 1201)), photo)  # no multiples of 2, 4 or 8
    expected = lanczos(load_image(photo)[0], 67, 100)
    image = load_image(photo, size=100)
    assert image.shape == (1, 67, 100, 3)
    assert abs(image[0] - expected).mean() < 0.5 / 255


@pytest.mark.parametrize("size, shape", [(40, (31, 40)), (8, (6, 8)), ((5, 30), (5, 30)), (np.int64(17), (13, 17)),
                                         (tf.TensorShape([9, 4]), (9, 4)), ([1, 1], (1, 1))])
def test_resize_agrees_with_lanczos_in_float64(size, shape):
    image = random_image()
    resized = resize_image(image, size)
    assert resized.dtype == np.float32 and resized.shape == (1, *shape, 3)
    np.testing.assert_allclose(resized[0], lanczos(image[0], *shape), atol=2e-6)


def test_resize_stays_in_range_where_lanczos_overshoots():
    edge = np.zeros((1, 16, 16, 3), "float32")
    edge[:, :, 8:] = 1
    resized = resize_image(edge, 50)
    assert resized.min() == 0 and resized.max() == 1


@pytest.mark.parametrize("size", [0, 7, -5, 3.5, 256.0, True, "256", "25", None, (5,), (0, 5), (5, 2.0), (True, 5),
                                  10**6, (10**5, 10**5)])
def test_a_wrong_size_is_told(size):
    with pytest.raises(ValueError, match="pixels"):
        resize_image(random_image(), size)
    if size is not None:
        with pytest.raises(ValueError, match="pixels"):
            load_image("chelsea", size=size)


# Saving

def test_png_gives_back_every_value_to_half_a_step(tmp_path):
    image = random_image(40, 50)
    path = save_image(image, tmp_path / "new" / "folder" / "picture.png")
    assert path == tmp_path / "new" / "folder" / "picture.png"
    assert abs(load_image(path) - image).max() <= 0.5 / 255 + 1e-6
    steps = (np.arange(256, dtype="float32") / 255).reshape(1, 16, 16, 1).repeat(3, axis=3)
    np.testing.assert_array_equal(load_image(save_image(steps, tmp_path / "steps.PNG")), steps)


def test_values_are_rounded_and_clipped_not_cut_off_or_wrapped(tmp_path):
    values = [-0.3, 0.49 / 255, 0.51 / 255, 99.6 / 255, 0.999, 1.0, 1.3]
    image = np.tile(np.reshape(np.float32(values), (1, 1, 7, 1)), (1, 1, 1, 3))
    saved = np.asarray(Image.open(save_image(image, tmp_path / "values.png")))
    assert saved[0, :, 0].tolist() == [0, 0, 1, 100, 255, 255, 255]


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "JPG"])
def test_jpeg_is_close_and_keeps_sharp_colour(tmp_path, suffix):
    stripes = np.zeros((1, 32, 32, 3), "float32")
    stripes[:, :, 0::2, 0] = stripes[:, :, 1::2, 2] = 1  # red and blue, one pixel each: halved colour would give violet
    image = load_image(save_image(stripes, tmp_path / f"stripes.{suffix}"))
    assert abs(image - stripes).mean() < 0.03
    assert Image.open(tmp_path / f"stripes.{suffix}").format == "JPEG"


def test_nothing_is_overwritten_without_being_asked(tmp_path):
    file = tmp_path / "mine.png"
    file.write_bytes(b"my holiday")
    with pytest.raises(FileExistsError, match="mine.png is there already.*overwrite=True"):
        save_image(random_image(), file)
    assert file.read_bytes() == b"my holiday"
    save_image(random_image(), str(file), overwrite=True)
    assert load_image(file).shape == (1, 13, 17, 3)


@pytest.mark.parametrize("step", [(Path, "write_bytes"), (os, "replace")])
@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step, fault):
    file = tmp_path / "mine.png"
    file.write_bytes(b"my holiday")

    def half_a_write(path, data):
        if isinstance(data, bytes):
            with open(path, "wb") as part:
                part.write(data[: len(data) // 2])
        raise fault

    monkeypatch.setattr(*step, half_a_write)
    with pytest.raises(type(fault)) as told:
        save_image(random_image(), file, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.png"] and file.read_bytes() == b"my holiday"
    if isinstance(fault, OSError):
        assert "mine.png could not be written (No space left on device)" in str(told.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="could not be written"):
        save_image(random_image(), tmp_path / "file" / "picture.png")
    with pytest.raises(OSError, match="could not be written"):
        save_image(random_image(), tmp_path / "nul\0.png")


@pytest.mark.skipif(os.name != "posix", reason="permissions as on Linux and macOS")
def test_a_saved_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_text("")
    assert save_image(random_image(), tmp_path / "a.png").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("name", ["picture.gif", "picture", "picture.npy", ".png"])
def test_another_suffix_is_told(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.png .*\.jpg .*not as"):
        save_image(random_image(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_to_bytes_is_what_a_file_would_hold():
    image = random_image()
    decoded = np.asarray(Image.open(io.BytesIO(to_bytes(image))))
    np.testing.assert_array_equal(decoded, np.floor(image[0] * 255.0 + 0.5))
    assert Image.open(io.BytesIO(to_bytes(image, "jpg"))).format == "JPEG"
    assert len(to_bytes(image, "jpeg", quality=30)) < len(to_bytes(image, "jpeg"))
    with pytest.raises(ValueError, match="from 0 to 255.*divide by 255"):
        to_bytes(255 * np.round(image))


# Checking

@pytest.mark.parametrize("convert", [np.float64, np.float16, tf.constant, tf.Variable, lambda image: image.tolist()])
def test_check_accepts_arrays_and_tensors_and_returns_a_copy(convert):
    image = random_image()
    checked = check_image(convert(image))
    assert isinstance(checked, np.ndarray) and checked.dtype == np.float32
    np.testing.assert_allclose(checked, image, atol=1e-3)
    assert not np.shares_memory(check_image(image), image)


def test_check_clips_what_is_a_hair_outside():
    image = random_image()
    image[0, 0, 0] = [-0.0009, 0.5, 1.0009]
    np.testing.assert_array_equal(check_image(image)[0, 0, 0], np.float32([0, 0.5, 1]))


@pytest.mark.parametrize("wrong, words", [
    (random_image()[0], r"\(13, 17, 3\).*first axis.*np.newaxis"),
    (random_image()[0, :, :, 0], r"three equal channels with np.stack"),
    (random_image()[..., :1], r"three equal channels with np.repeat"),
    (np.ones((1, 5, 6, 4)), r"transparency"),
    (np.ones((5, 6, 4)), r"transparency"),
    (np.ones((2, 5, 6, 3)), r"one picture of the several.*style_image\[:1\]"),
    (np.ones((1, 3, 5, 6)), r"np.moveaxis\(style_image, -3, -1\)"),
    (np.ones((1, 0, 5, 3)), r"no pixels"),
    (np.float32(0.5), r"load_image"),
    (np.ones((1, 1, 1, 5, 3)), r"load_image"),
    (np.ones((1, 5, 6, 3), "uint8"), r"whole numbers \(uint8\).*255"),
    (np.ones((1, 5, 6, 3), bool), r"whole numbers \(bool\)"),
    (255 * np.round(random_image()), r"from 0 to 255.*divide by 255"),
    (2 * np.round(random_image()) - 1, r"from -1 to 1.*np.clip"),
    (random_image() * np.nan, r"not finite"),
    (np.full((1, 5, 6, 3), np.inf), r"not finite"),
    (np.full((1, 5, 6, 3), 1e300), r"from 1e\+300"),
    ("chelsea", r"not an array of numbers \(str\).*load_image"),
    (None, r"not an array of numbers"),
    ([[1.0, 2.0], [3.0]], r"not an array of numbers \(list\)"),
    (random_image() * 1j, r"not an array of numbers"),
])
def test_check_says_what_is_wrong_and_what_to_do(wrong, words):
    with pytest.raises(ValueError, match="^style_image .*" + words):
        check_image(wrong, "style_image")
    with pytest.raises(ValueError, match="^image .*"):
        resize_image(wrong, 20)
    with pytest.raises(ValueError, match="^image .*"):
        to_bytes(wrong) if "to 1" not in words else check_image(wrong)
