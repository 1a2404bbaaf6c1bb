"""A film: frames that are there, in memory or in files, to look at and to save."""

import base64
import html
import os
from pathlib import Path

from nst_helpers._io.atomic import check_can_be_written, write_whole
from nst_helpers.film.animation import encode_animation
from nst_helpers.film.video import check_video, encode_video
from nst_helpers.images import load_image, resize_image, to_bytes

import numpy as np

SUFFIXES = (".webp", ".gif", ".mp4")
SHOWN_SIZE, MOST_SHOWN = 512, 240  # pixels on the longer side, and frames, of a film in a page


class Film:
    """A sequence of pictures (1, H, W, 3), float32, in [0, 1]; a slice of it is a Film.

    pictures: paths, or arrays (H, W, 3) of uint8: what lies in files is read when it is asked for. fps: frames per
    second. alt: what the film shows, for who cannot see it. message: how it ended.
    In a notebook it is shown as an animated WebP. Raises ValueError for no picture at all.
    """

    def __init__(self, pictures, fps, alt="", message=""):
        self.pictures, self.fps, self.message = list(pictures), fps, message
        if not self.pictures:
            raise ValueError("A film has at least one frame.")
        self.alt = alt or f"A film of {len(self)} frames."

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, number):
        if isinstance(number, slice):
            return Film(self.pictures[number], self.fps, self.alt)
        found = self.pictures[number]
        return load_image(found) if isinstance(found, Path) else np.divide(found[np.newaxis], 255, dtype="float32")

    def save(self, path, overwrite=False):
        """Write the film: .webp (small, 24 bits of colour), .gif (256 colours), .mp4 (needs imageio-ffmpeg), or a
        folder (a name without a suffix), where each frame becomes a PNG, which keeps it exactly.

        Returns the path. What is there stays, unless overwrite=True. Raises FileExistsError, another OSError if nothing
        can be written, ValueError for another suffix, ImportError for .mp4 without imageio-ffmpeg.
        """
        path = Path(os.path.expanduser(path))
        suffix = path.suffix.lower()
        if suffix and suffix not in SUFFIXES:
            raise ValueError(f"A film can be written as {', '.join(SUFFIXES)} or into a folder, not as {suffix!r}.")
        if suffix == ".mp4":
            check_video()
        if not suffix:
            return self._save_frames(path, overwrite)
        if os.path.lexists(path) and not overwrite:
            raise FileExistsError(f"{path} is there already: choose another name, or pass overwrite=True to replace "
                                  "it.")
        check_can_be_written(path)
        write_whole(path, self.to_bytes(suffix))
        return path

    def to_bytes(self, format="webp", quality=90):
        """The film as the bytes of a "webp", "gif" or "mp4" file. quality: of WebP, 1 to 100."""
        suffix = "." + format.lower().removeprefix(".")
        if suffix not in SUFFIXES:
            raise ValueError(f"A film can be written as {', '.join(SUFFIXES)}, not as {format!r}.")
        steps = (in_steps(frame) for frame in self)
        return encode_video(steps, self.fps) if suffix == ".mp4" else encode_animation(steps, self.fps, suffix, quality)

    def _save_frames(self, folder, overwrite):
        paths = [folder / frame_name(number) for number in range(len(self))]
        there = next((path for path in paths if os.path.lexists(path)), None)
        if there and not overwrite:
            raise FileExistsError(f"{there} is there already: choose another folder, or pass overwrite=True to replace "
                                  "frames.")
        for number, path in enumerate(paths):
            found = self.pictures[number]  # a file's own bytes: its record stays in it
            write_whole(path, found.read_bytes() if isinstance(found, Path) else to_bytes(self[number], "png"))
        return folder

    def __repr__(self):
        height, width = self[0].shape[1:3]
        text = f"{len(self)} frames of {width} x {height} pixels, {self.fps:.4g} a second"
        return f"{text}; {self.message}" if self.message else text

    def _repr_html_(self):
        step = -(-len(self) // MOST_SHOWN)  # every other frame of a long film, or fewer: it has to fit the page
        frames = [resize_image(frame, SHOWN_SIZE) if max(frame.shape) > SHOWN_SIZE else frame
                  for frame in (self[number] for number in range(0, len(self), step))]
        data = encode_animation(map(in_steps, frames), self.fps / step, ".webp", 80)
        return (f'<img src="data:image/webp;base64,{base64.b64encode(data).decode()}" '
                f'alt="{html.escape(self.alt)}"><p>{html.escape(repr(self))}</p>')


def in_steps(image):
    """A picture (1, H, W, 3) in the 256 steps of a file: (H, W, 3), uint8."""
    return np.rint(np.clip(image[0], 0, 1) * 255).astype("uint8")


def frame_name(number):
    """The file of a frame, counted from 0."""
    return f"{number + 1:05d}.png"
