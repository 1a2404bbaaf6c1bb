"""Files of arrays that a training leaves. What may go here: reading and comparing them, for tests."""

import numpy as np


def arrays(file):
    """The arrays of an .npz file by name, without the note of how far the training came."""
    with np.load(file) as stored:
        return {name: stored[name] for name in stored if name != "progress"}


def assert_same(one_folder, other_folder, *names):
    """The files of these names hold exactly the same arrays in both folders."""
    for name in names:
        one, other = arrays(one_folder / name), arrays(other_folder / name)
        assert one and one.keys() == other.keys()
        for key in one:
            np.testing.assert_array_equal(one[key], other[key], err_msg=key)
