"""The job of peers.py as the loop of TensorFlow's tutorial on style transfer: Adam, clipping; peers.py starts it.

    python peer_tensorflow.py JOB.npz RESULT.npz EVALUATIONS

From the tutorial: VGG-19 of keras.applications, its preprocessing, the Gram matrix by einsum, Adam and its settings.
The losses are those of the course, so that they can be compared.
"""

import json
import sys
import time

from measuring import peak_memory
import numpy as np
import tensorflow as tf

# Adam's epsilon of 0.1 is meant for the tutorial's losses, which are about a million times larger.
SCALE = 1e6


def vgg_layers(job, names):
    """VGG-19 that gives the feature maps of the layers `names`."""
    vgg = tf.keras.applications.VGG19(include_top=False, weights=None)
    for layer in vgg.layers:
        if layer.weights:
            layer.set_weights([job[f"{layer.name}.kernel"], job[f"{layer.name}.bias"]])
    vgg.trainable = False
    return tf.keras.Model([vgg.input], [vgg.get_layer(name).output for name in names])


def gram_matrix(maps):
    return tf.linalg.einsum("bijc,bijd->bcd", maps, maps) / tf.cast(tf.shape(maps)[1] * tf.shape(maps)[2], tf.float32)


def relative(value, target):
    return tf.reduce_sum((value - target) ** 2) / tf.reduce_sum(target**2)


def make_loss(job):
    style_layers, content_layers = job["style_layers"].tolist(), job["content_layers"].tolist()
    model = vgg_layers(job, style_layers + content_layers)
    content_weight, variation_weight, range_weight = job["loss_weights"].tolist()

    def extract(image):
        maps = model(tf.keras.applications.vgg19.preprocess_input(image * 255.0))
        return [gram_matrix(features) for features in maps[:len(style_layers)]], maps[len(style_layers):]

    style_targets, content_targets = extract(job["style"])[0], extract(job["content"])[1]

    def loss(image):
        style, content = extract(image)
        total = tf.add_n([relative(*pair) for pair in zip(style, style_targets)]) / len(style)
        total += content_weight / len(content) * tf.add_n([relative(*p) for p in zip(content, content_targets)])
        right, down = image[:, :, 1:, :] - image[:, :, :-1, :], image[:, 1:, :, :] - image[:, :-1, :, :]
        total += variation_weight * (tf.reduce_mean(right**2) + tf.reduce_mean(down**2))
        return total + range_weight * tf.reduce_mean(tf.nn.relu(image - 1) ** 2 + tf.nn.relu(-image) ** 2)

    return loss


def main(job_file, result_file, evaluations):
    with np.load(job_file, allow_pickle=False) as arrays:
        job = dict(arrays)
    begin = time.perf_counter()
    loss = make_loss(job)
    image = tf.Variable(job["content"])
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)

    @tf.function()
    def train_step(image):
        with tf.GradientTape() as tape:
            total = loss(image)
            scaled = SCALE * total
        optimizer.apply_gradients([(tape.gradient(scaled, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return total

    losses, moments, processor, best, before = [], [], [], None, image.numpy()
    for _ in range(int(evaluations)):
        losses.append(float(train_step(image)))
        moments.append(time.perf_counter() - begin)
        processor.append(time.process_time())
        if losses[-1] == min(losses):
            best = before
        before = image.numpy()
    np.savez(result_file, losses=losses, moments=moments, processor=processor, image=best)
    print(json.dumps({"version": tf.__version__, **peak_memory()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
