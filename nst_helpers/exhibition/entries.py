"""The pictures of a folder as they hang: small enough for a page, with their captions and records.

What may go here: reading files. Whatever is wrong with one of them becomes a sentence, and the rest goes on.
"""

from dataclasses import dataclass
import io
from pathlib import PurePosixPath

from nst_helpers._io.image_files import sides_of
from nst_helpers.exhibition.captions import Caption, caption_of, read_captions
from nst_helpers.images import SMALLEST_SIZE, load_image
from nst_helpers.records import read_record

import numpy as np
from PIL import Image

LONGEST, QUALITY = 1024, 85  # pixels, and of the JPEG
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif", ".heic", ".heif"}


@dataclass(frozen=True)
class Entry:
    """A picture that is shown. record: a dictionary, or None where the file has none. jpeg: bytes."""

    path: PurePosixPath  # inside the folder
    caption: Caption
    record: dict | None
    jpeg: bytes
    width: int
    height: int


def read_entries(folder):
    """([Entry], [sentences about what is left out]) of all pictures in `folder`, a Path, and in folders inside it."""
    captions, sentences = read_captions(folder)
    entries = []
    for file in sorted(folder.rglob("*")):
        path = PurePosixPath(file.relative_to(folder).as_posix())
        if file.suffix.lower() not in SUFFIXES or not file.is_file() or any(part[0] == "." for part in path.parts):
            continue
        try:
            entries.append(Entry(path, caption_of(path, captions), _record(file), *_small_jpeg(file)))
        except (ValueError, OSError) as error:
            sentences.append(f"Left out: {error}")
    return entries, sentences


def _record(file):
    """The record in a picture's file, or None: most pictures of other programs have none, which is no fault."""
    try:
        return read_record(file)
    except ValueError:
        return None


def _small_jpeg(file):
    """The picture as (JPEG bytes, width, height), without its record: the page says that when it is time."""
    image = load_image(file, max(SMALLEST_SIZE, min(LONGEST, max(sides_of(file)))))
    buffer = io.BytesIO()
    picture = Image.fromarray(np.rint(image[0] * 255).astype("uint8"))
    picture.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue(), picture.width, picture.height
