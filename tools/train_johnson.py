"""Train an image transformation network for one painting: data/networks/johnson_PAINTING.npz (Johnson et al. 2016).

    uv run tools/train_johnson.py street_in_auvers --images ../shared/distillation/images

The loss is the one that `stylize` minimises, with pocket as the loss network, on random crops of the photos; the style
target is the Gram matrices of the whole painting. No bundled photo is used.
"""

import argparse
from pathlib import Path

from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix, total_variation
from nst_helpers.networks import feature_extractor, load_network, named_variables, set_weights
from nst_helpers.transformation import build_transformation_network
from nst_helpers.weights import NETWORKS_FOLDER, read_npz, save_npz

import keras
import numpy as np
import tensorflow as tf
from train_adain import STYLE_LAYERS, gram_matrices, relative
from training_pictures import Ahead, Clock, load_pictures, square_crop

CONTENT_LAYER = "block4_conv2"


class Trainer:
    def __init__(self, network, style_image, weights, peak):
        self.network, self.weights = network, weights
        self.extract = feature_extractor(load_network("pocket"), [*STYLE_LAYERS, CONTENT_LAYER])
        style_features = self.extract(style_image)
        self.style_grams = {layer: gram_matrix(style_features[layer])[None] for layer in STYLE_LAYERS}
        self.optimizer = keras.optimizers.Adam(peak, global_clipnorm=1.0)
        self.optimizer.build(network.trainable_variables)

    @tf.function(reduce_retracing=False)
    def step(self, crops):
        target = self.extract(crops)[CONTENT_LAYER]
        with tf.GradientTape() as tape:
            images = self.network(crops, training=True)
            features = self.extract(images)
            style = [relative(gram_matrices(features[layer]) - self.style_grams[layer], self.style_grams[layer], [1, 2])
                     for layer in STYLE_LAYERS]
            parts = {
                "content": tf.reduce_mean(relative(features[CONTENT_LAYER] - target, target, [1, 2, 3])),
                "style": tf.reduce_mean(style),
                "variation": total_variation(images),
            }
            loss = tf.add_n([self.weights[name] * parts[name] for name in parts])
        gradients = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        return tf.stack(list(parts.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("painting", help="a bundled painting, or the path of a picture")
    parser.add_argument("--images", required=True, help="the folder of training pictures; photos are 0000 to 0999")
    parser.add_argument("--minutes", type=float, default=12, help="the learning rate falls to 1 %% in this time")
    parser.add_argument("--crop", type=int, default=192)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--style-size", type=int, default=320, help="longer side of the painting")
    parser.add_argument("--peak", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--content-weight", type=float, default=0.3)
    parser.add_argument("--variation-weight", type=float, default=0.1)
    parser.add_argument("--start", help="weights to go on from (an .npz file)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="instead of data/networks/johnson_PAINTING.npz")
    args = parser.parse_args()

    tf.random.set_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    out = args.out or NETWORKS_FOLDER / f"johnson_{Path(args.painting).stem}.npz"
    network = build_transformation_network(seed=args.seed)
    if args.start:
        set_weights(network, read_npz(args.start), args.start)
    photos = load_pictures([args.images], 1000)
    weights = {"content": args.content_weight, "style": 1.0, "variation": args.variation_weight}
    trainer = Trainer(network, load_image(args.painting, args.style_size), weights, args.peak)
    print(f"{len(photos)} photos, {network.count_params():,} weights, {weights}", flush=True)
    batches = Ahead(lambda: np.stack([square_crop(photos[rng.integers(len(photos))], args.crop, rng, 0.8)
                                      for _ in range(args.batch)]))
    log, step, clock = [], 0, Clock()
    while (share := clock() / 60 / args.minutes) < 1:
        step += 1
        falling = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * share))
        trainer.optimizer.learning_rate.assign(args.peak * falling * min(1, step / 100))
        log.append(trainer.step(batches()).numpy())
        if step % 100 == 0:
            print(f"{step:6d} {clock.seconds:6.0f} s  {dict(zip(weights, np.mean(log, axis=0).round(4).tolist()))}",
                  flush=True)
            log = []
            save_npz(named_variables(network), out)
    save_npz(named_variables(network), out)


if __name__ == "__main__":
    main()
