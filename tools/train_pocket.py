"""Train the pocket network by distillation and write its weights to data/networks/pocket.npz.

    uv run tools/train_pocket.py --teacher ../shared/distillation/teacher.npz --images ../shared/distillation/images

Neither the teacher nor the training pictures are part of the repository; the tool takes their places.
`--teacher vgg19` takes the real VGG-19 (Keras' weights, or `--teacher-weights FILE`).

What the student learns, for random crops of pictures:
  * heads: a linear 1x1 head on each of its layers predicts the teacher's features of that layer (thrown away later);
  * kernel: the dot products between the features at any two places agree with the teacher's, up to one scale for
    each layer. Content and style losses are made of nothing but these dot products (see `kernel_loss`).
Some of the crops (--stylised) come from a pool of pictures that the student itself has stylised: those are what the
optimiser of a style transfer visits, and they look like no photograph.
"""

import argparse
import time

from nst_helpers._io.weights import POCKET_FILE, read_npz, save_npz
from nst_helpers.losses import gram_matrices, style_loss
from nst_helpers.networks import build_network, convolutions, feature_extractor
from nst_helpers.transfer import STYLE_LAYERS

import keras
import numpy as np
from teachers import load_teacher
import tensorflow as tf
from training_pictures import Ahead, load_pictures, random_crop

LAYERS = [*STYLE_LAYERS[:4], "block4_conv2", "block4_conv3", "block5_conv1"]


# ---- pictures ----

class Batches(Ahead):
    """Batches of crops; `pool` holds stylised crops, which take the given share of each batch."""

    def __init__(self, pictures, size, batch, seed, share):
        self.pictures, self.size, self.batch = pictures, size, batch
        self.rng = np.random.default_rng(seed)
        self.pool, self.share = [], share
        super().__init__(self._crops)

    def _crops(self):
        crops = [random_crop(self.pictures, self.size, self.rng) for _ in range(self.batch)]
        if self.pool:
            for i in range(round(self.batch * self.share)):
                crops[i] = self.pool[self.rng.integers(len(self.pool))]
        return np.stack(crops)

    def __call__(self):
        return tf.constant(super().__call__())


# ---- losses ----

def head_loss(prediction, target):
    """Mean squared error over the variance of the target."""
    return tf.reduce_mean((prediction - target) ** 2) / tf.math.reduce_variance(target)


def kernel_loss(student, teacher, positions=192):
    """How far the dot products between the features at random places differ, relative to the teacher's.

    With K the matrix of dot products between places, the distance of two Gram matrices is a sum of squares of K's
    entries, and the distance of two feature vectors is K_ii + K_jj - 2 K_ij: a student whose K is a multiple of the
    teacher's has the teacher's style and content losses. (Similarity-preserving distillation, Tung and Mori 2019.)
    """
    count = tf.reduce_prod(tf.shape(teacher)[:3])
    places = tf.random.uniform([positions], 0, count, tf.int32)
    s = tf.gather(tf.reshape(student, [count, student.shape[-1]]), places)
    t = tf.gather(tf.reshape(teacher, [count, teacher.shape[-1]]), places)
    ks, kt = tf.matmul(s, s, transpose_b=True), tf.matmul(t, t, transpose_b=True)
    scale = tf.reduce_sum(ks * kt) / (tf.reduce_sum(ks * ks) + 1e-12)
    return tf.reduce_sum((scale * ks - kt) ** 2) / tf.reduce_sum((kt - tf.reduce_mean(kt)) ** 2)


# ---- one step, and the pool of stylised pictures ----

class Trainer:
    def __init__(self, student, teacher, steps, peak, kernel_weight, layers):
        self.layers = layers
        self.extract = feature_extractor(student, LAYERS)
        self.teacher = teacher
        channels = {name: maps.shape[-1] for name, maps in teacher(tf.zeros((1, 64, 64, 3))).items()}
        self.heads = {name: keras.layers.Conv2D(channels[name], 1) for name in layers}
        for name in layers:
            self.heads[name].build((None, None, None, student.get_layer(name).output.shape[-1]))
        self.variables = self.extract.trainable_variables + [
            v for head in self.heads.values() for v in head.trainable_variables]
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, steps - 200, alpha=0.01, warmup_target=peak, warmup_steps=200)
        self.optimizer = keras.optimizers.Adam(schedule, global_clipnorm=1.0)
        self.optimizer.build(self.variables)
        self.kernel_weight = kernel_weight

    @tf.function(reduce_retracing=False)
    def step(self, crops):
        target = self.teacher(crops)
        with tf.GradientTape() as tape:
            features = self.extract(crops)
            head = [head_loss(self.heads[name](features[name]), target[name]) for name in self.layers]
            kernel = [kernel_loss(features[name], target[name]) for name in self.layers]
            loss = tf.add_n(head) + self.kernel_weight * tf.add_n(kernel)
        gradients = tape.gradient(loss, self.variables)
        self.optimizer.apply_gradients(zip(gradients, self.variables))
        return tf.stack(head), tf.stack(kernel)

    @tf.function
    def _stylize_gradient(self, crops, target_grams, target_content, content_weight):
        with tf.GradientTape() as tape:
            tape.watch(crops)
            features = self.extract(crops)
            loss = 0.0
            for name in STYLE_LAYERS:
                loss += style_loss(gram_matrices(features[name]), target_grams[name])
            content = (features["block4_conv2"] - target_content) ** 2
            loss += content_weight * tf.reduce_mean(content) / tf.reduce_mean(target_content ** 2)
        return tape.gradient(loss, crops)

    def stylised(self, contents, styles, rng, keep=(4, 12, 30)):
        """Crops on the way from content to style through the student as it is now (Adam on the pixels)."""
        target_grams = {name: gram_matrices(maps) for name, maps in self.extract(styles).items()}
        target_content = self.extract(contents)["block4_conv2"]
        weight = tf.constant(10 ** rng.uniform(-2.5, -0.5), tf.float32)
        crops, first, second, kept = contents, 0.0, 0.0, []
        for i in range(1, max(keep) + 1):
            gradient = self._stylize_gradient(crops, target_grams, target_content, weight)
            first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
            update = (first / (1 - 0.9**i)) / (tf.sqrt(second / (1 - 0.99**i)) + 1e-8)
            crops = tf.clip_by_value(crops - 0.03 * update, 0.0, 1.0)
            if i in keep:
                kept += list(crops.numpy())
        return kept


def normalise_activations(student, batches, count=20):
    """Rescale each layer so that its mean activation is 1: ReLU networks allow that without changing the function."""
    layers = convolutions(student)
    extract = feature_extractor(student, [layer.name for layer in layers])
    means = np.mean([[np.mean(extract(crops)[layer.name]) for layer in layers]
                     for crops in (batches() for _ in range(count))], axis=0)
    before = 1.0
    for layer, mean in zip(layers, means):
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel * before / mean, bias / mean])
        before = mean


def revive(student, batches, rng, count=10):
    """Draw anew the maps of trainable layers that never fire; a dead map gets no gradient and stays dead."""
    layers = convolutions(student)
    extract = feature_extractor(student, [layer.name for layer in layers])
    crops = [extract(batches()) for _ in range(count)]
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        dead = np.max([np.max(maps[layer.name], axis=(0, 1, 2)) for maps in crops], axis=0) <= 0
        print(f"{layer.name}: {dead.sum()} of {dead.size} maps never fire")
        if layer.trainable and dead.any():
            kernel, bias = layer.get_weights()
            scale = np.sqrt(2 / np.prod(kernel.shape[:3])) / 2
            kernel[..., dead], bias[dead] = rng.normal(0, scale, kernel[..., dead].shape), 0
            layer.set_weights([kernel, bias])
            if following is not None:  # as if they were not there, until the next layer has learnt to use them
                kernel, bias = following.get_weights()
                kernel[:, :, dead] = 0
                following.set_weights([kernel, bias])


def fit_heads(trainer, batches, count=4):
    """Start each head at the least-squares solution for the student as it is."""
    crops = [batches() for _ in range(count)]
    student, teacher = ([function(batch) for batch in crops] for function in (trainer.extract, trainer.teacher))
    for name, head in trainer.heads.items():
        s, t = (np.concatenate([np.asarray(f[name]).reshape(-1, f[name].shape[-1])[:20_000] for f in features])
                for features in (student, teacher))
        s = np.concatenate([s, np.ones((len(s), 1), "float32")], axis=1)
        ridge = 1e-3 * np.trace(s.T @ s) / s.shape[1] * np.eye(s.shape[1])
        solution = np.linalg.solve(s.T @ s + ridge, s.T @ t)
        head.set_weights([solution[None, None, :-1], solution[-1]])


def start_weights(student, arrays, first):
    """Take over what is there; freeze the layers before `first`. Returns the layers whose features are compared."""
    names = [layer.name for layer in convolutions(student)]
    for name in names:
        layer = student.get_layer(name)
        if f"{name}.kernel" in arrays:
            layer.set_weights([arrays[f"{name}.kernel"], arrays[f"{name}.bias"]])
        layer.trainable = first is None or names.index(name) >= names.index(first)
    return [name for name in LAYERS if student.get_layer(name).trainable]


def save_student(student, file):
    save_npz({f"{layer.name}.{part}": array for layer in convolutions(student)
              for part, array in zip(["kernel", "bias"], layer.get_weights(), strict=True)}, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", required=True, help='teacher.npz, or "vgg19"')
    parser.add_argument("--teacher-weights", help="a weights file for vgg19")
    parser.add_argument("--images", required=True, nargs="+", help="folders of .jpg files")
    parser.add_argument("--limit", type=int, default=None, help="use only the first pictures (for a quick try)")
    parser.add_argument("--steps", type=int, default=16_000)
    parser.add_argument("--large", type=float, default=0.25, help="share of the steps, at the end, with larger crops")
    parser.add_argument("--peak", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--kernel-weight", type=float, default=1.0, help="against the heads' loss")
    parser.add_argument("--start", help="weights of pocket to go on from (an .npz file), instead of the teacher's")
    parser.add_argument("--first", help="train only this layer and those behind it; the others stay as they are")
    parser.add_argument("--stylised", type=float, default=0.25, help="share of the crops that come from the pool")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default=POCKET_FILE)
    args = parser.parse_args()

    tf.random.set_seed(args.seed)
    rng = np.random.default_rng(args.seed + 1)
    pictures = load_pictures(args.images, args.limit)
    teacher, initial_weights = load_teacher(args.teacher, args.teacher_weights)
    student = build_network("pocket", "average", args.seed)
    layers = start_weights(student, read_npz(args.start) if args.start else initial_weights, args.first)
    trainer = Trainer(student, teacher, args.steps, args.peak, args.kernel_weight, layers)
    batches = Batches(pictures, 128, 8, args.seed, args.stylised)
    normalise_activations(student, batches)
    revive(student, batches, rng)
    fit_heads(trainer, batches)
    log, start = [], time.time()
    print(f"{len(pictures)} pictures, {student.count_params():,} weights", flush=True)
    for i in range(args.steps):
        if i == round(args.steps * (1 - args.large)):
            batches = Batches(pictures, 208, 4, args.seed + 2, args.stylised)
        if i % 200 == 0 and (i >= 1000 or args.start):
            size = batches.size
            contents, styles = (np.stack([random_crop(pictures, size, rng) for _ in range(batches.batch)])
                                for _ in range(2))
            batches.pool = (batches.pool + trainer.stylised(tf.constant(contents), tf.constant(styles), rng))[-512:]
        log.append(trainer.step(batches()))
        if (i + 1) % 200 == 0:
            heads, kernels = (np.mean([np.asarray(row[k]) for row in log], axis=0) for k in (0, 1))
            log = []
            print(f"{i + 1:6d} {time.time() - start:6.0f} s  heads {np.round(heads, 3)}  kernel {np.round(kernels, 3)}",
                  flush=True)
        if (i + 1) % 2000 == 0:
            save_student(student, args.out)
    normalise_activations(student, batches)
    save_student(student, args.out)


if __name__ == "__main__":
    main()
