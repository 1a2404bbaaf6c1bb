"""Picture files of every kind, sound and broken: the right pixels, worked out here by hand, or one clear sentence."""

import io
import struct
import zlib

from nst_helpers.images import bundled_names, load_image

import numpy as np
from PIL import Image, ImageFile
import pytest


def numbers():
    return np.random.default_rng(1)


def png(width, height, depth, colour, rows, transparent=b""):
    """A PNG file byte by byte, as its specification says; `rows` is the data without the filter bytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = len(rows) // height
    data = b"".join(b"\0" + rows[i * row:(i + 1) * row] for i in range(height)) if rows else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    header += chunk(b"tRNS", transparent) if transparent else b""
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def loaded(tmp_path, data, **options):
    (tmp_path / "file").write_bytes(data)
    image = load_image(tmp_path / "file", **options)
    assert image.dtype == np.float32 and image.shape[0] == 1 and image.shape[3] == 3
    return image[0]


def assert_told(tmp_path, data, words, name="holiday.jpg", **options):
    """The file is refused with one sentence that names it, and nothing from inside Pillow is shown with it."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=words) as told:
        load_image(tmp_path / name, **options)
    assert name in str(told.value) and "\n" not in str(told.value)
    assert told.value.__suppress_context__ or told.value.__context__ is None


# Every mode

def test_grey_in_one_and_eight_bits(tmp_path):
    grey = numbers().integers(0, 256, (6, 7), dtype="uint8")
    expected = (grey / 255.0)[:, :, None].repeat(3, axis=2)
    for kind in ("PNG", "TIFF", "BMP", "GIF"):
        np.testing.assert_allclose(loaded(tmp_path, encoded(Image.fromarray(grey), kind)), expected, atol=1e-6)
    bits = Image.fromarray(grey > 99)
    np.testing.assert_array_equal(loaded(tmp_path, encoded(bits, "PNG"))[:, :, 1], grey > 99)


def test_sixteen_bits_keep_their_steps_and_are_neither_cut_off_nor_wrapped(tmp_path):
    deep = np.array([[0, 1, 255, 256, 300], [1000, 32768, 65279, 65534, 65535]], ">u2")
    expected = (deep / 65535.0)[:, :, None].repeat(3, axis=2)
    files = [png(5, 2, 16, 0, deep.tobytes())]
    files += [encoded(Image.fromarray(deep.astype(order)), "TIFF") for order in ("<u2", ">u2")]
    files += [encoded(Image.fromarray(deep.astype("int32")), "TIFF")]
    for file in files:
        np.testing.assert_allclose(loaded(tmp_path, file), expected, atol=1e-7)
    seen = loaded(tmp_path, png(5, 2, 16, 0, deep.tobytes(), transparent=struct.pack(">H", 300)))
    np.testing.assert_allclose(seen, np.where(expected == 300 / 65535, 1, expected), atol=1e-7)
    colour = numbers().integers(0, 65536, (3, 4, 3)).astype(">u2")
    colour[0, 0] = [0, 32768, 65535]
    np.testing.assert_allclose(loaded(tmp_path, png(4, 3, 16, 2, colour.tobytes())), colour / 65535.0, atol=1 / 255)


def test_sixteen_bits_are_resized_as_grey(tmp_path):
    image = loaded(tmp_path, png(40, 20, 16, 0, np.full((20, 40), 30000, ">u2").tobytes()), size=16)
    np.testing.assert_allclose(image, np.full((8, 16, 3), 30000 / 65535), atol=1e-6)


def test_floating_point_grey(tmp_path):
    grey = numbers().random((4, 5), dtype="float32")
    np.testing.assert_array_equal(loaded(tmp_path, encoded(Image.fromarray(grey), "TIFF"))[:, :, 2], grey)
    for unknown_white in (grey * 255, grey - 1, grey * np.nan):
        assert_told(tmp_path, encoded(Image.fromarray(unknown_white), "TIFF"), "rare kind.*save it as PNG")


def test_cmyk_is_ink_on_white_paper(tmp_path):
    ink = numbers().integers(0, 256, (16, 16, 4), dtype="uint8")
    part = ink / 255.0
    expected = (1 - part[:, :, :3]) * (1 - part[:, :, 3:])
    picture = Image.frombytes("CMYK", (16, 16), ink.tobytes())
    assert abs(loaded(tmp_path, encoded(picture, "TIFF")) - expected).max() < 1.5 / 255
    picture = Image.new("CMYK", (16, 16), (0, 204, 51, 51))
    np.testing.assert_allclose(loaded(tmp_path, encoded(picture, "JPEG"))[8, 8], [0.8, 0.16, 0.64], atol=0.02)


@pytest.mark.parametrize("mode, kind", [("RGBA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "TIFF"), ("LA", "PNG")])
def test_transparency_is_laid_over_white(tmp_path, mode, kind):
    channels = numbers().integers(0, 256, (9, 8, len(mode)), dtype="uint8")
    channels[0, :2, -1] = 0, 255
    opacity = channels[:, :, -1:] / 255.0
    expected = opacity * channels[:, :, :-1] / 255.0 + (1 - opacity)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    image = loaded(tmp_path, encoded(Image.frombytes(mode, (8, 9), channels.tobytes()), kind, **options))
    assert abs(image - expected).max() < 1.5 / 255


def test_transparency_by_palette_and_by_colour(tmp_path):
    picture = Image.new("P", (3, 1))
    picture.putpalette([200, 100, 0, 10, 20, 30, 0, 0, 255])
    picture.putdata([0, 1, 2])
    opaque = loaded(tmp_path, encoded(picture, "PNG"))
    np.testing.assert_allclose(opaque[0] * 255, [[200, 100, 0], [10, 20, 30], [0, 0, 255]], atol=1e-4)
    half = loaded(tmp_path, encoded(picture, "PNG", transparency=bytes([51, 255, 0])))
    np.testing.assert_allclose(half[0] * 255, [[244, 224, 204], [10, 20, 30], [255, 255, 255]], atol=1)
    none = loaded(tmp_path, encoded(picture, "GIF", transparency=1))
    np.testing.assert_allclose(none[0] * 255, [[200, 100, 0], [255, 255, 255], [0, 0, 255]], atol=1e-4)
    colour = loaded(tmp_path, encoded(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG", transparency=(1, 2, 3)))
    np.testing.assert_array_equal(colour, np.ones((1, 1, 3)))


@pytest.mark.parametrize("kind, options", [("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})])
def test_an_animation_gives_its_first_frame(tmp_path, kind, options):
    frames = [Image.new("RGB", (12, 10), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert getattr(Image.open(io.BytesIO(data)), "n_frames", 1) == 3
    np.testing.assert_allclose(loaded(tmp_path, data), np.tile([1.0, 0, 0], (10, 12, 1)), atol=1e-6)


# Where the stored row 0 and column 0 are in the picture that the camera saw: EXIF 2.3, table 6, tag 274.
ORIENTATIONS = {1: ("top", "left"), 2: ("top", "right"), 3: ("bottom", "right"), 4: ("bottom", "left"),
                5: ("left", "top"), 6: ("right", "top"), 7: ("right", "bottom"), 8: ("left", "bottom")}


@pytest.mark.parametrize("kind, mode", [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "I;16"),
                                        ("WEBP", "RGB"), ("TIFF", "RGB"), ("TIFF", "L"), ("TIFF", "RGBA"),
                                        ("TIFF", "I;16")])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_photos_are_turned_upright(tmp_path, orientation, kind, mode):
    seen = np.kron(numbers().integers(0, 256, (2, 3, 1)), np.ones((16, 16, 1))).astype("uint8")  # 2 x 3 grey squares
    row, column = ORIENTATIONS[orientation]
    stored = seen if row in ("top", "bottom") else seen.swapaxes(0, 1)
    stored = stored[::-1] if row in ("bottom", "right") else stored
    stored = stored[:, ::-1] if column in ("right", "bottom") else stored
    exif = Image.Exif()
    exif[274] = orientation
    grey = stored[:, :, 0]
    picture = Image.fromarray(grey * np.uint16(257)) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    data = encoded(picture, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    expected = seen.repeat(3, axis=2) / 255.0
    assert loaded(tmp_path, data).shape == (32, 48, 3)
    assert abs(loaded(tmp_path, data) - expected).max() < 0.02
    small = loaded(tmp_path, data, size=24)
    assert small.shape == (16, 24, 3)
    assert abs(small[4::8, 4::8] - expected[8::16, 8::16]).max() < 0.05  # the middles of the squares


# Broken files

def test_an_empty_file(tmp_path):
    assert_told(tmp_path, b"", "is empty.*download it again")


@pytest.mark.parametrize("data", [b"Dear diary, this is no picture.\n" * 40, b"\xff", b"\xff\xd8\xff\xe0", b"<svg/>",
                                  b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"])
def test_something_else_under_a_picture_name(tmp_path, data):
    assert_told(tmp_path, data, "not a picture.*save it as JPEG or PNG")


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_a_file_that_is_cut_off(tmp_path, kind):
    options = {"progressive": True} if kind == "progressive" else {"lossless": True} if kind == "WEBP" else {}
    picture = Image.fromarray(numbers().integers(0, 256, (40, 50, 3), dtype="uint8"))
    data = encoded(picture, "JPEG" if kind == "progressive" else kind, **options)
    for length in [1, 2, 10, 25, 40, len(data) // 4, len(data) // 2, len(data) * 9 // 10]:
        assert_told(tmp_path, data[:length], "not a picture|damaged, cut off.*download it again")
        assert_told(tmp_path, data[:length], "not a picture|damaged, cut off.*download it again", size=16)


def test_a_flipped_bit_in_a_png(tmp_path):
    data = bytearray(encoded(Image.fromarray(numbers().integers(0, 256, (40, 50, 3), dtype="uint8")), "PNG"))
    data[len(data) // 2] ^= 16
    assert_told(tmp_path, bytes(data), "damaged")


@pytest.mark.parametrize("width, height", [(20_000, 20_000), (9_000, 9_000), (2**31 - 1, 2**31 - 1), (1, 10**8)])
def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path, monkeypatch, width, height):
    def decoding(*_):
        pytest.fail("tried to decode it")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoding)
    assert_told(tmp_path, png(width, height, 8, 2, b""), "too large.*make it smaller", size=64)
    assert_told(tmp_path, png(width, height, 8, 2, b""), "too large.*make it smaller")


def test_a_large_picture_is_welcome_at_a_smaller_size_only(tmp_path):
    large = encoded(Image.new("L", (5200, 5000), 51), "PNG")
    assert_told(tmp_path, large, r"5200 x 5000.*size=1024")
    np.testing.assert_allclose(loaded(tmp_path, large, size=26), np.full((25, 26, 3), 0.2), atol=1e-6)


def test_the_thinnest_pictures(tmp_path):
    for width, height in ((1, 1), (1, 5000), (5000, 1)):
        data = encoded(Image.new("RGB", (width, height), (0, 51, 255)), "PNG")
        np.testing.assert_allclose(loaded(tmp_path, data), np.tile([0, 0.2, 1], (height, width, 1)), atol=1e-6)
        assert max(loaded(tmp_path, data, size=64).shape) == 64


# Names and paths

def test_a_wrong_name_lists_the_right_ones_and_suggests_the_nearest():
    with pytest.raises(ValueError, match="'Great Waves' .did you mean 'great_wave'") as told:
        load_image("Great Waves")
    assert all(name in str(told.value) for names in bundled_names().values() for name in names)
    with pytest.raises(ValueError, match="no bundled picture 'zzzzzz'; choose from photos:"):
        load_image("zzzzzz")
    with pytest.raises(ValueError, match="no bundled picture ''"):
        load_image("")


def test_a_missing_file_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for missing in ("holiday.jpg", "./holiday", "~/no such folder/holiday.png", tmp_path / "holiday", "nul\0.jpg"):
        with pytest.raises(FileNotFoundError, match="no file .* in .*: check the name"):
            load_image(missing)
    with pytest.raises(FileNotFoundError) as told:
        load_image("holiday.jpg")
    assert str(tmp_path) in str(told.value) and "the folder of the notebook" in str(told.value)
    with pytest.raises(FileNotFoundError, match="the bundled picture is called 'chelsea'"):
        load_image("chelsea.jpg")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load_image(tmp_path)


def test_paths_of_every_form(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    name = "my photo.ü.png"
    Image.new("RGB", (9, 8), "red").save(name)
    Image.new("RGB", (9, 8), "red").save("without_suffix", "PNG")
    for path in (name, f"./{name}", f"~/{name}", tmp_path / name, str(tmp_path / name), "without_suffix"):
        assert load_image(path).shape == (1, 8, 9, 3)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "holiday.jpg").write_bytes(b"anything")
    monkeypatch.setattr(Image, "open", refused)
    with pytest.raises(PermissionError, match="holiday.jpg may not be read"):
        load_image(tmp_path / "holiday.jpg")


@pytest.mark.parametrize("thing", [None, 3, b"chelsea", np.ones((1, 5, 5, 3))])
def test_something_that_is_no_name(thing):
    with pytest.raises(ValueError, match="a bundled name or the path of a file, not"):
        load_image(thing)


def test_a_phones_picture_is_read(tmp_path):
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed; .heic files left out.")
    photo = load_image("chelsea", 128)
    Image.fromarray(np.rint(photo[0] * 255).astype("uint8")).save(tmp_path / "IMG_1.HEIC", quality=95)
    found = load_image(tmp_path / "IMG_1.HEIC")
    assert found.shape == photo.shape and np.abs(found - photo).mean() < 0.02
