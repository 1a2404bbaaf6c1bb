"""How much a film flickers, and what keeps it from doing so, as ratios in one run.

    python benchmarks/films.py [FRAMES]

A photo under a camera whose motion is known (film/synthetic.py), painted in several ways. "Flicker" is measured along
the true motion, against that of frames painted one by one; "style" is the mean style loss of the frames against that of
the first one: a film of moved copies would have a low flicker and a style that gets lost. "Drift" is the largest change
of the mean brightness that is not the photo's. Seconds are against frames one by one, compiling included. Two minutes
and more on two cores.
"""

import sys
import time

from nst_helpers.defaults import STYLE_LAYERS
from nst_helpers.film import stylize_frames
from nst_helpers.film.measures import drift, flicker
from nst_helpers.film.synthetic import camera_film
from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.transfer import stylize

from measuring import machine
import numpy as np

SIZE, PAINTING, ALONE_STEPS = 160, "starry_night", 60
WAYS = {
    "start only": {"temporal_weight": 0.0},
    "temporal 1": {"temporal_weight": 1.0},
    "temporal 3": {"temporal_weight": 3.0},
    "temporal 10": {"temporal_weight": 10.0},
    "temporal 100": {"temporal_weight": 100.0},
    "no motion, difference 1": {"warp": False, "difference_weight": 1.0},
    "no motion, start only": {"warp": False},
    "one pass": {"method": "one pass"},
}


def main(count):
    print(machine())
    film, judge = camera_film("mountains", count=count, size=SIZE), Judge()
    begin = time.perf_counter()
    alone = [stylize(frame[np.newaxis], PAINTING, steps=ALONE_STEPS, progress=False).image for frame in film.frames]
    seconds = time.perf_counter() - begin
    base = flicker(alone, film.flows), seconds
    print(f"\n{count} frames of {SIZE} px. One by one: flicker {base[0]:.5f}, {seconds:.0f} s\n")
    print("| way | flicker, of one by one | style, of frame 1 | drift | seconds, of one by one |")
    print("|---" * 5 + "|")
    print(f"| one by one | 1 | {judge(alone):.2f} | {drift(alone, film.frames):.1%} | 1 |", flush=True)
    for name, options in WAYS.items():
        begin = time.perf_counter()
        painted = list(stylize_frames(film.frames, PAINTING, progress=False, **options))
        seconds = (time.perf_counter() - begin) / base[1]
        print(f"| {name} | {flicker(painted, film.flows) / base[0]:.3f} | {judge(painted):.2f} "
              f"| {drift(painted, film.frames):.1%} | {seconds:.2f} |", flush=True)


class Judge:
    """The mean style loss of all frames, against that of the first one."""

    def __init__(self):
        self.extract = feature_extractor(load_network(), STYLE_LAYERS)
        self.targets = self._grams(load_image(PAINTING, SIZE))

    def __call__(self, frames):
        losses = [np.mean([float(style_loss(gram, self.targets[layer])) for layer, gram in self._grams(frame).items()])
                  for frame in frames]
        return np.mean(losses) / losses[0]

    def _grams(self, image):
        return {layer: gram_matrix(maps) for layer, maps in self.extract(image).items()}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
