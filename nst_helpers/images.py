"""Pictures as arrays: from files, between sizes, back to files.

Everywhere in the course a picture is float32, shape (1, height, width, 3), RGB, in [0, 1]. This file is the only door:
what comes in is brought into that form once, and what cannot be is told in one sentence. What files can hold, and how
they fail, is the business of `image_files`. No TensorFlow.
"""

import io
import os
from pathlib import Path

from nst_helpers._io.atomic import write_whole
from nst_helpers._io.image_files import DATA_FOLDER, bundled_names, check_fits, decode, find_file, scaled, side

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

__all__ = ["DATA_FOLDER", "bundled_names", "check_image", "load_image", "resize_image", "save_image", "to_bytes"]

SMALLEST_SIZE = 8
ENCODINGS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}
RECORD_KEY = "nst_course"  # of the text chunk in a PNG file


def load_image(name_or_path, size=None):
    """A picture as float32 (1, height, width, 3), RGB in [0, 1].

    name_or_path: a bundled name such as "chelsea" or "great_wave" (see `bundled_names`), or the path of a file.
    size: the longer side in pixels, 8 or more; the shorter side follows, so that the proportions stay. A smaller
        picture is enlarged, so that the size is always the one asked for. None keeps the size of the file.
    Photos are turned upright (EXIF), transparency is laid over white, an animation gives its first frame, and
    16-bit grey keeps its steps. Colour profiles are not applied.
    Raises FileNotFoundError or another OSError for a file that is not there or may not be read; ValueError for a
    wrong name, a wrong size, and a file that is empty, damaged, too large or no picture at all.
    """
    if size is not None:
        size = side(size, "size", SMALLEST_SIZE)
    picture = decode(find_file(name_or_path), size)
    pixels = np.array(picture, "float32")
    if picture.mode == "F":
        pixels = np.stack([pixels] * 3, axis=-1)
    else:
        pixels /= 255
    return np.clip(pixels, 0, 1, out=pixels)[np.newaxis]


def save_image(image, path, overwrite=False, record=None):
    """Write `image` to `path`, whose suffix says how: .png keeps all 256 steps exactly, .jpg is smaller.

    Missing folders are made. A file that is there already stays as it is unless overwrite=True. Either the whole
    picture arrives or nothing changes. record: None, or text that travels inside the file (see records.py).
    Returns the path. Raises FileExistsError, another OSError if the file cannot be written, and ValueError for a
    wrong suffix or for a picture that `to_bytes` refuses.
    """
    path = Path(os.path.expanduser(path))
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(f"{path} is there already: choose another name, or pass overwrite=True to replace it.")
    write_whole(path, to_bytes(image, path.suffix or "no suffix", record=record))
    return path


def to_bytes(image, format="png", quality=95, record=None):
    """`image` as the bytes of a "png" or "jpg" file, for ipywidgets.Image or a small picture in a notebook.

    Values are clipped to [0, 1] and rounded to 256 steps. A picture in the making may leave [0, 1] a little; one that
    leaves it by more than 1 was hardly meant to be shown and is refused (ValueError). quality: of a JPEG, 1 to 100.
    record: as in `save_image`.
    """
    encoding = ENCODINGS.get(format.lower().removeprefix("."))
    if encoding is None:
        raise ValueError(f"A picture can be written as .png (exact) or .jpg (smaller), not as {format!r}: choose one.")
    steps = np.rint(check_image(image, tolerance=1.0)[0] * 255).astype("uint8")
    options = {"quality": quality, "subsampling": 0} if encoding == "JPEG" else {}  # 0: colour as sharp as brightness
    if record is not None:
        options |= {"comment": record} if encoding == "JPEG" else {"pnginfo": _png_text(record)}
    buffer = io.BytesIO()
    Image.fromarray(steps).save(buffer, encoding, **options)
    return buffer.getvalue()


def _png_text(record):
    text = PngInfo()
    text.add_itxt(RECORD_KEY, record)
    return text


def resize_image(image, size):
    """`image` at another size: float32 (1, height, width, 3) in [0, 1], by Lanczos' filter, free of jagged edges.

    size: the longer side in pixels, 8 or more (proportions stay), or exactly (height, width).
    """
    pixels = check_image(image)[0]
    if hasattr(size, "__len__") and len(size) == 2:
        height, width = side(size[0], "height"), side(size[1], "width")
    else:
        height, width = scaled(pixels.shape[:2], side(size, "size", SMALLEST_SIZE))
    check_fits(width, height, "The picture")
    channels = [Image.fromarray(pixels[:, :, c]).resize((width, height), Image.Resampling.LANCZOS) for c in range(3)]
    return np.clip(np.stack(channels, axis=-1), 0, 1)[np.newaxis]


def check_image(image, name="image", tolerance=1e-3):
    """`image` (array or tensor) as a float32 NumPy array in the course's format, always a copy.

    Values up to `tolerance` outside [0, 1] are clipped. For anything else that is wrong: a ValueError that says what
    it is and what to do, and calls the picture `name`.
    """
    try:
        array = np.asarray(image)
    except Exception:  # ragged lists, symbolic tensors: each library has its own way to refuse
        array = np.asarray(None)
    if array.dtype.kind in "iub" and array.ndim:
        raise ValueError(f"{name} holds whole numbers ({array.dtype}): divide by 255 if they go from 0 to 255, "
                         "or let load_image make the picture from its file.")
    if array.dtype.kind != "f" or not array.ndim:
        raise ValueError(f"{name} is not an array of numbers ({type(image).__name__}): "
                         "load_image makes one from a file.")
    if array.ndim != 4 or array.shape[0] != 1 or array.shape[3] != 3 or array.size == 0:
        raise ValueError(f"{name} has the shape {array.shape}, but a picture is (1, height, width, 3): "
                         f"{_shape_advice(array.shape, name if name.isidentifier() else 'image')}.")
    _check_values(array, name, tolerance)
    return np.clip(array, 0, 1).astype("float32")


def _shape_advice(shape, name):
    """What to do about a wrong shape: the first case that fits."""
    cases = [
        (0 in shape, "this one has no pixels at all"),
        (len(shape) == 2, f"make three equal channels with np.stack([{name}] * 3, axis=-1)[np.newaxis]"),
        (shape[-1:] == (1,), f"make three equal channels with np.repeat({name}, 3, axis=-1)"),
        (shape[-1:] == (4,), f"leave the transparency out with {name}[..., :3]"),
        (len(shape) == 3 and shape[-1] == 3, f"add the first axis with {name}[np.newaxis]"),
        (len(shape) == 4 and shape[-1] == 3, f"take one picture of the several, such as {name}[:1]"),
        (len(shape) in (3, 4) and shape[-3] == 3, f"move the channels to the end with np.moveaxis({name}, -3, -1)"),
    ]
    return next((advice for fits, advice in cases if fits), "load_image gives that form")


def _check_values(array, name, tolerance):
    """Refuse what is not finite or further than `tolerance` outside [0, 1]."""
    low, high = array.min(), array.max()
    if not np.isfinite([low, high]).all():
        raise ValueError(f"{name} has values that are not finite (NaN or infinite): look at the step that made it.")
    if low < -tolerance or high > 1 + tolerance:
        code = name if name.isidentifier() else "image"
        advice = "divide by 255" if low >= 0 and high > 2 else f"np.clip({code}, 0, 1) cuts off what is outside"
        raise ValueError(f"{name} has values from {low:.4g} to {high:.4g}, but they have to be in [0, 1]: {advice}.")
