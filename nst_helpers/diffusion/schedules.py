"""Diffusion: noise over a picture step by step, and the way back from noise to a picture.

Step 0 is the clean picture, step T nearly pure noise. Here pictures are centred, (B, H, W, 3) with values around 0
(`centred`), so that they and the noise are of one size. `alpha_bar` (T + 1,) says for each step which share of the
variance is still the picture's (the papers' letter, with alpha_bar[0] = 1). The network that predicts the noise stands
in denoiser.py.
"""

import itertools

import numpy as np

STEPS = 1000


def centred(images):
    """Pictures in [0, 1] as values in [-1, 1]: what a diffusion model works on."""
    return 2 * np.asarray(images, "float32") - 1


def shown(values):
    """Centred values as pictures, float32 in [0, 1]; what lies outside is cut off."""
    return np.clip((np.asarray(values, "float32") + 1) / 2, 0, 1)


def linear_schedule(steps=STEPS):
    """alpha_bar (steps + 1,) of Ho et al. 2020, section 4: the noise added in a step grows evenly."""
    betas = np.linspace(1e-4, 0.02, steps) * STEPS / steps
    if betas[-1] >= 1:
        raise ValueError(f"steps is {steps}; the linear schedule needs at least {STEPS // 50 + 1}.")
    return np.concatenate([[1.0], np.cumprod(1 - betas)])


def cosine_schedule(steps=STEPS, offset=0.008):
    """alpha_bar (steps + 1,) of Nichol and Dhariwal 2021, equation 17: the picture fades more evenly than above."""
    angles = (np.arange(steps + 1) / steps + offset) / (1 + offset) * np.pi / 2
    alpha_bar = np.cos(angles) ** 2
    betas = np.minimum(1 - alpha_bar[1:] / alpha_bar[:-1], 0.999)  # without a bound the last step divides by zero
    return np.concatenate([[1.0], np.cumprod(1 - betas)])


def add_noise(clean, noise, alpha_bar):
    """Pictures after any number of steps, in one jump (Ho et al. 2020, equation 4).

    clean, noise: (B, H, W, 3). alpha_bar: that of the step, one number, or one for each picture, (B,).
    """
    alpha_bar = np.reshape(alpha_bar, (-1, 1, 1, 1)).astype(clean.dtype)
    return np.sqrt(alpha_bar) * clean + np.sqrt(1 - alpha_bar) * noise


def predicted_clean(noisy, noise, alpha_bar):
    """Equation 4 the other way round: the clean picture, if `noise` is what lies over it. alpha_bar: one number."""
    return (noisy - (1 - alpha_bar) ** 0.5 * noise) / alpha_bar**0.5


def clipped(clean, alpha_bar):
    """The predicted clean picture, held to what a picture can be. It keeps early mistakes from growing."""
    return np.clip(clean, -1, 1)


def ddpm_step(noisy, clean, alpha_bar, alpha_bar_before, rng):
    """One step back with fresh noise: a draw from what Ho et al. 2020 give in equations 6 and 7.

    noisy: at a step with `alpha_bar`; clean: what the network takes for the picture. Returns the pictures at the
    step with `alpha_bar_before`. The last step, to 1, adds no noise.
    """
    alpha = alpha_bar / alpha_bar_before  # of this step alone
    share_of_clean = alpha_bar_before**0.5 * (1 - alpha) / (1 - alpha_bar)
    share_of_noisy = alpha**0.5 * (1 - alpha_bar_before) / (1 - alpha_bar)
    deviation = ((1 - alpha_bar_before) / (1 - alpha_bar) * (1 - alpha)) ** 0.5
    fresh = rng.standard_normal(noisy.shape).astype(noisy.dtype)
    return share_of_clean * clean + share_of_noisy * noisy + deviation * fresh


def ddim_step(noisy, clean, alpha_bar, alpha_bar_before):
    """One step back without fresh noise: the same noise, less of it (Song et al. 2021, equation 12, sigma = 0)."""
    noise = (noisy - alpha_bar**0.5 * clean) / (1 - alpha_bar) ** 0.5
    return alpha_bar_before**0.5 * clean + (1 - alpha_bar_before) ** 0.5 * noise


def ddpm(predict_noise, start, alpha_bar, steps=None, begin=None, refine=clipped, seed=0, watch=None):
    """From noise to pictures as Ho et al. 2020 (algorithm 2): every step, each with fresh noise drawn from `seed`.

    The arguments are those of `ddim`; steps=None takes every step. The same start ends differently with another seed.
    """
    rng = np.random.default_rng(seed)

    def step(*pictures_and_shares):
        return ddpm_step(*pictures_and_shares, rng)

    return _walk_back(predict_noise, start, alpha_bar, steps, begin, step, refine, watch)


def ddim(predict_noise, start, alpha_bar, steps=50, begin=None, refine=clipped, watch=None):
    """From noise to pictures as Song et al. 2021: few large steps and no fresh noise, so the start decides.

    predict_noise: a function (pictures, step) to the noise in them. start: (B, H, W, 3), the pictures at step
        `begin` (None: the last one, where they are pure noise). A picture that was noised half-way, with that step
        as `begin`, comes out as a variation of itself.
    refine: a function (clean, alpha_bar of the step) to a better clean picture, called at each step: `clipped`, or one
        that guides towards a style. None: whatever the network predicts.
    watch: a function (step, noisy, clean), called after each step. Returns (B, H, W, 3), centred.
    """
    return _walk_back(predict_noise, start, alpha_bar, steps, begin, ddim_step, refine, watch)


def _walk_back(predict_noise, start, alpha_bar, steps, begin, step, refine, watch):
    begin = len(alpha_bar) - 1 if begin is None else begin
    steps = begin if steps is None else steps
    if not 1 <= steps <= begin < len(alpha_bar):
        raise ValueError(f"There are {steps} steps to be made from step {begin} of {len(alpha_bar) - 1}; make at least "
                         "1 and no more than there are.")
    alpha_bar, noisy = [float(share) for share in alpha_bar], np.asarray(start)  # plain numbers keep float32 as it is
    places = np.linspace(begin, 0, steps + 1).round().astype(int).tolist()
    for place, before in itertools.pairwise(places):
        clean = predicted_clean(noisy, np.asarray(predict_noise(noisy, place)), alpha_bar[place])
        if refine is not None:
            clean = np.asarray(refine(clean, alpha_bar[place]))
        noisy = step(noisy, clean, alpha_bar[place], alpha_bar[before])
        if watch is not None:
            watch(place, noisy, clean)
    return noisy
