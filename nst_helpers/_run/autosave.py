"""The picture so far, on disk: what is left when a kernel dies in the middle of a long run."""

import os
from pathlib import Path
import time

from nst_helpers._io.atomic import check_can_be_written
from nst_helpers.images import save_image, to_bytes
from nst_helpers.records import text_for

import numpy as np

EVERY = 5.0  # seconds; and saving takes at most a twentieth of the time


class Autosave:
    """Writes the best picture so far to a file now and then; call it after each step with (step, loss, picture).

    path: .png or .jpg; what is there is replaced. record: see records.py. Raises OSError or ValueError at once if the
    file cannot be written at all; and later if the disk is full, or goes away.
    """

    def __init__(self, path, record):
        self.path, self.record = Path(os.path.expanduser(path)), record
        to_bytes(np.zeros((1, 1, 1, 3)), self.path.suffix or "no suffix")
        check_can_be_written(self.path)
        self.next = time.monotonic() + EVERY

    def __call__(self, step, loss, image):
        if time.monotonic() >= self.next:
            result = {"steps": step, "losses": {"total": float(loss)}, "message": "still running"}
            self.save(image, {**self.record, "result": result})

    def save(self, image, record):
        """Write `image` now."""
        begin = time.monotonic()
        try:
            save_image(np.clip(image, 0, 1), self.path, True, text_for(self.path, record))
        finally:
            self.next = time.monotonic() + max(EVERY, 20 * (time.monotonic() - begin))
