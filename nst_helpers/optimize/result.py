"""What a run gives back."""

from dataclasses import dataclass, field

from nst_helpers.images import save_image
from nst_helpers.records import text_for

import numpy as np


@dataclass(repr=False)
class Result:
    """What `minimize` gives back.

    image: the picture with the lowest loss seen. losses: a dictionary with "total" and the parts it is the sum of,
    one value for each evaluation. seconds: the compilation of the objective included. message: why it stopped.
    cut_short: whether it was interrupted or met a loss that is not finite. stages: evaluations at each size, where a
    run went through several; the image is the best one of the last. record: how it was made, if `stylize` made it.
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

    def lowest_losses(self):
        """The losses of `image`: those of the evaluation with the lowest total, as a dictionary of numbers."""
        if not self.evaluations:
            return {}
        earlier = sum(self.stages[:-1])
        best = earlier + int(np.argmin(np.nan_to_num(self.losses["total"][earlier:], nan=np.inf)))
        return {name: float(values[best]) for name, values in self.losses.items()}

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
