"""Train the autoencoder of latent diffusion (lesson 13) and write its two halves to data/networks.

    uv run tools/train_face_autoencoder.py ../shared/diffusion/faces

The loss has three parts: the mean distance of the pixels; the perceptual loss of lesson 12, which keeps lines sharp;
and that the mean of each square of four latents, decoded, is the picture at half its size, so that what the denoiser
learns of coarse and fine is true of pictures, too (Kouzelis et al. 2025). A little noise on the latents makes the
decoder forgive what the denoiser leaves. `--resume` goes on from the last checkpoint and ends, bit for bit, as without
the interruption.
"""

import argparse
from pathlib import Path
import time

from nst_helpers._io.weights import NETWORKS_FOLDER, save_npz
from nst_helpers.diffusion.autoencoder import perceptual_extractor, perceptual_loss
from nst_helpers.diffusion.latents import DECODER_FILE, ENCODER_FILE, SHRINKS, build_decoder, build_encoder
from nst_helpers.networks import load_network, named_variables

import keras
import numpy as np
import tensorflow as tf
from training_runs import load_state, optimizer_variables, save_sheet, save_state, square_pictures

NOISE = 0.15  # deviation, of latents whose own is 1
PERCEPTUAL, HALVED = 0.5, 0.3  # weights of these parts; that of the pixels is 1
SHEET = 32  # faces; below each row the same as they come back


class Trainer:
    """Both networks and the optimizer; `variables` holds all that a checkpoint needs of them."""

    def __init__(self, seed=0):
        self.encoder, self.decoder = build_encoder(seed=seed + 1), build_decoder(seed=seed + 2)
        self.features = perceptual_extractor(load_network("pocket"))
        self.trained = self.encoder.trainable_variables + self.decoder.trainable_variables
        self.optimizer = keras.optimizers.Adam(global_clipnorm=1.0)
        self.optimizer.build(self.trained)
        self.variables = optimizer_variables(self.optimizer)
        self.variables |= named_variables(self.encoder) | named_variables(self.decoder)

    @tf.function
    def step(self, pictures, noise):
        """One step of Adam; the three parts of the loss are returned: pixels, perceptual, halved."""
        with tf.GradientTape() as tape:
            latents = self.encoder(pictures, training=True)
            back = self.decoder(latents + noise)
            pixels = tf.reduce_mean(tf.abs(back - pictures))
            perceptual = perceptual_loss(self.features((back + 1) / 2), self.features((pictures + 1) / 2))
            smaller = self.decoder(tf.nn.avg_pool2d(latents, 2, 2, "VALID"))
            halved = tf.reduce_mean(tf.abs(smaller - tf.nn.avg_pool2d(pictures, 2, 2, "VALID")))
            loss = pixels + PERCEPTUAL * perceptual + HALVED * halved
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trained), self.trained))
        return tf.stack([pixels, perceptual, halved])

    def __call__(self, faces, batch, learning_rate, rng):
        """One step with `batch` of the faces, half of them mirrored."""
        self.optimizer.learning_rate.assign(learning_rate)
        pictures = faces[rng.integers(len(faces), size=batch)].astype("float32") / 127.5 - 1
        mirrored = rng.random(batch) < 0.5
        pictures[mirrored] = pictures[mirrored, :, ::-1]
        height, width = pictures.shape[1] // SHRINKS, pictures.shape[2] // SHRINKS
        noise = NOISE * rng.standard_normal((batch, height, width, self.encoder.output_shape[-1]), "float32")
        return self.step(pictures, noise).numpy()

    def there_and_back(self, faces):
        """Pictures in [0, 1]: faces, eight in a row, and below each row the same as they come back."""
        pictures = faces.astype("float32") / 127.5 - 1
        back = self.decoder(self.encoder(pictures, training=False)).numpy()
        rows = [np.split(side, range(8, len(side), 8)) for side in (pictures, back)]
        return np.clip((np.concatenate([part for pair in zip(*rows) for part in pair]) + 1) / 2, 0, 1)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", help="a folder of square pictures")
    parser.add_argument("--steps", type=int, default=3000, help="in the last 40 %% the learning rate falls to 3 %%")
    parser.add_argument("--size", type=int, default=64, help="side of the pictures, a multiple of 8")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--peak", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--report-every", type=int, default=100, help="steps between lines")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder of the run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("results/face_autoencoder"), help="checkpoint and sheet")
    parser.add_argument("--out", type=Path, default=NETWORKS_FOLDER, help="folder for the weights")
    args = parser.parse_args(arguments)
    if args.size % (2 * SHRINKS):
        parser.error(f"--size has to be a multiple of {2 * SHRINKS}")
    return args


def main(arguments=None):
    args = parse(arguments)
    rng, trainer = np.random.default_rng(args.seed), Trainer(args.seed)
    state, step, before, losses = args.folder / "state.npz", 0, 0.0, []
    if args.resume:
        numbers = load_state(state, trainer.variables, rng)
        step, before, losses = numbers["step"], numbers["seconds"], numbers["losses"]
    faces = square_pictures(args.faces, args.size)
    weights = trainer.encoder.count_params(), trainer.decoder.count_params()
    print("{} pictures, {:,} and {:,} weights, from step {}".format(len(faces), *weights, step), flush=True)
    begin = time.monotonic()

    def keep():
        seconds = before + time.monotonic() - begin
        save_state(state, trainer.variables, rng, step=step, seconds=seconds, losses=losses)

    while step < args.steps:
        rate = args.peak * min(1, (step + 1) / 100) * min(1, 0.03 + 2.5 * (1 - step / args.steps))
        losses.append(trainer(faces, args.batch, rate, rng).tolist())
        step += 1
        if step % args.report_every == 0:
            pixels, perceptual, halved = np.mean(losses, axis=0)
            print(f"{step:6d} {before + time.monotonic() - begin:6.0f} s  pixels {pixels:.4f}  perceptual "
                  f"{perceptual:.4f}  halved {halved:.4f}  rate {rate:.1e}", flush=True)
            losses = []
        if step % args.save_every == 0:
            keep()
    keep()
    shown = faces[np.random.default_rng(0).choice(len(faces), SHEET)]
    save_sheet(trainer.there_and_back(shown), args.folder / "there_and_back.png", scale=2)
    for network, file in ((trainer.encoder, ENCODER_FILE), (trainer.decoder, DECODER_FILE)):
        save_npz(named_variables(network), args.out / file.name, "float16")
    print(f"{args.out}: both halves written after {step} steps", flush=True)


if __name__ == "__main__":
    main()
