"""Paints a film, frame after frame: each begins as the one before it was left, moved along with what moves.

What a frame is judged by stands in objective.py; which frames there are and where they go, elsewhere.
"""

from nst_helpers._run.arguments import style_pictures
from nst_helpers.defaults import CONTENT_LAYERS, CONTENT_WEIGHT, is_large, with_defaults
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.film.motion import flow, inside, visible, warp
from nst_helpers.film.objective import FilmObjective
from nst_helpers.loss_weights import Weights, style_shares
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style
from nst_helpers.optimize.minimizer import minimize
from nst_helpers.optimize.multiscale import MARGIN, with_margin, without_margin
from nst_helpers.transfer import stylize

import keras
import numpy as np

# For each frame but the first: enough for what comes into the picture. How heavy a change against the last frame is;
# chosen by benchmarks/films.py. Difference of features: where no motion is known.
STEPS, TEMPORAL_WEIGHT, DIFFERENCE_WEIGHT = 20, 1.0, 0.0
# For the first one, which all others go on from: what it has left to do would show as a drift of the whole film.
FIRST_STEPS = 300


class Painter:
    """Paints frames one after another.

    style_images: as `stylize` takes them. steps: for each frame but the first, which is painted by `stylize` in
    first_steps. temporal_weight, difference_weight: as in FilmObjective. warp: whether to follow the motion.
    options: those of `stylize`.
    """

    def __init__(self, style_images, steps, first_steps, temporal_weight, difference_weight, warp, options):
        self.style_images, self.steps, self.first_steps, self.warp = style_images, steps, first_steps, warp
        self.temporal_weight, self.difference_weight = temporal_weight if warp else 0.0, difference_weight
        self.options = {"network": "pocket", **options}
        if not isinstance(self.options["network"], keras.Model):
            self.options["network"] = load_network(self.options["network"])
        self.objective = None

    def first(self, frame):
        """The Result of a frame that none was painted before."""
        return stylize(frame, self.style_images, steps=self.first_steps, progress=False, **self.options)

    def next(self, frame, last_frame, last_painted):
        """The Result of a frame (1, H, W, 3) after another one: photo and painting, likewise."""
        start, seen = last_painted, np.zeros_like(frame[..., :1])
        if self.warp:
            there = flow(frame, last_frame)
            # What comes in from outside begins as one pass paints it: there is nothing that could be moved there.
            fresh = stylize_fast(frame, self.style_images, style_size=max(frame.shape),
                                 style_weights=self.options.get("style_weights"))
            start = np.where(inside(there)[..., np.newaxis], np.clip(warp(last_painted, there), 0, 1), fresh)
            seen = visible(there, flow(last_frame, frame))[np.newaxis, ..., np.newaxis]
        if self.objective is None:
            self._prepare(last_frame)
        frame, last_frame, last_painted, start, seen = (
            with_margin(each, self.margin) for each in (frame, last_frame, last_painted, start, seen))
        self.objective.go_on(frame, last_frame, last_painted, start, seen)
        result = minimize(self.objective, start, steps=self.steps)
        result.image = np.clip(without_margin(result.image, self.margin), 0, 1)
        return result

    def _prepare(self, frame):
        """The objective of the whole film; `frame` is any one of it, after which the film goes on."""
        options, sides = self.options, frame.shape[1:3]
        self.margin = MARGIN if is_large(*sides) else 0
        given = {name: options.get(name) for name in ("style_layers", "total_variation_weight", "patch_weight")}
        weights = Weights(options.get("content_layers", CONTENT_LAYERS),
                          content_weight=options.get("content_weight", CONTENT_WEIGHT),
                          structure_weight=options.get("structure_weight", 0.0), **with_defaults(*sides, given))
        pictures = style_pictures(self.style_images, options.get("style_size"), frame)
        styles = [Style(*each) for each in zip(pictures, style_shares(options.get("style_weights"), pictures))]
        extract = feature_extractor(options["network"], {**weights.content_layers, **weights.style_layers})
        self.objective = FilmObjective(
            extract, with_margin(frame, self.margin), styles, weights, temporal_weight=self.temporal_weight,
            difference_weight=self.difference_weight, style_loss=options.get("style_loss", "gram"),
            seed=options.get("seed", 0))
