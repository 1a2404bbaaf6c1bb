"""The ways to lower a loss: one function each, that takes steps from an evaluation and keeps no records.

`evaluate` gives the loss and the gradient (n,) at a position (n,), and ends the run where they are not finite; only our
L-BFGS makes its step shorter and goes on. Our L-BFGS stands in lbfgs.py.
"""

from nst_helpers.optimize.lbfgs import lbfgs

import keras
import numpy as np
import scipy.optimize
import tensorflow as tf


def _lbfgs(record, position, steps, on_step, _learning_rate):
    lbfgs(record.evaluate, position, steps, on_step, observer=record.observer)


def _lbfgsb(evaluate, position, steps, on_step, _learning_rate):
    # SciPy's default tolerances would end it at once (a gradient over 200,000 pixels is small everywhere), and its
    # default number of evaluations would end a long run.
    options = {"maxiter": steps, "maxfun": np.inf, "maxcor": 10, "ftol": 0.0, "gtol": 0.0}
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
