"""`stylize`: the loop of lesson 04 as one call."""

from nst_helpers._run.arguments import (
    check_seed,
    picture,
    start_picture,
    style_pictures,
    style_sides,
)
from nst_helpers._run.regions import Regions
from nst_helpers._run.run import Run
from nst_helpers._run.snapshots import check_snapshots
from nst_helpers._run.tiling import plan_tiling
from nst_helpers.defaults import CONTENT_LAYERS, CONTENT_WEIGHT, SIZE, STYLE_LAYERS, is_large, with_defaults
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.loss_weights import OUT_OF_RANGE_WEIGHT, Weights, style_shares
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import transfer_objective
from nst_helpers.optimize.minimizer import check_run
from nst_helpers.optimize.multiscale import MARGIN, minimize_in_stages, stage_plan, stage_sizes
from nst_helpers.style_losses import check_style_loss

__all__ = ["CONTENT_LAYERS", "OUT_OF_RANGE_WEIGHT", "SIZE", "STYLE_LAYERS", "stylize", "transfer_objective"]

import keras
import numpy as np

STARTS = ("content", "fast", "noise")


def stylize(
    content_image,
    style_images,
    *,
    network="pocket",
    size=None,
    style_size=None,
    content_weight=CONTENT_WEIGHT,
    style_weights=None,
    masks=None,
    style_masks=None,
    guide_mode="resize",
    total_variation_weight=None,
    patch_weight=None,
    structure_weight=0.0,
    content_layers=CONTENT_LAYERS,
    style_layers=None,
    style_loss="gram",
    start=None,
    seed=0,
    method="L-BFGS",
    steps=None,
    coarse_to_fine=True,
    tile_size=None,
    client=None,
    progress=True,
    autosave=None,
    snapshots=0,
):
    """Paint the content image in the manner of the style images (Gatys et al. 2016).

    content_image, style_images: bundled names, paths, or arrays (1, H, W, 3), RGB in [0, 1]; one style or a list.
    network: "pocket", "vgg19", "vgg16", or what load_network gave.
    size: longer side of the generated image in pixels. None: 512 for a name or a path; an array keeps its own.
    style_size: longer side of the style images. None: the generated image's, or less beside a long and narrow one
        (twice its pixels at most), and for posters no more than 1024 or what the file has; an array keeps its own.
    content_weight, total_variation_weight, patch_weight, structure_weight: against the style loss, whose weight is 1.
        patch_weight keeps colour fringes away (see patches.py); structure_weight keeps the photo's edges, so that a
        face stays a face (Laplacian loss; try 0.1).
    style_weights: one number for each style image (None: all alike); only their ratios matter.
    masks: where in the content image each style goes: one mask for each style image (array, bundled name or path;
        None: everywhere). Together they have to cover the picture. A style image of None leaves its region as it is.
    style_masks: which part of each style image counts, likewise (None: all of it). guide_mode: as in `guides`.
    content_layers, style_layers: names, or a dictionary from name to weight; only the ratios of weights matter.
    style_loss: "gram", or another comparison of two clouds of features: "moments", "gaussian", "histogram",
        "central_moments", "sliced" or "nearest" (lesson 09, style_losses/). With masks, only "gram" knows soft borders:
        the others take a position as inside where half of it is.
    start: "content", "fast" (what `stylize_fast` makes of it), "noise" (uniform, drawn with `seed`), or a picture.
    method, steps: as in `minimize`. coarse_to_fine: a picture of 512 pixels or more is painted at half the size first,
        and so on down; the steps are shared out, and a margin is painted and cut off. Not where `start` is a picture.
    What is None (style_layers, total_variation_weight, patch_weight, start, steps) is taken from defaults.py: for a
        picture of 512 pixels or more from LARGE, at the smaller sizes on the way from COARSE, else from SMALL.
    tile_size: a picture too large for memory is painted in tiles, with the same result; None: as memory asks for; or
        their side in pixels (128 or more), to take less. A style loss that compares all positions knows no tiles.
    client: of Dask (distributed.Client), whose workers share the tiles of each evaluation; None: all is done here.
    progress: show a bar and the growing picture; or what makes another display, from the number of steps (as Progress).
    autosave: None, or a file such as "results/last.png", where the best picture so far is put every few seconds. What
        was there is replaced. After a restart of the kernel, start="results/last.png" goes on from it; the memory of
        the optimiser is lost, which costs a few steps.
    snapshots: how many pictures on the way the Result keeps, the first and the last among them (`live.scrubber`).
    Returns a Result: `image` (1, H, W, 3) in [0, 1]; `losses` with "total", "content", "style", "total variation",
        "out of range", and "patches" and "structure" where they have a weight, each with its weight in it, so that
        they add up at each size; counts, seconds, and why it stopped.
        `result.save("my.png")` writes the picture, and in it how it was made, for `read_record`.
    Raises ValueError or OSError, in one sentence, before anything long begins; a picture that cannot fit into memory
        is refused, too.
    """
    arguments = dict(locals())
    network = network if isinstance(network, keras.Model) else load_network(network)
    content_image = picture(content_image, size, SIZE, "The content image")
    height_and_width = content_image.shape[1:3]
    chosen = with_defaults(*height_and_width, {"start": start, "steps": steps})
    start, steps = chosen["start"], chosen["steps"]
    check_run(method, steps)
    check_style_loss(style_loss)
    check_seed(seed)
    check_snapshots(snapshots)
    # A picture to go on from is as fine as it is: going down in size would undo that.
    in_stages = coarse_to_fine and isinstance(start, str) and start in STARTS
    # With fewer steps than sizes the run begins at a larger one, and so does its start.
    sizes = stage_sizes(*height_and_width)[-steps:] if in_stages else [height_and_width]
    margin = MARGIN if is_large(*height_and_width) else 0
    styles = style_pictures(style_images, style_size, content_image)
    shares = style_shares(style_weights, styles)
    given = {"style_layers": style_layers, "total_variation_weight": total_variation_weight,
             "patch_weight": patch_weight}
    # One for each size: coarse ones have other defaults than the last.
    weights = [Weights(content_layers, content_weight=content_weight, structure_weight=structure_weight,
                       **with_defaults(*height_and_width, given, last=size == sizes[-1])) for size in sizes]
    extract = feature_extractor(network, {**weights[-1].content_layers, **weights[-1].style_layers})
    tiling = plan_tiling(extract, content_image, [style for style in styles if style is not None], method,
                         tile_size=tile_size, client=client, regions=0 if masks is None else len(styles), margin=margin,
                         patches=weights[-1].patch_weight > 0, style_loss=style_loss)
    sides = style_sides(style_images, styles, style_size, content_image)
    regions = Regions(extract, tiling, styles, sides, shares, masks, style_masks, guide_mode, margin, style_loss)
    with Run(autosave, snapshots) as run:
        # The last one first: what is wrong with a mask is told for the size that was asked for.
        # What a style loss draws at random it draws anew for each size, and never within one.
        seeded = list(zip(sizes, weights, range(seed, seed + len(sizes))))
        stages = [regions.stage(content_image, *each) for each in seeded[::-1]][::-1]
        objectives, contents, keeps = zip(*stages)
        start_image = _start(start, contents[0], styles, style_weights, masks, seed)
        start_image = keeps[0] * contents[0] + (1 - keeps[0]) * start_image
        run.begin(stage_plan(sizes, steps), tiling, progress, arguments, network,
                  {"content": content_image, "styles": styles, "start": start_image})
        result = minimize_in_stages(objectives, sizes, start_image, method, steps, progress=run.report, margin=margin)
        return run.finish(result, lambda image: np.clip(keeps[-1] * content_image + (1 - keeps[-1]) * image, 0, 1))


def _start(start, content_image, styles, style_weights, masks, seed):
    """The picture that the first stage begins with, (1, H, W, 3), as large as `content_image` is there."""
    if not (isinstance(start, str) and start == "fast"):
        return start_picture(start, content_image, seed)
    return stylize_fast(content_image, styles, style_size=max(content_image.shape), masks=masks,
                        style_weights=style_weights if masks is None else None)
