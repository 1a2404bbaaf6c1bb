"""What a live loop may be given, and its settings and losses in words.

What may go here: arguments and settings; nothing that runs.
"""

from nst_helpers._run.arguments import picture
from nst_helpers.defaults import CONTENT_LAYERS, CONTENT_WEIGHT, SMALL, STYLE_LAYERS
from nst_helpers.loss_weights import check_weight, layer_weights
from nst_helpers.networks import load_network

import keras

LONGEST, USUAL = 256, 192  # pixels on the longer side: at most, and of a picture from a file
OFFERED = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv2", "block5_conv1")  # for content: lesson 03's
WEIGHTS = ("content_weight", "total_variation_weight")


def loop_arguments(content_image, style_image, network, style_layers, content_layers, content_weight,
                   total_variation_weight, start):
    """What `live_loop` is given, checked and complete, as LoopEngine takes it."""
    images = [None if image is None and name == "style_image" else small_picture(image, name)
              for name, image in (("content_image", content_image), ("style_image", style_image))]
    if content_layers is None:
        content_layers = dict.fromkeys(OFFERED, 0.0) | dict.fromkeys(CONTENT_LAYERS, 1.0)
    offered = {"content_layers": layer_weights(content_layers, "content_layers"),
               "style_layers": layer_weights(STYLE_LAYERS if style_layers is None else style_layers, "style_layers")}
    usual = CONTENT_WEIGHT, SMALL["total_variation_weight"]
    if style_image is None:
        offered["style_layers"], usual = {}, (1.0, 0.0)
    settings = {name: [layer for layer, weight in layers.items() if weight] for name, layers in offered.items()}
    for name, weight, otherwise in zip(WEIGHTS, (content_weight, total_variation_weight), usual, strict=True):
        check_weight(otherwise if weight is None else weight, name)
        settings[name] = float(otherwise if weight is None else weight)
    if start not in ("content", "noise"):
        raise ValueError(f'start is {start!r}; give "content" or "noise".')
    # A layer that is off at first counts, once it is switched on, as much as those that are on do on average.
    ratios = [{layer: weight or 1 / len(settings[name]) for layer, weight in layers.items()}
              for name, layers in offered.items()]
    network = network if isinstance(network, keras.Model) else load_network(str(network))
    return *images, network, *ratios, settings, start


def small_picture(source, name):
    """A picture (1, H, W, 3) that is small enough for a loop that answers at once; source: as `stylize` takes it."""
    image = picture(source, None, USUAL, name)
    if max(image.shape[1:3]) > LONGEST:
        raise ValueError(f"{name} has {image.shape[1]}x{image.shape[2]} pixels; this loop answers at once, so it takes "
                         f"{LONGEST} on the longer side at most: load_image(name, size={LONGEST}).")
    return image


def check_settings(settings, layers):
    """Refuse what `LoopEngine.settle` cannot take; layers: those that may be on, by kind."""
    names = [*layers, *WEIGHTS]
    if set(settings) != set(names):
        raise ValueError(f"settings has the names {', '.join(settings) or 'none'}; it needs {', '.join(names)}.")
    for name, offered in layers.items():
        for layer in settings[name]:
            if layer not in offered:
                raise ValueError(f"{name} has {layer!r}; this figure offers {', '.join(offered) or 'none'}.")
    for name in WEIGHTS:
        check_weight(settings[name], name)


def number(value):
    """A loss in print, with three digits that count."""
    return f"{value:#.3g}"


def words(settings, layers):
    """Settings in a few short lines, and in a sentence with all layers by name. layers: by kind, those on offer."""
    kinds = [name for name in layers if layers[name]]
    weights = WEIGHTS[2 - len(kinds):]  # without a style there is nothing to weigh the content against
    lines = [f"{name.replace('_', ' ')} {settings[name]:g}" for name in weights]
    on = {name: [layer for layer in layers[name] if layer in settings[name]] for name in kinds}
    short = [f"{name.partition('_')[0]}: " + (on[name][0] if len(on[name]) == 1 else
             f"{len(on[name])} of {len(layers[name])} layers") for name in kinds]
    whole = [f"{name.replace('_', ' ')} {', '.join(on[name]) or 'none'}" for name in kinds]
    return [*lines, *short], "; ".join([*lines, *whole])
