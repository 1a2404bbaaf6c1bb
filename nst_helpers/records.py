"""How a picture was made: a record that travels inside its file, so that it can be made again.

A record is a dictionary of names, numbers and lists; in a file it is JSON text. Nothing in it is ever run.
"""

import hashlib
import json
import math
import numbers
import os
from pathlib import Path
import warnings

from nst_helpers._io.environment import versions
from nst_helpers._io.image_files import find_file, in_one_sentence
from nst_helpers.images import RECORD_KEY

import numpy as np
from PIL import Image

LONGEST_COMMENT = 65_000  # bytes, in a JPEG; its length is written as a number of 16 bits
NOT_KEPT = ("progress", "autosave", "client", "snapshots")  # arguments that do not change the picture


def new_record(arguments, network, pictures):
    """What is known before the run: versions, the arguments, the network, and a hash of all that goes in.

    arguments: a dictionary of what `stylize` was called with. Of a path only the file's name is kept: folders are
    nobody's business. network: a keras.Model. pictures: a dictionary from name to an array or a list of arrays, as they
    go into the run: read, at their size.
    """
    return {
        "versions": versions(),
        "arguments": plain({name: value for name, value in arguments.items() if name not in NOT_KEPT}, folders=False),
        "network": {
            "name": network.name,
            "pooling": next((type(layer).__name__ for layer in network.layers if "pool" in layer.name), "none"),
            "weights_sha256": sha256(*(variable.numpy() for variable in network.weights)),
        },
        "pictures": plain(pictures),
    }


def sha256(*arrays):
    """The SHA-256 of the float32 values of all `arrays`, one after another, as text of 64 letters and digits."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array, "<f4"))
    return digest.hexdigest()


def plain(value, folders=True):
    """`value` as JSON can hold it: an array becomes its shape and hash, a network its name.

    folders: False leaves only the last part of every path.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (str, os.PathLike)):
        # A file's name may hold bytes that are no text; they are written as \\udc.., which JSON and PNG can hold.
        name = os.fspath(value) if folders else Path(value).name
        return str(name).encode("utf-8", "backslashreplace").decode()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): plain(item, folders) for key, item in value.items()}
    if _is_nested_array(value):
        value = np.asarray(value)
    if isinstance(value, (list, tuple)) or np.ndim(value) == 1:
        return [plain(item, folders) for item in value]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return {"shape": [int(length) for length in value.shape], "sha256": sha256(value)}
    return str(getattr(value, "name", type(value).__name__))


def _is_nested_array(value):
    """Whether `value` is a picture written as lists in lists: of such, as of arrays, only the hash is kept."""
    if not (isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple))):
        return False
    try:
        return np.asarray(value).dtype.kind in "fiub"
    except ValueError:  # of different lengths
        return False


def to_text(record):
    """`record` as JSON text."""
    return json.dumps(plain(record), allow_nan=False, ensure_ascii=False)


def text_for(path, record):
    """`record` as text for the file `path`; None, with a warning, for one that the file cannot hold, or for None."""
    text = None if record is None else to_text(record)
    if text is not None and Path(path).suffix.lower() != ".png" and len(text.encode()) > LONGEST_COMMENT:
        warnings.warn(f"The record of how {path} was made is too long for its kind of file, and is left out: .png "
                      "holds it.", stacklevel=3)
        return None
    return text


def read_record(path):
    """The record inside a picture that `Result.save` or `stylize(..., autosave=...)` wrote (.png or .jpg).

    Returns a dictionary: "versions", "arguments", "network", "pictures" (shapes and SHA-256), "result". Where the
    pictures were bundled ones, stylize(**record["arguments"]) makes the same picture again.
    Raises FileNotFoundError, and ValueError for a file that is no picture, or has no record in it.
    """
    path = find_file(path)
    with in_one_sentence(path), Image.open(path, formats=["PNG", "JPEG"]) as picture:
        text = picture.info.get(RECORD_KEY, picture.info.get("comment", ""))
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ValueError(f"{path} holds no record of how it was made: only pictures saved with result.save(...) have "
                         "one, until another program saves them anew.")
    return record
