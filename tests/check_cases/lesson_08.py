"""Right and wrong answers to the exercises of lesson 08. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers.fast.adain import moments
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.images import load_image, resize_image

import numpy as np
import tensorflow as tf

EPSILON = 1e-3


def by_maps(features, scale, shift):
    """Instance normalisation, one map of one picture after the other."""
    result = np.empty(features.shape)
    for picture, new in zip(features, result):
        for i in range(picture.shape[-1]):
            one = picture[..., i].astype("float64")
            new[..., i] = (one - one.mean()) * scale[i] / np.sqrt(one.var() + EPSILON) + shift[i]
    return result


def over(axes, power=0.5, ddof=0):
    """Instance normalisation over some axes."""

    def wrong(features, scale, shift):
        mean, variance = features.mean(axes, keepdims=True), features.var(axes, keepdims=True, ddof=ddof)
        return scale * (features - mean) / (variance + EPSILON) ** power + shift

    return wrong


def plain(features):
    return over((1, 2))(features.astype("float64"), 1, 0)


def without_epsilon(features, scale, shift):
    features = features.astype("float64")
    features = features - features.mean((1, 2), keepdims=True).astype("float32")
    with np.errstate(all="ignore"):
        return scale * np.nan_to_num(features / 0.0, nan=np.nan) * 0 + shift


def stats(features):
    features = np.asarray(features, "float64")
    return features.mean((1, 2), keepdims=True), np.sqrt(features.var((1, 2), keepdims=True) + EPSILON)


def with_moments(change=lambda m, d: (m, d), kept=lambda F, m, d: (F - m) / d):
    """AdaIN whose wanted moments go through `change`, after `kept` has been done to the content's maps."""

    def blend(features, first, second, share, strength):
        moments_of_both = zip(stats(first), stats(second))
        mean, deviation = change(*((1 - share) * a + share * b for a, b in moments_of_both))
        restyled = kept(features, *stats(features)) * deviation + mean
        return strength * restyled + (1 - strength) * features

    return blend


def in_tensorflow(features, first, second, share, strength):
    """Blended in the moments, with the photo's own among them."""
    own, a, b = (moments(tf.constant(maps)) for maps in (features, first, second))
    weights = 1 - strength, strength * (1 - share), strength * share
    mean, deviation = (tf.add_n([w * x for w, x in zip(weights, each)]) for each in zip(own, a, b))
    return (features - own[0]) / own[1] * deviation + mean


RIGHT_BLEND = with_moments()


def variances_blended(features, first, second, share, strength):
    (m, d), (m_a, d_a), (m_b, d_b) = map(stats, (features, first, second))
    deviation = np.sqrt((1 - share) * d_a**2 + share * d_b**2)
    restyled = deviation * (features - m) / d + (1 - share) * m_a + share * m_b
    return strength * restyled + (1 - strength) * features


def blended_without_epsilon(features, first, second, share, strength):
    """Right wherever there is contrast."""
    (m, d), (m_a, d_a), (m_b, d_b) = ((x.mean((1, 2), keepdims=True), np.sqrt(x.var((1, 2), keepdims=True) + 1e-12))
                                      for x in (features, first, second))
    mean, deviation = (1 - share) * m_a + share * m_b, (1 - share) * d_a + share * d_b
    return strength * (deviation * (features - m) / d + mean) + (1 - strength) * features


def with_variances(features, first, second, share, strength):
    (m, d), (m_a, d_a), (m_b, d_b) = map(stats, (features, first, second))
    restyled = ((1 - share) * d_a**2 + share * d_b**2) * (features - m) / d**2 + (1 - share) * m_a + share * m_b
    return strength * restyled + (1 - strength) * features


def content_mean_kept(features, first, second, share, strength):
    (m, d), (m_a, _), (m_b, _) = map(stats, (features, first, second))
    return RIGHT_BLEND(features, first, second, share, strength) + strength * (m - (1 - share) * m_a - share * m_b)


def shrunk(mask, features):
    """The mean of the mask under each position."""
    height, width = features.shape[1:3]
    return tf.image.resize(mask, (height, width), method="area").numpy()


def by_weights(features, mask, inside, outside):
    """Each region's maps from weighted sums."""
    small, result = shrunk(mask, features), 0.0
    for guide, (style_mean, style_deviation) in ((small, inside), (1 - small, outside)):
        weight = guide / guide.sum()
        mean = np.einsum("bhwc,bhwi->c", features, weight)
        variance = np.einsum("bhwc,bhwi->c", (features - mean) ** 2, weight)
        result = result + guide * (style_deviation * (features - mean) / np.sqrt(variance + EPSILON) + style_mean)
    return result


def mixing(shrink=shrunk, guides=lambda small: (small, 1 - small), shares=lambda small: (small, 1 - small), power=1):
    """Regions with other ways to shrink the mask, to guide the moments and to share the picture."""

    def wrong(features, mask, inside, outside):
        small, result = shrink(mask, features), 0.0
        for share, guide, (style_mean, style_deviation) in zip(shares(small), guides(small), (inside, outside)):
            mean, deviation = (part.numpy() for part in moments(tf.constant(features), tf.constant(guide)))
            result = result + share * (style_deviation**power * (features - mean) / deviation + style_mean)
        return result

    return wrong


def factor(mask, features):
    return mask.shape[1] // features.shape[1]


PHOTO = load_image("mountains", 128)
RAMP = np.broadcast_to(np.linspace(1, 0, 128, dtype="float32")[:, np.newaxis], (*PHOTO.shape[:3], 1)).copy()
STYLES = ["night_cafe", "starry_night"]
PAINTINGS = [resize_image(load_image(name, 128), PHOTO.shape[1:3]) for name in STYLES]
WORDS = "Evening on the left, night on the right; the mask falls slowly between them."


@cache
def painted(names=tuple(STYLES), strength=1.0):
    return stylize_fast(PHOTO, list(names), masks=[RAMP, 1 - RAMP], strength=strength)


HARD = (RAMP > 0.5).astype("float32")

RIGHT = {
    "half_faded": [(" One  to FOUR ",)],
    "instance_normalisation": [(by_maps,)],
    "blended_adain": [(in_tensorflow,), (RIGHT_BLEND,)],
    "restyle_regions": [(by_weights,), (mixing(),)],
    "two_hours": [lambda: (painted(), RAMP, PHOTO, STYLES, WORDS),
                  lambda: (painted(("the_scream", "great_wave")), RAMP, PHOTO, ["the_scream", "great_wave"], WORDS)],
}
WRONG = {
    "half_faded": [
        (("one to one",), "two means and two deviations"),
        (("one to two",), "takes a root of the contrast"),
        (("one to sixteen",), "the variances of the two halves"),
        (("four",), "choose one of"),
    ],
    "instance_normalisation": [
        ((over((0, 1, 2)),), "those of the whole batch"),
        ((over((1, 2, 3)),), "leave out axis 3"),
        ((over((3,)),), "at each position"),
        ((over((1,)),), "over axis 1 only"),
        ((over((2,)),), "over axis 2 only"),
        ((over((1, 2), power=1),), "you divide by the variance"),
        ((lambda f, a, b: a * (f - f.mean((1, 2), keepdims=True)) / (f.std((1, 2), keepdims=True) + EPSILON) + b,),
         "stands inside the root"),
        ((lambda f, a, b: over((1, 2), ddof=1)(f.astype("float64"), a, b),), "one less than the number"),
        ((lambda f, a, b: a * f / np.sqrt(f.var((1, 2), keepdims=True) + EPSILON) + b,), "is still there"),
        ((lambda f, a, b: a * (f - f.mean((1, 2), keepdims=True)) + b,), "is still the old one"),
        ((lambda f, a, b: a * (plain(f) + b),), "is added last"),
        ((lambda f, a, b: b * plain(f) + a,), "scale and shift are exchanged"),
        ((lambda f, a, b: (1 + a) * plain(f) + b,), "as the decoder does"),
        ((lambda f, a, b: plain(f),), "are not used yet"),
        ((without_epsilon,), "divided by zero"),
    ],
    "blended_adain": [
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, 1 - share, t),), "you give it to the first"),
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, share, 1 - t),), "the wrong way round"),
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, share, 1),), "this is the style in full"),
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, 0.5, t),), "blend both styles alike"),
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, 0, t),), "the second style does not come"),
        ((lambda f, a, b, share, t: RIGHT_BLEND(f, a, b, 1, t),), "the first style does not come"),
        ((blended_without_epsilon,), "is ε in each deviation"),
        ((with_variances,), "takes deviations, their roots"),
        ((variances_blended,), "the root afterwards"),
        ((content_mean_kept,), "the content's mean comes back"),
        ((with_moments(lambda m, d: (m, 1), lambda F, m, d: F - m),), "only the means move"),
        ((with_moments(kept=lambda F, m, d: F / d),), "has not been taken away"),
        ((with_moments(kept=lambda F, m, d: F - m),), "deviation is still in it"),
        ((with_moments(lambda m, d: (0, 1)),), "this is instance normalisation"),
    ],
    "restyle_regions": [
        ((mixing(lambda mask, f: mask[:, :: factor(mask, f), :: factor(mask, f)]),), "you pick single pixels"),
        ((mixing(lambda mask, f: tf.nn.max_pool2d(mask, factor(mask, f), factor(mask, f), "VALID").numpy()),),
         "you take the largest"),
        ((mixing(shares=lambda g: (g > 0.5, g <= 0.5), guides=lambda g: [(g > 0.5) * np.float32(1),
                                                                         (g <= 0.5) * np.float32(1)]),), "is hard"),
        ((mixing(guides=lambda g: (np.ones_like(g), np.ones_like(g))),), "those of the whole picture"),
        ((mixing(guides=lambda g: (g, g)),), "still those of the inside"),
        ((lambda f, mask, inside, outside: by_weights(f, mask, outside, inside),), "inside and outside are exchanged"),
        ((mixing(shares=lambda g: (g, 1)),), "the outside is added everywhere"),
        ((mixing(shares=lambda g: (g, 0)),), "nothing is left"),
        ((mixing(power=2),), "the square of the style"),
    ],
    "two_hours": [
        (lambda: (painted(), RAMP, PHOTO, STYLES[:1], WORDS), "a list of two names"),
        (lambda: (painted(), RAMP, PHOTO, STYLES[:1] * 2, WORDS), "are the same painting"),
        (lambda: (painted(), RAMP[:, 1:], PHOTO, STYLES, WORDS), "a mask has one channel"),
        (lambda: (painted(), 2 * RAMP, PHOTO, STYLES, WORDS), "leaves [0, 1]"),
        (lambda: (painted(), HARD, PHOTO, STYLES, WORDS), "your mask jumps by"),
        (lambda: (painted(), 0.5 + 0.5 * RAMP, PHOTO, STYLES, WORDS), "nearly for itself"),
        (lambda: (painted(), 1 - RAMP, PHOTO, STYLES, WORDS), "Does each style get its own mask"),
        (lambda: (painted(strength=0.5), RAMP, PHOTO, STYLES, WORDS), "are not there yet"),
        (lambda: (RAMP * PAINTINGS[0] + (1 - RAMP) * PAINTINGS[1], RAMP, PHOTO, STYLES, WORDS), "hard to make out"),
        (lambda: (painted(), RAMP, PHOTO, STYLES, "because"), "defend it"),
        (lambda: (255 * painted(), RAMP, PHOTO, STYLES, WORDS), "divide by 255"),
    ],
}
