"""Coarse to fine: a large picture is painted small first, enlarged, and worked over at its own size.

The small picture decides about large strokes, cheaply; the large one adds the fine ones. What is minimised stands in
transfer.py.
"""

import time

from nst_helpers.images import resize_image
from nst_helpers.optimize.interrupts import held_interrupts
from nst_helpers.optimize.minimizer import minimize

import numpy as np

# Twice what one position of pocket's deepest style layer sees (124 px): a moon or a swirl as large as half the picture
# is seen whole there. Below that the strokes of the paintings that ship with the course are lost.
SMALLEST = 256
# Steps of a stage against those of the one before; measured by benchmarks/coarse_to_fine.py.
RATIO = 0.6


# Pixels that are painted on each side and cut off at the end. The zeros with which a network pads its maps look like a
# frame to it, and a frame gets painted: speckles and coloured strips along the border.
MARGIN = 16


def with_margin(picture, margin):
    """`picture` (1, H, W, C), picture or mask, with `margin` more pixels on each side, mirrored."""
    return np.pad(picture, [(0, 0), (margin, margin), (margin, margin), (0, 0)], "reflect")


def without_margin(picture, margin):
    """`picture` (1, H, W, C) without its outer `margin` pixels."""
    _, height, width, _ = picture.shape
    return picture[:, margin : height - margin, margin : width - margin]


def stage_sizes(height, width):
    """The (height, width) of every stage, smallest first: halves of the picture, as long as SMALLEST or longer."""
    sizes = [(height, width)]
    while max(sizes[0]) >= 2 * SMALLEST and min(sizes[0]) >= SMALLEST / 2:
        sizes.insert(0, tuple(round(side / 2) for side in sizes[0]))
    return sizes


def stage_steps(steps, count):
    """So many steps for each of `count` stages, together `steps` (at least `count`): at each size fewer than before."""
    shares = RATIO ** np.arange(count)
    plan = np.maximum(1, np.rint(steps * shares / shares.sum())).astype(int)
    plan[np.argmax(plan)] += steps - plan.sum()
    return plan.tolist()


def stage_plan(sizes, steps):
    """(height, width, steps) of every stage. Where there are fewer steps than sizes, the smallest are left out."""
    sizes = sizes[-steps:]
    return [(*size, share) for size, share in zip(sizes, stage_steps(steps, len(sizes)), strict=True)]


def minimize_in_stages(objectives, sizes, start_image, method, steps, progress=None, margin=0):
    """`minimize` at each of `sizes`, smallest first, each from the enlarged picture of the one before.

    objectives: one for each size, of pictures with `margin` pixels more on each side; margin: less than any side.
    start_image: (1, H, W, 3), in [0, 1] where there are several sizes. The optimiser's
    memory starts afresh at each size. Returns one Result: `losses` one after another, `stages` how many
    evaluations each size took. An interrupted run is enlarged as it is.
    """
    image, results, done, begin = start_image, [], 0, time.perf_counter()
    with held_interrupts():  # one while a picture is enlarged ends the next stage, before its first evaluation
        for objective, (*size, share) in zip(objectives[-steps:], stage_plan(sizes, steps), strict=True):
            report = progress and (lambda step, loss, picture, done=done:
                                   progress(done + step, loss, without_margin(picture, margin)))
            start = with_margin(_at(size, image), margin)
            results.append(minimize(objective, start, method, share, progress=report))
            image, done = without_margin(results[-1].image, margin), done + results[-1].steps
            if results[-1].cut_short:
                break
        return _one_result(results, _at(sizes[-1], image), done, time.perf_counter() - begin)


def _one_result(results, image, steps, seconds):
    """The Results of several stages as that of one run."""
    result = results[-1]
    result.image = image
    results = [stage for stage in results if stage.evaluations] or results
    names = results[0].losses
    result.losses = {name: np.concatenate([stage.losses[name] for stage in results]) for name in names}
    result.stages = [stage.evaluations for stage in results]
    result.steps, result.evaluations, result.seconds = steps, sum(result.stages), seconds
    return result


def _at(size, image):
    """`image` at (height, width); as it is, even outside [0, 1], if it has that size already."""
    return image if image.shape[1:3] == tuple(size) else resize_image(np.clip(image, 0, 1), size)
