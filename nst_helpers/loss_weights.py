"""How the losses are weighed against each other: the weights of a run, normalised and checked.

Weights of layers and of styles are ratios: they are divided by their sum. All other weights are against the style loss,
whose weight is 1. The losses that they belong to are added up in objective.py.
"""

from dataclasses import dataclass

import numpy as np

# Enough to keep the pixels in [0, 1], so that clipping the finished picture changes almost nothing.
OUT_OF_RANGE_WEIGHT = 1.0


@dataclass
class Weights:
    """What each part of the loss counts; see `stylize`, whose arguments have the same names.

    content_layers, style_layers: one name, several, or a dictionary from name to weight; afterwards a dictionary of
    weights that add up to 1. Raises ValueError for a weight that is none.
    """

    content_layers: dict
    style_layers: dict
    content_weight: float
    total_variation_weight: float = 0.0
    patch_weight: float = 0.0
    structure_weight: float = 0.0
    out_of_range_weight: float = OUT_OF_RANGE_WEIGHT

    def __post_init__(self):
        self.content_layers = layer_weights(self.content_layers, "content_layers")
        self.style_layers = layer_weights(self.style_layers, "style_layers")
        for name, value in vars(self).items():
            if name.endswith("_weight"):
                check_weight(value, name)


def is_weight(value):
    """Whether `value` is one real number, finite and 0 or more; True and False are none."""
    number = np.asarray(value)
    return number.ndim == 0 and number.dtype.kind in "iuf" and 0 <= number < np.inf


def check_weight(weight, name):
    """Refuse a weight that is negative, not finite or no number."""
    if not is_weight(weight):
        raise ValueError(f"{name} is {weight!r}; give a number of 0 or more.")


def layer_weights(weights, name):
    """Names (all alike), or a dictionary from name to weight, as a dictionary of weights that add up to 1."""
    weights = [weights] if isinstance(weights, str) else weights
    if not isinstance(weights, dict):
        if not isinstance(weights, (list, tuple, set)) or not all(isinstance(layer, str) for layer in weights):
            raise ValueError(f"{name} is {weights!r}; give names of layers, or a dictionary from name to weight.")
        weights = dict.fromkeys(weights, 1.0)
    return dict(zip(weights, normalized(list(weights.values()), name)))


def normalized(weights, name):
    """A list of weights, divided by their sum."""
    if not weights or not all(is_weight(weight) for weight in weights) or not 0 < sum(weights) < np.inf:
        raise ValueError(f"{name} has the weights {weights}; give at least one, each a number of 0 or more, not all of "
                         "them 0.")
    total = sum(weights)
    return [weight / total for weight in weights]


def style_shares(weights, style_images):
    """A list of weights that add up to 1: one for each style image that is not None."""
    count = len(style_images)
    if all(style is None for style in style_images):
        raise ValueError("There is no style image; give at least one that is not None.")
    if isinstance(weights, (dict, set, str)):
        raise ValueError(f"style_weights is {weights!r}; give a list with one number for each style image.")
    weights = [1.0] * count if weights is None else weights
    weights = list(weights) if isinstance(weights, (list, tuple)) else np.ravel(weights).tolist()
    if len(weights) != count:
        raise ValueError(f"There are {count} style images and {len(weights)} style weights; give one weight for each.")
    return normalized([weight for weight, style in zip(weights, style_images) if style is not None], "style_weights")
