"""Train all that latent diffusion in lesson 13 needs, from the faces to the four files in data/networks.

    uv run tools/train_latent_denoiser.py ../shared/diffusion/faces

Three trainings one after the other: the autoencoder (train_face_autoencoder.py), a small denoiser of its latents
without conditions, to go away from, and the denoiser itself (train_denoiser.py). `--resume` goes on where the last run
ended.
"""

import argparse
from pathlib import Path

from nst_helpers._io.weights import NETWORKS_FOLDER
from nst_helpers.diffusion.denoiser import INDEX_FILE, LATENT_FILE, LATENT_WEAK_FILE, LATENT_WEAK_WIDTHS

import train_denoiser
import train_face_autoencoder

STEPS = 3000, 3000, 24_000


def stages(faces, index, steps, folder, out):
    """[(tool, folder of its run, its arguments)]."""
    drawing = ["--size", "64", "--patch", "1", "--autoencoder", out, "--middle", "--decay", "0.9995"]
    weak = ["--widths", *LATENT_WEAK_WIDTHS, "--sheet-every", "0", "--out", out / LATENT_WEAK_FILE.name]
    return [
        (train_face_autoencoder, folder / "autoencoder", [faces, "--steps", steps[0], "--out", out]),
        (train_denoiser, folder / "weak", [faces, "--steps", steps[1], *drawing, *weak]),
        (train_denoiser, folder / "denoiser",
         [faces, "--steps", steps[2], *drawing, "--kinds", index, "--out", out / LATENT_FILE.name]),
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", help="a folder of square pictures")
    parser.add_argument("--steps", type=int, nargs=3, default=STEPS, help="of the three trainings")
    parser.add_argument("--kinds", type=Path, default=INDEX_FILE, help="the index of the faces")
    parser.add_argument("--resume", action="store_true", help="go on where the last run ended")
    parser.add_argument("--folder", type=Path, default=Path("results/latent"), help="checkpoints and sheets")
    parser.add_argument("--out", type=Path, default=NETWORKS_FOLDER, help="folder for the weights")
    args = parser.parse_args(arguments)
    for tool, folder, options in stages(args.faces, args.kinds, args.steps, args.folder, args.out):
        more = ["--resume"] if args.resume and (folder / "state.npz").is_file() else []
        tool.main([str(option) for option in [*options, "--folder", folder, *more]])


if __name__ == "__main__":
    main()
