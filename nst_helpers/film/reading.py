"""The frames of a film to paint: from a folder, an animation, a video, a list or an array, one at a time."""

import os
from pathlib import Path
import re

from nst_helpers._io.image_files import find_file, side
from nst_helpers._run.arguments import picture
from nst_helpers.film.animation import KINDS as ANIMATIONS
from nst_helpers.film.animation import decode_animation
from nst_helpers.film.video import KINDS as VIDEOS
from nst_helpers.film.video import decode_video
from nst_helpers.images import SMALLEST_SIZE

import numpy as np

SIZE = 256  # of frames from files; the longer side
FPS = 12.0  # where nothing says how fast a film is
MOST_BYTES = 1_000_000_000  # of a file that is decoded as a whole
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")


class Frames:
    """A film that is given, as a sequence of pictures (1, H, W, 3), each read when it is asked for. fps: a number.

    items: names, paths or arrays (1, H, W, 3); or, if decoded, arrays (H, W, 3) of uint8, at their size. size: longer
    side, or None. Taking a frame raises ValueError or OSError, in one sentence, for one that cannot be read, or is not
    as large as the first.
    """

    def __init__(self, items, size, fps, decoded=False):
        self.items, self.size, self.fps, self.decoded, self.shape = items, size, fps, decoded, None

    def __len__(self):
        return len(self.items)

    def __getitem__(self, number):
        item = self.items[number]
        if self.decoded:
            return np.divide(item[np.newaxis], 255, dtype="float32")
        frame = picture(item, self.size, SIZE, f"Frame {number + 1}")
        self.shape = self.shape or frame.shape
        if frame.shape != self.shape:
            raise ValueError(f"Frame {number + 1} has {frame.shape[1]}x{frame.shape[2]} pixels, and the first has "
                             f"{self.shape[1]}x{self.shape[2]}: give frames of one size.")
        return frame


def read_frames(source, size=None, fps=None):
    """The Frames of a film.

    source: a folder of pictures (in the order of their names, 2 before 10), a GIF, WebP, APNG or video file, a list of
        names, paths or pictures (1, H, W, 3), or an array (T, H, W, 3), RGB in [0, 1].
    size: longer side; None: 256 for what comes from files, and as it is for arrays.
    fps: frames per second; None: as the file says, or 12.
    Raises ValueError, OSError or ImportError in one sentence.
    """
    size = None if size is None else side(size, "size", SMALLEST_SIZE)
    if fps is not None and not (isinstance(fps, (int, float)) and 0 < fps <= 1000):
        raise ValueError(f"fps is {fps!r}; give how many frames are shown in a second, such as 12.")
    decoded = isinstance(source, (str, os.PathLike)) and not os.path.isdir(os.path.expanduser(source))
    items, own_fps = _decoded(source, size) if decoded else _items(source)
    if not len(items):
        raise ValueError("There are no frames in the list; give one at least.")
    return Frames(items, size, float(fps or own_fps or FPS), decoded)


def _items(source):
    """What Frames takes, and the frames per second, if they are known."""
    if isinstance(source, (str, os.PathLike)):
        return pictures_in(Path(os.path.expanduser(source))), None
    return _from_memory(source), getattr(source, "fps", None)


def _decoded(source, size):
    """Likewise, of a file."""
    path = find_file(source)
    suffix = path.suffix.lower()
    if suffix in VIDEOS:
        return decode_video(path, size or SIZE, MOST_BYTES)
    if suffix in ANIMATIONS:
        return decode_animation(path, size or SIZE, MOST_BYTES)
    raise ValueError(f"{path} is no film: give a folder of pictures, a list, an animation ({', '.join(ANIMATIONS)}) or "
                     f"a video ({', '.join(VIDEOS)}).")


def _from_memory(source):
    if hasattr(source, "shape"):
        array = np.asarray(source)
        if array.ndim != 4 or array.shape[-1] != 3:
            raise ValueError(f"The frames have the shape {array.shape}; an array of frames is (T, height, width, 3).")
        return [array[number : number + 1] for number in range(len(array))]
    try:
        return list(source)
    except TypeError:
        raise ValueError(f"frames is {type(source).__name__}; give a folder, a file, a list of pictures, or an array "
                         "(T, height, width, 3).") from None


def pictures_in(folder):
    """Paths of the pictures in a folder, in the order of their names, numbers by their size."""
    files = [file for file in folder.iterdir() if file.suffix.lower() in PICTURES and not file.name.startswith(".")]
    if not files:
        raise ValueError(f"There are no pictures in the folder {folder}: {', '.join(PICTURES)} would count.")
    return sorted(files, key=lambda file: [(part.isdigit(), int(part) if part.isdigit() else 0, part)
                                           for part in re.split(r"(\d+)", file.name)])
