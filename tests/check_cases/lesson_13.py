"""Right and wrong answers to the exercises of lesson 13. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers.diffusion import schedules
from nst_helpers.images import DATA_FOLDER, load_image
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network

import numpy as np
import tensorflow as tf

PAINTINGS = ["the_scream", "night_cafe", "starry_night", "inokashira_snow"]
WORDS = "With strength 0.3 the columns differ in colour, and hair stays where it was."


def jump_by_logs(image, noise, betas, step):
    angle = np.arccos(np.exp(0.5 * np.sum(np.log1p(-np.asarray(betas[:step])))))
    return tf.constant(np.cos(angle) * (image - 0.5) * 2 + np.sin(angle) * noise)


def mixed(image, noise, betas, step, picture=0.5, dirt=0.5, first=0, low=-1.0):
    """A jump with other exponents, other betas, another lowest value."""
    share = np.prod(1 - betas[first:step])
    return share**picture * (low + (1 - low) * image) + (1 - share) ** dirt * noise


def small_steps(image, noise, betas, step):
    noisy = 2 * image - 1
    for beta in betas[:step]:
        noisy = (1 - beta) ** 0.5 * noisy + beta**0.5 * noise
    return noisy


def borrowed_jump(image, noise, betas, step):
    return schedules.add_noise(2 * image - 1, noise, np.prod(1 - betas[:step]))


def share_of(betas, step):
    return np.prod(1 - betas[:step])


def guided(asked, other, w):
    return (1 + w) * asked - w * other


def along_v(noisy, noise, share, share_before):
    """The same step, by angles: the held guess and what lies at right angles to it."""
    clean = np.minimum(1, np.maximum(-1, (noisy - (1 - share) ** 0.5 * noise) / share**0.5))
    rest = (noisy - share**0.5 * clean) * ((1 - share_before) / (1 - share)) ** 0.5
    return tf.constant(share_before**0.5 * clean + rest)


def step(noisy, noise, share, before, held=(-1, 1), fit=True, picture=0.5, dirt=0.5):
    """A step of DDIM with another range of the guess, with the old noise, with other exponents."""
    guess = (noisy - (1 - share) ** dirt * noise) / share**picture
    clean = np.clip(guess, *held) if held else guess
    if fit:
        noise = (noisy - share**0.5 * clean) / (1 - share) ** 0.5
    return before**0.5 * clean + (1 - before) ** 0.5 * noise


def guess(noisy, noise, share, before=None):
    return np.clip((noisy - (1 - share) ** 0.5 * noise) / share**0.5, -1, 1)


def borrowed_step(noisy, noise, share, before):
    return schedules.ddim_step(noisy, guess(noisy, noise, share), share, before)


def rank_by_loops(samples, known):
    def cosine(a, b):
        return float(a @ b) / float(np.sqrt((a @ a) * (b @ b)))

    own = [max(cosine(a, b) for k, b in enumerate(known) if k != place) for place, a in enumerate(known)]
    nearest = [max(cosine(sample, b) for b in known) for sample in samples]
    return [sum(one < likeness for one in own) / len(own) for likeness in nearest]


def rank(samples, known, unit=True, leave_out=True, best=np.max):
    """The ranks without unit length, with each known place as its own nearest, or by another measure of a row."""
    if unit:
        samples, known = (a / np.linalg.norm(a, axis=1, keepdims=True) for a in (samples, known))
    among = known @ known.T
    own = [best(np.delete(row, k) if leave_out else row) for k, row in enumerate(among)]
    return np.mean(np.array(own) < (samples @ known.T).max(1)[:, np.newaxis], axis=1)


def euclidean_rank(samples, known):
    far = np.linalg.norm(known[:, np.newaxis] - known, axis=2)
    np.fill_diagonal(far, np.inf)
    nearest = np.linalg.norm(samples[:, np.newaxis] - known, axis=2).min(1)
    return np.mean(far.min(1) > nearest[:, np.newaxis], axis=1)


def rank_among_pairs(samples, known):
    samples, known = (a / np.linalg.norm(a, axis=1, keepdims=True) for a in (samples, known))
    pairs = (known @ known.T)[~np.eye(len(known), dtype=bool)]
    return np.mean(pairs < (samples @ known.T).max(1)[:, np.newaxis], axis=1)


def likeness(samples, known):
    samples, known = (a / np.linalg.norm(a, axis=1, keepdims=True) for a in (samples, known))
    return (samples @ known.T).max(1)


def column():
    """Four faces that ship with the course, one below the other."""
    names = "00001756", "00003409", "00003766", "00004792"
    return np.concatenate([load_image(DATA_FOLDER / "faces" / f"{name}.png") for name in names], axis=1)


@cache
def bent(steps, length=0.03):
    """The four faces, four times, each walked towards a painting: no sampler, only steps against the slope."""
    extract = feature_extractor(load_network("pocket"), [f"block{k}_conv1" for k in (1, 2, 3)])
    columns = []
    for name in PAINTINGS:
        targets = {k: gram_matrix(maps) for k, maps in extract(load_image(name, 256)).items()}
        heads = []
        for head in np.split(column(), 4, axis=1):
            image = tf.Variable(head)
            for _ in range(steps):
                with tf.GradientTape() as tape:
                    seen = extract(tf.image.resize(image, [64, 64]))
                    loss = tf.add_n([style_loss(gram_matrix(seen[k]), targets[k]) for k in targets])
                slope = tape.gradient(loss, image)
                image.assign(tf.clip_by_value(image - length * slope / tf.math.reduce_std(slope), 0, 1))
            heads.append(image.numpy())
        columns.append(np.concatenate(heads, axis=1))
    return np.concatenate(columns, axis=2)


def print_of(steps=4, plain=None, paintings=PAINTINGS, defence=WORDS, change=lambda image: image):
    """Answers to the last exercise."""
    return lambda: (change(bent(steps)), column() if plain is None else plain(), paintings, defence)


RIGHT = {
    "same_noise": [(" Half as  FAR",)],
    "jump": [(jump_by_logs,), (mixed,)],
    "step_back": [(guided, along_v), (lambda a, b, w: a + np.subtract(a, b) * w, step)],
    "copy_rank": [(rank_by_loops,), (rank,)],
    "four_hands": [print_of()],
}
WRONG = {
    "same_noise": [
        (("a quarter as far",), "0.25 is a share of the variance"),
        (("three quarters as far",), "how much of it is left in their difference"),
        (("as far as before",), "the noise cancels, that is right"),
        ((0.5,), "choose one of"),
    ],
    "jump": [
        ((lambda *a: mixed(*a, picture=1, dirt=1),), "both roots are missing"),
        ((lambda *a: mixed(*a, picture=1),), "multiplied by ᾱ"),
        ((lambda *a: mixed(*a, dirt=1),), "is the variance of the noise"),
        ((lambda i, n, b, t: share_of(b, t) ** 0.5 * (2 * i - 1) + (1 - share_of(b, t) ** 0.5) * n,), "add up to 1"),
        ((lambda *a: mixed(*a, picture=0),), "as strong as before"),
        ((lambda *a: mixed(*a, dirt=0),), "noise has no factor"),
        ((lambda i, n, b, t: mixed((n + 1) / 2, 2 * i - 1, b, t),), "factors are exchanged"),
        ((lambda *a: mixed(*a, low=0),), "still goes from 0 to 1"),
        ((lambda i, *a: mixed(255 * i, *a, low=0),), "goes to 255"),
        ((lambda i, n, b, t: mixed(i, n, 1 - b, t),), "not of the β"),
        ((lambda i, n, b, t: mixed(i, n, np.array([b[:t].sum()]), 1),), "sum of the β"),
        ((lambda i, n, b, t: mixed(i, n, b, t, first=t - 1),), "one small step"),
        ((lambda i, n, b, t: mixed(i, n, b, t - 1),), "the last β is left out"),
        ((lambda i, n, b, t: mixed(i, n, b, t + 1),), "one β too many"),
        ((lambda i, n, b, t: mixed(i, n, b, len(b)),), "the last step of all"),
        ((small_steps,), "walk in small steps"),
        ((lambda *a: (mixed(*a) + 1) / 2,), "That is for showing"),
        ((borrowed_jump,), "has done the work"),
        ((lambda i, n, b, t: mixed(i, n, b, t)[0],), "has the shape"),
    ],
    "step_back": [
        ((lambda a, b, w: a, step), "gives the answer as it was"),
        ((lambda a, b, w: b + w * (a - b), step), "begins at the other answer"),
        ((lambda a, b, w: a - w * (a - b), step), "towards the other answer"),
        ((lambda a, b, w: w * (a - b), step), "the difference alone"),
        ((lambda a, b, w: a + (a - b), step), "does not use w"),
        ((lambda a, b, w: a + w * a, step), "does not use the other answer"),
        ((lambda a, b, w: a + w * a - b, step), "put it in brackets"),
        ((lambda a, b, w: b + w * (b - a), step), "the two answers are exchanged"),
        ((guided, lambda *a: step(*a, held=None)), "the guess at the picture is not held"),
        ((guided, lambda *a: step(*a, fit=False)), "the noise is still the network's"),
        ((guided, guess), "Now make the jump with it"),
        ((guided, lambda n, e, a, b: (n - (1 - a) ** 0.5 * e) / a**0.5), "and without the jump"),
        ((guided, lambda n, e, a, b: step(n, e, a, a)), "where you were"),
        ((guided, lambda n, e, a, b: b**0.5 * n + (1 - b) ** 0.5 * e), "jump from the noisy picture"),
        ((guided, lambda n, e, a, b: b * guess(n, e, a) + (1 - b) * (n - a**0.5 * guess(n, e, a)) / (1 - a) ** 0.5),
         "in the jump the roots are missing"),
        ((guided, lambda *a: step(*a, picture=1, dirt=1)), "in the guess the roots are missing"),
        ((guided, lambda *a: step(*a, picture=1)), "divided by the share"),
        ((guided, lambda *a: step(*a, dirt=1)), "takes away 1 - share"),
        ((guided, lambda *a: step(*a, picture=0)), "is not divided by the root"),
        ((guided, lambda n, e, a, b: along_v(n, -e, a, b)), "the guess adds the noise"),
        ((guided, lambda n, e, a, b: step(n, e, a, 1 - b)), "in the jump the two factors are exchanged"),
        ((guided, lambda *a: np.clip(step(*a), -1, 1)), "Only the guess is a picture"),
        ((guided, lambda *a: step(*a, held=(0, 1))), "held to 0 to 1"),
        ((guided, borrowed_step), "has done the work"),
        ((lambda a, b, w: a + w * (a - c), step), "raises NameError"),  # noqa: F821
    ],
    "copy_rank": [
        ((lambda s, k: rank(s, k, leave_out=False),), "its own nearest here"),
        ((lambda s, k: rank(s, k, unit=False),), "long lists win"),
        ((euclidean_rank,), "Euclidean"),
        ((lambda s, k: 1 - rank(s, k),), "the share that is more alike"),
        ((rank_among_pairs,), "all pairs"),
        ((lambda s, k: rank(s, k, best=np.mean),), "mean of a row"),
        ((lambda s, k: len(k) * rank(s, k),), "this is a count"),
        ((lambda s, k: 100 * rank(s, k),), "per cent"),
        ((likeness,), "the likeness itself"),
        ((lambda s, k: rank(s, k).mean(),), "Each sample has its own"),
    ],
    "four_hands": [
        (print_of(0), "is hardly bent"),
        (print_of(paintings=PAINTINGS[::-1]), "is nearer to"),
        (print_of(paintings=[*PAINTINGS[:3], PAINTINGS[0]]), "two columns follow the same painting"),
        (print_of(paintings=PAINTINGS[:3]), "a list of four paintings"),
        (print_of(change=lambda image: image[:, :96]), "your sheet has the shape"),
        (print_of(plain=lambda: column()[:, :, ::-1]), "can hardly be told any more"),
        (print_of(defence="They are nice."), "defend it"),
        (print_of(change=lambda image: 255 * image), "divide by 255"),
    ],
}
