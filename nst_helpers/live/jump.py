"""Noise, scrubbed: a slider over the steps of noise, and what the denoiser makes of a picture at each of them.

Everything is worked out here when the figure is made, and sent once; jump.js and jump.css choose from it and draw.
What may go here: this figure, and the picture of it that a stored notebook keeps.
"""

from textwrap import shorten

from nst_helpers.diffusion.schedules import add_noise, centred, predicted_clean, shown
from nst_helpers.live.figure import BLUE, GREEN, GREY, ORANGE, LiveFigure, page_side

from matplotlib.figure import Figure
import numpy as np
import traitlets

LEVELS, DRAWS = 25, 3  # steps of noise, and noises, that are worked out
MOST, SIDES = 4, (8, 64)  # pictures, and pixels of a side: 25 x 3 x 4 pictures of 32 pixels, three each, are 2.8 MB
TITLES = ["noisy picture", "noise the network finds", "jump to the guess", "true picture"]
LIVE = "Where this notebook runs, a slider moves the step, and picture and noise can be chosen."


def noise_and_jump(pictures, predict_noise, alpha_bar, seed=0):
    """A figure with a slider over the steps of noise: the noisy picture, the noise found in it, the jump, the truth.

    pictures: (B, H, W, 3), RGB in [0, 1], 1 to 4 of 8 to 64 pixels a side. predict_noise: a function (centred pictures
    (B, H, W, 3), step) to the noise in them, of the same shape, as the samplers take it; a condition belongs inside it.
    It is asked 75 times. alpha_bar: the schedule, (T + 1,), falling from 1. seed: of the first noise, the same over
    all pictures; the next two seeds are worked out, too. The figure's `step` and `error` (of the jump, mean squared,
    from -1 to 1) are those that are shown. Raises ValueError for what is no such picture, function, schedule or seed.
    """
    if not callable(predict_noise):
        raise ValueError("predict_noise has to be a function of centred pictures and a step, to the noise in them.")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed is {shorten(repr(seed), 60)}; give a whole number from 0 on.")
    pictures, alpha_bar = numbers(pictures, "pictures"), numbers(alpha_bar, "alpha_bar")
    fits = pictures.ndim == 4 and pictures.shape[3] == 3 and 1 <= len(pictures) <= MOST
    if not fits or not all(SIDES[0] <= side <= SIDES[1] for side in pictures.shape[1:3]):
        raise ValueError(f"pictures has the shape {pictures.shape}; give 1 to {MOST} of {SIDES[0]} to {SIDES[1]} "
                         "pixels a side, (count, height, width, 3).")
    if pictures.min() < 0 or pictures.max() > 1:
        raise ValueError(f"pictures holds values from {pictures.min():.3g} to {pictures.max():.3g}; give RGB from 0 to "
                         "1, the figure centres it.")
    if alpha_bar.ndim != 1 or len(alpha_bar) < 3 or alpha_bar[0] != 1 or (np.diff([*alpha_bar, 0]) >= 0).any():
        raise ValueError("alpha_bar has to be a list of 3 values or more, 1 at step 0, falling at every step, above 0.")
    return JumpFigure(centred(pictures), predict_noise, alpha_bar, int(seed))


def numbers(values, name):
    """An array of finite float64."""
    try:
        array = np.asarray(values, "float64")
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no array of numbers.") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not finite: NaN or infinity.")
    return array


def found_noise(predict_noise, noisy, step):
    """The noise that a function finds in pictures at a step, as an array; ValueError where it finds none."""
    try:
        noise = np.asarray(predict_noise(noisy.copy(), step), "float32")  # its own copy, whatever it does
    except Exception as error:  # the learner's function
        raise ValueError(f"predict_noise stops at step {step} with {type(error).__name__}: "
                         f"{shorten(str(error).removesuffix('.'), 160)}.") from error
    if noise.shape != noisy.shape or not np.isfinite(noise).all():
        raise ValueError(f"predict_noise gives the shape {noise.shape} or a value that is not finite at step {step}; "
                         f"finite noise of the shape {noisy.shape} is needed.")
    return noise


def as_bytes(values):
    """Centred values as the page shows them: uint8, -1 black and 1 white, what lies beyond is cut off."""
    return np.rint(shown(values) * 255).astype("uint8")


class JumpFigure(LiveFigure):
    """The figure; made by `noise_and_jump`. `level`, `picture` and `noise` say what is shown, and may be set."""

    _esm, _css = page_side("jump")
    level, picture, noise = (traitlets.Int().tag(sync=True) for _ in range(3))  # level: in `steps`, without step 0
    steps = traitlets.List().tag(sync=True)  # with step 0, at which nothing is asked
    factors = traitlets.List().tag(sync=True)  # at each of `steps`: of the picture, of the noise
    seeds = traitlets.List().tag(sync=True)
    errors = traitlets.List().tag(sync=True)  # of each noise, picture and level, mean squared
    shape = traitlets.List().tag(sync=True)  # noises, pictures, levels, parts, height, width
    parts = traitlets.Bytes().tag(sync=True)  # in that order: noisy, noise, jump; uint8 RGB
    truth = traitlets.Bytes().tag(sync=True)  # the pictures, uint8 RGB

    def __init__(self, clean, predict_noise, alpha_bar, seed):
        last, seeds = len(alpha_bar) - 1, [seed + number for number in range(DRAWS)]
        steps = np.linspace(0, last, min(LEVELS, last) + 1).round().astype(int).tolist()
        self.images = np.empty((DRAWS, len(clean), len(steps) - 1, 3, *clean.shape[1:]), "uint8")
        self.clean, errors = as_bytes(clean), np.empty(self.images.shape[:3])
        for draw, own in enumerate(seeds):
            noise = np.random.default_rng(own).standard_normal(clean.shape[1:], "float32")
            for level, step in enumerate(steps[1:]):
                share = float(alpha_bar[step])
                noisy = add_noise(clean, noise, share)
                found = found_noise(predict_noise, noisy, step)
                jump = predicted_clean(noisy, found, share)
                errors[draw, :, level] = np.mean((jump.astype("float64") - clean) ** 2, axis=(1, 2, 3))
                self.images[draw, :, level] = np.stack([as_bytes(part) for part in (noisy, found, jump)], axis=1)
        factors = np.sqrt([alpha_bar[steps], 1 - alpha_bar[steps]]).T.tolist()
        super().__init__(steps=steps, factors=factors, seeds=seeds, errors=errors.tolist(), level=len(steps) // 2 - 1,
                         shape=list(self.images.shape[:-1]), parts=self.images.tobytes(), truth=self.clean.tobytes())

    @traitlets.validate("level", "picture", "noise")
    def _check_choice(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        count = self.shape[("noise", "picture", "level").index(name)]
        if not 0 <= value < count:
            raise ValueError(f"{name} is {value}; give a whole number from 0 to {count - 1}.")
        return value

    step = property(lambda self: self.steps[self.level + 1])
    error = property(lambda self: self.errors[self.noise][self.picture][self.level])

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        of_picture, of_noise = self.factors[self.level + 1]
        return (f"Picture {self.picture + 1} of {self.shape[1]} at step {self.step} of {self.steps[-1]}, "
                f"{of_picture:.2f} of the picture and {of_noise:.2f} of the noise of seed {self.seeds[self.noise]}; "
                f"side by side: {', '.join(TITLES)}. Mean squared error of the jump: {self.error:.4f}. {LIVE}")

    def draw(self):
        """The figure as it stands, as a Matplotlib figure."""
        picture = Figure(figsize=(5.4, 3.45), layout="constrained")
        above, below = picture.subfigures(2, height_ratios=[0.82, 1])
        images = [*self.images[self.noise, self.picture, self.level], self.clean[self.picture]]
        for axis, title, image in zip(above.subplots(1, 4), TITLES, images):
            axis.imshow(image, interpolation="lanczos")  # noise with sharp edges would be 30 % more bytes
            axis.set_title(title, fontsize=8)
            axis.axis("off")
        factors, errors = below.subplots(1, 2)
        curves = [((0.06, 0.7), "picture √ᾱ", BLUE, "-"), ((0.16, 0.06), "noise √(1 − ᾱ)", ORANGE, "--")]
        for (place, name, color, line), values in zip(curves, zip(*self.factors)):
            factors.plot(self.steps, values, color=color, linestyle=line)
            factors.plot(self.step, values[self.level + 1], "o", color=color)
            factors.text(*place, name, color=color, fontsize=8, transform=factors.transAxes)
        factors.set(title=f"factors at step {self.step}")
        errors.plot(self.steps[1:], self.errors[self.noise][self.picture], color=GREEN, linestyle="-")
        errors.plot(self.step, self.error, "o", color=GREEN)
        highest = 1.05 * np.max(self.errors) or 1  # one scale for all pictures
        errors.set(title=f"mean squared error: {self.error:.4f}", ylim=(0, highest))
        for axis in (factors, errors):
            axis.axvline(self.step, color=GREY, linewidth=1, linestyle="-", zorder=0)
            axis.set(xlabel="step t")
        picture.supxlabel(LIVE, fontsize=8, color="0.35")
        return picture
