"""Train the denoiser of lesson 13 and write its weights to data/networks/denoiser.npz (Ho et al. 2020).

    uv run tools/train_denoiser.py ../shared/diffusion/faces --steps 60000 --kinds data/faces/index.npz --middle

Each step takes some faces, mirrors half of them, puts noise of a random strength over each, and asks the network what
the noise was. The loss is the mean squared error (Ho et al. 2020, equation 14), that of each picture divided by its
alpha_bar: where little of the picture is left, a small mistake in the noise is a large one in the picture, and there
the outlines are decided. It is the loss in v of Salimans and Ho 2022 (section 4). What is kept in the end is the
moving average of the weights: it draws calmer pictures than the last weights do.
With --kinds each face comes with the mean picture of its kind (tools/index_faces.py), but for one face in seven: so the
network learns both what a picture of this kind looks like and what any picture does, and a sampler can go by the
difference (Ho and Salimans 2022). With --middle the strengths in the middle, where eyes and mouths are decided, are
drawn more often (Esser et al. 2024).
With --autoencoder the network draws latents instead (Rombach et al. 2022): all faces and mirror images are encoded
once, and the decoder makes the sheets. tools/train_latent_denoiser.py does all that this needs.
Every so many steps a checkpoint and a sheet of 64 samples are written to the folder of the run. `--resume` goes on from
the last checkpoint. With --steps the end is then the same, bit for bit, as without the interruption; with --minutes the
learning rate follows the clock, so that it only comes close.
"""

import argparse
from pathlib import Path
import sys
import time
import zipfile

from nst_helpers._io.weights import save_npz
from nst_helpers.diffusion.conditions import mean_kinds
from nst_helpers.diffusion.denoiser import DENOISER_FILE, GROUPS, WIDTHS, build_denoiser, noise_predictor
from nst_helpers.diffusion.latents import (
    CHANNELS,
    DECODER_FILE,
    ENCODER_FILE,
    SHRINKS,
    encode,
    latent_clipped,
    load_decoder,
    load_encoder,
)
from nst_helpers.diffusion.schedules import (
    STEPS,
    add_noise,
    centred,
    clipped,
    cosine_schedule,
    ddim,
    linear_schedule,
    shown,
)
from nst_helpers.networks import named_variables

import keras
import numpy as np
import tensorflow as tf
from training_runs import load_state, optimizer_variables, picture_files, save_sheet, save_state, square_pictures

LEAST_SHARE = 1e-3  # of the picture: below it, dividing by alpha_bar would leave rounding errors
SHEET = 64  # samples; with --kinds of kinds as they come, and with guidance
UNTOLD = 0.15  # of the faces in training: they come without a condition
SCHEDULES = {"cosine": cosine_schedule, "linear": linear_schedule}


class Trainer:
    """The network, its moving average and the optimizer; `variables` holds all that a checkpoint needs of them."""

    def __init__(self, widths, patch, alpha_bar, decay, seed, channels=3):
        self.network, self.average = (build_denoiser(widths, patch, seed, alpha_bar, True, channels) for _ in range(2))
        self.optimizer, self.decay = keras.optimizers.Adam(global_clipnorm=1.0), decay
        self.optimizer.build(self.network.trainable_variables)
        self.variables = optimizer_variables(self.optimizer)
        for kind, network in (("network", self.network), ("average", self.average)):
            self.variables |= {f"{kind}.{name}": variable for name, variable in named_variables(network).items()}

    @tf.function
    def step(self, noisy, time, condition, noise, weight, decay):
        """One step of Adam on the weighted mean squared error of the predicted noise, which is returned."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(weight * (self.network([noisy, time, condition], training=True) - noise) ** 2)
        gradients = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        for kept, weight in zip(self.average.weights, self.network.weights):
            kept.assign(decay * kept + (1 - decay) * weight)
        return loss

    def __call__(self, batch, learning_rate, step):
        """batch: as `noised` gives it. Early averages look back less far, so that the first weights are forgotten."""
        self.optimizer.learning_rate.assign(learning_rate)
        return float(self.step(*batch, tf.constant(min(self.decay, (1 + step) / (10 + step)), "float32")))


def both_ways(faces, encoder=None):
    """What is to be drawn, float32 (2, N, H, W, C): the faces, uint8 (N, S, S, 3), and their mirror images.

    encoder: None for centred pictures, or the network whose latents they become.
    """
    sides = (faces, faces[:, :, ::-1])
    return np.stack([centred(side / 255) if encoder is None else encode(encoder, side) for side in sides])


def noised(drawn, batch, alpha_bar, rng, kinds=None, middle=False):
    """A batch for training: (pictures with noise, steps, conditions, noise, weights of the losses).

    drawn: as `both_ways` gives it. kinds: as `kinds_of` gives them; None: every condition is zeros.
    """
    chosen = rng.integers(drawn.shape[1], size=batch)
    mirrored = (rng.random(batch) < 0.5).astype(int)
    clean = drawn[mirrored, chosen]
    last = len(alpha_bar) - 1
    if middle:
        steps = np.ceil(last / (1 + np.exp(rng.standard_normal(batch)))).astype(int)
    else:
        steps = rng.integers(1, last + 1, size=batch)
    noise, condition = rng.standard_normal(clean.shape, "float32"), np.zeros((*clean.shape[:3], 3), "float32")
    if kinds is not None:
        own, pictures = kinds
        told = rng.random(batch) >= UNTOLD
        condition[told] = pictures[own[chosen, mirrored][told]]
    weight = (1 / np.maximum(alpha_bar[steps], LEAST_SHARE)).astype("float32").reshape(-1, 1, 1, 1)
    return add_noise(clean, noise, alpha_bar[steps]), steps.astype("float32"), condition, noise, weight


def kinds_of(index, files, size):
    """The kinds (N, 2) of these picture files and of their mirror images, and the mean picture of each kind, centred.

    index: the file that tools/index_faces.py makes. size: side of what is drawn. Where they do not fit, it ends.
    """
    try:
        with np.load(index) as stored:
            kinds, own = dict(zip(stored["names"].tolist(), stored["kinds"])), stored["mean_kinds"].shape[1]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        sys.exit(f"{index} is not there or is no index of faces; make it by tools/index_faces.py.")
    unknown = [file.name for file in files if file.stem not in kinds]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        sys.exit(f"{index} does not know {unknown[0]}{more}; make it anew by tools/index_faces.py.")
    if own % size:
        sys.exit(f"{index} has pictures of {own} px, not of {size}; see tools/index_faces.py --size.")
    return np.stack([kinds[file.stem] for file in files]), mean_kinds(size, index)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", help="a folder of square pictures")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="the learning rate falls to 2 %% in so many steps")
    length.add_argument("--minutes", type=float, help="the learning rate falls to 2 %% in this time")
    parser.add_argument("--size", type=int, default=32, help="side of the pictures")
    parser.add_argument("--patch", type=int, default=2, help="see build_denoiser; 4 for pictures of 64 px")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS, help="see build_denoiser")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--peak", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--warm-up", type=int, default=500, help="steps until the learning rate is there")
    parser.add_argument("--decay", type=float, default=0.999, help="of the moving average")
    parser.add_argument("--schedule", choices=SCHEDULES, default="cosine")
    parser.add_argument("--autoencoder", type=Path, metavar="FOLDER",
                        help=f"draw latents; {ENCODER_FILE.name} and {DECODER_FILE.name} are in this folder")
    parser.add_argument("--kinds", type=Path, help="the index of the faces (data/faces/index.npz)")
    parser.add_argument("--middle", action="store_true", help="strengths in the middle are drawn more often")
    parser.add_argument("--report-every", type=int, default=200, help="steps between lines")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--sheet-every", type=int, default=2000, help="steps between sheets of samples; 0: none")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder of the run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("results/denoiser"), help="checkpoint and sheets")
    parser.add_argument("--out", type=Path, default=DENOISER_FILE, help="the weights' moving average, in the end")
    args = parser.parse_args(arguments)
    smallest = args.patch * 2 ** (len(args.widths) - 1) * (SHRINKS if args.autoencoder else 1)
    if args.size % smallest or any(width % GROUPS for width in args.widths):
        parser.error(f"--size has to be a multiple of {smallest} here, and each of --widths one of {GROUPS}")
    return args


def parts_of(folder):
    """Encoder and decoder, whose weights are in this folder; where they are not, it ends."""
    try:
        return load_encoder(folder / ENCODER_FILE.name), load_decoder(folder / DECODER_FILE.name)
    except (OSError, ValueError) as error:
        sys.exit(f"{error} Both are made by tools/train_face_autoencoder.py.")


def main(arguments=None):
    args = parse(arguments)
    rng, alpha_bar = np.random.default_rng(args.seed), SCHEDULES[args.schedule](STEPS)
    encoder, decoder, refine = None, None, clipped
    if args.autoencoder:
        encoder, decoder = parts_of(args.autoencoder)
        refine = latent_clipped
    trainer = Trainer(tuple(args.widths), args.patch, alpha_bar, args.decay, args.seed, CHANNELS if encoder else 3)
    state, step, before, losses = args.folder / "state.npz", 0, 0.0, []
    if args.resume:
        numbers = load_state(state, trainer.variables, rng)
        step, before, losses = numbers["step"], numbers["seconds"], numbers["losses"]
    drawn = both_ways(square_pictures(args.faces, args.size), encoder)
    kinds = kinds_of(args.kinds, picture_files(args.faces), drawn.shape[2]) if args.kinds else None
    print(f"{drawn.shape[1]} pictures, {trainer.network.count_params():,} weights, from step {step}", flush=True)
    wanted = None if kinds is None else kinds[1][np.random.default_rng(0).choice(kinds[0].ravel(), SHEET)]
    predict, begin = noise_predictor(trainer.average, wanted, guidance=1), time.monotonic()

    def seconds():
        return before + time.monotonic() - begin

    def share():
        return step / args.steps if args.steps else seconds() / 60 / args.minutes

    def keep():
        save_state(state, trainer.variables, rng, step=step, seconds=seconds(), losses=losses)

    while share() < 1:
        falling = 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * share()))
        rate = args.peak * falling * min(1, (step + 1) / args.warm_up)
        losses.append(trainer(noised(drawn, args.batch, alpha_bar, rng, kinds, args.middle), rate, step))
        step += 1
        if step % args.report_every == 0:
            print(f"{step:6d} {seconds():6.0f} s  loss {np.mean(losses):.4f}  rate {rate:.1e}", flush=True)
            losses = []
        if step % args.save_every == 0:
            keep()
        if args.sheet_every and step % args.sheet_every == 0:
            start = np.random.default_rng(0).standard_normal((SHEET, *drawn.shape[2:]), "float32")
            samples = ddim(predict, start, alpha_bar, 25, refine=refine)
            samples = decoder(samples).numpy() if decoder else samples
            save_sheet(shown(samples), args.folder / f"{step:06d}.png", scale=2)
    keep()
    save_npz(named_variables(trainer.average), args.out, "float16")
    print(f"{args.out} written after {step} steps, {seconds():.0f} s", flush=True)


if __name__ == "__main__":
    main()
