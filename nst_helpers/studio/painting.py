"""One painting of the studio: waits for its turn, then runs the loop beside the page, in a thread of its own.

A thread, because the page has to be heard meanwhile: Stop is a click. It ends with the run. What may go here: the way
of a run from its ticket to its Result; nothing of the page.
"""

import threading
import time

from nst_helpers._run.forecast import BESIDES
from nst_helpers.color import keep_colors
from nst_helpers.images import load_image
from nst_helpers.optimize.multiscale import stage_plan, stage_sizes
from nst_helpers.studio.queue import Ticket
from nst_helpers.transfer import stylize

import numpy as np

WAIT = 0.3  # seconds between two looks at the queue


class Painting:
    """Started at once. `tell` is called from its thread with news: {"state": ..., ...}.

    photo, styles: as `stylize` takes them. options: for `stylize`. settings: of the studio, for the record.
    tell: gets "waiting" with "place"; "painting" with "step", "steps", "seconds" (left; None: not known yet) and
    perhaps "image"; then once "done" with "result", or "failed" with "message".
    """

    def __init__(self, photo, styles, options, settings, tell, folder=None):
        self.photo, self.styles, self.options, self.settings, self.tell = photo, styles, options, settings, tell
        self.folder, self.stopped = folder, threading.Event()
        self.thread = threading.Thread(target=self._run, name="studio", daemon=True)
        self.thread.start()

    def stop(self):
        """Ask for the end: the best picture so far comes as "done", or "failed" where there is none yet."""
        self.stopped.set()

    @property
    def is_running(self):
        return self.thread.is_alive()

    def _run(self):
        try:
            with Ticket(self.folder) as ticket:
                while (place := ticket.place) and not self.stopped.is_set():
                    # Something new now and then: a page that hears nothing for long looks abandoned, and is ended.
                    self.tell({"state": "waiting", "place": place, "alive": time.monotonic() // 10})
                    self.stopped.wait(WAIT)
                if self.stopped.is_set():
                    return self.tell({"state": "failed", "message": "Stopped before it began."})
                self.tell({"state": "painting", "step": 0, "steps": self.options["steps"], "seconds": None})
                self._paint()
        except Exception as error:  # the page has to hear of whatever it was
            self.tell({"state": "failed", "message": str(error) or type(error).__name__})

    def _paint(self):
        result = stylize(self.photo, self.styles, progress=self._display, **self.options)
        if not result.evaluations:
            return self.tell({"state": "failed", "message": "Stopped before there was a picture."})
        if self.settings["keep_colors"]:
            result.image = keep_colors(result.image, load_image(self.photo, self.options["size"]))
        result.record["studio"] = self.settings
        self.tell({"state": "done", "result": result})

    def _display(self, steps):
        height, width = load_image(self.photo, self.options["size"]).shape[1:3]
        plan = stage_plan(stage_sizes(height, width), steps)
        # What a step costs grows with the size that it is made at.
        return _Display(self, np.cumsum(np.repeat([h * w + BESIDES for h, w, _ in plan], [each[2] for each in plan])))


class _Display:
    """What `stylize` tells of its steps (as `Progress`), on its way to the page."""

    EVERY = 0.4  # seconds between two pictures: encoding more would cost more than it shows

    def __init__(self, painting, work):
        """work: what all steps up to each cost, (steps,), in no unit."""
        self.painting, self.work = painting, work
        self.begun = self.shown = time.monotonic()
        self.first = 0

    def __call__(self, step, _loss, image):
        if self.painting.stopped.is_set():
            raise KeyboardInterrupt  # as an interrupt: `stylize` keeps the best picture
        now = time.monotonic()
        if step <= 2:
            self.begun, self.first = now, step  # the first steps wait for the compiler
        if now - self.shown < self.EVERY and step > 1:
            return
        self.shown, watched = now, now - self.begun
        done, left = self.work[step - 1] - self.work[self.first - 1], self.work[-1] - self.work[step - 1]
        self.painting.tell({"state": "painting", "step": step, "steps": len(self.work), "image": image,
                            "seconds": watched * left / done if watched > 1 and done > 0 else None})

    def tell(self, _text):
        """The time left is told all along."""

    def close(self, _text):
        """What comes of the run is told at its end."""
