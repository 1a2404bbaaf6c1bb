"""What lies below `images`: finding a picture's file and decoding whatever it holds.

Each failure of such a file becomes one sentence that names it and says what to do.
"""

import contextlib
import difflib
import numbers
import os
from pathlib import Path
import warnings

from nst_helpers._io import phone_pictures
from nst_helpers._io.error_output import error_output_dropped, keep_descriptor_2

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

DATA_FOLDER = Path(__file__).resolve().parents[2] / "data"
# Named one by one: Pillow would also hand an .eps file to Ghostscript, and a picture must not run a program.
READABLE = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", *phone_pictures.FORMATS]
PRINTED_ABOUT = ["TIFF", "AVIF"]  # their libraries print what is wrong with a file, which is turned aside
MOST_PIXELS_IN_A_FILE = 64_000_000  # decoding them takes up to 1 GB
MOST_PIXELS = 25_000_000  # 300 MB as float32


def bundled_names():
    """The names that `load_image` knows: {"photos": [...], "paintings": [...]}, each in alphabetical order."""
    return {kind: sorted(file.stem for file in (DATA_FOLDER / kind).glob("*.jpg")) for kind in ("photos", "paintings")}


def find_file(name_or_path):
    """The path of a bundled picture, or of a file of one's own that exists (`~` is the home folder)."""
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise ValueError(f"load_image needs a bundled name or the path of a file, not {type(name_or_path).__name__}.")
    for kind, names in bundled_names().items():
        if name_or_path in names:
            return DATA_FOLDER / kind / f"{name_or_path}.jpg"
    path = Path(os.path.expanduser(name_or_path))
    if os.path.isfile(path):
        return path
    if name_or_path != "" and os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder: name a picture file inside it.")
    if isinstance(name_or_path, os.PathLike) or path.suffix or "/" in name_or_path or os.sep in name_or_path:
        raise FileNotFoundError(_no_file(path))
    raise ValueError(_no_name(name_or_path))


def _no_file(path):
    advice = "check the name and the folder (a path that is not absolute starts at the folder of the notebook)"
    if path.stem in sum(bundled_names().values(), []):
        advice = f"the bundled picture is called {path.stem!r}, without a suffix"
    return f"There is no file {path.name!r} in {os.path.dirname(os.path.abspath(path))}: {advice}."


def _no_name(name):
    known = bundled_names()
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), sum(known.values(), []), n=1)
    guess = f" (did you mean {near[0]!r}?)" if near else ""
    listed = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in known.items())
    return f"There is no bundled picture {name!r}{guess}; choose from {listed}; or give a file's name with its suffix."


def decode(path, size=None, paper="white"):
    """The picture in a file, as Pillow has it: upright, at `size` (longer side), mode RGB or F (grey from 0 to 1).

    paper: "white" or "black": what transparency is laid over.
    """
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty (0 bytes): copy or download it again.")
    keep_descriptor_2()  # so that the picture cannot get this number
    with contextlib.ExitStack() as stack:
        with in_one_sentence(path):
            # An open file, not its name: by name, Pillow 13 garbles TIFF files that are stored on their side.
            file = Image.open(stack.enter_context(open(path, "rb")), formats=READABLE)
            new_size = scaled(file.size, size) if size else file.size
            # JPEG can be decoded at 1/2, 1/4 or 1/8; three times the size asked for leaves Lanczos all it needs.
            # The box is where the picture ends: the size is rounded up, and without it all would shift a little.
            _, box = file.draft(None, tuple(3 * length for length in new_size)) or (None, None)
            if file.width * file.height > MOST_PIXELS_IN_A_FILE:
                raise Image.DecompressionBombError
        check_fits(*new_size, path)
        with in_one_sentence(path):
            with error_output_dropped() if file.format in PRINTED_ABOUT else contextlib.nullcontext():
                file.load()
            picture = _to_rgb_or_grey(file, paper)
            return ImageOps.exif_transpose(picture.resize(new_size, Image.Resampling.LANCZOS, box))


def sides_of(path):
    """The sides of the picture in a file, in no certain order; nothing of it is decoded."""
    with in_one_sentence(path), Image.open(path, formats=READABLE) as file:
        return file.size


@contextlib.contextmanager
def in_one_sentence(path):
    """Whatever goes wrong inside (Pillow may raise nearly anything) is told in one sentence about `path`."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except PermissionError:
        raise PermissionError(f"{path} may not be read: allow reading it, or copy it to a folder of yours.") from None
    except (Image.DecompressionBombError, MemoryError):
        raise ValueError(f"{path} is too large (more than {MOST_PIXELS_IN_A_FILE // 10**6} million pixels): "
                         "make it smaller in another program first.") from None
    except UnidentifiedImageError:
        raise ValueError(f"{path} is not a picture that can be read here: open it in another program and save it as "
                         f"JPEG or PNG{phone_pictures.advice(path)}.") from None
    except Exception:
        raise ValueError(f"{path} is damaged, cut off or of a rare kind: copy or download it again, or open it in "
                         "another program and save it as PNG.") from None


def _to_rgb_or_grey(file, paper):
    """Any of Pillow's modes as RGB over `paper`; grey of more than 8 bits as F, as Pillow would cut it off at 255."""
    if file.mode == "F" or file.mode.startswith("I"):
        white = 1 if file.mode == "F" else 65535
        values = np.array(file, "float32")
        values[values == file.info.get("transparency", -1)] = white * (paper == "white")  # PNG's one transparent grey
        if not (values.min() >= 0 and values.max() <= white):
            raise ValueError("no way to tell which value is white")
        picture = Image.fromarray(values / white)
    elif file.has_transparency_data:
        layer = file.convert("RGBA")
        picture = Image.new("RGB", file.size, paper)
        picture.paste(layer, mask=layer.getchannel("A"))
    else:
        return file.convert("RGB")
    picture.info = file.info  # the orientation is in there
    return picture


def side(value, name, smallest=1):
    """`value` as a length in pixels; ValueError if it is none."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool) and value >= smallest:
        return int(value)
    raise ValueError(f"{name} is {value!r}, but it has to be a whole number of pixels, {smallest} or more.")


def scaled(sides, size):
    """Two `sides`, scaled so that the longer one is `size` and their ratio stays, to the nearest pixel."""
    return tuple(max(1, round(length * size / max(sides))) for length in sides)


def check_fits(width, height, name):
    """Refuse a size that would fill the memory of a small laptop."""
    if width * height > MOST_PIXELS:
        raise ValueError(f"{name} would have {width} x {height} pixels, and at most {MOST_PIXELS // 10**6} million "
                         "fit: ask for a smaller size, such as size=1024.")
