"""What `stylize_many` may be given for all pictures: options of `stylize`, and lists of values to try.

Checked before anything begins: a slip would otherwise be told once for each picture, after minutes.
"""

import inspect

from nst_helpers._io.image_files import side
from nst_helpers._run.arguments import check_seed
from nst_helpers._run.tiling import check_tile_size
from nst_helpers.images import SMALLEST_SIZE
from nst_helpers.loss_weights import check_weight, layer_weights
from nst_helpers.networks import ARCHITECTURES, load_network
from nst_helpers.optimize.minimizer import check_run
from nst_helpers.style_losses import check_style_loss
from nst_helpers.transfer import stylize

import keras
import numpy as np

# What `stylize` itself takes as a list: several values to try are a list of lists there.
LISTS = ("style_weights", "masks", "style_masks", "content_layers", "style_layers")
OWN = {"client": "", "progress": "", "snapshots": "", "autosave": ": folder=... keeps each picture as it is done"}
OPTIONS = {name: parameter.default for name, parameter in inspect.signature(stylize).parameters.items()
           if parameter.kind is parameter.KEYWORD_ONLY and name not in OWN}
CHECKS = {
    "network": lambda value: isinstance(value, keras.Model) or str(value) in ARCHITECTURES or load_network(str(value)),
    "method": lambda value: check_run(value, 1),
    "steps": lambda value: check_run("L-BFGS", value),
    "seed": check_seed,
    "style_loss": check_style_loss,
    "tile_size": check_tile_size,
    "size": lambda value: side(value, "size", SMALLEST_SIZE),
    "style_size": lambda value: side(value, "style_size", SMALLEST_SIZE),
    **{name: lambda value, name=name: check_weight(value, name) for name in OPTIONS if name.endswith("_weight")},
    **{name: lambda value, name=name: layer_weights(value, name) for name in OPTIONS if name.endswith("_layers")},
}


def fixed_and_grids(options):
    """({name: value}, {name: list of values to try}) of all options, each checked as far as it can be here.

    Raises ValueError in one sentence.
    """
    for name in options:
        if name not in OPTIONS:
            raise ValueError(f"stylize_many takes no {name!r}{OWN.get(name, '')}. It takes what stylize does: "
                             f"{', '.join(OPTIONS)}.")
    grids = {name: list(value) for name, value in options.items() if is_grid(name, value)}
    fixed = {name: value for name, value in options.items() if name not in grids}
    for name, value in options.items():
        for each in grids.get(name, [value]):
            _check(name, each)
    return fixed, grids


def is_grid(name, value):
    """Whether `value` is a list of values to try (or a range, or an array of numbers); for what `stylize` takes as a
    list, a list of lists is."""
    if name not in LISTS and (isinstance(value, range) or isinstance(value, np.ndarray) and value.ndim == 1):
        value = list(value)
    if not isinstance(value, list):
        return False
    if not value:
        raise ValueError(f"{name} is an empty list; give at least one value to try.")
    if name not in LISTS:
        return True
    whole = [each is None or isinstance(each, (list, tuple, dict)) for each in value]
    several = [each is not None and inside for each, inside in zip(value, whole)]
    if any(several) and not all(whole):
        raise ValueError(f"{name} holds lists beside single values; give one list, or, to try several, a list of "
                         "lists.")
    return any(several)


def _check(name, value):
    """Refuse what `stylize` would refuse whatever the picture; None is for it to fill in where it has a default."""
    if name in CHECKS and not (value is None and OPTIONS[name] is None):
        CHECKS[name](value)
