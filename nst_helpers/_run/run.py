"""A run of `stylize` from beginning to end: shown, foretold, saved now and then, put on record.

The run itself stands in multiscale.py, each of the watchers in its own file.
"""

import contextlib
import sys
import warnings

from nst_helpers._run.autosave import Autosave
from nst_helpers._run.estimate import count_kept_memory
from nst_helpers._run.forecast import Forecast
from nst_helpers._run.snapshots import Snapshots
from nst_helpers.notebook.progress import Progress
from nst_helpers.optimize.interrupts import held_interrupts
from nst_helpers.records import new_record


class Run:
    """Around everything that `stylize` does, as a context manager; what went wrong around the run is said at the end.

    autosave: a path, or None; refused at once if nothing can be written there. snapshots: how many to keep. `begin`
    opens the bar and holds interrupts back, `report` is for each step, `finish` for the Result.
    """

    def __init__(self, autosave=None, snapshots=0):
        self.saver = None if autosave is None else Autosave(autosave, {})
        self.count, self.snapshots = snapshots, None
        self.bar, self.forecast, self.watchers, self.told = None, None, {}, {}
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.stack.enter_context(count_kept_memory())
        return self

    def __exit__(self, kind, _error, _traceback):
        with self.stack:
            if self.bar:  # nothing has closed it
                with self._harmless("closing the display"):
                    self.bar.close("interrupted" if kind is KeyboardInterrupt else "stopped by an error")
            for sentence in self.told.values():
                _say(sentence)

    def begin(self, plan, tiling, progress, *what_goes_in):
        """plan: (height, width, steps) of each size. tiling: Tiling. progress: whether to show it, or what makes a bar.

        what_goes_in: the arguments of `new_record`.
        """
        self.stack.enter_context(held_interrupts())
        self.record = {}
        with self._harmless("a record"):
            self.record = new_record(*what_goes_in)
        all_steps = sum(steps for *_, steps in plan)
        if progress:
            with self._harmless("the display"):
                self.bar = (Progress if progress is True else progress)(all_steps)
        self.forecast = Forecast(plan, tiling.memory, self.bar and self.bar.tell, tiling.is_whole)
        if self.count:
            self.snapshots = Snapshots(self.count, all_steps, what_goes_in[-1]["start"])
        watchers = {"the display": self.bar, "the forecast": self.forecast, "saving": self.saver,
                    "a snapshot": self.snapshots}
        self.watchers = {what: watcher for what, watcher in watchers.items() if watcher}
        if self.saver:
            self.saver.record = self.record

    def report(self, *step_loss_and_picture):
        """What `minimize` calls after each step."""
        for what, watcher in self.watchers.items():
            with self._harmless(what):
                watcher(*step_loss_and_picture)

    def finish(self, result, finish):
        """`result` with its record, and with the picture that `finish` makes of the best one; saved, if asked for."""
        result.image = finish(result.image)
        if self.snapshots:
            result.snapshots = self.snapshots.of(result)
        if self.bar:
            bar, self.bar = self.bar, None
            with self._harmless("closing the display"):
                bar.close(repr(result))
        result.record = {
            **self.record,
            "foretold": {"seconds": self.forecast.seconds, "memory": self.forecast.memory},
            "result": {"steps": result.steps, "evaluations": result.evaluations, "seconds": result.seconds,
                       "message": result.message, "losses": result.lowest_losses()},
        }
        if self.saver:
            with self._harmless("saving"):
                self.saver.save(result.image, result.record)
        return result

    @contextlib.contextmanager
    def _harmless(self, what):
        """Nothing that goes wrong within the block ends the run. It is noted, until `what` works again."""
        try:
            yield
            self.told.pop(what, None)
        except Exception as error:
            self.told[what] = f"The run went on without {what}: {error or type(error).__name__}"


def _say(sentence):
    """As a warning; where warnings are errors, which would lose the Result, as plain text."""
    try:
        warnings.warn(sentence, stacklevel=4)
    except Warning:
        print(sentence, file=sys.stderr)
