"""What right and wrong optimisers give: references for the checks of lesson 04, in float64."""

from nst_helpers.checks.report import mistake
from nst_helpers.optimize.lbfgs import lbfgs

import numpy as np


def compromise(photo, painting, weight):
    """Content and style loss of the maps (positions, maps) that L-BFGS finds with both weights times `weight`."""
    target = painting.T @ painting / len(painting)

    def losses(maps):
        apart, gram = maps - photo, maps.T @ maps / len(maps) - target
        content, style = np.sum(apart**2) / np.sum(photo**2), np.sum(gram**2) / np.sum(target**2)
        slopes = 2 * apart / np.sum(photo**2), 4 * maps @ gram / len(maps) / np.sum(target**2)
        return content, style, slopes

    def evaluate(position):
        content, style, slopes = losses(position.reshape(photo.shape))
        last[0] = content, style
        return weight * (content + style), weight * (slopes[0] + slopes[1]).ravel()

    last = [None]
    lbfgs(evaluate, photo.ravel(), 60, lambda: None)
    return last[0]


def adam(gradient, first, second, count, rate):
    """One step of Adam (Kingma and Ba 2015, algorithm 1): (both moments, the change of the image, mistakes).

    mistakes: for the first moment, the second and the change: pairs of what a mistake gives and how it is named.
    """
    g, m_old, v_old = (array.astype("float64") for array in (gradient, first, second))
    m, v = 0.9 * m_old + 0.1 * g, 0.999 * v_old + 0.001 * g**2

    def change(m=m, v=v, m_lift=1 - 0.9**count, v_lift=1 - 0.999**count, power=0.5):
        return -rate * (m / m_lift) / ((v / v_lift) ** power + 1e-8)

    kept = mistake("moments_kept_corrected", "hand back the moments without the correction: it is for this step only.")
    return (m, v), change(), (
        [(m / (1 - 0.9**count), kept),
         (0.1 * m_old + 0.9 * g,
          mistake("betas_exchanged_in_first", "β₁ and 1 - β₁ are exchanged in the first moment.")),
         (0.9 * m_old + g,
          mistake("no_factor_in_first", "the first moment lacks the factor 1 - β₁ before the gradient.")),
         (0.999 * m_old + 0.001 * g, mistake("second_beta_in_first", "you use β₂ for the first moment.")),
         (m_old, mistake("first_moment_is_old", "the first moment is still the old one."))],
        [(v / (1 - 0.999**count), kept),
         (0.001 * v_old + 0.999 * g**2,
          mistake("betas_exchanged_in_second", "β₂ and 1 - β₂ are exchanged in the second moment.")),
         (0.999 * v_old + g**2,
          mistake("no_factor_in_second", "the second moment lacks the factor 1 - β₂ before the squared gradient.")),
         (0.9 * v_old + 0.1 * g**2, mistake("first_beta_in_second", "you use β₁ for the second moment.")),
         (0.999 * v_old + 0.001 * g,
          mistake("no_square_in_second", "the second moment takes the square of the gradient.")),
         (v_old, mistake("second_moment_is_old", "the second moment is still the old one."))],
        [(-change(), mistake("step_uphill", "you go uphill: subtract the step.")),
         (change(m_lift=1, v_lift=1),
          mistake("no_correction", "the bias correction is missing: m and v are used as they are.")),
         (change(v_lift=1), mistake("first_corrected_only", "you correct the first moment only.")),
         (change(m_lift=1), mistake("second_corrected_only", "you correct the second moment only.")),
         (change(m_lift=0.1, v_lift=0.001),
          mistake("correction_never_fades", "the correction is 1 - β to the power of count, so that it fades.")),
         (change(m_lift=1 - 0.9 ** (count + 1), v_lift=1 - 0.999 ** (count + 1)),
          mistake("count_off_by_one", "off by one: count is 1 in the first step.")),
         (-rate * (m / (1 - 0.9**count)) / np.sqrt(v / (1 - 0.999**count) + 1e-8),
          mistake("epsilon_inside_root", "ε stands outside the root: it is added last.")),
         (change(power=1), mistake("no_root", "the square root of the second moment is missing.")),
         (change(m=g, m_lift=1),
          mistake("steps_along_gradient", "you step along the gradient. Adam steps along the first moment.")),
         (change(m=m_old, v=v_old), mistake("steps_along_old_moments", "the step uses the old moments.")),
         (-rate * g, mistake("plain_gradient_descent", "this is gradient descent. Adam divides the first moment by the "
                             "root of the second.")),
         (change() / rate, mistake("no_learning_rate", "the learning rate is not used."))])


def direction(gradient, steps, changes):
    """The direction of L-BFGS from the full matrix of BFGS, and pairs of what a mistake gives and how it is named."""
    g, s, y = (np.array(array, "float64") for array in (gradient, steps, changes))
    right, newest = -inverse_hessian(s, y) @ g, (s[-1] @ y[-1]) / (y[-1] @ y[-1])
    return right, [
        (-right, mistake("direction_uphill", "this points uphill: the direction is minus the result.")),
        (two_loops(g, s, y, 1), mistake("no_gamma", "the factor γ between the two loops is missing.")),
        (two_loops(g, s, y, (s[0] @ y[0]) / (y[0] @ y[0])),
         mistake("gamma_of_oldest_pair", "γ comes from the newest pair, not from the oldest.")),
        (two_loops(g, s, y, 1 / newest), mistake("gamma_upside_down", "γ is upside down: take s·y over y·y.")),
        (two_loops(g, s, y, (s[-1] @ s[-1]) / (s[-1] @ y[-1])),
         mistake("gamma_of_steps", "your γ is s·s over s·y. Take s·y over y·y.")),
        (two_loops(g, s, y, first=1),
         mistake("first_loop_backwards", "the first loop has to go from the newest pair to the oldest.")),
        (two_loops(g, s, y, last=-1),
         mistake("second_loop_backwards", "the second loop has to go from the oldest pair to the newest.")),
        (two_loops(g, s, y, first=1, last=-1),
         mistake("both_loops_backwards", "both loops go the wrong way round: the newest pair comes first in the first "
                 "loop and last in the second.")),
        (two_loops(g, s, y, turned=True),
         mistake("list_of_a_turned", "in the second loop each pair gets another pair's a: the list of them is the "
                 "wrong way round.")),
        (two_loops(g, s, y, beta=0), mistake("no_b", "b is missing: the second loop adds (a - b) times s.")),
        (two_loops(g, s, y, beta=-1),
         mistake("sign_of_b", "the sign of b is wrong: the second loop adds (a - b) times s.")),
        (two_loops(g, s, y, alpha=0), mistake("no_a", "a is missing: the second loop adds (a - b) times s.")),
        (two_loops(g, y, s), mistake("steps_and_changes_exchanged", "steps and changes are exchanged.")),
        (two_loops(g, y, s, newest), mistake("exchanged_in_loops", "steps and changes are exchanged in the loops.")),
        (two_loops(g, s, y, last=0),
         mistake("first_loop_only", "this is what the first loop leaves. The second one is missing.")),
        (-g, mistake("pairs_not_used", "this is the plain gradient: the pairs are not used.")),
    ]


def inverse_hessian(steps, changes):
    """The whole inverse Hessian of BFGS (Nocedal and Wright 2006, eq. 6.17), begun with γ times the unit matrix."""
    one = np.eye(steps.shape[1])
    inverse = one * (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1])
    for s, y in zip(steps, changes):
        turned = one - np.outer(y, s) / (s @ y)
        inverse = turned.T @ inverse @ turned + np.outer(s, s) / (s @ y)
    return inverse


def two_loops(gradient, steps, changes, gamma=None, *, first=-1, last=1, alpha=1, beta=1, turned=False):
    """The two-loop recursion (Nocedal and Wright 2006, algorithm 7.4). first, last: the order of a loop, 0: without."""
    q, a, pairs = gradient, {}, range(len(steps))
    for k in pairs[::first]:
        a[k] = steps[k] @ q / (steps[k] @ changes[k])
        q = q - a[k] * changes[k]
    q = q * (steps[-1] @ changes[-1] / (changes[-1] @ changes[-1]) if gamma is None else gamma)
    for k in pairs[::last] if last else ():
        b = changes[k] @ q / (steps[k] @ changes[k])
        q = q + (alpha * a[len(a) - 1 - k if turned else k] - beta * b) * steps[k]
    return -q
