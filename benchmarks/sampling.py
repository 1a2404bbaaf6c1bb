"""The denoisers of lesson 13: how long 16 faces take, and how samples compare with the faces of the training.

    uv run benchmarks/sampling.py --samples 256 --sheet results/denoiser/samples.png
    uv run benchmarks/sampling.py --latent --samples 256 --sheet results/latent/samples.png

The first is the one of pictures of 32 px, with --latent it is that of latents, whose pictures of 64 px are compared at
half their size.

The network is asked for kinds of faces, as often as they come among the faces or only for the clearest, with guidance.
Samples and training faces are compared by what data/faces/index.npz says of each (tools/index_faces.py): the share of
each of its groups, mean colours, and likeness, which is 1 for a copy; the training faces' own likeness to the nearest
other one is the measure. Samples are looked up both ways round, which makes theirs a little larger. The sheet shows the
first 64 samples, none left out.
"""

import argparse
import json
from pathlib import Path
import sys
import time

from nst_helpers.diffusion.denoiser import INDEX_FILE, draw_conditions, load_denoiser, noise_predictor
from nst_helpers.diffusion.latents import latent_clipped, load_decoder
from nst_helpers.diffusion.schedules import clipped, cosine_schedule, ddim, ddpm, shown

from measuring import in_own_process, machine, peak_memory
import numpy as np

GUIDANCE = 0.7  # as in lesson 13
BY_NAME = {"ddim": ddim, "ddpm": ddpm}
SAMPLERS = [("ddim", 25), ("ddim", 50), ("ddpm", 100), ("ddpm", 1000)]


class Drawing:
    """A denoiser, the weak one to go away from, and how pictures come of what they draw."""

    def __init__(self, latent):
        name, weak = ("latent", "latent weak") if latent else (None, "weak")
        self.denoiser, self.weak = load_denoiser(name), load_denoiser(weak)
        self.decoder, self.refine = (load_decoder(), latent_clipped) if latent else (None, clipped)
        self.shape = (16, 16, 4) if latent else (32, 32, 3)

    def asked(self, count, guidance=GUIDANCE, clearest=1.0, seed=0):
        """For at most 64 at a time: what predicts the noise, and where to begin."""
        start, parts = np.random.default_rng(seed).standard_normal((count, *self.shape), "float32"), -(-count // 64)
        conditions = draw_conditions(count, seed, clearest, self.shape[0])
        for part, wanted in zip(np.array_split(start, parts), np.array_split(conditions, parts)):
            yield noise_predictor(self.denoiser, wanted, guidance, self.weak), part

    def __call__(self, predict, start, sampler, steps):
        """Pictures (B, S, S, 3) in [0, 1]."""
        drawn = BY_NAME[sampler](predict, start, cosine_schedule(), steps, refine=self.refine)
        return shown(self.decoder(drawn) if self.decoder else drawn)


def time_and_memory(network, name, steps):
    """Seconds for 16 faces, after a first step that compiles."""
    drawing = Drawing(network == "latent")
    asked = next(drawing.asked(16))
    drawing(*asked, name, 1)
    begin = time.perf_counter()
    drawing(*asked, name, int(steps))
    return {"seconds": time.perf_counter() - begin, **peak_memory()}


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nearest_other(places):
    """For each row the largest cosine with another row."""
    rows, nearest = unit(places), []
    for begin in range(0, len(rows), 500):
        likeness = rows[begin : begin + 500] @ rows.T
        likeness[np.arange(len(likeness)), begin + np.arange(len(likeness))] = -1
        nearest.append(likeness.max(1))
    return np.concatenate(nearest)


def quality(samples, index):
    from index_faces import describe

    shrinks = samples.shape[1] // 32
    samples = samples.reshape(-1, 32, shrinks, 32, shrinks, 3).mean((2, 4))

    def places_of(images):
        parts = np.array_split(images, -(-len(images) // 64))
        return (np.concatenate([describe(part) for part in parts]) - index["mean"]) @ index["axes"]

    known, groups = index["places"].astype("float32"), index["groups"]
    places, mirrored = places_of(samples), places_of(samples[:, :, ::-1])  # the network saw mirror images, too
    count = groups.max() + 1
    centers = np.stack([known[groups == group].mean(0) for group in range(count)])
    drawn = np.linalg.norm(places[:, np.newaxis] - centers, axis=2).argmin(1)
    for name, labels in (("faces", groups), ("samples", drawn)):
        shares = np.bincount(labels, minlength=count) / len(labels)
        print(f"{name + ', shares of groups':26}" + " ".join(f"{share:5.1%}" for share in shares))
    for name, colors in (("faces", index["colors"] / 255), ("samples", samples.mean((1, 2)))):
        print(f"{name + ', mean colour':26}" + " ".join(f"{value:.3f}" for value in colors.mean(0))
              + f"   deviation of brightness {colors.mean(1).std():.3f}")
    own = nearest_other(known)
    likeness = np.maximum(*((unit(side) @ unit(known).T).max(1) for side in (places, mirrored)))
    for name, values in (("faces", own), ("samples", likeness)):
        quantiles = " ".join(f"{value:.3f}" for value in np.quantile(values, [0.05, 0.5, 0.95, 1]))
        print(f"{name + ', likeness':26}5, 50, 95, 100 %: {quantiles}   above 0.98: {np.mean(values > 0.98):.2%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latent", action="store_true", help="the denoiser of latents")
    parser.add_argument("--samples", type=int, default=64, help="to be compared with the faces")
    parser.add_argument("--sampler", choices=BY_NAME, default="ddim", help="for these")
    parser.add_argument("--steps", type=int, default=50, help="of this sampler")
    parser.add_argument("--guidance", type=float, default=GUIDANCE, help="see noise_predictor")
    parser.add_argument("--clearest", type=float, default=1.0, help="see draw_conditions")
    parser.add_argument("--sheet", type=Path, help="picture file for the first 64")
    args = parser.parse_args()
    sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
    from training_runs import save_sheet

    print(machine())
    print(f"{'16 faces':12} {'steps':>5} {'seconds':>8} {'memory':>8}")
    for name, steps in SAMPLERS:
        row = in_own_process(__file__, "--row", "latent" if args.latent else "pictures", name, steps)
        print(f"{name:12} {steps:5} {row['seconds']:8.1f} {row['memory']:5.0f} MB", flush=True)
    drawing = Drawing(args.latent)
    samples = np.concatenate([drawing(*asked, args.sampler, args.steps)
                              for asked in drawing.asked(args.samples, args.guidance, args.clearest, seed=1)])
    quality(samples, np.load(INDEX_FILE))
    if args.sheet:
        save_sheet(samples[:64], args.sheet, scale=128 // samples.shape[1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print(json.dumps(time_and_memory(*sys.argv[2:])))
    else:
        main()
