"""One call, `minimize`, for every way to lower a loss over a picture: L-BFGS, L-BFGS-B, Adam, gradient descent.

What may go here: running a method and keeping its records. Our own L-BFGS stands in lbfgs.py.
"""

from functools import cached_property
import time

from nst_helpers.lbfgs import lbfgs
from nst_helpers.results import Result

import keras
import numpy as np
import scipy.optimize
import tensorflow as tf


class _Stop(Exception):
    """Ends a run from within an evaluation; its text is the message."""


class _Recorder:
    """Evaluates the objective for any method and keeps what the result will hold."""

    def __init__(self, objective, start_image):
        self.objective, self.names, self.rows = objective, ["total"], []
        self.best, self.best_loss = start_image, np.inf

    @cached_property
    def losses_and_gradient(self):
        """Compiled once, at the first evaluation; without AutoGraph, which would wrap every error in a second one."""

        @tf.function(input_signature=[tf.TensorSpec(self.best.shape, self.best.dtype)], autograph=False)
        def losses_and_gradient(image):
            with tf.GradientTape() as tape:
                tape.watch(image)
                parts = self.objective(image)
                parts = parts if isinstance(parts, dict) else {"loss": parts}
                total = tf.add_n(list(parts.values()))
            if total.shape.rank != 0:
                raise ValueError(f"The objective has to be one number, but its shape is {total.shape}; add it all up.")
            self.names, gradient = ["total", *parts], tape.gradient(total, image)
            if gradient is None:
                raise ValueError("The objective does not depend on the picture, so it has no gradient.")
            return tf.stack([total, *parts.values()]), gradient

        return losses_and_gradient.get_concrete_function()

    def __call__(self, position):
        """position: (n,). Returns the total loss as a float and its gradient (n,)."""
        image = position.reshape(self.best.shape).astype(self.best.dtype, copy=False)
        losses, gradient = self.losses_and_gradient(tf.constant(image))
        gradient = gradient.numpy().ravel()
        self.rows.append(losses.numpy())
        total = float(self.rows[-1][0])
        if not np.isfinite(total) or not np.isfinite(gradient @ gradient):
            raise _Stop(f"stopped because the loss or its gradient is not finite at evaluation {len(self.rows)}")
        if total < self.best_loss:
            self.best, self.best_loss = image.copy(), total
        return total, gradient

    def result(self, steps, seconds, message, cut_short):
        rows = np.array(self.rows, "float64").reshape(len(self.rows), len(self.names))
        return Result(self.best, dict(zip(self.names, rows.T)), steps, len(self.rows), seconds, message, cut_short)


def check_run(method, steps):
    """Refuse a method that is not there, or a number of steps that is none."""
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}. Choose one of: {', '.join(METHODS)}.")
    if not isinstance(steps, (int, np.integer)) or steps < 1:
        raise ValueError(f"steps is {steps!r}; take a whole number of at least 1.")


def minimize(objective, start_image, method="L-BFGS", steps=150, learning_rate=None, progress=None):
    """Change a picture step by step so that `objective` becomes small.

    objective: a function of a tensor shaped like start_image that gives a scalar tensor, or a dictionary of scalar
        tensors, the parts, whose sum is minimised. It is compiled, so it runs as Python code only once.
    start_image: array (1, H, W, 3), RGB; any other shape works, too. float64 is kept, all else becomes float32.
    method: "L-BFGS" (ours), "L-BFGS-B" (SciPy's), "Adam" (Keras') or "gradient descent".
    steps: at most so many; L-BFGS may need more than one evaluation for a step.
    learning_rate: for Adam (0.02 if None) and for gradient descent (None: such that the first step changes the
        picture by 0.02, root mean square).
    progress: None, or a function of (step, total loss, best picture so far) that is called after each step.
    Returns a Result, also when a loss is not finite or the run is interrupted: with the best picture until then.
    Raises ValueError for a wrong method, for steps below 1 and for a start that is not finite.
    """
    check_run(method, steps)
    start_image = np.asarray(start_image)
    start_image = start_image.astype("float64" if start_image.dtype == "float64" else "float32")
    if not np.isfinite(start_image).all():
        raise ValueError("The start picture holds values that are not finite (NaN or infinity).")

    record, done, begin, cut_short = _Recorder(objective, start_image), 0, time.perf_counter(), True

    def on_step(*_):
        nonlocal done
        done += 1
        if progress:
            progress(done, record.best_loss, record.best)

    try:
        METHODS[method](record, start_image.ravel(), steps, on_step, learning_rate)
        cut_short = False
        message = "all steps done" if done >= steps else "stopped because no step lowers the loss any further"
    except _Stop as stop:
        message = str(stop)
    except KeyboardInterrupt:
        message = "interrupted"
    return record.result(done, time.perf_counter() - begin, message, cut_short)


def _lbfgs(evaluate, position, steps, on_step, _learning_rate):
    lbfgs(evaluate, position, steps, on_step)


def _lbfgsb(evaluate, position, steps, on_step, _learning_rate):
    # SciPy's default tolerances would end it at once: a gradient over 200,000 pixels is small everywhere.
    options = {"maxiter": steps, "maxfun": 20 * steps, "maxcor": 10, "ftol": 0.0, "gtol": 0.0}
    scipy.optimize.minimize(evaluate, position, jac=True, method="L-BFGS-B", options=options, callback=on_step)


def _adam(evaluate, position, steps, on_step, learning_rate):
    variable = keras.Variable(position, dtype=position.dtype.name)
    optimizer = keras.optimizers.Adam(0.02 if learning_rate is None else learning_rate)
    for _ in range(steps):
        _, gradient = evaluate(variable.numpy())
        optimizer.apply([tf.constant(gradient)], [variable])
        on_step()
    evaluate(variable.numpy())


def _gradient_descent(evaluate, position, steps, on_step, learning_rate):
    for _ in range(steps):
        _, gradient = evaluate(position)
        if learning_rate is None:
            learning_rate = 0.02 / max(np.sqrt(np.mean(gradient**2)), 1e-30)
        position = position - position.dtype.type(learning_rate) * gradient
        on_step()
    evaluate(position)


METHODS = {"L-BFGS": _lbfgs, "L-BFGS-B": _lbfgsb, "Adam": _adam, "gradient descent": _gradient_descent}
