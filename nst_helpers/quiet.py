"""What C libraries print past Python: they write to file descriptor 2, whatever `sys.stderr` is.

What may go here: turning that aside. Messages that a learner needs are raised or printed elsewhere.
"""

import contextlib
import os
import sys


@contextlib.contextmanager
def error_output_into(file):
    """Within the `with` block, everything that is written to file descriptor 2 goes into `file`, an open file."""
    sys.stderr.flush()
    screen = os.dup(2)
    os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(screen, 2)
        os.close(screen)


@contextlib.contextmanager
def error_output_dropped():
    """Within the `with` block, nothing is written to file descriptor 2."""
    with open(os.devnull, "wb") as nowhere, error_output_into(nowhere):
        yield
