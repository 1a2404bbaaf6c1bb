"""The teachers that the pocket network is distilled from: the published compressed VGG-19, or VGG-19 itself.

A teacher is a function from pictures (B, H, W, 3), RGB in [0, 1], to a dictionary of its feature maps by layer name.
"""

from nst_helpers.networks import feature_extractor, load_network

import numpy as np
import tensorflow as tf

VGG_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block4_conv2", "block4_conv3",
              "block5_conv1"]
# The student's layers that have the same shape as the teacher's; training may start from a copy of them.
SAME_SHAPE = {
    "block1_conv1": "conv11", "block1_conv2": "conv12", "block2_conv1": "conv21", "block2_conv2": "conv22",
    "block3_conv1": "conv31", "block3_conv2": "conv32", "block4_conv1": "conv41", "block4_conv2": "conv42",
    "block4_conv3": "conv43", "block5_conv1": "conv51",
}


def load_teacher(source, weights=None):
    """The teacher, and weights for the student's layers to start from (none for VGG-19: its layers are too wide)."""
    if source == "vgg19":
        return feature_extractor(load_network("vgg19", weights=weights), VGG_LAYERS), {}
    teacher = CompressedVGG19(source)
    return teacher, teacher.initial_weights()


class CompressedVGG19(tf.Module):
    """The encoder of Wang et al. (CVPR 2020), a small VGG-19 with maps back to VGG-19's own features."""

    def __init__(self, file):
        arrays = np.load(file, allow_pickle=False)
        # PyTorch's order (out, in, height, width) to TensorFlow's (height, width, in, out).
        self.kernels = {n[:-7]: tf.constant(arrays[n].transpose(2, 3, 1, 0)) for n in arrays if n.endswith(".weight")}
        self.biases = {n[:-5]: tf.constant(arrays[n]) for n in arrays if n.endswith(".bias")}

    def _convolve(self, name, maps):
        return tf.nn.bias_add(tf.nn.conv2d(maps, self.kernels[name], 1, "VALID"), self.biases[name])

    def __call__(self, images):
        """Features by the student's layer names: VGG-19's size (64 to 512 maps), block4_conv2 the teacher's own 128."""
        maps, features = self._convolve("conv0", images), {}
        names = [n for n in self.kernels if n[-2:].isdigit()]
        for name in sorted(names):
            if name.endswith("1") and name != "conv11":
                maps = tf.nn.max_pool2d(maps, 2, 2, "VALID")
            maps = tf.pad(maps, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
            maps = tf.nn.relu(self._convolve(name, maps))
            if f"{name}_aux" in self.kernels:
                features[f"block{name[4]}_conv{name[5]}"] = tf.nn.relu(self._convolve(f"{name}_aux", maps))
            if name in ("conv42", "conv43"):  # these two have no map to VGG-19's features
                features[f"block{name[4]}_conv{name[5]}"] = maps
        return features

    def initial_weights(self):
        """The layers that fit the student, as in weights.py; conv0 and the student's own scaling are folded in."""
        weights = {f"{ours}.{part}": arrays[theirs].numpy() for ours, theirs in SAME_SHAPE.items()
                   for part, arrays in (("kernel", self.kernels), ("bias", self.biases))}
        # The teacher sees W x + b, the student u = 4 x - 2, hence x = (u + 2) / 4.
        matrix, offset = self.kernels["conv0"].numpy()[0, 0], self.biases["conv0"].numpy()
        kernel = weights["block1_conv1.kernel"]
        weights["block1_conv1.bias"] += np.einsum("hwio,i->o", kernel, 0.5 * matrix.sum(0) + offset)
        weights["block1_conv1.kernel"] = np.einsum("hwio,ji->hwjo", kernel, matrix) / 4
        return weights
