"""Asking the denoiser: conditions, vague pictures of what is wanted, and guidance (Ho and Salimans 2022)."""

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers.diffusion.schedules import centred

import numpy as np
import tensorflow as tf

INDEX_FILE = DATA_FOLDER / "faces" / "index.npz"  # made by tools/index_faces.py


def mean_kinds(size=None, index=INDEX_FILE):
    """The mean picture of each kind of faces, centred, (kinds, size, size, 3). size: None for that of the index.

    Raises ValueError for a size that the index's is no multiple of.
    """
    with np.load(index) as stored:
        pictures = centred(stored["mean_kinds"] / 255)
    own = pictures.shape[1]
    size = size or own
    if own % size:
        raise ValueError(f"The pictures of the kinds have {own} px; {size} px cannot be made of them.")
    return pictures.reshape(-1, size, own // size, size, own // size, 3).mean((2, 4))


def draw_conditions(count, seed=0, clearest=1.0, size=None):
    """Conditions for a shipped denoiser, (count, 32, 32, 3): the means of kinds of faces, as often as they come.

    clearest: drawn from this share of the kinds, those with the most contrast; 0.5 leaves out what has no outline.
    size: None, or 16 for the denoiser of latents.
    Raises ValueError for a share that is not above 0 and up to 1, or a size that does not divide 32.
    """
    if not 0 < clearest <= 1:
        raise ValueError(f"clearest is {clearest}; it is a share of the kinds: above 0, up to 1.")
    with np.load(INDEX_FILE) as index:
        own = index["kinds"].ravel()
    contrasts = mean_kinds().std((1, 2, 3))
    kept = contrasts.argsort()[::-1][: max(1, round(clearest * len(contrasts)))]
    return mean_kinds(size)[np.random.default_rng(seed).choice(own[np.isin(own, kept)], count)]


def noise_predictor(denoiser, condition=None, guidance=0.0, away_from=None):
    """A function (pictures, step) to the noise in them, as the samplers of schedules.py want it, compiled.

    condition: what is asked for, (1, H, W, 3) for all pictures or (B, H, W, 3), one for each; None is anything.
    guidance: how far to go beyond the network's own answer, which is 0; above it the pictures are clearer, and vary
        less.
    away_from: the denoiser to go away from, which is asked for nothing: `load_denoiser("weak")` is made for it (Karras
        et al. 2024). None: the same one (classifier-free guidance, Ho and Salimans 2022, equation 6, their w).
    Raises ValueError for a condition that the denoiser or the pictures have no place for.
    """
    if condition is not None and len(denoiser.inputs) == 2:
        raise ValueError("This denoiser takes no condition; build one with conditional=True, or take load_denoiser().")
    other = away_from or denoiser

    def answer(network, noisy, time, wanted):
        return network([noisy, time, wanted][: len(network.inputs)])

    @tf.function(reduce_retracing=True)
    def predict(noisy, time, wanted):
        asked = answer(denoiser, noisy, time, wanted)
        if not guidance or (condition is None and away_from is None):
            return asked
        return asked + guidance * (asked - answer(other, noisy, time, tf.zeros_like(wanted)))

    def predicted(noisy, step):
        wanted, form = np.zeros((1, 1, 1, 1)) if condition is None else np.asarray(condition), (*np.shape(noisy)[:3], 3)
        if wanted.ndim != 4 or any(side not in (1, own) for side, own in zip(wanted.shape, form)):
            raise ValueError(f"The condition {wanted.shape} does not fit the pictures {np.shape(noisy)}; give one for "
                             "all, (1, H, W, 3), or one for each.")
        wanted = np.broadcast_to(wanted, form).astype("float32")
        return predict(tf.constant(noisy), tf.fill([len(noisy)], float(step)), tf.constant(wanted))

    return predicted
