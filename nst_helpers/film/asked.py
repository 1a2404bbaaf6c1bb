"""What `stylize_frames` is asked for: checked, completed, and told from every other film by a key."""

import hashlib
import numbers

from nst_helpers._run.arguments import check_seed
from nst_helpers.fast.one_pass import shipped_networks
from nst_helpers.film.motion import SMALLEST, has_flow
from nst_helpers.film.one_pass import OnePass
from nst_helpers.film.painter import DIFFERENCE_WEIGHT, FIRST_STEPS, STEPS, TEMPORAL_WEIGHT, Painter
from nst_helpers.loss_weights import check_weight, layer_weights, style_shares
from nst_helpers.optimize.minimizer import check_run
from nst_helpers.records import new_record, plain, sha256, to_text
from nst_helpers.style_losses import check_style_loss

USUAL = {"steps": STEPS, "first_steps": FIRST_STEPS, "temporal_weight": TEMPORAL_WEIGHT,
         "difference_weight": DIFFERENCE_WEIGHT, "warp": None}
OPTIONS = {
    "loop": ("network", "style_size", "style_weights", "content_weight", "total_variation_weight", "patch_weight",
             "structure_weight", "content_layers", "style_layers", "style_loss", "seed"),
    "one pass": ("style_size", "style_weights", "strength", "keep_colors", "networks"),
}
CHUNK = 24  # frames of a chain, where a client's workers share a film


def chain_length(method, chunk, client, count):
    """How many frames are painted one after another. Raises ValueError for a chunk that is no such number."""
    if chunk is not None and (not isinstance(chunk, numbers.Integral) or isinstance(chunk, bool) or chunk < 1):
        raise ValueError(f"chunk is {chunk!r}; give how many frames are painted one after another, or None.")
    if method == "one pass":
        return 1
    return int(chunk or (count if client is None else CHUNK))


def check_asked(method, loop, options):
    """What is for the loop, complete. Raises ValueError or ImportError in one sentence.

    loop: a dictionary with the names of USUAL, None where nothing is asked for.
    """
    if method not in OPTIONS:
        raise ValueError(f'method is {method!r}; choose "loop" or "one pass".')
    asked = [name for name, value in loop.items() if value is not None] if method == "one pass" else []
    for name in [*options, *asked]:
        if name not in OPTIONS[method]:
            raise ValueError(f'stylize_frames takes no {name!r} with method="{method}". It takes there: '
                             f"{', '.join([*OPTIONS[method], *(USUAL if method == 'loop' else ())])}.")
    loop = {name: USUAL[name] if value is None else value for name, value in loop.items()}
    check_run("L-BFGS", loop["steps"])
    check_run("L-BFGS", loop["first_steps"])
    for name in ("temporal_weight", "difference_weight"):
        check_weight(loop[name], name)
    _check_options(options)
    loop["warp"] = has_flow() if loop["warp"] is None else bool(loop["warp"])
    if loop["warp"] and not has_flow():
        raise ImportError("Motion between frames takes OpenCV: run python3 -m pip install 'nst-course[film]' or pass "
                          "warp=False.")
    return loop


def _check_options(options):
    for name, value in options.items():
        if name.endswith("_weight") and value is not None:
            check_weight(value, name)
        elif name.endswith("_layers") and value is not None:
            layer_weights(value, name)
    check_seed(options.get("seed", 0))
    check_style_loss(options.get("style_loss", "gram"))


def make_painter(method, frame, styles, loop, options):
    """Painter or OnePass. frame: the first. styles: arrays. Raises ValueError for what does not go with them."""
    style_shares(options.get("style_weights"), styles)
    options = {name: value for name, value in options.items() if name != "style_size"}  # they have it already
    if method == "one pass":
        return OnePass(styles, options)
    if loop["warp"] and min(frame.shape[1:3]) < SMALLEST:
        raise ValueError(f"The frames have {frame.shape[1]}x{frame.shape[2]} pixels; motion is seen in frames of "
                         f"{SMALLEST} pixels or more on each side: take a larger size, or pass warp=False.")
    return Painter(styles, options=options, **loop)


def record_and_key(arguments, painter, chain, settings, frames, styles):
    """The record of a film, for its frames, and a hash of all that it depends on: of pictures and networks the
    contents, whatever their names.

    arguments: of the call. settings: those, completed, that change the film. frames: read one by one, all of them.
    """
    networks = painter.options.get("networks") or shipped_networks() if isinstance(painter, OnePass) else \
        [painter.options["network"]]
    record = new_record(arguments, networks[0], {"styles": styles})
    told = {"settings": plain(settings), "chain": chain, "styles": record["pictures"],
            "frames": [sha256(frame) for frame in frames],
            "networks": [sha256(*(variable.numpy() for variable in network.weights)) for network in networks]}
    return record, hashlib.sha256(to_text(told).encode("utf-8", "backslashreplace")).hexdigest()
