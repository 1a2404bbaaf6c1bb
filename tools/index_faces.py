"""Measure every training face once, so that lessons 13 and 14 can ask what is in them: data/faces/index.npz.

    uv run tools/index_faces.py ../shared/diffusion/faces

The pictures themselves stay where they are. For each of them the file holds its name, its mean colour, its contrast
and a short description of what pocket sees in it: the maps of DESCRIPTION_LAYER, averaged over each quarter of the
picture at 32 px, minus `mean`, along the AXES directions in which the faces differ most (`axes`): its `places`.
Faces with like descriptions make GROUPS `groups`, numbered from the largest to the smallest; of each group there is the
mean of all its pictures (`mean_faces`), in which no single one can be seen.
Faces and their mirror images with like outlines make KINDS `kinds`, two numbers for each face: its own and that of its
mirror image. The mean of all pictures of a kind (`mean_kinds`) is what the denoiser is asked with.
"""

import argparse
import io
from pathlib import Path

from nst_helpers._io.atomic import write_whole
from nst_helpers.diffusion.denoiser import INDEX_FILE
from nst_helpers.networks import feature_extractor, load_network

import numpy as np
from scipy.cluster.vq import kmeans2
import tensorflow as tf
from training_runs import picture_files, square_pictures

DESCRIPTION_LAYER = "block3_conv1"
AXES = 64
GROUPS = 8
KINDS = 128


def describe(images):
    """(B, 32, 32, 3) in [0, 1] to (B, 4 C): the mean of each map in each quarter of the picture."""
    maps = feature_extractor(load_network("pocket"), DESCRIPTION_LAYER)(images)[DESCRIPTION_LAYER]
    return np.reshape(tf.nn.avg_pool2d(maps, maps.shape[1] // 2, maps.shape[1] // 2, "VALID"), [len(images), -1])


def outlines(images):
    """(B, S, S, 3) to (B, S * S / 4): light and dark at half the size, with mean 0 and nearly one contrast."""
    count, side = len(images), images.shape[1] // 2
    light = images.mean(3).reshape(count, side, 2, side, 2).mean((2, 4)).reshape(count, -1)
    light -= light.mean(1, keepdims=True)
    return light / (light.std(1, keepdims=True) + 0.03)  # faint pictures stay faint: they are a kind of their own


def grouped(places, count):
    """The number of each row's group, (N,) uint8; 0 is the largest. Groups are found by k-means (Lloyd 1982)."""
    _, labels = kmeans2(places.astype("float64"), count, iter=50, minit="++", seed=0)
    sizes = np.bincount(labels, minlength=count)
    return np.argsort(np.argsort(-sizes, kind="stable"))[labels].astype("uint8")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--groups", type=int, default=GROUPS)
    parser.add_argument("--kinds", type=int, default=KINDS)
    parser.add_argument("--out", type=Path, default=INDEX_FILE)
    args = parser.parse_args(arguments)
    if not 1 <= min(args.groups, args.kinds) <= max(args.groups, args.kinds) <= 256:
        parser.error("--groups and --kinds have to be from 1 to 256: the index keeps them as bytes")

    faces = square_pictures(args.faces, args.size)
    names = [file.stem for file in picture_files(args.faces)]
    parts = np.array_split(faces, -(-len(faces) // 500))
    descriptions = np.concatenate([describe(part.astype("float32") / 255) for part in parts])
    mean = descriptions.mean(0)
    axes = np.linalg.svd(descriptions - mean, full_matrices=False)[2][:AXES].T
    places = (descriptions - mean) @ axes
    groups = grouped(places, args.groups)
    mean_faces = np.stack([faces[groups == group].mean(0).round() for group in range(args.groups)])
    both = np.concatenate([faces, faces[:, :, ::-1]]).astype("float32") / 255
    kinds = grouped(outlines(both), args.kinds)
    mean_kinds = np.stack([255 * both[kinds == kind].mean(0) for kind in range(args.kinds)]).round()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, names=np.array(names), colors=faces.mean((1, 2)).round().astype("uint8"),
                        contrasts=faces.mean(3).std((1, 2)).astype("float16"),
                        mean=mean, axes=axes, places=places.astype("float16"),
                        groups=groups, mean_faces=mean_faces.astype("uint8"),
                        kinds=kinds.reshape(2, -1).T, mean_kinds=mean_kinds.astype("uint8"))
    write_whole(args.out, buffer.getvalue())
    size = args.out.stat().st_size
    print(f"{len(faces)} faces, {axes.shape[1]} numbers each, {size / 1e6:.1f} MB: {args.out}")


if __name__ == "__main__":
    main()
