"""What C libraries print past Python: they write to file descriptor 2, whatever `sys.stderr` is.

Messages that a learner needs are raised or printed elsewhere.
"""

import contextlib
import os
import sys
import threading

# There is one descriptor 2 for all threads. `_ways` are the files it may lead to, those of the blocks that are active:
# the latest one counts, and below all of them is the screen, to which the last block to end puts it back.
_lock = threading.Lock()
_ways = []


@contextlib.contextmanager
def error_output_into(file):
    """Within the `with` block, everything that is written to file descriptor 2 goes into `file`, an open file.

    Blocks may lie in one another, and those of several threads may overlap: what is written then goes to the file of
    the latest block that is still active, and to the screen again when none is.
    """
    keep_descriptor_2()
    _flush()
    way = os.dup(file.fileno())  # a copy, which stays open whatever becomes of the file
    with _lock:
        if not _ways:
            _ways.append(os.dup(2))
        _ways.append(way)
        os.dup2(way, 2)
    try:
        yield
    finally:
        _flush()
        with _lock:
            _ways.remove(way)
            os.dup2(_ways[-1], 2)
            os.close(way)
            if len(_ways) == 1:
                os.close(_ways.pop())


@contextlib.contextmanager
def error_output_dropped():
    """Within the `with` block, nothing is written to file descriptor 2."""
    keep_descriptor_2()
    with open(os.devnull, "wb") as nowhere, error_output_into(nowhere):
        yield


def keep_descriptor_2():
    """Where descriptor 2 is closed, as in a daemon, let it lead nowhere, for good.

    Otherwise the next file that is opened, a picture perhaps, gets this number, and C libraries print into it.
    """
    with _lock:
        try:
            os.fstat(2)
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)  # the lowest free number: 2, or one below it
            os.dup2(nowhere, 2)
            if nowhere != 2:
                os.close(nowhere)


def _flush():
    """Write what Python has kept back, so that it goes where it was meant to; there may be no `sys.stderr` at all."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()


keep_descriptor_2()
