"""One run at a time for all studios of this machine, first come, first served: two cores are never asked for two.

Each kernel that wants to run puts a ticket, an empty file, into one folder; the oldest ticket runs. A ticket whose
process is gone counts no more. What may go here: who runs next, and nothing of what runs.
"""

import getpass
import itertools
from pathlib import Path
import tempfile
import time

import psutil

_numbers = itertools.count()


def usual_folder():
    """Where the tickets of this machine's studios lie; each user has an own one."""
    return Path(tempfile.gettempdir()) / f"nst-studio-{getpass.getuser()}"


class Ticket:
    """A place in the queue; `place` is how many are before it, `give_back` leaves. Also a context manager."""

    def __init__(self, folder=None):
        self.folder = usual_folder() if folder is None else Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        process = psutil.Process()
        # The moment a process began tells it from a later one of the same number.
        self.file = self.folder / f"{time.time_ns():020}-{next(_numbers):06}-{process.pid}-{process.create_time():.2f}"
        self.file.touch()

    @property
    def place(self):
        """How many tickets are before this one; 0: its turn."""
        return sum(_is_alive(file) for file in sorted(self.folder.iterdir()) if file.name < self.file.name)

    def give_back(self):
        self.file.unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.give_back()


def _is_alive(ticket):
    """Whether the process of a ticket still runs; the ticket of one that does not is taken away."""
    try:
        *_, pid, begun = ticket.name.split("-")
        alive = abs(psutil.Process(int(pid)).create_time() - float(begun)) < 1
    except (ValueError, psutil.Error):
        alive = False
    if not alive:
        ticket.unlink(missing_ok=True)
    return alive
