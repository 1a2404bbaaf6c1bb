"""What `stylize` takes where nothing else is asked for, for small pictures and for large ones.

What they mean stands in transfer.py.
"""

from nst_helpers.optimize.multiscale import stage_sizes

# The longer side of a picture from a file: seconds on two cores, with 1.1 GB (benchmarks/README.md, "Clean pictures").
SIZE = 512
CONTENT_LAYERS, CONTENT_WEIGHT = ("block4_conv2",), 0.02
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
SMALL = {
    "style_layers": STYLE_LAYERS, "total_variation_weight": 0.1, "patch_weight": 0.0, "start": "content", "steps": 150,
}
# From 512 pixels on, one sees dots, worms and stripes of colour between the strokes. Patches keep the stripes away, and
# a start from one pass saves steps. All sizes but the last are for the large forms, and like a small picture otherwise;
# at the last one finer layers count more and total variation smooths the surface. How these numbers were chosen:
# benchmarks/README.md, "Clean pictures".
COARSE = {**SMALL, "patch_weight": 0.003, "start": "fast", "steps": 80}
LARGE = {**COARSE, "style_layers": dict(zip(STYLE_LAYERS, (8.0, 4.0, 2.0, 1.0, 0.5))), "total_variation_weight": 1.0}


def is_large(height, width):
    """Whether a picture is one that is painted coarse to fine."""
    return len(stage_sizes(height, width)) > 1


def with_defaults(height, width, given, last=True):
    """`given`, a dictionary of arguments, with the default where a value is None.

    height, width: of the finished picture. last: whether it is painted at this size, or smaller as yet.
    """
    usual = SMALL if not is_large(height, width) else LARGE if last else COARSE
    return {name: usual.get(name) if value is None else value for name, value in given.items()}
