"""Train the autoencoder of lesson 12 on crops of pictures, and write data/networks/autoencoder.npz.

    uv run tools/train_autoencoder.py --epochs 150
    uv run tools/train_autoencoder.py --images my_pictures --size 512 --out results/mine.npz

The pictures of a folder are taken together with those of its subfolders, as where each class has one. Every file is
decoded to the last pixel before anything begins; if some are damaged, the run ends with a list of all of them.
The loss is the mean squared error of the pixels plus the perceptual loss, each with its weight. The learning rate drops
tenfold every 30 epochs. Every ten epochs a checkpoint is written; --resume goes on from it and ends, bit for bit, where
an uninterrupted run would have ended, and --generate takes pictures through it instead of training.
"""

import argparse
from pathlib import Path
import sys
import time

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers._io.weights import save_npz
from nst_helpers.diffusion.autoencoder import (
    AUTOENCODER_FILE,
    WIDTHS,
    build_autoencoder,
    mean_squared_error,
    perceptual_extractor,
    perceptual_loss,
)
from nst_helpers.fast.adain import HELD_BACK
from nst_helpers.images import load_image, resize_image, save_image
from nst_helpers.networks import load_network, named_variables

import keras
import numpy as np
import tensorflow as tf
from training_pictures import square_crop
from training_runs import load_state, optimizer_variables, picture_files, save_sheet, save_state, whole_pictures

EPOCHS_A_DROP = 30


class Trainer:
    """The network and the optimizer; `variables` holds all that a checkpoint needs of them."""

    def __init__(self, widths, weights, seed):
        self.network, self.weights = build_autoencoder(widths, seed), weights
        self.extract = perceptual_extractor(load_network("pocket"))
        self.optimizer = keras.optimizers.Adam()
        self.optimizer.build(self.network.trainable_variables)
        self.variables = optimizer_variables(self.optimizer) | named_variables(self.network)

    @tf.function
    def step(self, crops):
        """One step of Adam. Returns both losses, without their weights, as (2,)."""
        with tf.GradientTape() as tape:
            images = self.network(crops, training=True)
            parts = [mean_squared_error(images, crops), perceptual_loss(self.extract(images), self.extract(crops))]
            loss = tf.add_n([weight * part for weight, part in zip(self.weights, parts) if weight])
        gradients = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        return tf.stack(parts)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=DATA_FOLDER / "paintings",
                        help="a folder of pictures, with or without subfolders")
    parser.add_argument("--size", type=int, help="longer side to which pictures are scaled; without it, as they are")
    parser.add_argument("--hold-back", nargs="*", default=HELD_BACK, help="names of pictures that are not used")
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--crops", type=int, default=32, help="from each picture in an epoch")
    parser.add_argument("--crop", type=int, default=64, help="side of a crop")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate of the first 30 epochs")
    parser.add_argument("--pixel-weight", type=float, default=1.0)
    parser.add_argument("--perceptual-weight", type=float, default=0.05)
    parser.add_argument("--save-every", type=int, default=10, help="epochs between checkpoints")
    parser.add_argument("--snapshot-every", type=int, default=200, help="steps between snapshots; 0: none")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder of the run")
    parser.add_argument("--generate", type=Path, nargs="+", metavar="PICTURE",
                        help="take these through the checkpoint and write them to the folder of the run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("results/autoencoder"), help="checkpoint and snapshots")
    parser.add_argument("--out", type=Path, default=AUTOENCODER_FILE, help="the weights in the end")
    args = parser.parse_args(arguments)
    if args.crop % 2 ** len(args.widths):
        parser.error(f"--crop is {args.crop}; it has to be a multiple of {2 ** len(args.widths)}")
    return args


def snapshot(network, crops, path):
    """Crops in the upper row, what the network makes of them below."""
    save_sheet(np.concatenate([crops, network(crops).numpy()]), path, columns=len(crops), scale=2)


def generate(network, pictures, folder, step):
    """Take picture files through the network, at the next smaller size that it can work at: multiples of `step`."""
    for file in pictures:
        image = load_image(file)
        sides = [max(step, side // step * step) for side in image.shape[1:3]]
        path = folder / f"{file.stem}_generated.png"
        save_image(network(resize_image(image, sides)).numpy(), path, overwrite=True)
        print(f"{path} written")


def main(arguments=None):
    args = parse(arguments)
    rng = np.random.default_rng(args.seed)
    trainer = Trainer(tuple(args.widths), (args.pixel_weight, args.perceptual_weight), args.seed)
    state, epoch, step = args.folder / "state.npz", 0, 0
    if args.resume or args.generate:
        numbers = load_state(state, trainer.variables, rng)
        epoch, step = numbers["epoch"], numbers["step"]
    if args.generate:
        generate(trainer.network, args.generate, args.folder, 2 ** len(args.widths))
        return
    pictures = whole_pictures(args.images, args.size, args.hold_back, below=True)
    folders = len({file.parent for file in picture_files(args.images, args.hold_back, below=True)})
    steps = len(pictures) * args.crops // args.batch
    if not steps:
        sys.exit(f"{len(pictures)} pictures with {args.crops} crops each do not fill a batch of {args.batch}.")
    weights = trainer.network.count_params()
    print(f"{len(pictures)} pictures in {folders} folders, {weights:,} weights, from epoch {epoch}", flush=True)
    shown = np.stack([square_crop(picture, args.crop, np.random.default_rng(0)) for picture in pictures[:8]])
    begin = time.monotonic()
    while epoch < args.epochs:
        trainer.optimizer.learning_rate.assign(args.rate * 0.1 ** (epoch // EPOCHS_A_DROP))
        order, losses = rng.permutation(np.repeat(np.arange(len(pictures)), args.crops)), []
        for chosen in order[: steps * args.batch].reshape(steps, args.batch):
            crops = np.stack([square_crop(pictures[index], args.crop, rng) for index in chosen])
            losses.append(trainer.step(crops).numpy())
            step += 1
            if args.snapshot_every and step % args.snapshot_every == 0:
                snapshot(trainer.network, shown, args.folder / f"{step:06d}.png")
        epoch += 1
        pixels, perceptual = np.mean(losses, axis=0)
        print(f"epoch {epoch:4d} {time.monotonic() - begin:6.0f} s  pixels {pixels:.5f}  perceptual {perceptual:.4f}",
              flush=True)
        if epoch % args.save_every == 0 or epoch == args.epochs:
            save_state(state, trainer.variables, rng, epoch=epoch, step=step)
    save_npz(named_variables(trainer.network), args.out)


if __name__ == "__main__":
    main()
