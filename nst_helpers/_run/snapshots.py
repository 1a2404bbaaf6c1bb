"""Pictures of a run on its way, for looking at it afterwards."""

from nst_helpers.images import resize_image
from nst_helpers.optimize.result import Snapshot

import numpy as np

LARGEST = 512  # pixels on the longer side of a snapshot: a poster's would fill memory
MOST = 100


def check_snapshots(snapshots):
    """Refuse a number of snapshots that cannot be."""
    whole = isinstance(snapshots, (int, np.integer)) and not isinstance(snapshots, bool)
    if not whole or snapshots != 0 and not 2 <= snapshots <= MOST:
        raise ValueError(f"snapshots is {snapshots!r}; give a whole number from 2 to {MOST}, or 0 for none.")


class Snapshots:
    """Keeps the best picture at some steps; call it after each step with (step, loss, picture).

    count: of snapshots, the first picture and the last among them; fewer where there are fewer steps. More of them at
    the beginning, where most happens. first: the picture that the run begins with.
    """

    def __init__(self, count, steps, first):
        early = np.rint(steps * np.linspace(0, 1, count) ** 2).astype(int)
        self.steps = {step for step in np.maximum(early, np.arange(count))[1:-1].tolist() if step < steps}
        self.taken = [(0, None, _small(first))]

    def __call__(self, step, loss, image):
        if step in self.steps:
            self.taken.append((step, loss, _small(image)))

    def of(self, result):
        """The snapshots of a finished Result, its own picture the last."""
        totals, found, last = np.asarray(result.losses.get("total", [])), [], 0
        for step, loss, image in self.taken:
            if loss is not None and len(totals):
                # The best so far has the loss of one evaluation, exactly; of equal ones the next.
                last += int(np.argmax(totals[last:] == loss))
            found.append(Snapshot(step, last, image))
        return [*found, Snapshot(result.steps, result.best_evaluation(), _small(result.image))]


def _small(image):
    image = np.clip(image, 0, 1)
    return resize_image(image, LARGEST) if max(image.shape) > LARGEST else np.array(image, "float32")
