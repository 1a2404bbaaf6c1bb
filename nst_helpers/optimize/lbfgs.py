"""L-BFGS for pictures: float32, few passes over the memory, a line search that mostly takes the first step it tries.

`minimize` in minimizer.py calls it and keeps the records.
"""

import contextlib

import numpy as np
from scipy.linalg import solve_triangular

# How many steps are remembered; fewer where the picture is so large that they would take more than PAIR_BYTES together,
# but LEAST in any case.
PAIRS, LEAST, PAIR_BYTES = 10, 3, 600e6


def pairs_for(size):
    """How many steps are remembered for a position of `size` float32 numbers; each takes two arrays."""
    return int(np.clip(PAIR_BYTES // (8 * max(1, size)), LEAST, PAIRS))


class History:
    """The last steps s and changes of the gradient y, and the inverse Hessian H that they suggest.

    H is never formed: it is gamma·I plus a correction made of the rows of S and Y (the compact form of Byrd, Nocedal
    and Schnabel 1994). H times a vector costs two passes over S and Y, all of it in BLAS.
    """

    def __init__(self, memory, size, dtype):
        self.steps = np.empty((memory, size), dtype)  # S, one step a row
        self.changes = np.empty((memory, size), dtype)  # Y
        self.sy, self.yy = np.zeros((memory, memory)), np.zeros((memory, memory))  # S Yᵀ and Y Yᵀ
        self.order = []  # rows from the oldest to the newest

    def add(self, step, change):
        """Remember one step; the oldest gives way when the memory is full. Without positive curvature it is ignored."""
        curvature = float(step @ change)
        if curvature <= 1e-8 * np.linalg.norm(step) * np.linalg.norm(change):
            return
        row = self.order.pop(0) if len(self.order) == len(self.steps) else len(self.order)
        self.order.append(row)
        self.steps[row], self.changes[row] = step, change
        count = len(self.order)
        self.sy[:count, row] = self.steps[:count] @ change
        self.yy[:count, row] = self.yy[row, :count] = self.changes[:count] @ change
        self.gamma = curvature / self.yy[row, row]

    def direction(self, gradient):
        """-H·gradient; without any history just -gradient."""
        if not self.order:
            return -gradient
        rows, count = np.ix_(self.order, self.order), len(self.order)
        upper, yy = np.triu(self.sy[rows]), self.yy[rows]  # R, and Y Yᵀ
        s_g = (self.steps[:count] @ gradient)[self.order]
        y_g = (self.changes[:count] @ gradient)[self.order]
        u = solve_triangular(upper, s_g)
        p = solve_triangular(upper, np.diag(upper) * u + self.gamma * (yy @ u - y_g), trans="T")
        by_row = np.argsort(self.order)
        direction = (-p[by_row]).astype(gradient.dtype) @ self.steps[:count]
        direction += (self.gamma * u[by_row]).astype(gradient.dtype) @ self.changes[:count]
        direction -= gradient.dtype.type(self.gamma) * gradient
        return direction


def line_search(evaluate, position, loss, slope, direction, length, most=12):
    """A step length that lowers the loss enough (Armijo) and flattens the slope (weak Wolfe).

    evaluate: position to (loss, gradient). A loss that is not finite is a step too far; then a lower loss will do.
    slope: gradient·direction, negative. length: the first one to try.
    Returns (new position, loss, gradient), or None if `most` evaluations found no lower loss.
    """
    low, high, best, too_far = 0.0, np.inf, None, False
    for _ in range(most):
        trial = position + position.dtype.type(length) * direction
        trial_loss, gradient = evaluate(trial)
        if not np.isfinite(trial_loss):  # no parabola goes through it: back by half
            if best:
                return best
            high, length, too_far = length, length / 2, True
            continue
        if trial_loss > loss + 1e-4 * length * slope:  # too far: back, to the lowest point of the parabola
            high = length
            parabola = -0.5 * slope * length**2 / (trial_loss - loss - slope * length)
            length = np.clip(parabola, low + 0.1 * (high - low), low + 0.5 * (high - low))
            continue
        best = trial, trial_loss, gradient
        if too_far or float(gradient @ direction) >= 0.9 * slope:
            return best
        low = length  # still falling steeply: farther
        length = 2 * length if high == np.inf else 0.5 * (low + high)
    return best


def lbfgs(evaluate, position, steps, on_step, memory=None, first_change=0.02,
          observer=contextlib.nullcontext):
    """Minimise by limited-memory BFGS (Nocedal and Wright 2006, chapter 7.2). Ends early when no step lowers the loss.

    evaluate: position (n,), which is written over later, to (loss as float, gradient (n,)). Where a loss is not finite,
    the step is made shorter; at the start nothing is done. on_step: called without arguments after each step.
    observer: as in `minimize`.
    memory: how many steps are remembered; None: `pairs_for` says.
    first_change: the root mean square of the first step, for which nothing is known yet about the right length.
    """
    loss, gradient = evaluate(position)
    position = position.copy()  # what is no longer needed is written over: pictures may be large
    history, done = History(memory or pairs_for(position.size), position.size, position.dtype), 0
    while done < steps and np.isfinite(loss):
        with observer("direction"):
            direction = history.direction(gradient)
        slope = float(gradient @ direction)
        if slope == 0:
            return
        length = 1.0 if history.order else first_change * np.sqrt(direction.size) / np.linalg.norm(direction)
        # Rounding can turn a direction uphill.
        found = line_search(evaluate, position, loss, slope, direction, length) if slope < 0 else None
        if found is None and not history.order:
            return
        if found is None:  # the memory misleads: forget it, start from the plain gradient
            history.order.clear()
            continue
        new_position, loss, new_gradient = found
        with observer("memory"):
            history.add(np.subtract(new_position, position, out=position),
                        np.subtract(new_gradient, gradient, out=direction))
        position, gradient, done = new_position, new_gradient, done + 1
        on_step()
