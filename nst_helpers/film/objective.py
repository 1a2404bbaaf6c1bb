"""What a frame of a film is judged by: the losses of a picture, and two terms that tie it to the frame before.

All that changes from frame to frame stands in variables, so that one compiled function serves the whole film: to build
it takes seconds, as long as to paint several frames. How the losses of a picture are weighed stands in objective.py,
next door; the loop around it in painter.py.
"""

from nst_helpers.losses import content_loss
from nst_helpers.objective import transfer_objective
from nst_helpers.shapes import check_alike

import numpy as np
import tensorflow as tf


def temporal_loss(image, warped, visible):
    """How far a frame is from the one before it, as painted and warped along the motion: mean square, where visible.

    image, warped: (1, H, W, 3). visible: (1, H, W, 1), 1 where the frame before shows the same thing. (Ruder,
    Dosovitskiy and Brox 2016, "Artistic Style Transfer for Videos", equation 7.)
    """
    check_alike(np.shape(image), np.shape(warped), "image", "warped")
    check_alike(np.shape(visible), (*np.shape(image)[:3], 1), "visible", "image[..., :1]")
    return tf.reduce_mean(visible * (image - warped) ** 2)


class FilmObjective:
    """For `minimize`: picture to its weighted losses and their gradient, compiled once for all frames of a film.

    extract: from feature_extractor. photo: the first frame, (1, H, W, 3). styles: a list of Style. weights: Weights.
    temporal_weight: of temporal_loss. difference_weight: of how far the features of what was painted change otherwise
    than those of the photos do: those of this frame's painting less the last one's, against those of this photo less
    the last one's, in the content layers (Xu, Xiong and Hu 2021, "Frame Difference-Based Temporal Loss for Video
    Stylization", F-FDB; here relative, as the content loss is). style_loss, seed: as in transfer_objective.
    """

    def __init__(self, extract, photo, styles, weights, *, temporal_weight=0.0, difference_weight=0.0,
                 style_loss="gram", seed=0):
        self.extract, self.weights = extract, weights
        self.temporal_weight, self.difference_weight = temporal_weight, difference_weight
        self.photo = tf.Variable(photo)
        self.maps = {layer: tf.Variable(maps) for layer, maps in extract(photo).items()}
        self.expected = {layer: tf.Variable(self.maps[layer]) for layer in weights.content_layers}
        self.warped = tf.Variable(photo)
        self.visible = tf.Variable(tf.zeros_like(photo[..., :1]))
        self.objective = transfer_objective(self._look, self.photo, styles, weights, style_loss=style_loss, seed=seed)
        signature = [tf.TensorSpec(photo.shape)]
        self._of_a_frame = tf.function(self._losses_and_gradient, input_signature=signature, autograph=False)

    def go_on(self, photo, last_photo, painted, warped, visible):
        """From here on it is about the next frame.

        photo: (1, H, W, 3); last_photo: of the frame before. painted: what that became; warped: the same along the
        motion to this frame. visible: (1, H, W, 1), where that holds; zeros where no motion is known.
        """
        for picture, given in ((self.photo, photo), (self.warped, warped), (self.visible, visible)):
            picture.assign(given)
        for layer, maps in self.extract(photo).items():
            self.maps[layer].assign(maps)
        if self.difference_weight:
            before, last = self.extract(last_photo), self.extract(painted)
            for layer, expected in self.expected.items():
                expected.assign(last[layer] + self.maps[layer] - before[layer])

    def losses_and_gradient(self, image):
        """image: array (1, H, W, 3). Returns the weighted losses by name, and the gradient of their sum, float32."""
        parts, gradient = self._of_a_frame(tf.constant(image, "float32"))
        return {name: float(part) for name, part in parts.items()}, gradient.numpy()

    def _look(self, image):
        """As `extract`. What is known of the photo is not worked out again, and what is seen of a painting is kept for
        the term that compares it with the last one."""
        if image is self.photo:
            return self.maps
        self.seen = self.extract(image)
        return self.seen

    def _losses_and_gradient(self, image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            parts = self.objective(image)
            if self.temporal_weight:
                parts["temporal"] = self.temporal_weight * temporal_loss(image, self.warped, self.visible)
            if self.difference_weight:
                parts["difference"] = self.difference_weight * sum(
                    weight * content_loss(self.seen[layer], self.expected[layer].value())
                    for layer, weight in self.weights.content_layers.items())
            total = tf.add_n(list(parts.values()))
        return parts, tape.gradient(total, image)
