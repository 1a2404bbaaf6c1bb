"""One call, `minimize`, for every way to lower a loss over a picture: L-BFGS, L-BFGS-B, Adam, gradient descent.

The methods stand in methods.py.
"""

import contextlib
from functools import cached_property
import time

from nst_helpers.optimize.interrupts import Request, held_interrupts
from nst_helpers.optimize.methods import METHODS
from nst_helpers.optimize.parts import parts_by_name
from nst_helpers.optimize.result import Result

import numpy as np
import tensorflow as tf


class _Stop(Exception):
    """Ends a run from within an evaluation; its text is the message."""


class _Recorder:
    """Evaluates the objective for any method and keeps what the result will hold."""

    def __init__(self, objective, start_image, observer=contextlib.nullcontext):
        self.objective, self.names, self.rows, self.observer = objective, ["total"], [], observer
        self.best, self.best_loss = start_image, np.inf
        self.interrupt = Request()

    @cached_property
    def losses_and_gradient(self):
        """Compiled once, at the first evaluation; without AutoGraph, which would wrap every error in a second one."""
        if hasattr(self.objective, "losses_and_gradient"):
            return self._of_the_objective

        @tf.function(input_signature=[tf.TensorSpec(self.best.shape, self.best.dtype)], autograph=False)
        def losses_and_gradient(image):
            with tf.GradientTape() as tape:
                tape.watch(image)
                parts = parts_by_name(self.objective(image))
                total = tf.add_n(list(parts.values()))
            self.names, gradient = ["total", *parts], tape.gradient(total, image)
            if gradient is None:
                raise ValueError("The objective does not depend on the picture, so it has no gradient.")
            # tf.gather gives the gradient as IndexedSlices: only where it is not 0.
            return tf.stack([total, *parts.values()]), tf.convert_to_tensor(gradient)

        return losses_and_gradient.get_concrete_function()

    def _of_the_objective(self, image):
        """From an objective that works out its gradient itself."""
        parts, gradient = self.objective.losses_and_gradient(image)
        self.names = ["total", *parts]
        values = np.array(list(parts.values()), "float64")
        return np.array([values.sum(), *values]), gradient

    def __call__(self, position):
        """position: (n,). Returns the total loss as a float and its gradient (n,); ends the run if it is not finite."""
        found = self.evaluate(position)
        self.stop_if_not_finite()
        return found

    def evaluate(self, position):
        """Likewise, but where the loss or its gradient is not finite, the loss is infinity, and the run goes on."""
        if self.interrupt.made:
            raise _Stop("interrupted")
        with self.observer("copies"):
            image = position.reshape(self.best.shape).astype(self.best.dtype, copy=False)
            # What works out its gradient itself gets the array, which may be large.
            given = image if hasattr(self.objective, "losses_and_gradient") else tf.constant(image)
        with self.observer("evaluation"):
            losses, gradient = self.losses_and_gradient(given)
        with self.observer("copies"):
            row, gradient = np.asarray(losses), np.asarray(gradient).ravel()
            if not np.isfinite(row[0]) or not np.isfinite(gradient @ gradient):  # a NaN would be the result of min()
                row = np.array([np.inf, *np.where(np.isfinite(row[1:]), row[1:], np.inf)])
            self.rows.append(row)
            total = float(row[0])
            if total < self.best_loss:
                self.best, self.best_loss = image.copy(), total
            return total, gradient

    def stop_if_not_finite(self):
        """End the run if the last evaluation gave nothing finite."""
        if not np.isfinite(self.rows[-1][0]):
            raise _Stop(f"stopped because the loss or its gradient is not finite at evaluation {len(self.rows)}")

    def result(self, steps, seconds, message, cut_short):
        rows = np.array(self.rows, "float64").reshape(len(self.rows), len(self.names))
        return Result(self.best, dict(zip(self.names, rows.T)), steps, len(self.rows), seconds, message, cut_short)


def check_run(method, steps):
    """Refuse a method that is not there, or a number of steps that is none."""
    if method not in list(METHODS):
        raise ValueError(f"There is no method {method!r}. Choose one of: {', '.join(METHODS)}.")
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool) or steps < 1:
        raise ValueError(f"steps is {steps!r}; take a whole number of at least 1.")


def minimize(objective, start_image, method="L-BFGS", steps=150, learning_rate=None, progress=None, observer=None):
    """Change a picture step by step so that `objective` becomes small.

    objective: a function of a tensor shaped like start_image that gives a scalar tensor, or a dictionary of scalar
        tensors, the parts, whose sum is minimised. It is compiled, so it runs as Python code only once. Or an object
        with a method `losses_and_gradient`, from an array (which it must not keep) to the parts, a dictionary of
        numbers, and the gradient of their sum, an array: it is called as it is, for every evaluation.
    start_image: array (1, H, W, 3), RGB; any other shape works, too. float64 is kept, all else becomes float32.
    method: "L-BFGS" (ours), "L-BFGS-B" (SciPy's), "Adam" (Keras') or "gradient descent".
    steps: at most so many; L-BFGS may need more than one evaluation for a step.
    learning_rate: for Adam (0.02 if None) and for gradient descent (None: such that the first step changes the
        picture by 0.02, root mean square).
    progress: None, or a function of (step, total loss, best picture so far) that is called after each step.
    observer: None, or a function from the name of a part of the work to a context manager around it, so that it can be
        timed: "copies", "evaluation", "copies" for each evaluation; "direction" and "memory" of our L-BFGS.
    Where a loss or its gradient is not finite, "L-BFGS" takes a shorter step, and the others end; `losses` holds
    infinity there. Returns a Result with the best picture, also when the run ends early or is interrupted.
    Raises ValueError for a wrong method, for steps below 1, for a start that is not finite, and for an objective that
    gives no number, or one that does not depend on the picture.
    """
    check_run(method, steps)
    start_image = np.asarray(start_image)
    start_image = start_image.astype("float64" if start_image.dtype == "float64" else "float32")
    if not np.isfinite(start_image).all():
        raise ValueError("The start picture holds values that are not finite (NaN or infinity).")

    record = _Recorder(objective, start_image, observer or contextlib.nullcontext)
    done, begin, cut_short = 0, time.perf_counter(), True

    def on_step(*_):
        nonlocal done
        done += 1
        if progress:
            progress(done, record.best_loss, record.best)

    with held_interrupts() as record.interrupt:
        try:
            with record.interrupt.second_is_raised():
                METHODS[method](record, start_image.ravel(), steps, on_step, learning_rate)
                if done < steps:
                    record.stop_if_not_finite()
            cut_short = False
            message = "all steps done" if done >= steps else "stopped because no step lowers the loss any further"
        except _Stop as stop:
            message = str(stop)
        except KeyboardInterrupt:
            message = "interrupted"
    return record.result(done, time.perf_counter() - begin, message, cut_short)
