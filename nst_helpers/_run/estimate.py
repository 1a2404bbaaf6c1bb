"""What memory a run will take, from the form of the network and the size; its time stands in forecast.py.

The numbers were fitted to measurements on Linux with two cores; benchmarks/estimate.py compares what is foretold with
what comes. Pictures on a graphics card need less.
"""

import contextlib
from functools import partial
import math

from nst_helpers._io.environment import memory_free, memory_used

# What TensorFlow takes for compiling, whatever the size; and its own copies of the weights, as a share of them.
FIXED, COPIES = 80e6, 0.7
# How many more arrays of the picture's size there are at the peak: the optimiser's, and those of the losses on pixels.
ARRAYS = {"L-BFGS": 58, "L-BFGS-B": 100, "Adam": 36, "gradient descent": 34}
PATCHES = 110e6  # bytes more where patches have a weight; it hardly grows with the picture
# What a style loss holds besides: copies of the maps that it compares, and bytes whatever the size.
STYLE_MEMORY = {"moments": (2, 0), "gaussian": (2, 0), "histogram": (12, 0), "central_moments": (4, 0),
                "sliced": (12, 0), "nearest": (2, 250e6)}
# How often each feature map is there at the peak. On a processor without AVX-512; with it, it was once.
MAPS = 2.7
# What earlier runs have left behind: TensorFlow does not give memory back, but takes it again for the next run.
kept, counting = 0, False


@contextlib.contextmanager
def count_kept_memory():
    """Around a run: what the process holds more afterwards the next run can have again. An inner block adds none."""
    global kept, counting
    if counting:
        yield
        return
    counting, before = True, memory_used()
    try:
        yield
    finally:
        counting, kept = False, max(0, kept + memory_used() - before)


def memory_needed(extract, height, width, method="L-BFGS", regions=0, patches=False, style_loss="gram"):
    """Bytes that a run takes on top of what is in use before it.

    extract: from feature_extractor. regions: how many styles have a mask of their own. patches: whether they count.
    style_loss: one of STYLE_LOSSES.
    """
    _, _, asked = _bytes_per_pixel(extract)
    _, fixed = STYLE_MEMORY.get(style_loss, (0, 0))
    # From the second region on, each has its own copies of the maps that its Gram matrices are made of.
    per_pixel = maps_memory(extract, style_loss) + 12 * ARRAYS[method] + 4 * max(0, regions - 1) * asked
    return fixed_memory(extract) + (PATCHES if patches else 0) + fixed + per_pixel * height * width


def maps_memory(extract, style_loss="gram"):
    """Bytes for each pixel that goes through the network and back."""
    every, largest, asked = _bytes_per_pixel(extract)
    copies, _ = STYLE_MEMORY.get(style_loss, (0, 0))
    # Feature maps wait for the gradient; around the largest of them there are three more.
    return MAPS * every + 3 * largest + copies * asked


def style_memory_needed(extract, height, width):
    """Likewise for a style image, which goes through the network only once, without a gradient."""
    _, largest, asked = _bytes_per_pixel(extract)
    return fixed_memory(extract) + (3.5 * largest + asked) * height * width


def free_memory():
    """Bytes that a run can have: what is free, and what earlier runs have left."""
    return memory_free() + kept


def held_before():
    """Bytes that this process holds and a run cannot have."""
    return memory_used() - kept


def check_run_memory(extract, content_image, styles, method, regions=0, margin=0, patches=False, style_loss="gram"):
    """Refuse pictures (arrays) of a run that cannot fit. Returns the bytes that the process will hold at most.

    margin: pixels that are painted on each side of the content image besides. patches: whether they have a weight.
    style_loss: one of STYLE_LOSSES.
    """
    height, width = content_image.shape[1:3]
    style_pass = partial(style_memory_needed, extract)
    needs = [check_memory(style_pass, *style.shape[1:3], "style_size") for style in styles]
    run = partial(memory_needed, extract, method=method, regions=regions, patches=patches, style_loss=style_loss)
    return held_before() + max([*needs, check_memory(run, height, width, margin=margin)])


def check_memory(needed, height, width, argument="size", margin=0):
    """Refuse a picture that cannot fit, and name a size that does.

    needed: a function of (height, width), in bytes, linear in the number of pixels. argument: what sets the size.
    margin: pixels that are added on each side. Returns the bytes needed.
    """
    free, whole = free_memory(), needed(height + 2 * margin, width + 2 * margin)
    if whole <= free:
        return whole
    nothing, share = needed(0, 0), min(height, width) / max(height, width)
    pixels = max(0, free - nothing) / (needed(1, 1) - nothing)
    # The longer side s with (s + 2 margin) (share s + 2 margin) = pixels.
    half = margin * (1 + share) / share
    largest = math.sqrt(max(0, half**2 + (pixels - 4 * margin**2) / share)) - half
    largest = int(largest) // 16 * 16
    advice = f"take {argument}={largest} or less" if largest >= 32 else "close other programs, or restart the kernel"
    raise ValueError(f"A picture of {height}x{width} pixels needs about {amount(whole)} of memory, and "
                     f"{amount(free)} are free: {advice}.")


def amount(size):
    """Bytes in words: "640 MB", "1.3 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def fixed_memory(extract):
    """Bytes for compiling, and for TensorFlow's copies of the weights."""
    return FIXED + COPIES * 4 * sum(math.prod(variable.shape) for variable in extract.weights)


def _bytes_per_pixel(extract):
    """For each pixel of the picture, the bytes of all maps, of those of the largest layer, of those asked for."""
    sizes, share = {}, 1.0
    for layer in extract.layers:
        share /= 4 if "pool" in layer.name else 1
        sizes[layer.name] = 4 * share * layer.output.shape[-1]
    return sum(sizes.values()), max(sizes.values()), sum(sizes[name] for name in extract.output)
