"""What is shown while many pictures are painted: one bar, and in a notebook the latest picture."""

import contextlib

from nst_helpers.notebook.progress import Progress
from nst_helpers.workers import dashboard


class Display:
    """A bar over all pictures of a Many, as a context manager; call `show` for each. Nothing, if progress is False.

    done: how many were there before. What goes wrong here ends no run.
    """

    def __init__(self, table, done, progress, client):
        self.table, self.done, self.bar = table, done, None
        with contextlib.suppress(Exception):
            self.bar = Progress(len(table), "pictures") if progress else None
            if self.bar:
                self.bar.bar.update(done)
            if self.bar and client is not None and dashboard(client):
                self.bar.tell(f"Dask's dashboard: {dashboard(client)}")

    def __enter__(self):
        return self

    def show(self, number, result):
        """One more is done; result: None where it was not painted."""
        self.done += 1
        with contextlib.suppress(Exception):
            if self.bar and result is not None:
                self.bar(self.done, result.lowest_losses()["total"], result.image)
            elif self.bar:
                self.bar.bar.update(self.done - self.bar.bar.n)
                self.bar.tell(f"Picture {number + 1}: {self.table.rows[number]['error']}")

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            if self.bar:
                self.bar.close(repr(self.table))
