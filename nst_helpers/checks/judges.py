"""Judges as lesson 10 builds them, and what belongs to a claim: for the exercises of that lesson.

Four distances of style (0 is best) in layers that no loop compares, and the structure kept of the photo (1 is best).
"""

from functools import cache

from nst_helpers.checks.compare import choose, numbers, picture, pocket
from nst_helpers.checks.report import NotYet, mistake
from nst_helpers.images import load_image
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.style_losses import STYLE_LOSSES

import numpy as np
import tensorflow as tf

HELD_OUT = ("block1_conv2", "block2_conv2", "block3_conv2")
HOME = {"gram": "held-out layers", "sliced": "sliced", "gaussian": "Gaussian"}  # whose formula a loss minimises


@cache
def blind_network():
    """Pocket's form with random weights: it has never seen a picture."""
    return feature_extractor(load_network("pocket", weights="random"), HELD_OUT)


def clouds(extract, image):
    """The points (positions, maps) of each held-out layer, float64."""
    return [np.float64(maps).reshape(-1, maps.shape[-1]) for maps in extract(image).values()]


def gram_distance(points, target):
    """Relative squared distance of two Gram matrices."""
    own, wanted = (cloud.T @ cloud / len(cloud) for cloud in (points, target))
    return np.sum((own - wanted) ** 2) / np.sum(wanted**2)


def sliced_distance(points, target, count=48):
    """Mean squared way along random directions, relative, read off at 300 places: clouds may differ in size."""
    directions = np.random.default_rng(0).normal(size=(points.shape[1], count))
    f, g = (np.quantile(cloud @ directions, (np.arange(300) + 0.5) / 300, axis=0) for cloud in (points, target))
    return np.sum((f - g) ** 2) / np.sum(g**2)


def gaussian_distance(points, target):
    """Fréchet distance of two Gaussians in the clouds' place, relative to the target's mean square."""
    own, wanted = (np.cov(cloud.T, bias=True) for cloud in (points, target))
    values, vectors = np.linalg.eigh(wanted)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ own @ root), 0)).sum()
    away = np.sum((points.mean(axis=0) - target.mean(axis=0)) ** 2) + np.trace(own) + np.trace(wanted) - 2 * cross
    return away / np.mean(np.sum(target**2, axis=1))


DISTANCES = {"held-out layers": gram_distance, "random network": gram_distance,
             "sliced": sliced_distance, "Gaussian": gaussian_distance}
STYLE_JUDGES = tuple(DISTANCES)


def judge(image, photo, painting, names=STYLE_JUDGES):
    """What these judges of style say of a picture, and the structure it keeps: {name: number}."""
    grey = (tf.image.rgb_to_grayscale(tf.constant(each)) for each in (image, photo))
    said = {"structure": float(tf.image.ssim(*grey, max_val=1.0)[0])}
    for name in names:
        extract = blind_network() if name == "random network" else pocket(*HELD_OUT)
        pairs = zip(clouds(extract, image), clouds(extract, painting))
        said[name] = float(np.mean([DISTANCES[name](*pair) for pair in pairs]))
    return said


def curve(verdicts, name):
    """A method's curve for one judge: structure kept, rising, and the distance of style at each: (2, pictures)."""
    return np.array(sorted((verdict["structure"], verdict[name]) for verdict in verdicts)).T


def rivals_of(rivals):
    """The style losses of A and B."""
    if not isinstance(rivals, dict) or set(rivals) != {"A", "B"}:
        raise NotYet(mistake("rivals_not_two", 'rivals is a dictionary with two entries, {"A": ..., "B": ...}.'))
    A, B = (choose(rivals[rival], STYLE_LOSSES) for rival in "AB")
    if A == B:
        raise NotYet(mistake("same_rivals", "A and B are the same loss. Take two."))
    return A, B


def pictures_of(pictures, photo, painting):
    """{rival: [(picture, (photo, painting) of its size), …]}."""
    if not isinstance(pictures, dict) or not all(isinstance(pictures.get(rival), (list, tuple)) for rival in "AB"):
        raise NotYet(mistake("pictures_not_lists", "the pictures are a dictionary with two lists, as the cell above "
                             "makes them."))
    found = {}
    for rival in "AB":
        if len(pictures[rival]) < 3:
            raise NotYet(mistake("no_curve", f"{rival} has {len(pictures[rival])} pictures. A curve needs three or "
                                 "more, with different content weights."))
        images = [picture(image, f"a picture of {rival}", smallest=96) for image in pictures[rival]]
        found[rival] = [(image, [load_image(name, max(image.shape)) for name in (photo, painting)]) for image in images]
        if any(image.shape != scene[0].shape for image, scene in found[rival]):
            raise NotYet(mistake("not_this_photo", f"a picture of {rival} has not the shape of the photo."))
    return found


def claim_of(claimed):
    """The judge and the range of structure of a claim."""
    if not isinstance(claimed, dict) or set(claimed) != {"judge", "from", "to"}:
        raise NotYet(mistake("claim_has_gaps", 'your claim needs "judge", "from" and "to".'))
    by_small_letters = {name.lower(): name for name in STYLE_JUDGES}
    start, end = (numbers(claimed[key], f"your {key!r}") for key in ("from", "to"))
    if start.shape or end.shape:
        raise NotYet(mistake("range_not_numbers", '"from" and "to" are one number each, such as 0.5.'))
    return by_small_letters[choose(claimed["judge"], by_small_letters)], float(start), float(end)
