"""What a run gives back."""

from dataclasses import dataclass, field
from typing import NamedTuple

from nst_helpers.images import save_image
from nst_helpers.records import text_for

import numpy as np


class Snapshot(NamedTuple):
    """A picture on the way: the best after `step` steps, (1, h, w, 3) in [0, 1], 512 pixels at most on its longer side;
    `evaluation` is its place in the Result's losses, from 0."""

    step: int
    evaluation: int
    image: np.ndarray


@dataclass(repr=False)
class Result:
    """What `minimize` gives back.

    image: the picture with the lowest loss seen. losses: a dictionary with "total" and the parts it is the sum of,
    one value for each evaluation. seconds: the compilation of the objective included. message: why it stopped.
    cut_short: whether it was interrupted or met a loss that is not finite. stages: evaluations at each size, where a
    run went through several; the image is the best one of the last. record: how it was made, if `stylize` made it.
    snapshots: pictures on the way, if `stylize` was asked for them.
    """

    image: np.ndarray
    losses: dict
    steps: int
    evaluations: int
    seconds: float
    message: str
    cut_short: bool = False
    stages: list = field(default_factory=list)
    record: dict | None = None
    snapshots: list = field(default_factory=list)

    def best_evaluation(self):
        """The evaluation that gave `image`, from 0: the one with the lowest total; of several sizes, at the last."""
        if not self.evaluations:
            return 0
        earlier = sum(self.stages[:-1])
        return earlier + int(np.argmin(np.nan_to_num(self.losses["total"][earlier:], nan=np.inf)))

    def lowest_losses(self):
        """The losses of `image`, as a dictionary of numbers."""
        best = self.best_evaluation()
        return {name: float(values[best]) for name, values in self.losses.items()} if self.evaluations else {}

    def save(self, path, overwrite=False):
        """Write the picture as `save_image` does, and in it the record, for `read_record` to read back.

        A record too long for the file (65,000 bytes in a .jpg) is left out with a warning.
        """
        return save_image(np.clip(self.image, 0, 1), path, overwrite, text_for(path, self.record))

    def __repr__(self):
        if not self.evaluations:
            return f"no evaluation, {self.message}"
        losses = ", ".join(f"{name} {value:.4g}" for name, value in self.lowest_losses().items())
        return (f"{self.steps} steps, {self.evaluations} evaluations, {self.seconds:.1f} s, {self.message}. "
                f"Losses: {losses}.")
