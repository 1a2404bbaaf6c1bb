"""Hypothesis looks for bytes, arrays and names that break the doors of the module: it finds a right answer, or one
clear sentence of ours. Always the same examples, so that a run today is a run tomorrow.
"""

import io
import zlib

from nst_helpers._io.weights import read_npz, read_vgg_file, save_npz
from nst_helpers.images import check_image, load_image, save_image
from nst_helpers.records import read_record

import h5py
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
import numpy as np
from PIL import Image
import pytest

hostile = settings(max_examples=150, derandomize=True, database=None, deadline=None,
                   suppress_health_check=[HealthCheck.function_scoped_fixture])


def encoded(kind, mode="RGB", **options):
    colours = np.random.default_rng(0).integers(0, 256, (12, 14, 3), dtype="uint8")
    buffer = io.BytesIO()
    Image.fromarray(colours).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


PICTURES = [encoded(kind) for kind in ("PNG", "BMP", "WEBP", "AVIF", "GIF")] + [
    encoded("JPEG"), encoded("JPEG", "CMYK"), encoded("JPEG", progressive=True), encoded("PNG", "P"),
    encoded("PNG", "I;16"), encoded("TIFF"), encoded("TIFF", "1", compression="group4"),
    *(encoded("TIFF", compression=how) for how in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")),
]


def damaged(files):
    """One of `files` with some of its bytes changed, cut out or put in, most often near its beginning."""
    place = st.integers(0, 60) | st.integers(0, 5000)
    piece = st.binary(max_size=6) | st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
    change = st.tuples(place, st.integers(0, 6), piece)

    def apply(data, changes):
        for start, length, new in changes:
            start %= len(data)
            data = data[:start] + new + data[start + length:] or b"?"
        return data

    return st.builds(apply, st.sampled_from(files), st.lists(change, min_size=1, max_size=5))


def assert_one_sentence(told, name):
    """It names the file, is one line that ends as a sentence does, and hides what happened inside a library."""
    text = str(told)
    assert name in text and "\n" not in text and text.endswith(".") and len(text) < 1000
    assert told.__suppress_context__ or told.__context__ is None


@hostile
@given(data=damaged(PICTURES) | st.binary(max_size=300), size=st.sampled_from([None, 8, 40]))
def test_any_bytes_are_a_picture_or_one_sentence(tmp_path, capfd, data, size):
    (tmp_path / "holiday.jpg").write_bytes(data)
    try:
        image = load_image(tmp_path / "holiday.jpg", size)
    except ValueError as told:
        assert_one_sentence(told, "holiday.jpg")
    else:
        np.testing.assert_array_equal(check_image(image, tolerance=0), image)
        assert size is None or max(image.shape[1:3]) == size
    assert capfd.readouterr() == ("", "")


def test_what_libtiff_has_to_say_stays_out(tmp_path, capfd):
    data = bytearray(encoded("TIFF", compression="tiff_adobe_deflate"))
    start = data.index(zlib.compress(b"")[:1], 8)
    data[start + 20] ^= 255
    with pytest.raises(Exception, match="decoder error"):
        Image.open(io.BytesIO(bytes(data))).load()
    assert "Decod" in capfd.readouterr().err  # it does say something
    (tmp_path / "holiday.tif").write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        load_image(tmp_path / "holiday.tif")
    assert capfd.readouterr().err == ""


@hostile
@given(text=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40))
def test_any_name_is_found_or_told(text):
    with pytest.raises((ValueError, OSError)) as told:
        load_image(text + "!")
    assert_one_sentence(told.value, "!")


anything = arrays.arrays(
    arrays.scalar_dtypes() | st.just(np.dtype(object)) | st.just(np.dtype("float32")),
    arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)
    | st.tuples(st.just(1), st.integers(0, 4), st.integers(0, 4), st.just(3)),
)
nearly = arrays.arrays(st.sampled_from(["float16", "float32", "float64"]), (1, 2, 3, 3),
                       elements=st.floats(-1 / 512, 1 + 1 / 512, width=16) | st.sampled_from([0.0, 1.0]))


@hostile
@given(array=anything | nearly)
def test_any_array_is_a_picture_or_one_sentence(array):
    right_form = array.dtype.kind == "f" and array.ndim == 4 and array.shape[0] == 1 and array.shape[3] == 3
    right = right_form and array.size > 0 and bool(np.all((array >= -0.001) & (array <= 1.001)))
    try:
        image = check_image(array, "content_image")
    except ValueError as told:
        assert not right
        assert_one_sentence(told, "content_image")
    else:
        assert right and image.dtype == np.float32
        np.testing.assert_array_equal(image, np.minimum(np.maximum(array, 0), 1).astype("float32"))


# Records and weights


@pytest.fixture(scope="module")
def files_with_records(tmp_path_factory):
    paths = [tmp_path_factory.mktemp("records") / f"made.{suffix}" for suffix in ("png", "jpg")]
    for path in paths:
        save_image(np.full((1, 4, 4, 3), 0.5), path, record='{"a": [1, "b"]}')
        assert read_record(path) == {"a": [1, "b"]}
    return [path.read_bytes() for path in paths]


@hostile
@given(data=st.data())
def test_any_bytes_hold_a_record_or_one_sentence(tmp_path, files_with_records, data):
    (tmp_path / "made.png").write_bytes(data.draw(damaged(files_with_records)))
    try:
        assert isinstance(read_record(tmp_path / "made.png"), dict)
    except ValueError as told:
        assert_one_sentence(told, "made.png")


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "3", "[" * 100_000, '{"a": ' * 10_000, "\0", "print()"])
def test_odd_text_in_the_place_of_a_record(tmp_path, text):
    save_image(np.full((1, 4, 4, 3), 0.5), tmp_path / "made.png", record=text)
    with pytest.raises(ValueError, match="made.png holds no record") as told:
        read_record(tmp_path / "made.png")
    assert_one_sentence(told.value, "made.png")


@pytest.fixture(scope="module")
def weights_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    kernel, bias = np.ones((3, 3, 3, 2), "float32"), np.zeros(2, "float32")
    save_npz({"block1_conv1.kernel": kernel, "block1_conv1.bias": bias}, folder / "plain.npz")
    np.savez_compressed(folder / "packed.npz", kernel=kernel, bias=bias)
    with h5py.File(folder / "weights.h5", "w") as file:
        group = file.create_group("block1_conv1")
        group["kernel:0"], group["bias:0"], group.attrs["weight_names"] = kernel, bias, ["kernel:0", "bias:0"]
    return {read_npz: [(folder / name).read_bytes() for name in ("plain.npz", "packed.npz")],
            read_vgg_file: [(folder / "weights.h5").read_bytes()]}


@pytest.mark.parametrize("read", [read_npz, read_vgg_file])
@hostile
@given(data=st.data())
def test_any_bytes_are_weights_or_one_sentence(tmp_path, weights_files, read, data):
    (tmp_path / "weights").write_bytes(data.draw(damaged(weights_files[read])))
    try:
        assert all(isinstance(array, np.ndarray) and array.dtype != object
                   for array in read(tmp_path / "weights").values())
    except ValueError as told:
        assert_one_sentence(told, "weights")
