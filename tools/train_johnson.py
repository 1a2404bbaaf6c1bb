"""Train an image transformation network for one painting: data/networks/johnson_PAINTING.npz (Johnson et al. 2016).

    uv run tools/train_johnson.py street_in_auvers --images ../shared/distillation/images

The losses, `johnson_objective`, are those that `stylize` minimises, with pocket as the loss network, on random crops of
the photos; the content weighs more, because otherwise nothing but strokes is left of it. The style target is the Gram
matrices of the whole painting. No bundled photo is used.
"""

import argparse
from pathlib import Path

from nst_helpers._io.weights import NETWORKS_FOLDER
from nst_helpers.fast.johnson import build_transformation_network, johnson_objective, read_transformation_weights
from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix
from nst_helpers.networks import feature_extractor, load_network, set_weights
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS

import numpy as np
import tensorflow as tf
from training_painters import Trainer
from training_pictures import Ahead, load_pictures, square_crop

CONTENT_LAYER, = CONTENT_LAYERS


class PainterTrainer(Trainer):
    def __init__(self, network, style_image, weights, peak):
        super().__init__(network, weights, peak)
        self.extract = feature_extractor(load_network("pocket"), [*STYLE_LAYERS, CONTENT_LAYER])
        style_features = self.extract(style_image)
        self.style_grams = {layer: gram_matrix(style_features[layer]) for layer in STYLE_LAYERS}

    def losses(self, crops):
        painted = self.network(crops, training=True)
        return johnson_objective(painted, crops, self.extract, self.style_grams, CONTENT_LAYER)


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
        set_weights(network, read_transformation_weights(args.start), args.start)
    photos = load_pictures([args.images], 1000)
    weights = {"content": args.content_weight, "style": 1.0, "variation": args.variation_weight}
    trainer = PainterTrainer(network, load_image(args.painting, args.style_size), weights, args.peak)
    print(f"{len(photos)} photos, {network.count_params():,} weights, {weights}", flush=True)
    crops = Ahead(lambda: np.stack([square_crop(photos[rng.integers(len(photos))], args.crop, rng, 0.8)
                                    for _ in range(args.batch)]))
    trainer.run(lambda share: (crops(),), args.minutes, out, warm_up=100, report_every=100)


if __name__ == "__main__":
    main()
