"""What a run will take: memory, from the form of the network and the size; time, from the first steps.

The numbers were fitted to measurements on Linux with two cores; benchmarks/estimate.py compares what is foretold with
what comes. Pictures on a graphics card need less.
"""

import contextlib
from functools import partial
from itertools import pairwise
import math
import statistics
import time

from nst_helpers._io.environment import memory_free, memory_used

# What TensorFlow takes for compiling, whatever the size; and its own copies of the weights, as a share of them.
FIXED, COPIES = 80e6, 0.7
# How many more arrays of the picture's size there are at the peak: the optimiser's, and those of the losses on pixels.
ARRAYS = {"L-BFGS": 58, "L-BFGS-B": 100, "Adam": 36, "gradient descent": 34}
PATCHES = 110e6  # bytes more where patches have a weight; it hardly grows with the picture
# How often each feature map is there at the peak. On a processor without AVX-512; with it, it was once.
MAPS = 2.7
# Four times the pixels take 3.2 times as long: what a step costs besides does not grow.
TIME_EXPONENT = 0.85
# A run that takes longer is announced.
LONG = 30.0
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


def memory_needed(extract, height, width, method="L-BFGS", regions=0, patches=False):
    """Bytes that a run takes on top of what is in use before it.

    extract: from feature_extractor. regions: how many styles have a mask of their own. patches: whether they count.
    """
    every, largest, asked = _bytes_per_pixel(extract)
    # Feature maps wait for the gradient; around the largest of them there are three more. From the second region on,
    # each has its own copies of the maps that its Gram matrices are made of.
    per_pixel = MAPS * every + 3 * largest + 12 * ARRAYS[method] + 4 * max(0, regions - 1) * asked
    return _fixed(extract) + (PATCHES if patches else 0) + per_pixel * height * width


def style_memory_needed(extract, height, width):
    """Likewise for a style image, which goes through the network only once, without a gradient."""
    _, largest, asked = _bytes_per_pixel(extract)
    return _fixed(extract) + (3.5 * largest + asked) * height * width


def check_run_memory(extract, content_image, styles, method, regions=0, margin=0, patches=False):
    """Refuse pictures (arrays) of a run that cannot fit. Returns the bytes that the process will hold at most.

    margin: pixels that are painted on each side of the content image besides. patches: whether they have a weight.
    """
    before, (height, width) = memory_used() - kept, content_image.shape[1:3]
    style_pass = partial(style_memory_needed, extract)
    needs = [check_memory(style_pass, *style.shape[1:3], "style_size") for style in styles]
    run = partial(memory_needed, extract, method=method, regions=regions, patches=patches)
    return before + max([*needs, check_memory(run, height, width, margin=margin)])


def check_memory(needed, height, width, argument="size", margin=0):
    """Refuse a picture that cannot fit, and name a size that does.

    needed: a function of (height, width), in bytes, linear in the number of pixels. argument: what sets the size.
    margin: pixels that are added on each side. Returns the bytes needed.
    """
    free, whole = memory_free() + kept, needed(height + 2 * margin, width + 2 * margin)
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


class Forecast:
    """Times the first steps of a run, and from them what all of it will take; call it after each step.

    plan: a list of (height, width, steps), one for each size that the run goes through. memory: bytes, all in all.
    tell: None, or a function that is given one sentence if the run will be long. Afterwards `seconds` holds the whole
    time, or None where a run was too short to say.
    """

    def __init__(self, plan, memory, tell=None):
        self.plan, self.memory, self.tell = plan, memory, tell
        self.begin, self.moments, self.seconds = time.perf_counter(), [], None

    def __call__(self, _step, _loss, image):
        if self.seconds is not None:
            return
        self.moments.append(time.perf_counter())
        if len(self.moments) > 5:  # the first steps may need more evaluations than the others
            seconds, watched = self._whole(*image.shape[1:3]), self.moments[-1] - self.moments[0]
            if watched >= max(0.3, 0.03 * seconds):
                self.seconds = seconds
                if self.tell and seconds > LONG:
                    self.tell(f"About {duration(seconds)} and {amount(self.memory)} of memory. Interrupt the kernel to "
                              "stop earlier; the best picture so far is kept.")

    def _whole(self, height, width):
        """Seconds of the whole run, after steps at (height, width)."""
        step = statistics.median(after - before for before, after in pairwise(self.moments))
        start_up = max(0, self.moments[0] - self.begin - 2 * step)  # compiling, anew at each size
        steps = sum(steps * (h * w / (height * width)) ** TIME_EXPONENT for h, w, steps in self.plan)
        return start_up * len(self.plan) + step * (steps + 1)


def duration(seconds):
    """Seconds in words: "40 seconds", "4 minutes", "2.5 hours"."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def amount(size):
    """Bytes in words: "640 MB", "1.3 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _fixed(extract):
    return FIXED + COPIES * 4 * sum(math.prod(variable.shape) for variable in extract.weights)


def _bytes_per_pixel(extract):
    """For each pixel of the picture, the bytes of all maps, of those of the largest layer, of those asked for."""
    sizes, share = {}, 1.0
    for layer in extract.layers:
        share /= 4 if "pool" in layer.name else 1
        sizes[layer.name] = 4 * share * layer.output.shape[-1]
    return sum(sizes.values()), max(sizes.values()), sum(sizes[name] for name in extract.output)
