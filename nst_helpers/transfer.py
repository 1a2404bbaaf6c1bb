"""`stylize`: the loop of lesson 04 as one call.

What may go here: putting images, networks, losses and an optimiser together. Each of them lives in its own file;
what the arguments may be, in arguments.py.
"""

from nst_helpers.arguments import (
    check_sizes,
    check_weight,
    content_masks,
    picture,
    shares,
    start_picture,
    style_guides,
    style_shares,
)
from nst_helpers.estimate import check_run_memory
from nst_helpers.guides import guides
from nst_helpers.images import resize_image
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import OUT_OF_RANGE_WEIGHT, transfer_objective
from nst_helpers.optimize import check_run
from nst_helpers.records import new_record
from nst_helpers.stages import stage_sizes
from nst_helpers.watched import watched_run

__all__ = ["CONTENT_LAYERS", "OUT_OF_RANGE_WEIGHT", "SIZE", "STYLE_LAYERS", "stylize", "transfer_objective"]

import keras
import numpy as np

SIZE = 256
CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")


def stylize(
    content_image,
    style_images,
    *,
    network="pocket",
    size=None,
    style_size=None,
    content_weight=0.02,
    style_weights=None,
    masks=None,
    style_masks=None,
    guide_mode="resize",
    total_variation_weight=0.1,
    content_layers=CONTENT_LAYERS,
    style_layers=STYLE_LAYERS,
    start="content",
    seed=0,
    method="L-BFGS",
    steps=150,
    coarse_to_fine=True,
    progress=True,
    autosave=None,
):
    """Paint the content image in the manner of the style images (Gatys et al. 2016).

    content_image, style_images: bundled names, paths, or arrays (1, H, W, 3), RGB in [0, 1]; one style or a list.
    network: "pocket", "vgg19", "vgg16", or what load_network gave.
    size: longer side of the generated image in pixels. None: 256 for a name or a path; an array keeps its own.
    style_size: longer side of the style images. None: the generated image's; an array keeps its own.
    content_weight, total_variation_weight: against the style loss, whose weight is 1.
    style_weights: one number for each style image (None: all alike); only their ratios matter.
    masks: where in the content image each style goes: one mask for each style image (array, bundled name or path;
        None: everywhere). Together they have to cover the picture. A style image of None leaves its region as it is.
    style_masks: which part of each style image counts, likewise (None: all of it). guide_mode: as in `guides`.
    content_layers, style_layers: names, or a dictionary from name to weight; only the ratios of weights matter.
    start: "content", "noise" (uniform, drawn with `seed`), or a picture as above.
    method, steps: as in `minimize`. coarse_to_fine: a picture of 512 pixels or more is painted at half the size first,
        and so on down; the steps are shared out. Not where `start` is a picture.
    progress: show a bar and the growing picture.
    autosave: None, or a file such as "results/last.png", where the best picture so far is put every few seconds. What
        was there is replaced. After a restart of the kernel, start="results/last.png" goes on from it; the memory of
        the optimiser is lost, which costs a few steps.
    Returns a Result: `image` (1, H, W, 3) in [0, 1]; `losses` with "total", "content", "style", "total variation" and
        "out of range", each with its weight in it, so that they add up; counts, seconds, and why it stopped.
        `result.save("my.png")` writes the picture, and in it how it was made, for `read_record`.
    Raises ValueError or OSError, in one sentence, before anything long begins; a picture that cannot fit into memory
        is refused, too.
    """
    arguments = dict(locals())
    check_weight(content_weight, "content_weight")
    check_weight(total_variation_weight, "total_variation_weight")
    check_run(method, steps)
    network = network if isinstance(network, keras.Model) else load_network(network)
    content_image = picture(content_image, size, SIZE)
    style_images = style_images if isinstance(style_images, (list, tuple)) else [style_images]
    usual_size = max(content_image.shape)
    styles = [style if style is None else picture(style, style_size, usual_size) for style in style_images]
    content_layers, style_layers = shares(content_layers, "content_layers"), shares(style_layers, "style_layers")
    weights = content_layers, style_layers, style_shares(style_weights, styles), content_weight, total_variation_weight
    extract = feature_extractor(network, {**content_layers, **style_layers})
    height_and_width = content_image.shape[1:3]
    # A picture to go on from is as fine as it is: going down in size would undo that.
    in_stages = coarse_to_fine and isinstance(start, str) and start in ("content", "noise")
    sizes = stage_sizes(*height_and_width) if in_stages else [height_and_width]
    regions = 0 if masks is None else len(styles)
    memory = check_run_memory(extract, content_image, [style for style in styles if style is not None], method, regions)
    # The last one first: what is wrong with a mask is told for the size that was asked for.
    stages = [_stage(extract, content_image, size, styles, weights, masks, style_masks, guide_mode)
              for size in reversed(sizes)][::-1]
    objectives, contents, keeps = zip(*stages)
    start_image = keeps[0] * contents[0] + (1 - keeps[0]) * start_picture(start, contents[0], seed)
    record = new_record(arguments, network, {"content": content_image, "styles": styles, "start": start_image})
    return watched_run(
        objectives, sizes, start_image, method, steps, record=record, memory=memory, progress=progress,
        autosave=autosave, finish=lambda image: np.clip(keeps[-1] * content_image + (1 - keeps[-1]) * image, 0, 1),
    )


def _stage(extract, content_image, size, styles, weights, masks, style_masks, guide_mode):
    """All pictures and masks brought to `size` (height, width): the objective, the content image, what is kept of it.

    styles: arrays, or None for a region that is kept. weights: what transfer_objective takes by position.
    """
    scale = size[0] / content_image.shape[1]
    if scale < 1:
        content_image = resize_image(content_image, size)
        styles = [style if style is None else resize_image(style, round(scale * max(style.shape))) for style in styles]
    pictures = [style for style in styles if style is not None]
    check_sizes(extract, [content_image, *pictures])
    masks = content_masks(masks, styles, content_image)
    keep = sum((mask for mask, style in zip(masks, styles) if style is None), np.float32(0))
    style_layers = weights[1]
    regions = [mask if mask is None else guides(mask, extract, style_layers, guide_mode)
               for mask, style in zip(masks, styles) if style is not None]
    sources = style_guides(style_masks, styles, pictures, extract, style_layers, guide_mode)
    objective = transfer_objective(extract, content_image, pictures, *weights, regions=regions, sources=sources,
                                   keep=keep if np.any(keep) else None)
    return objective, content_image, keep
