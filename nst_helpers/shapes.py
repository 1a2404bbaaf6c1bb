"""Whether shapes fit: TensorFlow would stretch one to the other without a word.

They are looked at before anything is computed; in a compiled function that is once. A side that is not known as yet,
None, fits everything.
"""

import numpy as np
import tensorflow as tf


def check_rank(values, name, ranks, form):
    """Refuse an array that has another number of axes than one of `ranks`; `form` says what it has to be."""
    if len(np.shape(values)) not in ranks:
        raise ValueError(f"{name} has the shape {tuple(np.shape(values))}, but it has to be {form}.")


def check_alike(shape, other, name, other_name):
    """Refuse two shapes that differ."""
    if len(shape) != len(other) or any(a != b for a, b in zip(shape, other) if None not in (a, b)):
        raise ValueError(f"{name} has the shape {tuple(shape)} and {other_name} {tuple(other)}, but they have to be "
                         "alike.")


def check_large_enough(image, name, least):
    """Refuse a picture (B, H, W, C) with fewer pixels than `least` on a side."""
    if any(side is not None and side < least for side in np.shape(image)[1:3]):
        raise ValueError(f"{name} has the shape {tuple(np.shape(image))}, but it needs {least} pixels or more on each "
                         "side.")


def sides(values):
    """The sides of an array: numbers where they are known, else tensors."""
    return [tf.shape(values)[axis] if side is None else side for axis, side in enumerate(values.shape)]
