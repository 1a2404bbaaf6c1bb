"""Numbers about a film: how much it flickers, and whether it drifts away.

The motion that flicker is measured along has to be the true one, as of a synthetic film: one that was estimated would
forgive its own mistakes.
"""

from nst_helpers.film.motion import inside, warp

import numpy as np


def flicker(outputs, flows, seen=None):
    """Mean squared difference of successive frames after warping along the motion.

    outputs: T frames, (1, H, W, 3) each, or an array (T, H, W, 3). flows: T - 1 flows (H, W, 2), each from a frame to
    the one before. seen: T - 1 masks (H, W) of what the frame before shows, or None: all that lies inside it.
    0 for a film that is painted onto things. (The stability error of Lai et al. 2018, "Learning Blind Video Temporal
    Consistency", equation 8, without its root.) Raises ValueError for counts that do not fit.
    """
    outputs = [_frame(output) for output in outputs]
    flows, seen = list(flows), [None] * len(flows) if seen is None else list(seen)
    if len(outputs) < 2 or len(flows) != len(outputs) - 1 or len(seen) != len(flows):
        raise ValueError(f"There are {len(outputs)} frames, {len(flows)} flows and {len(seen)} masks; for T frames (2 "
                         "or more) give T - 1 flows, each from a frame to the one before.")
    return float(np.mean([_difference(*each) for each in zip(outputs[1:], outputs[:-1], flows, seen)]))


def _difference(output, before, flow, seen):
    seen = inside(flow) if seen is None else np.asarray(seen, "float64")
    if not seen.any():
        raise ValueError("Two successive frames have nothing in common, so there is nothing to measure between them.")
    squares = np.mean((output - warp(before, flow)) ** 2, axis=-1)[0]
    return np.sum(seen * squares) / np.sum(seen)


def drift(outputs, inputs=None):
    """How far the mean brightness of a film moves away from its first frame's, at most, relative to that.

    inputs: the frames that it was painted over: where they become lighter or darker themselves, that is no drift and is
    taken off. None: nothing is. 0 for a film that stays as it began.
    """
    means = np.array([_frame(output).mean() for output in outputs])
    changes = means - means[0]
    if inputs is not None:
        given = np.array([_frame(frame).mean() for frame in inputs])
        if len(given) != len(means):
            raise ValueError(f"There are {len(means)} frames painted and {len(given)} given; give as many.")
        changes = changes - (given - given[0])
    return float(np.max(np.abs(changes)) / means[0])


def _frame(frame):
    """(1, H, W, 3), float64."""
    return np.asarray(frame, "float64").reshape(1, *np.shape(frame)[-3:])
