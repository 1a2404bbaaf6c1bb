"""The folder of finished pictures: each is written as it is done, and found again by its name and its record."""

import os
from pathlib import Path
import re

from nst_helpers._io.atomic import check_can_be_written
from nst_helpers.images import save_image
from nst_helpers.records import read_record, text_for

import numpy as np

LONGEST_NAME = 60  # letters, of up to four bytes; and no file system takes more than 255 bytes


def file_name(job):
    """The name of a Job's picture: its labels, for people, and the beginning of its key, which makes it the only one.
    """
    words = " ".join(str(label) if name in ("photo", "painting") else f"{name}={label}"
                     for name, label in job.labels.items())
    words = re.sub(r"[^\w=.+-]+", "_", words)[:LONGEST_NAME].strip("_.")
    return f"{words} {job.key[:12]}.png"


def checked_folder(folder):
    """`folder` as a Path that exists and can be written to; OSError otherwise."""
    folder = Path(os.path.expanduser(folder))
    check_can_be_written(folder / "picture.png")
    return folder


def finished_record(path, key):
    """The record of the picture in `path`, if it is the one with that key; None if there is no such file.

    Raises ValueError for another file of that name, which is to stay as it is.
    """
    if not os.path.lexists(path):
        return None
    try:
        record = read_record(path)
    except (OSError, ValueError):
        record = {}
    if record.get("key") != key or "result" not in record:
        raise ValueError(f"{path} is there already, and is not what was painted under that name: move it away.")
    return record


def write_picture(path, image, record):
    """Write a finished picture, whole or not at all. Raises OSError, also where there is such a file by now."""
    save_image(np.clip(image, 0, 1), path, False, text_for(path, record))
