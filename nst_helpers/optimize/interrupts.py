"""Interrupts (Ctrl+C, JupyterLab's stop button) that a run answers where nothing can be lost.

Python raises KeyboardInterrupt wherever it happens to be: while the last picture is saved, or between two sizes. Here
an interrupt is a request, and the run looks for it before each evaluation.
"""

import contextlib
import signal
import threading

_here = threading.local()  # the request of the run that is going on in this thread


def _builds_a_graph(frame):
    """Whether TensorFlow is at work at `frame` for a tf.function that it traces.

    An exception that strikes between the entering and the leaving of its graph leaves it there, and from then on every
    call in this process fails. The objective's own lines are no such place.
    """
    package = frame.f_globals.get("__name__", "").partition(".")[0]
    if package not in ("tensorflow", "keras", "contextlib"):
        return False
    while frame and not frame.f_globals.get("__name__", "").endswith("framework.func_graph"):
        frame = frame.f_back
    return frame is not None


class Request:
    """Whether an interrupt has come. As a signal handler it notes the first one. A second one while `impatient` is
    raised after all, once: an objective that never comes back has to be stopped some way. (Not where that would leave
    TensorFlow unusable; a third one is asked the same.)"""

    def __init__(self):
        self.made, self.impatient = False, False

    def __call__(self, _signal, frame):
        if self.made and self.impatient and not _builds_a_graph(frame):
            self.impatient = False
            raise KeyboardInterrupt
        self.made = True

    @contextlib.contextmanager
    def second_is_raised(self):
        """Around what may never come back, within a `try` that expects KeyboardInterrupt."""
        self.impatient = True
        try:
            yield
        finally:
            self.impatient = False


@contextlib.contextmanager
def held_interrupts():
    """Within the `with` block interrupts only make a Request, which is what it gives; an inner block has the outer's.

    Only Python's own way with interrupts is replaced, and only in the main thread: no other thread is ever interrupted.
    """
    if getattr(_here, "request", None):
        yield _here.request
        return
    _here.request = request = Request()
    main = threading.current_thread() is threading.main_thread()
    replaces = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    try:
        if replaces:
            signal.signal(signal.SIGINT, request)
        yield request
    finally:
        _here.request = None
        if replaces:
            signal.signal(signal.SIGINT, signal.default_int_handler)
