"""`minimize` against SciPy, NumPy and exact solutions; and what it does when something goes wrong."""

import contextlib
import logging
import signal
import time

from nst_helpers.loss_weights import Weights
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize import minimizer
from nst_helpers.optimize.lbfgs import History, lbfgs, line_search
from nst_helpers.optimize.minimizer import METHODS, minimize

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

QUASI_NEWTON = ["L-BFGS", "L-BFGS-B"]


def rosenbrock(position):
    return tf.reduce_sum(100.0 * (position[1:] - position[:-1] ** 2) ** 2 + (1 - position[:-1]) ** 2)


def bowl(center, weights):
    """A quadratic with its lowest point at `center`: loss 0 there."""
    return lambda image: tf.reduce_sum(weights * (image - center) ** 2)


def start_picture(seed=0, dtype="float32"):
    return np.random.default_rng(seed).random((1, 4, 5, 3)).astype(dtype)


# Finding the minimum


@pytest.mark.parametrize("method", QUASI_NEWTON)
@pytest.mark.parametrize("dimensions", [2, 10])
def test_rosenbrock(method, dimensions):
    start = np.where(np.arange(dimensions) % 2, 1.0, -1.2)  # the classic start; the minimum is at 1, 1, ...
    result = minimize(rosenbrock, start, method, steps=200)
    assert result.image.dtype == "float64"
    np.testing.assert_allclose(result.image, np.ones(dimensions), atol=1e-5)
    assert result.losses["total"].min() < 1e-10


@pytest.mark.parametrize("method", QUASI_NEWTON)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_quadratic_with_a_known_solution(method, seed):
    generator = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(generator.normal(size=(30, 30)))
    matrix = basis @ np.diag(np.geomspace(1, 100, 30)) @ basis.T
    right = generator.normal(size=30)
    result = minimize(lambda x: 0.5 * tf.tensordot(x, tf.linalg.matvec(matrix, x), 1) - tf.tensordot(right, x, 1),
                      np.zeros(30), method, steps=150)
    np.testing.assert_allclose(result.image, np.linalg.solve(matrix, right), atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_float32_picture_comes_close_to_the_minimum(method):
    center, weights = start_picture(1), 0.5 + start_picture(2)
    result = minimize(bowl(center, weights), start_picture(3), method, steps=150)
    assert result.image.dtype == "float32" and result.image.shape == center.shape
    np.testing.assert_allclose(result.image, center, atol=0.02)


def test_lbfgs_is_as_good_as_scipys_on_a_picture(random_pocket):
    generator = np.random.default_rng(0)
    rows, columns = np.mgrid[:64, :64] / 64.0
    content = np.stack([rows, columns, rows * columns], axis=-1)[None].astype("float32")
    style = (0.5 + 0.5 * np.sin(40 * rows + 9 * columns**2))[None, ..., None] * generator.random(3)
    extract = feature_extractor(random_pocket, ["block1_conv1", "block3_conv1", "block4_conv2"])
    weights = Weights("block4_conv2", ["block1_conv1", "block3_conv1"], 0.01, 0.2)
    objective = transfer_objective(extract, content, [Style(style.astype("float32"))], weights)
    ours, scipys = (minimize(objective, content, method, steps=60).losses["total"] for method in QUASI_NEWTON)
    for evaluations in (30, 60):
        assert ours[:evaluations].min() < 1.05 * scipys[:evaluations].min()
    assert ours[:60].min() < 0.1 * ours[0]


# The parts of L-BFGS


def dense_inverse_hessian(pairs, size):
    """The textbook update (Nocedal and Wright 2006, eq. 6.17), from gamma·I (eq. 7.20), oldest pair first."""
    step, change = pairs[-1]
    inverse = np.eye(size) * (step @ change) / (change @ change)
    for step, change in pairs:
        rho = 1 / (change @ step)
        left = np.eye(size) - rho * np.outer(step, change)
        inverse = left @ inverse @ left.T + rho * np.outer(step, step)
    return inverse


@pytest.mark.parametrize("memory", [1, 2, 5])
def test_direction_equals_the_dense_update(memory):
    size, generator = 9, np.random.default_rng(memory)
    half = generator.normal(size=(size, size))
    hessian = half @ half.T + np.eye(size)
    history, pairs = History(memory, size, "float64"), []
    gradient = generator.normal(size=size)
    np.testing.assert_array_equal(history.direction(gradient), -gradient)
    for _ in range(2 * memory + 3):  # goes round the memory at least twice
        step = generator.normal(size=size)
        change = hessian @ step + 0.1 * generator.normal(size=size)
        history.add(step, change)
        pairs = [*pairs, (step, change)][-memory:]
        gradient = generator.normal(size=size)
        expected = -dense_inverse_hessian(pairs, size) @ gradient
        np.testing.assert_allclose(history.direction(gradient), expected, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(history.direction(change), -step, atol=1e-8)  # the secant equation


def test_history_ignores_steps_without_positive_curvature():
    history, (step, change) = History(3, 4, "float64"), np.random.default_rng(0).random((2, 4))
    history.add(step, change)
    before = history.direction(change)
    for useless in (-change, 0 * change, 1e-12 * change - (change @ step) / (step @ step) * step + change):
        history.add(step, useless)
        np.testing.assert_array_equal(history.direction(change), before)


def test_history_in_float32_stays_close_to_float64():
    generator = np.random.default_rng(0)
    histories = [History(4, 500, dtype) for dtype in ("float32", "float64")]
    for _ in range(7):
        step, noise = generator.normal(size=(2, 500))
        for history in histories:
            history.add(step.astype(history.steps.dtype), (3 * step + noise).astype(history.steps.dtype))
    gradient = generator.normal(size=500)
    single, double = (history.direction(gradient.astype(history.steps.dtype)) for history in histories)
    assert single.dtype == "float32"
    np.testing.assert_allclose(single, double, atol=1e-5 * np.abs(double).max())


@pytest.mark.parametrize("length", [0.01, 0.3, 1.0, 30.0, 300.0])
def test_line_search_satisfies_armijo_and_weak_wolfe(length):
    def evaluate(position):
        return scipy.optimize.rosen(position), scipy.optimize.rosen_der(position)

    generator = np.random.default_rng(0)
    for _ in range(20):
        position = generator.normal(size=4)
        loss, gradient = evaluate(position)
        direction = -gradient / np.linalg.norm(gradient)
        slope = gradient @ direction
        new_position, new_loss, new_gradient = line_search(evaluate, position, loss, slope, direction, length)
        taken = (new_position - position) @ direction
        assert taken > 0 and (new_loss, *new_gradient) == (evaluate(new_position)[0], *evaluate(new_position)[1])
        assert new_loss <= loss + 1e-4 * taken * slope * (1 - 1e-9)
        assert new_gradient @ direction >= 0.9 * slope


def test_line_search_takes_a_good_first_step_with_one_evaluation():
    tried = []

    def evaluate(position):
        tried.append(position)
        return 0.5 * position @ position, position

    start = np.array([3.0, -4.0])
    found, _, _ = line_search(evaluate, start, 12.5, -25.0, -start, 1.0)
    assert len(tried) == 1
    np.testing.assert_array_equal(found, [0, 0])


def test_line_search_gives_up_when_nothing_is_lower():
    tried = []

    def evaluate(position):
        tried.append(position)
        return 1.0, np.zeros(2)

    assert line_search(evaluate, np.zeros(2), 0.0, -1.0, np.ones(2), 1.0, most=5) is None
    assert len(tried) == 5


# First-order methods


def test_adam_equals_numpy():
    center, weights = start_picture(1, "float64"), start_picture(2, "float64")
    position = start_picture(3, "float64")
    result = minimize(bowl(center, weights), position, "Adam", steps=12, learning_rate=0.05)
    mean, square, losses = 0.0, 0.0, []
    for t in range(1, 14):  # Kingma and Ba (2015), in the order of computation of their section 2
        losses.append(np.sum(weights * (position - center) ** 2))
        gradient = 2 * weights * (position - center)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        position = position - 0.05 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * mean / (np.sqrt(square) + 1e-7)
    # Keras holds its coefficients in float32, and 1 - 0.999 loses four digits there.
    np.testing.assert_allclose(result.losses["total"], losses, rtol=1e-4)
    assert (result.steps, result.evaluations) == (12, 13)


def test_gradient_descent_equals_numpy():
    center, weights = start_picture(1, "float64"), start_picture(2, "float64")
    position = start_picture(3, "float64")
    result = minimize(bowl(center, weights), position, "gradient descent", steps=6, learning_rate=0.1)
    for _ in range(6):
        position = position - 0.1 * 2 * weights * (position - center)
    np.testing.assert_allclose(result.image, position, rtol=1e-12)
    assert (result.steps, result.evaluations) == (6, 7)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_first_step_changes_the_picture_by_two_hundredths(scale):
    """Whatever the size of the loss."""
    start, slopes = start_picture(), start_picture(1) - 0.3
    result = minimize(lambda image: scale * tf.reduce_sum(slopes * image), start, "gradient descent", steps=1)
    np.testing.assert_allclose(np.sqrt(np.mean((result.image - start) ** 2)), 0.02, rtol=1e-4)

    tried = []

    def evaluate(position):
        tried.append(position)
        return float(scale * slopes.ravel() @ position), scale * slopes.ravel()

    lbfgs(evaluate, start.ravel(), 1, lambda: None)
    np.testing.assert_allclose(np.sqrt(np.mean((tried[1] - tried[0]) ** 2)), 0.02, rtol=1e-4)


def test_scipys_method_is_scipys_with_ten_pairs_and_no_tolerance():
    def loss(position):
        value, gradient = scipy.optimize.rosen(position), scipy.optimize.rosen_der(position)
        return 1e-6 * value, 1e-6 * gradient  # so small that SciPy's own tolerances would end the run

    start = np.linspace(-1.2, 1.2, 12)
    options = {"maxiter": 30, "maxcor": 10, "ftol": 0, "gtol": 0}
    wanted = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    steps = []
    METHODS["L-BFGS-B"](loss, start, 30, lambda position: steps.append(position.copy()), None)
    assert len(steps) == wanted.nit == 30
    np.testing.assert_array_equal(steps[-1], wanted.x)


# Records


@pytest.mark.parametrize("method", METHODS)
def test_result_keeps_the_records(method):
    center, start = start_picture(1), start_picture(2)
    kept, calls, begin = start.copy(), [], time.perf_counter()

    def objective(image):
        return {"near": tf.reduce_sum((image - center) ** 2), "small": 0.5 * tf.reduce_sum(image**2)}

    result = minimize(objective, start, method, steps=7, progress=lambda *args: calls.append(args))
    assert list(result.losses) == ["total", "near", "small"]
    for values in result.losses.values():
        assert values.shape == (result.evaluations,)
    np.testing.assert_allclose(result.losses["total"], result.losses["near"] + result.losses["small"], rtol=1e-6)
    np.testing.assert_allclose(result.losses["near"][0], np.sum((start - center) ** 2), rtol=1e-5)
    np.testing.assert_array_equal(start, kept)  # the caller's picture is left alone
    # The picture is the one with the lowest total, and the printed losses are its own.
    best = np.sum((result.image - center) ** 2.0) + 0.5 * np.sum(result.image**2.0)
    np.testing.assert_allclose(best, result.losses["total"].min(), rtol=1e-5)
    assert [step for step, _, _ in calls] == list(range(1, result.steps + 1))
    assert all(loss == np.float32(loss) and image.shape == start.shape for _, loss, image in calls)
    assert 0 < result.seconds < time.perf_counter() - begin
    text = repr(result)
    assert f"{result.steps} steps, {result.evaluations} evaluations" in text and result.message in text
    assert f"total {result.losses['total'].min():.4g}, near" in text


def test_of_equally_good_pictures_the_first_is_kept():
    start = start_picture(2)

    def always_zero(image):
        total = tf.reduce_sum(image)
        return total - tf.stop_gradient(total)  # its gradient is 1 everywhere all the same

    result = minimize(always_zero, start, "Adam", steps=3)
    assert (result.losses["total"] == 0).all()
    np.testing.assert_array_equal(result.image, start)


def test_a_last_step_that_looked_beyond_what_is_finite_is_a_step():
    result = minimize(lambda image: tf.where(tf.reduce_mean(image) < -0.1, np.float32(np.inf), tf.reduce_mean(image)),
                      np.zeros((1, 3, 3, 3), "float32"), steps=1)
    assert result.losses["total"][-1] == np.inf  # the line search tried a longer step, and took the one before it
    assert (result.steps, result.message) == (1, "all steps done")


@pytest.mark.parametrize("method", METHODS)
def test_steps_are_counted_and_kept_to(method):
    start = start_picture(0, "float64")
    result = minimize(lambda image: tf.reduce_sum(tf.cosh(3 * image - 1)), start, method, steps=5)
    assert result.steps == 5 and result.message == "all steps done"
    assert 6 <= result.evaluations <= 15


@pytest.mark.parametrize("method", METHODS)
def test_objective_is_traced_once(method):
    calls = []

    def objective(image):
        calls.append(image)
        return tf.reduce_sum(image**4)

    for runs in (1, 2):
        result = minimize(objective, start_picture(), method, steps=5)
        assert result.evaluations > 3 and len(calls) == runs


def test_many_short_runs_bring_no_warnings_of_tensorflow():
    records, handler = [], logging.Handler()
    handler.emit = records.append
    tf.get_logger().addHandler(handler)
    try:
        for _ in range(6):
            minimize(lambda image: tf.reduce_sum(image**2), start_picture(), "gradient descent", steps=1)
    finally:
        tf.get_logger().removeHandler(handler)
    assert [record.getMessage() for record in records] == []


@pytest.mark.parametrize("method, dtype, kept", [(method, "float64", "float64") for method in METHODS] + [
    ("L-BFGS", "float32", "float32"), ("L-BFGS", "float16", "float32"), ("L-BFGS", "int64", "float32")])
def test_float64_is_kept(method, dtype, kept):
    seen = set()

    def objective(image):
        seen.add(image.dtype.name)
        return tf.reduce_sum((image - 0.3) ** 2)

    result = minimize(objective, np.ones((1, 2, 2, 3), dtype), method, steps=3)
    assert result.image.dtype == kept and seen == {kept}


# Why it stopped


@pytest.mark.parametrize("method", QUASI_NEWTON)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reaching_the_minimum_is_said(method, dtype):
    center = start_picture(1, dtype)
    result = minimize(lambda image: 1.0 + tf.reduce_sum((image - center) ** 2), start_picture(2, dtype), method, 90)
    assert result.message == "stopped because no step lowers the loss any further"
    assert result.steps < 90
    np.testing.assert_allclose(result.image, center, atol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_starting_at_the_minimum(method):
    center = start_picture()
    result = minimize(bowl(center, 1.0), center, method, steps=3)
    np.testing.assert_array_equal(result.image, center)
    assert result.losses["total"][0] == 0 and np.isfinite(result.losses["total"]).all()


@pytest.mark.parametrize("misled", [lambda gradient: gradient, lambda gradient: -1e6 * gradient])
def test_lbfgs_forgets_a_misleading_memory_and_goes_on(monkeypatch, misled):
    """Uphill, or far beyond what the line search can take back: the plain gradient does the step instead."""
    def short_search(evaluate, position, loss, slope, direction, length):
        assert slope < 0  # nothing is evaluated in an uphill direction
        return line_search(evaluate, position, loss, slope, direction, length, most=4)

    monkeypatch.setattr("nst_helpers.optimize.lbfgs.line_search", short_search)
    monkeypatch.setattr(History, "direction", lambda self, gradient: misled(gradient) if self.order else -gradient)
    result = minimize(bowl(start_picture(1), 1.0), start_picture(2), steps=6)
    assert (result.steps, result.message) == (6, "all steps done")
    assert result.losses["total"].min() < 0.7 * result.losses["total"][0]


def test_lbfgs_copes_with_kinks():
    weights = np.geomspace(1, 1e4, 12)
    result = minimize(lambda x: tf.reduce_sum(weights * tf.abs(x)), np.linspace(-1, 1, 12), steps=40)
    assert result.losses["total"].min() < 0.05 * result.losses["total"][0]
    assert (result.steps == 40) == (result.message == "all steps done")


@pytest.mark.parametrize("method, bad", [(method, np.nan) for method in METHODS] + [("L-BFGS", np.inf)])
def test_loss_that_is_not_finite_from_the_start(method, bad):
    start = start_picture()
    result = minimize(lambda image: tf.reduce_sum(image) * bad, start, method, steps=5)
    assert result.message == "stopped because the loss or its gradient is not finite at evaluation 1"
    assert result.losses["total"].tolist() == result.losses["loss"].tolist() == [np.inf]
    assert (result.steps, result.evaluations) == (0, 1)
    np.testing.assert_array_equal(result.image, start)
    assert "not finite" in repr(result)


def test_a_part_that_is_no_number_counts_as_infinite_even_if_the_last_part_is_one():
    result = minimize(lambda x: {"first": tf.stop_gradient(x[0, 0, 0, 0]) * np.nan, "last": tf.reduce_sum(x)},
                      start_picture(), steps=2)
    assert result.losses["total"].tolist() == result.losses["first"].tolist() == [np.inf]
    assert np.isfinite(result.losses["last"]).all()


def test_a_run_has_150_steps_unless_told_otherwise():
    assert minimize(lambda x: tf.reduce_sum(x**2), np.ones(2), "gradient descent").steps == 150


@pytest.mark.parametrize("method", METHODS)
def test_loss_that_is_not_finite_later(method):
    def objective(image):
        """Falls towards 0, and is not defined near it."""
        loss = tf.reduce_mean(image**2)
        return tf.where(loss < 0.01, np.float32(np.nan), loss)

    result = minimize(objective, np.ones((1, 3, 3, 3), "float32"), method, steps=200)
    count = result.evaluations
    assert result.message == f"stopped because the loss or its gradient is not finite at evaluation {count}"
    assert result.cut_short
    total = result.losses["total"]
    assert count > 1 and total[-1] == np.inf and np.isfinite(total[:-1]).all() == (method != "L-BFGS")
    np.testing.assert_allclose(np.mean(result.image**2), total.min(), rtol=1e-5)
    assert f"total {total.min():.4g}" in repr(result)
    if method == "L-BFGS":  # only with no finite shorter step left: it is at the edge itself
        assert total.min() < 0.01001 and count < 200


def with_a_wall(bad):
    """20 x - log x, lowest at x = 1/20; where a pixel is not positive, the loss or its gradient is not finite."""
    def objective(image):
        beyond = tf.reduce_any(image <= 0)
        positive = tf.where(image > 0, image, 1)
        parts = {"line": 20 * tf.reduce_sum(positive), "log": tf.reduce_sum(-tf.math.log(positive))}
        if bad == "gradient":  # a root of nothing: its value is 0 and its slope is infinite
            nothing = tf.abs(image - tf.stop_gradient(image))
            return {**parts, "bad": tf.reduce_sum(tf.sqrt(tf.where(beyond, nothing, 1)))}
        return {**parts, "bad": tf.where(beyond, tf.constant(bad, image.dtype), 0)}
    return objective


@pytest.mark.parametrize("bad", [np.inf, np.nan, -np.inf, "gradient"])
@pytest.mark.parametrize("dtype, precision", [("float32", 1e-3), ("float64", 1e-6)])
def test_lbfgs_makes_a_step_shorter_where_the_loss_is_not_finite(bad, dtype, precision):
    result = minimize(with_a_wall(bad), 0.5 + 0.1 * start_picture(0, dtype), steps=40)
    total = result.losses["total"]
    assert np.isinf(total).any() and not np.isnan(list(result.losses.values())).any()  # the wall was met
    np.testing.assert_allclose(result.image, 1 / 20, rtol=precision)
    assert result.lowest_losses()["total"] == total.min() and (total > 0).all() and not result.cut_short
    np.testing.assert_allclose(total.min(), 60 * (1 + np.log(20)) + 60 * (bad == "gradient"), rtol=1e-6)


@pytest.mark.parametrize("edge", [0.9, 0.3, 1e-3])
def test_line_search_stays_where_the_loss_is_finite(edge):
    """(x - 1)² from 0, not defined from `edge` on; what is tried is halved until it is."""
    tried = []

    def evaluate(position):
        tried.append(float(position[0]))
        if tried[-1] >= edge:
            return np.nan, np.full(1, np.nan)
        return (tried[-1] - 1) ** 2, 2 * (position - 1)

    position, loss, _ = line_search(evaluate, np.zeros(1), 1.0, -2.0, np.ones(1), 1.0)
    assert tried == [0.5**i for i in range(len(tried))] and tried[-1] < edge <= tried[-2]
    assert (position[0], loss) == (tried[-1], (tried[-1] - 1) ** 2)


def test_line_search_that_went_too_far_takes_the_last_that_was_finite():
    def evaluate(position):
        return (-position[0], np.full(1, -1.0)) if position[0] < 3 else (-np.inf, np.zeros(1))

    position, loss, _ = line_search(evaluate, np.zeros(1), 0.0, -1.0, np.ones(1), 1.0)
    assert (position[0], loss) == (2, -2)  # of 1, 2 and 4


def test_line_search_with_nothing_finite_gives_up():
    tried = []

    def evaluate(position):
        tried.append(position)
        return np.inf, np.zeros(1)

    assert line_search(evaluate, np.zeros(1), 0.0, -1.0, np.ones(1), 1.0) is None
    assert len(tried) == 12


def test_gradient_that_is_not_finite():
    result = minimize(lambda image: tf.reduce_sum(tf.sqrt(image)), np.zeros((1, 2, 2, 3), "float32"))  # slope 1/0
    assert "gradient is not finite at evaluation 1" in result.message


@pytest.fixture
def interrupts_arrive():
    """A shell that starts the suite in the background makes it deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts_arrive")
@pytest.mark.parametrize("method", METHODS)
def test_interrupt_between_steps_keeps_the_best_picture(method):
    center = start_picture(1)

    def progress(step, _loss, _image):
        if step == 3:
            signal.raise_signal(signal.SIGINT)  # what Jupyter's Interrupt does

    result = minimize(lambda image: tf.reduce_sum(tf.cosh(image - center)), start_picture(2), method,
                      progress=progress)
    assert result.message == "interrupted" and result.steps == 3
    assert result.losses["total"].min() < result.losses["total"][0]
    loss = np.sum(np.cosh(result.image - center))
    np.testing.assert_allclose(loss, result.losses["total"].min(), rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("at", [1, 4])
def test_interrupt_within_an_evaluation(method, at, monkeypatch):
    evaluate, calls, start = minimizer._Recorder.evaluate, [], start_picture()

    def interrupted(self, position):
        calls.append(position)
        if len(calls) == at:
            raise KeyboardInterrupt
        return evaluate(self, position)

    monkeypatch.setattr(minimizer._Recorder, "evaluate", interrupted)
    result = minimize(lambda image: tf.reduce_sum(tf.cosh(image)), start, method, steps=50)
    assert result.message == "interrupted" and result.evaluations == at - 1
    if at == 1:
        np.testing.assert_array_equal(result.image, start)
        assert repr(result) == "no evaluation, interrupted"
    else:
        assert len(result.losses["total"]) == 3
        assert np.sum(np.cosh(result.image)) < np.sum(np.cosh(start))


def test_interrupt_while_the_objective_is_compiled():
    def objective(_image):
        raise KeyboardInterrupt

    start = start_picture()
    result = minimize(objective, start)
    assert (result.message, result.evaluations, list(result.losses)) == ("interrupted", 0, ["total"])
    assert len(result.losses["total"]) == 0
    np.testing.assert_array_equal(result.image, start)


# Wrong input


def check_one_line(error):
    assert "\n" not in str(error.value)


def test_wrong_method_lists_the_right_ones():
    with pytest.raises(ValueError, match="'LBFGS'.*L-BFGS, L-BFGS-B, Adam, gradient descent") as error:
        minimize(rosenbrock, np.zeros(2), "LBFGS")
    check_one_line(error)


@pytest.mark.parametrize("steps", [0, -3, 2.5, "10", None, True])
def test_wrong_steps(steps):
    with pytest.raises(ValueError, match="steps is .*whole number of at least 1") as error:
        minimize(rosenbrock, np.zeros(2), steps=steps)
    check_one_line(error)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_start_that_is_not_finite(bad):
    start = start_picture()
    start[0, 1, 2, 0] = bad
    with pytest.raises(ValueError, match="start picture .*not finite") as error:
        minimize(bowl(0.5, 1.0), start)
    check_one_line(error)


@pytest.mark.parametrize("objective", [lambda image: tf.constant(1.0), lambda image: {"a": tf.constant(1.0)},
                                       lambda image: tf.reduce_sum(tf.round(image))])
def test_objective_that_does_not_depend_on_the_picture(objective):
    with pytest.raises(ValueError, match="does not depend on the picture") as error:
        minimize(objective, start_picture())
    check_one_line(error)


def test_objective_that_is_not_one_number():
    with pytest.raises(ValueError, match=r"one number, but its shape is \(1, 4, 5, 3\)") as error:
        minimize(lambda image: image**2, start_picture())
    check_one_line(error)


def test_a_part_called_total_is_refused():
    """It would take the place of the sum in Result.losses."""
    with pytest.raises(ValueError, match="^A part of the objective is called 'total'.*give it another name.$"):
        minimize(lambda image: {"total": tf.reduce_sum(image**2), "b": tf.reduce_sum(image)}, start_picture())


@pytest.mark.parametrize("gives, words", [
    (lambda image: None, "The objective gives no loss, or None as one"),
    (lambda image: {}, "The objective gives no loss"),
    (lambda image: {"a": tf.reduce_sum(image), "b": None}, "The objective gives no loss, or None as one"),
    (lambda image: {"a": tf.reduce_sum(image), "b": image[0, 0]}, r"The part 'b' .* but its shape is \(5, 3\)"),
])
def test_objective_that_gives_no_numbers(gives, words):
    with pytest.raises(ValueError, match=words) as error:
        minimize(gives, start_picture())
    check_one_line(error)


@pytest.mark.parametrize("method", ["lbfgs", 5, None, ["L-BFGS"], {}])
def test_wrong_methods_of_every_kind(method):
    with pytest.raises(ValueError, match="There is no method .*Choose one of"):
        minimize(rosenbrock, np.zeros(2), method)


@pytest.mark.parametrize("method", METHODS)
def test_an_objective_may_gather_some_of_the_pixels(method):
    """Its gradient comes as IndexedSlices; here some rows are taken twice."""
    start, rows = start_picture(0, "float64"), [2, 0, 2]
    result = minimize(lambda image: tf.reduce_sum(tf.gather(image, rows, axis=1) ** 2), start, method, steps=3)
    plain = minimize(lambda image: tf.reduce_sum(tf.stack([image[:, i] for i in rows]) ** 2), start, method, steps=3)
    np.testing.assert_allclose(result.image, plain.image, rtol=1e-10)
    np.testing.assert_array_equal(result.image[:, [1, 3]], start[:, [1, 3]])
    flat = minimize(lambda image: tf.reduce_sum(tf.gather(image, [1, 1]) ** 2), start[0, :, 0], method, steps=3)
    assert flat.losses["total"].min() < flat.losses["total"][0]


# The observer


@pytest.mark.parametrize("method", METHODS)
def test_observer_is_around_every_part_of_the_work(method):
    seen, open_parts = [], []

    @contextlib.contextmanager
    def observer(part):
        assert not open_parts  # no part within another
        open_parts.append(part)
        yield
        seen.append(open_parts.pop())

    objective = bowl(start_picture(1), 0.5 + start_picture(2))
    watched = minimize(objective, start_picture(3), method, steps=5, observer=observer)
    evaluations, ours = watched.evaluations, method == "L-BFGS"
    assert seen[:3] == ["copies", "evaluation", "copies"]
    counts = {part: seen.count(part) for part in ("evaluation", "copies", "direction", "memory")}
    assert counts == {"evaluation": evaluations, "copies": 2 * evaluations, "direction": 5 * ours, "memory": 5 * ours}
    plain = minimize(objective, start_picture(3), method, steps=5)
    np.testing.assert_array_equal(watched.image, plain.image)


def test_errors_of_the_objective_are_the_learners_own():
    def objective(_image):
        raise RuntimeError("a mistake in the lesson")

    with pytest.raises(RuntimeError, match="^a mistake in the lesson$"):
        minimize(objective, start_picture())


def test_gram_of_a_network_can_be_minimised_by_every_method(random_pocket):
    """The case of lesson 04: any scalar function of the features will do."""
    extract = feature_extractor(random_pocket, "block2_conv1")
    target = gram_matrix(extract(start_picture(1))["block2_conv1"])
    for method in METHODS:
        result = minimize(lambda image: style_loss(gram_matrix(extract(image)["block2_conv1"]), target),
                          start_picture(2), method, steps=10)
        assert result.losses["total"].min() < 0.95 * result.losses["total"][0]
