"""What is shown while a film is painted: one bar, and in a notebook the latest frame."""

import contextlib

from nst_helpers.notebook.progress import Progress


class Display:
    """A bar over all frames, as a context manager; call `show` for each. Nothing, if progress is False.

    done: how many were there before. text: what the bar leaves behind. What goes wrong here ends no film.
    """

    def __init__(self, count, done, progress):
        self.done, self.text, self.bar = done, "stopped", None
        with contextlib.suppress(Exception):
            self.bar = Progress(count, "frames") if progress else None
            if self.bar:
                self.bar.bar.update(done)

    def __enter__(self):
        return self

    def show(self, image, told):
        """One more is done: (1, H, W, 3). told: how it went."""
        self.done += 1
        with contextlib.suppress(Exception):
            if self.bar and told["losses"]:
                self.bar(self.done, told["losses"]["total"], image)
            elif self.bar:
                self.bar.bar.update(1)

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            if self.bar:
                self.bar.close(self.text)
