"""The line search of L-BFGS, trial by trial, and its memory: against numbers worked out by hand.

What may go here: what happens within one step. Whether the whole method finds minima is tested in test_optimize.
"""

from nst_helpers.optimize.lbfgs import History, lbfgs, line_search

import numpy as np
import pytest

FINE, STEEP = (-0.5, 0.0), (-0.5, -1.0)  # a lower loss, with a flat or a steep slope


def search(*answers, loss=0.0, slope=-1.0, length=1.0):
    """The lengths that the search tries, when the trials have these losses and slopes; and what it returns."""
    tried, answers = [], list(answers)

    def evaluate(position):
        tried.append(float(position[0]))
        trial_loss, trial_slope = answers.pop(0)
        return trial_loss, np.array([trial_slope])

    found = line_search(evaluate, np.zeros(1), loss, slope, np.ones(1), length, most=len(answers))
    return tried, found and float(found[0][0])


def test_the_parabola_leads_to_its_lowest_point():
    for lowest in (0.6, 1.2, 1.5):  # (x - lowest)² + 7, where the first trial is no better than the start
        tried, found = search(((3 - lowest) ** 2 + 7, 0), (7, 0), loss=lowest**2 + 7, slope=-2 * lowest, length=3.0)
        np.testing.assert_allclose(tried, [3, lowest], rtol=1e-12)
        assert found == tried[1]


def test_no_lower_loss_is_not_enough():
    assert search((0, 0), FINE) == ([1, 0.5], 0.5)
    assert search((-1e-4, 0)) == ([1], 1)  # exactly what Armijo asks for
    assert search((-0.9e-4, 0), FINE)[1] < 1
    assert search((-6.001e-4, 0), slope=-2.0, length=3.0) == ([3], 3)
    assert search((-5.9e-4, 0), FINE, slope=-2.0, length=3.0)[1] < 3


def test_far_too_far_is_a_tenth_at_least():
    assert search((1e9, 0), FINE) == ([1, 0.1], 0.1)


def test_steep_goes_on_twice_as_far_and_then_halves_the_gap():
    tried, found = search(STEEP, STEEP, (1e9, 0), STEEP, FINE)
    np.testing.assert_allclose(tried, [1, 2, 4, 2.2, 3.1], rtol=1e-12)
    assert found == tried[-1]
    assert search((-0.5, -0.9)) == ([1], 1)  # exactly what Wolfe asks for
    assert search((-0.5, -1.8), slope=-2.0) == ([1], 1)
    assert search((-0.5, -1.9), FINE, slope=-2.0) == ([1, 2], 2)


def test_a_loss_that_is_not_finite_is_too_far_by_half():
    assert search((np.inf, 0), (np.nan, 0), STEEP) == ([1, 0.5, 0.25], 0.25)


def test_the_last_step_that_was_lower_is_taken_when_the_trials_are_used_up():
    assert search(STEEP, STEEP) == ([1, 2], 2)
    assert search(STEEP, (1e9, 0)) == ([1, 2], 1)
    assert search((1e9, 0), (1e9, 0))[1] is None


def test_twelve_trials_are_made():
    tried = []

    def evaluate(position):
        tried.append(position)
        return 1.0, np.zeros(1)

    assert line_search(evaluate, np.zeros(1), 0.0, -1.0, np.ones(1), 1.0) is None
    assert len(tried) == 12


@pytest.mark.parametrize("cosine, kept", [(2e-8, True), (0.5e-8, False), (0, False), (-1, False)])
def test_a_step_counts_if_the_gradient_grew_along_it(cosine, kept):
    history = History(3, 2, "float64")
    history.add(np.array([3.0, 0.0]), np.array([5 * cosine, 5.0]))
    assert bool(history.order) == kept


def test_the_oldest_step_gives_way():
    history = History(2, 3, "float64")
    for number in range(3):
        history.add(np.eye(3)[number], np.eye(3)[number])
    assert history.order == [1, 0] and history.steps.tolist() == np.eye(3)[[2, 1]].tolist()
    assert history.gamma == 1


def test_ten_steps_are_remembered_and_the_first_changes_a_picture_by_two_hundredths(monkeypatch):
    sizes, positions = [], []

    class Watched(History):
        def __init__(self, memory, *arguments):
            super().__init__(memory, *arguments)
            sizes.append(memory)

    def evaluate(position):
        positions.append(position)
        return 0.5 * float(position @ position), position

    monkeypatch.setattr("nst_helpers.optimize.lbfgs.History", Watched)
    lbfgs(evaluate, np.full(50, 3.0), 1, lambda: None)
    assert sizes == [10]
    np.testing.assert_allclose(positions[0] - positions[1], 0.02, rtol=1e-12)


def test_steps_are_announced_and_counted():
    said = []
    scale = np.geomspace(1, 100, 20)
    lbfgs(lambda x: (0.5 * float(x @ (scale * x)), scale * x), np.ones(20), 7, lambda: said.append(1))
    assert len(said) == 7
    lbfgs(lambda x: (0.5 * float(x @ (scale * x)), scale * x), np.zeros(20), 7, lambda: said.append(1))
    assert len(said) == 7  # no step from the minimum
