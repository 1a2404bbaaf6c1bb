"""Train the AdaIN decoder and write its weights to data/networks/adain.npz (Huang and Belongie 2017).

    uv run tools/train_adain.py --images ../shared/distillation/images

Photos and paintings are cut into random crops: one is the content, another the style. The encoder is pocket, and it
stays as it is. The decoder learns that of its picture g
  * the features at block4_conv1 are what AdaIN asked for                                (content)
  * mean, deviation and Gram matrix of each style layer are the style crop's             (style)
  * g is the crop itself, where content and style are the same crop                      (identity)
  * neighbouring pixels do not differ for nothing                                        (total variation)
All but the last two are relative, as everywhere in the course. The bundled paintings are used as styles, but for those
that are held back (--hold-back), on which the result is judged; the bundled photos are not used.
"""

import argparse
from functools import partial

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers._io.weights import read_npz
from nst_helpers.fast.adain import ADAIN_FILE, ENCODER_LAYERS, HELD_BACK, build_decoder, decoder_inputs, moments
from nst_helpers.losses import gram_matrices, relative_distance, total_variation
from nst_helpers.networks import feature_extractor, load_network, set_weights
from nst_helpers.transfer import STYLE_LAYERS

import numpy as np
import tensorflow as tf
from training_painters import Trainer
from training_pictures import Ahead, changed_colors, load_pictures, square_crop

relative = partial(relative_distance, least=1e-6)  # a black crop has a target of 0


class Pairs(Ahead):
    """Batches of (content crops, style crops), (B, size, size, 3) each; in one pair of each batch they are the same."""

    def __init__(self, photos, others, paintings, size, batch, seed):
        self.photos, self.others, self.paintings = photos, others, paintings
        self.size, self.batch, self.rng = size, batch, np.random.default_rng(seed)
        super().__init__(self._make)

    def _crop(self, groups, shares, scaled, colors):
        pictures = groups[self.rng.choice(len(groups), p=shares)]
        crop = square_crop(pictures[self.rng.integers(len(pictures))], self.size, self.rng, scaled)
        return np.clip(changed_colors(crop, self.rng, colors), 0, 1)

    def _make(self):
        groups = [self.photos, self.others, self.paintings]
        content = np.stack([self._crop(groups, [0.75, 0.2, 0.05], 0.8, 0.1) for _ in range(self.batch)])
        style = np.stack([self._crop(groups, [0.1, 0.15, 0.75], 0.6, 0.2) for _ in range(self.batch)])
        style[0] = content[0]
        return content.astype("float32"), style.astype("float32")


def style_losses(features, style_features):
    """For each picture of the batch: the losses of means and deviations, and of Gram matrices; (B,) each."""
    of_moments, of_grams = [], []
    for layer in STYLE_LAYERS:
        (mean, deviation), (style_mean, style_deviation) = moments(features[layer]), moments(style_features[layer])
        of_moments.append(relative(mean, style_mean, [1, 2, 3])
                          + relative(deviation, style_deviation, [1, 2, 3]))
        gram, style_gram = gram_matrices(features[layer]), gram_matrices(style_features[layer])
        of_grams.append(relative(gram, style_gram, [1, 2]))
    return tf.add_n(of_moments) / len(STYLE_LAYERS), tf.add_n(of_grams) / len(STYLE_LAYERS)


class DecoderTrainer(Trainer):
    def __init__(self, decoder, weights, peak):
        super().__init__(decoder, weights, peak)
        self.extract = feature_extractor(load_network("pocket"), sorted({*STYLE_LAYERS, *ENCODER_LAYERS}))

    def losses(self, content, style):
        content_features, style_features = self.extract(content), self.extract(style)
        targets = decoder_inputs(content_features, {layer: moments(style_features[layer]) for layer in ENCODER_LAYERS})
        images = self.network(targets, training=True)
        features, target = self.extract(images), targets["block4_conv1"]
        of_moments, of_grams = style_losses(features, style_features)
        return {
            "content": tf.reduce_mean(relative(features["block4_conv1"], target, [1, 2, 3])),
            "moments": tf.reduce_mean(of_moments),
            # A style crop that is nearly black has a tiny Gram matrix, and its loss no bound.
            "gram": tf.reduce_mean(tf.minimum(of_grams, 4.0)),
            "identity": tf.reduce_mean((images[:1] - content[:1]) ** 2),
            "variation": total_variation(images),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", required=True, help="the folder of training pictures; photos are 0000 to 0999")
    parser.add_argument("--minutes", type=float, default=48, help="the learning rate falls to 1 %% in this time")
    parser.add_argument("--large", type=float, default=0.4, help="share of the time, at the end, with larger crops")
    parser.add_argument("--peak", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--content-weight", type=float, default=0.2)
    parser.add_argument("--moments-weight", type=float, default=0.5)
    parser.add_argument("--gram-weight", type=float, default=1.0)
    parser.add_argument("--identity-weight", type=float, default=5.0)
    parser.add_argument("--variation-weight", type=float, default=0.2)
    parser.add_argument("--hold-back", nargs="*", default=HELD_BACK, help="bundled paintings that are not used")
    parser.add_argument("--start", help="weights to go on from (an .npz file)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default=ADAIN_FILE)
    args = parser.parse_args()

    tf.random.set_seed(args.seed)
    decoder = build_decoder(args.seed)
    if args.start:
        set_weights(decoder, read_npz(args.start), args.start)
    pictures = load_pictures([args.images])
    paintings = load_pictures([file for file in sorted((DATA_FOLDER / "paintings").glob("*.jpg"))
                               if file.stem not in args.hold_back], shorter_side=400)
    groups = pictures[:1000], pictures[1000:], paintings
    parts = ("content", "moments", "gram", "identity", "variation")
    weights = {part: getattr(args, f"{part}_weight") for part in parts}
    trainer = DecoderTrainer(decoder, weights, args.peak)
    print(f"{[len(group) for group in groups]} pictures, {decoder.count_params():,} weights, {weights}", flush=True)
    small, large = Pairs(*groups, 128, 8, args.seed), Pairs(*groups, 224, 4, args.seed + 1)
    trainer.run(lambda share: large() if share > 1 - args.large else small(), args.minutes, args.out)


if __name__ == "__main__":
    main()
