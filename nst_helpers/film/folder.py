"""The frames that are painted: in a folder, each written as it is done, so that a film can go on; or in memory."""

import json
import os
from pathlib import Path

from nst_helpers._io.atomic import check_can_be_written, write_whole
from nst_helpers.film.film import frame_name
from nst_helpers.images import load_image, save_image
from nst_helpers.records import read_record, text_for, to_text

import numpy as np

NOTE = "film.json"


class Painted:
    """What is painted of a film so far; frames count from 0.

    folder: None, or where the frames lie. key: a hash of all that the film depends on. record: what is written into
    each frame. count: of the film's frames. done: {number: path, or array (H, W, 3) of uint8}.
    Takes over what is there of the same film. Raises ValueError for a folder with another one, OSError for one that
    cannot be written to.
    """

    def __init__(self, folder, key, record, count):
        self.folder, self.key, self.record, self.count, self.done = None, key, record, count, {}
        if folder is not None:
            self.folder = Path(os.path.expanduser(folder))
            check_can_be_written(self.folder / NOTE)
            self._take_over()

    def __getitem__(self, number):
        """A frame that is done: (1, H, W, 3), float32, the same from a file and from memory."""
        found = self.done[number]
        return load_image(found) if isinstance(found, Path) else np.divide(found[np.newaxis], 255, dtype="float32")

    def missing(self):
        """Numbers of frames that are not done."""
        return [number for number in range(self.count) if number not in self.done]

    def keep(self, number, steps, told):
        """Enter a finished frame (H, W, 3), uint8, and write it. told: how it went, for its record.

        Raises OSError where it cannot be written; then it is kept in memory.
        """
        self.done[number] = steps
        if self.folder is not None:
            self._make_note()
            path = self.folder / frame_name(number)
            record = {**self.record, "key": self.key, "frame": number + 1, "result": told}
            save_image(np.divide(steps[np.newaxis], 255, dtype="float32"), path, False, text_for(path, record))
            self.done[number] = path

    def _make_note(self):
        """Make this the folder of this film. Only with the first frame: what is refused before leaves no mark."""
        if not os.path.lexists(self.folder / NOTE):
            write_whole(self.folder / NOTE, to_text({**self.record, "key": self.key, "frames": self.count}).encode())

    def _take_over(self):
        """Find the frames that are there."""
        note = self.folder / NOTE
        if not os.path.lexists(note):
            for number in range(self.count):
                if os.path.lexists(self.folder / frame_name(number)):
                    raise ValueError(f"{self.folder / frame_name(number)} is there already, and is no frame of this "
                                     "film: choose another folder.")
            return
        if _key_in(note) != self.key:
            raise ValueError(f"{self.folder} holds another film, or this one with other frames or settings (see "
                             f"{NOTE} there): choose another folder, or ask for what was asked for then.")
        for number in range(self.count):
            path = self.folder / frame_name(number)
            if os.path.lexists(path):
                self._check_own(path, number)
                self.done[number] = path

    def _check_own(self, path, number):
        try:
            record = read_record(path)
        except (OSError, ValueError):
            record = {}
        if record.get("key") != self.key or record.get("frame") != number + 1:
            raise ValueError(f"{path} is not the frame that was painted under that name: move it away, and it is "
                             "painted anew.")


def _key_in(note):
    try:
        return json.loads(note.read_text(encoding="utf-8"))["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
