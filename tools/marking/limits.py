"""How much a student's code may use, and who watches over it.

Processor seconds are counted, and those of the clock only as a last resort, so that a busy machine gives the same
marks as a quiet one.
"""

from dataclasses import dataclass
import threading
import time

import psutil


@dataclass(frozen=True)
class Limits:
    cell_seconds: float = 90  # processor seconds of one cell or one call
    cell_clock: float = 300  # seconds by the clock of one cell or one call: for code that sleeps
    all_clock: float = 1200  # seconds by the clock of one notebook, from which on the rest is given up
    memory: int = 4 * 2**30  # bytes of all its processes
    processes: int = 48
    output: int = 5 * 2**20  # bytes that a cell may print
    disk: int = 512 * 2**20  # bytes in each writable folder, which lie in memory


class Watch:
    """Ends a group of processes that uses too much, and says why in `reason`. One thread for each sandbox."""

    def __init__(self, process, limits, kill, pause=0.1):
        self.limits, self.kill, self.reason, self.printed = limits, kill, "", 0
        self._root, self._pause, self._over = psutil.Process(process.pid), pause, threading.Event()
        self.begin()
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self):
        """A new cell or call: its seconds and its output count from here."""
        self.printed, self._clock, self._seconds = 0, time.monotonic(), self._used()[0]

    def end(self):
        self._over.set()

    def _used(self):
        """(processor seconds, bytes, processes) of the whole group."""
        seconds = memory = count = 0
        try:
            group = [self._root, *self._root.children(recursive=True)]
        except psutil.Error:
            return 0, 0, 0
        for process in group:
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    seconds += times.user + times.system + times.children_user + times.children_system
                    memory += process.memory_info().rss
                    count += 1
            except psutil.Error:
                continue
        return seconds, memory, count

    def over(self):
        """Whether a limit is passed now; then `reason` says which."""
        seconds, memory, count = self._used()
        limits = self.limits
        if seconds - self._seconds > limits.cell_seconds:
            self.reason = f"runs longer than {limits.cell_seconds:.0f} seconds of a processor"
        elif time.monotonic() - self._clock > limits.cell_clock:
            self.reason = f"is not done after {limits.cell_clock:.0f} seconds"
        elif count > limits.processes:
            self.reason = f"starts more than {limits.processes} processes"
        elif memory > limits.memory:
            self.reason = f"uses more than {limits.memory / 2**30:.3g} GB of memory"
        elif self.printed > limits.output:
            self.reason = f"prints more than {limits.output / 2**20:.3g} MB"
        return bool(self.reason)

    def _look(self):
        while not self._over.wait(self._pause):
            if self.over():
                self.kill()
                return
