"""What the trainings of lessons 12 and 13 share: whole pictures, a run that can be taken up again, sample sheets.

What may go here: what belongs to a run of training, and nothing about a network. Random crops stand in
training_pictures.py.
"""

import io
import json
import os
from pathlib import Path
import sys
import zipfile

from nst_helpers._io.atomic import write_whole
from nst_helpers.images import load_image, save_image

import numpy as np

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}


def picture_files(folder, without=(), below=False):
    """The picture files of a folder, in the order of their names; at least one, or the program ends.

    without: names, with no suffix, of files that are not taken. below: whether those of its subfolders count, too.
    """
    files = sorted(file for file in Path(folder).glob("**/*" if below else "*")
                   if file.suffix.lower() in SUFFIXES and file.stem not in without and file.is_file())
    if not files:
        sys.exit(f"There are no pictures in {folder}; files have to end in one of: {', '.join(sorted(SUFFIXES))}.")
    return files


def whole_pictures(folder, size=None, without=(), below=False):
    """Every picture file of a folder as a uint8 array (height, width, 3), in the order of their names.

    size: the longer side, None for that of the file. without, below: as for `picture_files`. All files are decoded to
    the last pixel before anything begins; if some are damaged, empty or none at all, the program ends with a list of
    them.
    """
    pictures, bad, files = [], [], picture_files(folder, without, below)
    for file in files:
        try:
            pictures.append(np.rint(load_image(file, size)[0] * 255).astype("uint8"))
        except (OSError, ValueError) as error:
            bad.append(str(error))
    if bad:
        sys.exit("\n  ".join([f"{len(bad)} of {len(files)} picture files are not whole; mend or remove them:", *bad]))
    return pictures


def square_pictures(folder, size):
    """Every picture of a folder of squares, as one uint8 array (N, size, size, 3)."""
    pictures = whole_pictures(folder, size)
    if {picture.shape for picture in pictures} != {(size, size, 3)}:
        sys.exit(f"Some pictures in {folder} are not square; cut squares out of them first.")
    return np.stack(pictures)


def save_state(path, variables, rng, **numbers):
    """All that a run is made of in one .npz file: `variables` by name, the generator of random numbers, `numbers`.

    Each array keeps its type: float32 would round the random state. The file arrives whole or not at all.
    """
    progress = json.dumps({"random": rng.bit_generator.state, **numbers}).encode()
    buffer = io.BytesIO()
    arrays = {name: np.asarray(variable) for name, variable in variables.items()}
    np.savez(buffer, progress=np.frombuffer(progress, "uint8"), **arrays)
    write_whole(Path(path), buffer.getvalue())


def load_state(path, variables, rng):
    """Put what `save_state` wrote back into variables and generator. Returns the numbers, as a dictionary."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored}
    except (OSError, ValueError, zipfile.BadZipFile):
        sys.exit(f"{path} is not there or is no checkpoint: name another file, or begin without --resume.")
    progress = arrays.pop("progress", None)
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if progress is None or {name: array.shape for name, array in arrays.items()} != shapes:
        sys.exit(f"{path} is no checkpoint of this network: take the settings that it was made with.")
    for name, variable in variables.items():
        variable.assign(arrays[name])
    numbers = json.loads(progress.tobytes())
    rng.bit_generator.state = numbers.pop("random")
    return numbers


def optimizer_variables(optimizer):
    """The optimizer's memory by name, in the order in which Keras keeps it."""
    return {f"optimizer.{number}": variable for number, variable in enumerate(optimizer.variables)}


def save_sheet(images, path, columns=8, scale=1):
    """Pictures (B, H, W, 3) in [0, 1], one beside the other, in one file; `scale` times as large, pixel by pixel."""
    images = np.asarray(images).repeat(scale, axis=1).repeat(scale, axis=2)
    count, height, width, _ = images.shape
    rows = -(-count // columns)
    gap = np.ones((rows * columns - count, height, width, 3), images.dtype)
    tiles = np.concatenate([images, gap]).reshape(rows, columns, height, width, 3)
    sheet = tiles.transpose(0, 2, 1, 3, 4).reshape(1, rows * height, columns * width, 3)
    return save_image(sheet, os.fspath(path), overwrite=True)
