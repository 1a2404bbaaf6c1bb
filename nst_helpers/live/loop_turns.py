"""When live loops work, wait and stop, and the one task in which all of them take turns with the kernel's messages.

What may go here: turns; what is done in one stands in loop_engine.py. No thread is ever begun.
"""

import asyncio
import signal
import threading
import time
import weakref

from nst_helpers.live.loop_engine import STEPS

SLICE, PAUSE = 0.05, 0.01  # seconds of work, then of listening: a knob waits for one slice and no longer
PATIENT, PATIENCE = 1.0, 20.0  # seconds without an answer of the page, after which the work rests, and ends
_at_work = weakref.WeakSet()  # loops whose figure is gone vanish from here
_task = None


class Loop:
    """When an engine works, waits and stops, for a page that may be slow, hidden or gone.

    send: called without arguments where the page is to get the picture as it stands. sent, seen: numbers of the last
    picture that went there, and that the page has painted; no second one goes before the first is seen. owed: whether
    one is to go then. hurry: whether a knob was moved, so that a single step has to do.
    """

    def __init__(self, engine, send):
        self.engine, self.send = engine, send
        self.running, self.interrupted, self.hurry, self.owed, self.message = False, False, False, False, ""
        self.sent = self.seen = self.left = 0
        self.silence, self.last = 0.0, 0.0

    def show(self):
        """Send the picture, now or as soon as the page has painted the one before."""
        self.owed = self.sent > self.seen
        if not self.owed:
            self.sent += 1
            self.send()

    def show_soon(self):
        """A knob was moved: show what comes of it after a single step, or now where no step follows."""
        self.hurry = self.running
        if not self.running:
            self.show()

    def painted(self, number):
        """The page says that it has painted picture `number`."""
        self.seen = max(self.seen, min(number, self.sent))
        if self.owed:
            self.show()

    def start(self):
        """Work for STEPS steps at most, from the next turn on."""
        self.running, self.interrupted, self.message, self.left = True, False, "", STEPS
        self.seen, self.silence, self.last = self.sent, 0.0, time.monotonic()  # who asks is there
        take_turns(self)
        self.show()

    def end(self):
        """Stop without a word."""
        self.running = False
        _at_work.discard(self)

    def stop(self, message):
        self.end()
        self.message = message
        self.show()

    def turn(self, seconds):
        """A slice of work, or none where the page has not painted the last picture. Returns whether it worked."""
        # Only what passed between two turns in a row counts: while another cell runs, nobody can be heard.
        now = time.monotonic()
        self.silence = self.silence + min(now - self.last, 0.5) if self.sent > self.seen else 0.0
        self.last = now
        if self.interrupted or self.silence > PATIENCE:
            self.stop("Stopped by an interrupt." if self.interrupted else
                      f"Stopped: for {PATIENCE:.0f} seconds this figure was not on the screen.")
        elif worked := self.silence < PATIENT:
            self._work(seconds)
            return worked
        return False

    def _work(self, seconds):
        try:
            self.left -= self.engine.slice(seconds, 1 if self.hurry or self.owed else self.left)
        except KeyboardInterrupt:
            self.stop("Stopped by an interrupt.")
        except Exception as error:  # in a task, nobody else would tell
            self.stop(f"Stopped: {error}")
        else:
            if self.left <= 0:
                self.stop(f"{STEPS:,} steps are done. Start goes on.")
            elif self.hurry or self.sent == self.seen:
                self.hurry = False
                self.show()


def take_turns(loop):
    """Give a loop its turns in the event loop of the kernel. Where there is none, whoever drives it calls `turn`."""
    global _task
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        return
    _at_work.add(loop)
    if _task is None or _task.done() or _task.get_loop() is not here:
        _task = here.create_task(_turns())


async def _turns():
    """One task for all loops, so that after each round all of them are quiet and the kernel hears its messages."""
    try:
        while loops := list(_at_work):
            _hear_interrupts()
            worked = [loop.turn(SLICE / len(loops)) for loop in loops]
            del loops  # not even for the pause: what nobody else holds is gone
            await asyncio.sleep(PAUSE if any(worked) else 3 * PAUSE)
    finally:
        _hear_interrupts(False)


def _interrupt(_signal, _frame):
    for loop in list(_at_work):
        loop.interrupted = True


def _hear_interrupts(hear=True):
    """Between cells a kernel ignores interrupts (SIG_IGN); while loops run, they are for the loops."""
    before, after = (signal.SIG_IGN, _interrupt) if hear else (_interrupt, signal.SIG_IGN)
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, after)
