"""A transfer whose weights may be moved between two steps: the picture, and its next step.

The losses are objective.py's, weighed as loss_weights.py says. It knows no page and no clock but that of a slice.
"""

from collections import deque
import time

from nst_helpers._run.arguments import check_sizes, start_picture
from nst_helpers.live.loop_settings import WEIGHTS
from nst_helpers.loss_weights import Weights, layer_weights
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize.parts import parts_by_name

import keras
import numpy as np
import tensorflow as tf

STEPS, TOTALS = 1000, 200  # of one run at most; of the curve
# Chosen so that 60 steps at 192 pixels come near L-BFGS, and that a knob is felt at once: short memories (beta).
ADAM = {"learning_rate": 0.06, "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-12}


class LoopEngine:
    """A picture on its way, and its losses under the settings that it has now.

    content_image, style_image: (1, H, W, 3), RGB in [0, 1]; style_image None: no style loss. content_layers,
    style_layers: what may be switched on, {name: weight against the others}. settings: a dictionary that `settle`
    takes. start: "content" or "noise", which is drawn with `seed`.
    """

    def __init__(self, content_image, style_image, network, content_layers, style_layers, settings, start, seed=0):
        given = {"content image": content_image, "style image": style_image}
        self.given, self.seed = {name: image for name, image in given.items() if image is not None}, seed
        self.ratios = {"content_layers": content_layers, "style_layers": style_layers}
        styles = [] if style_image is None else [style_image]
        extract = feature_extractor(network, {**content_layers, **style_layers})
        check_sizes(extract, [content_image, *styles])
        weights = Weights(content_layers, style_layers or content_layers, content_weight=1.0)
        # Variables where numbers were: the compiled function reads them anew each time, and no knob compiles again.
        self._layers = {name: {layer: tf.Variable(0.0) for layer in ratios} for name, ratios in self.ratios.items()}
        self._numbers = {name: tf.Variable(0.0) for name in WEIGHTS}
        for name, value in {**self._layers, **self._numbers}.items():
            setattr(weights, name, value)
        objective = transfer_objective(extract, content_image, [Style(style) for style in styles], weights)
        names = self._names = []

        @tf.function(input_signature=[tf.TensorSpec(content_image.shape)], autograph=False)
        def losses_and_gradient(image):
            with tf.GradientTape() as tape:
                tape.watch(image)
                parts = parts_by_name(objective(image))
                total = tf.add_n([tf.cast(part, tf.float32) for part in parts.values()])
            names[:] = "total", *parts
            return tf.stack([total, *parts.values()]), tape.gradient(total, image)

        self._losses_and_gradient, self._image = losses_and_gradient, tf.Variable(content_image)
        self.history = deque(maxlen=TOTALS)  # of [total loss, whether a knob was moved there]
        self.settle(settings)
        self.begin(start)
        self._measure()  # compiles

    @property
    def image(self):
        """The picture as it stands, (1, H, W, 3) in [0, 1]."""
        return self._image.numpy()

    @property
    def losses(self):
        """The losses of the picture as it stands, by name, "total" among them; each with its weight in it."""
        self._measure()
        return self._losses

    @property
    def parts(self):
        """The losses that add up to the total. No pixel leaves [0, 1] here: "out of range" is always 0, and left out.
        """
        return {name: loss for name, loss in self.losses.items() if name in ("content", "total variation")
                or name == "style" and self.ratios["style_layers"]}

    def begin(self, start):
        """Back to the content image, or to noise; the curve begins anew."""
        self.start = start
        self.history.clear()
        self.go_to(start_picture(start, self.given["content image"], self.seed), steps=0)

    def go_to(self, image, steps):
        """Go on from another picture, without the optimiser's memory of the way to the last one (lesson 04)."""
        self._image.assign(image)
        self.optimizer, self.steps = keras.optimizers.Adam(**ADAM), steps
        self._measured, self._marked = False, bool(self.history)

    def settle(self, settings):
        """Weigh anew: "content_weight", "total_variation_weight", and the names of "content_layers" and "style_layers"
        that count from now on (those that are left share the weight as before; none: that loss is 0)."""
        self.settings, self._measured, self._marked = settings, False, True
        for name, variables in self._layers.items():
            on = {layer: self.ratios[name][layer] for layer in settings[name]}
            shares = layer_weights(on, name) if on else {}
            for layer, variable in variables.items():
                variable.assign(shares.get(layer, 0.0))
        for name, variable in self._numbers.items():
            variable.assign(settings[name])

    def step(self):
        """One step of Adam."""
        self._measure()
        self.optimizer.apply([self._gradient], [self._image])
        self._image.assign(tf.clip_by_value(self._image, 0, 1))  # what is seen is what is measured
        self.steps, self._measured, self._marked = self.steps + 1, False, False

    def _measure(self):
        """Losses and gradient, where picture or weights have changed; a hand moves a knob more often than that."""
        if self._measured:
            return
        losses, self._gradient = self._losses_and_gradient(self._image)
        self._losses, self._measured = dict(zip(self._names, losses.numpy().tolist(), strict=True)), True
        if self._marked and self.history and self.history[-1][1]:
            self.history.pop()  # a knob that moves and moves is one mark
        self.history.append([self._losses["total"], self._marked])

    def curve(self):
        """The last totals on a logarithmic scale: their heights from 0 to 1, where a knob was moved, both ends."""
        self._measure()
        totals = np.array([total for total, _ in self.history])
        shown = totals[totals > 0] if np.any(totals > 0) else np.ones(1)
        ends = np.outer(10.0 ** np.arange(-30, 10), [1, 2, 5]).ravel()
        low, high = ends[ends <= shown.min()][-1], ends[ends > shown.max()][0]
        heights = np.log(np.clip(totals, low, high) / low) / np.log(high / low)
        return {"heights": heights.round(4).tolist(), "ends": [f"{low:g}", f"{high:g}"],
                "marks": [at for at, (_, marked) in enumerate(self.history) if marked]}

    def slice(self, seconds, steps=STEPS):
        """Steps for about `seconds`, `steps` at most, and one at least. Returns how many it took."""
        begin, done = time.perf_counter(), 0
        while not done or (done < steps and (time.perf_counter() - begin) * (done + 1) / done < seconds):
            self.step()
            done += 1
            if not np.isfinite(self.losses["total"]):
                raise FloatingPointError("the loss is not finite any more")
        return done
