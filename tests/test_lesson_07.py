"""Lesson 07: what its cells define is right, against Keras, SciPy, full matrices, closed forms, and the module.

What may go here: the functions of notebooks/07_optimizers.ipynb. Its exercises are tested by test_your_turn.py.
"""

import itertools
from types import SimpleNamespace

from nst_helpers.losses import gram_matrix  # before TensorFlow, to keep it quiet
from nst_helpers.optimize import lbfgs as module

import keras
import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("07_optimizers")
START = np.array([-1.2, 1.0, 0.7, -0.4])
rng = np.random.default_rng(0)
ROOT = rng.normal(size=(4, 4))
HESSIAN = ROOT @ ROOT.T + 0.5 * np.eye(4)  # symmetric, all curvatures positive


def bowl(position):
    return 0.5 * position @ HESSIAN @ position, HESSIAN @ position


def rosenbrock(position):
    """A curved valley with its bottom at (1, 1, ...)."""
    return scipy.optimize.rosen(position), scipy.optimize.rosen_der(position)


class Count:
    """Evaluates, and keeps what was evaluated."""

    def __init__(self, evaluate):
        self.evaluate, self.losses, self.places = evaluate, [], []

    def __call__(self, position):
        loss, gradient = self.evaluate(position)
        self.losses.append(loss)
        self.places.append(position.copy())
        return loss, gradient


@pytest.fixture(scope="module")
def inline():
    """The functions of the lesson, without running its cells."""
    names = ["race", "gradient_descent", "normalised_descent", "momentum", "adam", "two_loops", "inverse_hessian",
             "line_search", "lbfgs", "full_step", "clip", "clipped_descent", "bounded", "in_units"]
    return functions_of(NOTEBOOK, *names, np=np, scipy=scipy, Record=Count, evaluate=bowl)


def walk(rule, evaluate, count, **settings):
    return list(itertools.islice(rule(evaluate, START, **settings), count))


def random_pairs(count, size=6):
    """Steps and changes of the gradient as a loss without negative curvature would give them."""
    root = rng.normal(size=(size, size))
    return [(step, root @ root.T @ step + 0.1 * step) for step in rng.normal(size=(count, size))]


def test_gradient_descent_against_the_closed_form(inline):
    matrix = np.eye(4) - 0.05 * HESSIAN
    expected = [np.linalg.matrix_power(matrix, count) @ START for count in (1, 2, 3, 4, 5)]
    np.testing.assert_allclose(walk(inline.gradient_descent, bowl, 5, learning_rate=0.05), expected)


def test_normalised_steps_are_parallel_to_the_gradient_and_equally_long(inline):
    places = [START, *walk(inline.normalised_descent, bowl, 6, step=0.1)]
    for before, after in itertools.pairwise(places):
        gradient = bowl(before)[1]
        np.testing.assert_allclose(np.sqrt(np.mean((after - before) ** 2)), 0.1)
        np.testing.assert_allclose((after - before) @ gradient, -np.linalg.norm(gradient) * 0.1 * np.sqrt(4))


KERAS = [
    ("momentum", {"learning_rate": 0.02, "gamma": 0.8}, lambda: keras.optimizers.SGD(0.02, momentum=0.8)),
    ("adam", {"learning_rate": 0.1}, lambda: keras.optimizers.Adam(0.1, epsilon=1e-8)),
    ("adam", {"learning_rate": 0.02, "gamma_1": 0.99, "gamma_2": 0.9},
     lambda: keras.optimizers.Adam(0.02, beta_1=0.99, beta_2=0.9, epsilon=1e-8)),
]


def keras_places(optimizer, evaluate, count):
    variable, places = keras.Variable(START, dtype="float64"), []
    for _ in range(count):
        optimizer.apply([tf.constant(evaluate(variable.numpy())[1])], [variable])
        places.append(variable.numpy())
    return places


@pytest.mark.parametrize("name, settings, make", KERAS)
def test_rules_against_keras(inline, name, settings, make):
    ours = walk(getattr(inline, name), bowl, 20, **settings)
    np.testing.assert_allclose(ours, keras_places(make(), bowl, 20), rtol=1e-4, atol=1e-5)


def test_the_first_step_of_adam_and_its_limits(inline):
    gradient = bowl(START)[1]
    first = walk(inline.adam, bowl, 1, learning_rate=0.3)[0]
    np.testing.assert_allclose(first, START - 0.3 * np.sign(gradient), rtol=1e-6)
    clipped = walk(inline.adam, bowl, 20, learning_rate=0.3, limits=(0, 1))
    assert np.min(clipped) == 0 and np.max(clipped) <= 1
    large_epsilon = walk(inline.adam, bowl, 1, learning_rate=0.3, epsilon=1e6)[0]
    np.testing.assert_allclose(large_epsilon, START - 0.3e-6 * gradient, rtol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_two_loops_are_the_full_matrix(inline, count):
    pairs, gradient = random_pairs(count), rng.normal(size=6)
    looped = inline.two_loops(gradient, pairs)
    np.testing.assert_allclose(looped, inline.inverse_hessian(pairs) @ gradient, rtol=1e-8)
    assert inline.two_loops(gradient, []) is gradient


def test_the_inverse_hessian_is_symmetric_positive_and_fits_its_newest_pair(inline):
    pairs = random_pairs(4)
    inverse = inline.inverse_hessian(pairs)
    np.testing.assert_allclose(inverse, inverse.T, atol=1e-10)
    assert np.linalg.eigvalsh(inverse).min() > 0
    np.testing.assert_allclose(inverse @ pairs[-1][1], pairs[-1][0])


@pytest.mark.parametrize("length", [1e-4, 1e-2, 1.0, 100.0])
@pytest.mark.parametrize("flat", [0.9, 0.1])
def test_what_the_line_search_takes_fulfils_both_conditions(inline, length, flat):
    loss, gradient = rosenbrock(START)
    slope = -gradient @ gradient
    found = inline.line_search(rosenbrock, START, loss, slope, -gradient, length, flat=flat, most=40)
    position, new_loss, new_gradient = found
    taken = np.linalg.norm(position - START) / np.linalg.norm(gradient)
    assert new_loss == rosenbrock(position)[0] <= loss + 1e-4 * taken * slope
    assert -new_gradient @ gradient >= flat * slope


def test_the_line_search_takes_a_good_first_length_at_once_and_gives_up_uphill(inline):
    newton = -START  # the bottom of the bowl is 0
    count = Count(bowl)
    loss, gradient = bowl(START)
    np.testing.assert_allclose(inline.line_search(count, START, loss, gradient @ newton, newton, 1.0)[0], 0)
    assert len(count.losses) == 1
    assert inline.line_search(bowl, START, loss, -gradient @ gradient, gradient, 1.0) is None


@pytest.mark.parametrize("memory", [1, 3, 10])
def test_lbfgs_reaches_a_bottom_and_never_goes_up(inline, memory):
    places = walk(inline.lbfgs, rosenbrock, 300, memory=memory)
    losses = [rosenbrock(place)[0] for place in places]
    assert np.all(np.diff(losses) <= 0)
    np.testing.assert_allclose(rosenbrock(places[-1])[1], 0, atol=1e-4)
    nearest = scipy.optimize.minimize(rosenbrock, places[-1], jac=True, method="Newton-CG", options={"xtol": 1e-10}).x
    np.testing.assert_allclose(places[-1], nearest, atol=1e-4)


def test_lbfgs_walks_as_the_module_does_while_first_tries_are_taken(inline):
    ours, theirs = Count(bowl), Count(bowl)
    for _ in itertools.islice(inline.lbfgs(ours, START, memory=5, first_change=0.02), 6):
        pass
    module.lbfgs(theirs, START, 6, lambda: None, memory=5, first_change=0.02)
    same = min(len(ours.places), len(theirs.places), 4)
    np.testing.assert_allclose(ours.places[:same], theirs.places[:same])
    assert same == 4


def test_lbfgs_ends_at_a_minimum_and_without_search_takes_every_step(inline):
    assert list(inline.lbfgs(lambda position: (1.0, np.ones(4)), START)) == []
    count = Count(bowl)
    taken = list(itertools.islice(inline.lbfgs(count, START, search=inline.full_step), 5))
    assert len(count.losses) == 6
    np.testing.assert_allclose(count.places[1:], taken)


def test_a_race_stops_at_its_evaluations_and_where_numbers_end(inline):
    def endless(evaluate, position):
        while True:
            evaluate(position)
            evaluate(position)
            yield position

    def record(*arguments, **settings):
        found = SimpleNamespace(losses=[], steps=0)
        rule, evaluate, start, evaluations = arguments
        namespace = functions_of(NOTEBOOK, "race", np=np, Record=lambda e: Steps(e, found))
        return namespace.race(rule, evaluate, start, evaluations, **settings)

    class Steps(Count):
        def __init__(self, evaluate, found):
            super().__init__(evaluate)
            self.steps = 0

    run = record(endless, bowl, START, 7)
    assert len(run.losses) == 8 and run.steps == 4  # a step is never cut in two
    run = record(endless, lambda position: (np.nan, position), START, 7)
    assert run.steps == 1


def test_clipped_descent_and_bounds_find_the_best_allowed_place(inline):
    def shifted(position):
        return bowl(position - np.array([1.6, 0.4, -0.5, 0.5]))

    right = scipy.optimize.minimize(shifted, np.full(4, 0.5), jac=True, method="SLSQP", bounds=[(0, 1)] * 4).x
    steps = inline.clipped_descent(shifted, np.full(4, 0.5), learning_rate=0.05)
    slid = list(itertools.islice(steps, 500))[-1]
    np.testing.assert_allclose(slid, right, atol=1e-3)

    def in_float32(position):
        loss, gradient = shifted(position.astype("float64"))
        return np.float32(loss), gradient.astype("float32")

    found = list(inline.bounded(in_float32, np.full(4, 0.5, "float32"), most=50))
    assert len(found) == 1
    np.testing.assert_allclose(found[0], right, atol=1e-3)


def test_units_scale_loss_and_gradient(inline):
    loss, gradient = inline.in_units(1e3)(START)
    np.testing.assert_allclose(loss, 1e3 * bowl(START)[0])
    np.testing.assert_allclose(gradient, 1e3 * bowl(START)[1])


def test_the_valley_is_one_of_the_two_curvatures_and_its_gradient_fits():
    along, across = np.array([0.8, 0.6]), np.array([-0.6, 0.8])
    valley = functions_of(NOTEBOOK, "valley", along=along, across=across).valley
    matrix = np.outer(along, along) + 30 * np.outer(across, across)
    for place in rng.normal(size=(3, 2)):
        loss, gradient = valley(place)
        np.testing.assert_allclose(loss, 0.5 * place @ matrix @ place)
        np.testing.assert_allclose(gradient, matrix @ place)


def test_the_sum_of_products_is_a_gram_matrix_that_is_not_averaged():
    features = rng.normal(size=(1, 4, 5, 3)).astype("float32")
    found = functions_of(NOTEBOOK, "sum_of_products", tf=tf).sum_of_products(features)
    np.testing.assert_allclose(found, 20 * gram_matrix(features), rtol=1e-4)


def test_the_older_recipe_takes_pictures_in_the_units_of_keras():
    seen = []

    def look(image):
        seen.append(image)
        return {"block1_conv1": image, "fine": image, "coarse": image}

    means = np.array([103.939, 116.779, 123.68], "float32")
    names = {"look": look, "MEANS": means, "tf": tf, "recipe_layers": ["fine", "coarse"],
             "recipe_content": look(np.zeros((1, 2, 2, 3), "float32")),
             "recipe_style": look(np.zeros((1, 2, 2, 3), "float32"))}
    recipe = functions_of(NOTEBOOK, "recipe_parts", "sum_of_products", **names)
    photo = rng.random((1, 2, 2, 3)).astype("float32")
    content, style = recipe.recipe_parts(255 * photo[..., ::-1] - means)
    np.testing.assert_allclose(seen[-1], photo, atol=1e-5)
    np.testing.assert_allclose(content, np.sum(photo**2), rtol=1e-4)
    products = np.einsum("bhwi,bhwj->ij", photo, photo)
    np.testing.assert_allclose(style, 100 * (1 / 2 + 1 / 3) * np.sum(products**2), rtol=1e-4)
