"""What time a run will take, from its first steps."""

from itertools import pairwise
import statistics
import time

from nst_helpers._run.estimate import amount

# What a step costs besides, in pixels: four times the pixels take 3.2 times as long at 256, and 3.8 times at 512.
BESIDES = 17_000
# A step in tiles, against one of the whole picture: a second way through the network, and the margins.
IN_TILES = 1.9
# A run that takes longer is announced.
LONG = 30.0


class Forecast:
    """Times the first steps of a run, and from them what all of it will take; call it after each step.

    plan: a list of (height, width, steps), one for each size that the run goes through. memory: bytes, all in all.
    is_whole: a function from (height, width) to whether that size is painted whole, not in tiles.
    tell: None, or a function that is given one sentence if the run will be long. Afterwards `seconds` holds the whole
    time, or None where a run was too short to say.
    """

    def __init__(self, plan, memory, tell=None, is_whole=lambda *_: True):
        self.plan, self.memory, self.tell, self.is_whole = plan, memory, tell, is_whole
        self.begin, self.moments, self.seconds = time.perf_counter(), [], None

    def __call__(self, _step, _loss, image):
        if self.seconds is not None:
            return
        self.moments.append(time.perf_counter())
        if len(self.moments) > 5:  # the first steps may need more evaluations than the others
            seconds, watched = self._whole(*image.shape[1:3]), self.moments[-1] - self.moments[0]
            if watched >= max(0.3, 0.03 * seconds):
                self.seconds = seconds
                if self.tell and seconds > LONG:
                    self.tell(f"About {duration(seconds)} and {amount(self.memory)} of memory. Interrupt the kernel to "
                              "stop earlier; the best picture so far is kept.")

    def _whole(self, height, width):
        """Seconds of the whole run, after steps at (height, width)."""
        step = statistics.median(after - before for before, after in pairwise(self.moments))
        start_up = max(0, self.moments[0] - self.begin - 2 * step)  # compiling, anew at each size
        steps = sum(steps * self._cost(h, w) for h, w, steps in self.plan) / self._cost(height, width)
        return start_up * len(self.plan) + step * (steps + 1)

    def _cost(self, height, width):
        """Of a step, in no unit."""
        return BESIDES + height * width * (1 if self.is_whole(height, width) else IN_TILES)


def duration(seconds):
    """Seconds in words: "40 seconds", "4 minutes", "2.5 hours"."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
