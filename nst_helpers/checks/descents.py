"""Four runs with a fault each, and what right and wrong steps give: references for the checks of lesson 07, in float64.

A pair holds what a mistake gives and the sentence that names it.
"""

from nst_helpers.checks.report import mistake

import numpy as np

SHARE = 0.3  # of what the slope promises, in the line search of the exercise
CAUSES = {"A": "the steps never shrink", "B": "the rate is too large", "C": "the valley is long",
          "D": "the rate is in other units"}


def four_curves(evaluations=60):
    """{"A": losses, …}: four rules on one loss of forty numbers, each with a fault of its own."""
    curvatures = np.geomspace(1, 100, 40)
    limit = 2 / curvatures.max()
    rates = {"B": 1.02 * limit, "C": 0.9 * limit, "D": 0.9 * limit / 255**2}
    curves = {}
    for name in CAUSES:
        x, losses = np.sqrt(1 / curvatures), []
        for _ in range(evaluations):
            losses.append(0.5 * np.sum(curvatures * x**2))
            gradient = curvatures * x
            x = x - (rates[name] if name in rates else 0.1 / np.sqrt(np.mean(gradient**2))) * gradient
        curves[name] = losses
    return curves


def fair_results(records):
    """The lowest losses at equal evaluations, and pairs."""
    count = min(map(len, records))
    finite = [np.where(np.isfinite(record), record, np.nan) for record in records]
    cut, left = [record[:count] for record in finite], min(np.isfinite(record).sum() for record in finite)
    return np.array([np.nanmin(record) for record in cut]), [
        ([np.nanmin(record) for record in finite],
         mistake("longer_runs_count_whole", "some of these runs had more evaluations than others. Cut all of them to "
                 "the length of the shortest.")),
        ([record[-1] for record in cut],
         mistake("last_not_lowest", "these are the last losses. A run hands out its best picture: take the lowest.")),
        ([record[-1] for record in finite],
         mistake("ends_of_whole_runs", "these are the ends of the whole runs. Take the lowest loss, among equally many "
                 "evaluations.")),
        ([np.nanmin(record[:-1]) for record in cut],
         mistake("one_evaluation_too_few", "off by one: the last evaluation that all have made is left out.")),
        ([np.nanmin(record[np.isfinite(record)][:count]) for record in finite],
         mistake("failed_ones_are_free", "an evaluation that fails has been paid, too. Cut first; then leave out what "
                 "is not finite.")),
        ([np.nanmin(record[np.isfinite(record)][:left]) for record in finite],
         mistake("count_of_finite_ones", "you count the finite losses of each run. Count all of its evaluations.")),
        ([np.nanmean(record) for record in cut],
         mistake("mean_not_lowest", "these are means over the way. What counts is how low a run has come.")),
        ([np.nanargmin(record) for record in cut],
         mistake("where_not_how_low", "this is where the lowest loss stands, not how low it is: argmin is not min.")),
    ]


def boxed_momentum(image, velocity, gradient, rate, gamma):
    """((new image, new velocity), pairs for the image, pairs for the velocity)."""
    x, v, g = (array.astype("float64") for array in (image, velocity, gradient))
    free = gamma * v - rate * g
    new = np.clip(x + free, 0, 1)

    def walls(velocity):
        return np.clip(x + velocity, 0, 1)

    return (new, new - x), [
        (x + free, mistake("not_clipped", "pixels leave [0, 1]. Clip the new image.")),
        (walls(gamma * v + rate * g), mistake("uphill", "the gradient points uphill: subtract it from the velocity.")),
        (walls(gamma * v - (1 - gamma) * rate * g), mistake("running_mean", "the gradient has the factor 1 - γ. That "
         "is a running mean, as in Adam; here the gradient counts in full.")),
        (walls(v - rate * g), mistake("never_fades", "the old velocity never fades: multiply it by γ.")),
        (walls(rate * (gamma * v - g)), mistake("rate_on_all", "the learning rate belongs to the gradient only. The "
         "velocity is a change of pixels already.")),
        (walls(v), mistake("old_velocity_steps", "the picture moves by the old velocity. First change the velocity, "
         "then move.")),
        (walls(gamma * v), mistake("no_gradient", "the gradient does not come into it.")),
        (walls(-rate * g), mistake("no_velocity", "this is gradient descent: the velocity does not come into it.")),
    ], [
        (free, mistake("wall_not_felt", "the velocity does not know of the wall: what was clipped off is still in it, "
         "and piles up. Keep what the picture has really moved, new image minus old one.")),
        (x - new, mistake("velocity_backwards", "the velocity has the wrong sign: new image minus old one.")),
        (np.where(new == x + free, free, 0), mistake("stopped_dead", "where a pixel meets the wall you set its "
         "velocity to zero. But it has moved up to the wall: new image minus old one.")),
        (np.clip(free, 0, 1), mistake("velocity_clipped", "you clip the velocity to [0, 1]. Velocities may be "
         "negative; it is the image that is clipped.")),
        (v, mistake("velocity_kept_old", "the velocity that you hand back is still the old one.")),
    ]


def piling_step(image, velocity, gradient, rate, gamma):
    """The mistake `wall_not_felt`, as a step: the velocity does not know of the wall."""
    velocity = gamma * velocity - rate * gradient
    return np.clip(image + velocity, 0, 1), velocity


def search(loss_of, image, loss, gradient, direction, length, promise=None, way="right"):
    """The Armijo length by halving. promise: from (gradient, direction, length) to the change that is asked for."""
    slope = np.sum(gradient * direction)
    promise = promise or (lambda slope, length: SHARE * length * slope)
    tried = [length]
    while loss_of(image + tried[-1] * direction) > loss + promise(slope, tried[-1]) and len(tried) < 60:
        tried.append(tried[-1] / 2)
    return {"right": tried[-1], "failed": tried[-2:][0], "one more": tried[-1] / 2}[way]


def searches(cases):
    """What a line search gives in each case (the arguments of `search`), and pairs; all as arrays."""

    def each(**change):
        return np.array([search(*case, **change) for case in cases])

    size, length = cases[0][1].size, np.array([case[5] for case in cases])
    squares = [np.sum(case[3] ** 2) for case in cases]
    by_gradient = [search(*case, promise=lambda _, t, square=square: -SHARE * t * square)
                   for case, square in zip(cases, squares)]
    return each(), [
        (length, mistake("no_search", "the first length is always taken. Is its loss ever compared?")),
        (each(promise=lambda slope, t: 0), mistake("any_fall_will_do", "any fall of the loss is enough for you. Ask "
         "for SHARE of what the slope promises.")),
        (each(promise=lambda slope, t: t * slope), mistake("asks_for_all", "you ask for all that the slope promises. "
         "Valleys bend upwards, so no length keeps that promise: ask for SHARE of it.")),
        (each(promise=lambda slope, t: SHARE * slope), mistake("promise_without_length", "half the length promises "
         "half the fall: multiply the slope by the length that you try.")),
        (each(promise=lambda slope, t: -SHARE * t * slope), mistake("promise_upside_down", "the slope is negative, so "
         "adding its promise asks for a fall. You subtract it, and let the loss rise.")),
        (each(promise=lambda slope, t: SHARE * t * slope / size), mistake("slope_is_a_mean", "the slope along the "
         "direction is a sum over all pixels, not a mean.")),
        (by_gradient, mistake("slope_of_the_gradient", "your slope is that along the gradient. You walk along "
         "`direction`: multiply the two and add up.")),
        (each(way="failed"), mistake("last_refused", "you give back the last length that was refused. Give back the "
         "one that passed.")),
        (each(way="one more"), mistake("halved_once_more", "you halve once more after the length has passed.")),
    ]
