"""What right and wrong normalisations give: references for the checks of lesson 08, in float64.

A pair holds what a mistake gives and the sentence that names it.
"""

from nst_helpers.checks.report import mistake

import numpy as np

EPSILON = 1e-3  # as in the lesson: added to each variance


def spread(features, axes=(1, 2), guide=None):
    """Mean and variance over these axes; guide: how much each position counts."""
    guide = np.ones_like(features[..., :1]) if guide is None else guide
    weight = np.broadcast_to(guide, features.shape)
    mean = (weight * features).sum(axes, keepdims=True) / weight.sum(axes, keepdims=True)
    return mean, (weight * (features - mean) ** 2).sum(axes, keepdims=True) / weight.sum(axes, keepdims=True)


def normalised(features, axes=(1, 2), guide=None):
    """Features less their mean, over their deviation."""
    mean, variance = spread(features, axes, guide)
    return (features - mean) / np.sqrt(variance + EPSILON)


def instance_normalised(features, scale, shift):
    """Instance normalisation with scale and shift, and pairs."""
    F, a, b = (array.astype("float64") for array in (features, scale, shift))
    (mean, variance), places = spread(F), F.shape[1] * F.shape[2]
    root, plain = np.sqrt(variance + EPSILON), normalised(F)
    return a * plain + b, [
        (a * normalised(F, (0, 1, 2)) + b, mistake("over_the_batch", "mean and deviation are those of the whole batch, "
         "so that a pale picture stays pale beside a strong one. Each picture by itself: axes 1 and 2.")),
        (a * normalised(F, (1, 2, 3)) + b, mistake("over_the_maps", "all maps of a picture share one mean and one "
         "deviation. Each map by itself: leave out axis 3.")),
        (a * normalised(F, (3,)) + b, mistake("at_each_position", "mean and deviation are taken over the maps, at each "
         "position. Take them over the positions, for each map: axes 1 and 2.")),
        (a * normalised(F, (1,)) + b, mistake("columns_alone", "you go over axis 1 only: each column has its own mean. "
         "The positions are axes 1 and 2.")),
        (a * normalised(F, (2,)) + b, mistake("rows_alone", "you go over axis 2 only: each row has its own mean. The "
         "positions are axes 1 and 2.")),
        (a * (F - mean) / (variance + EPSILON) + b, mistake("divides_by_variance", "you divide by the variance. Take "
         "its root: that is the deviation.")),
        (a * (F - mean) / (np.sqrt(variance) + EPSILON) + b, mistake("epsilon_outside", "EPSILON stands inside the "
         "root, beside the variance.")),
        (a * (F - mean) / np.sqrt(variance * places / (places - 1) + EPSILON) + b, mistake("one_place_less", "you "
         "divide the squares by one less than the number of positions. Here it is a plain mean.")),
        (a * F / root + b, mistake("mean_still_there", "the mean of each map is still there: subtract it first.")),
        (a * (F - mean) + b, mistake("not_divided", "the contrast is still the old one: divide by the deviation.")),
        (a * (plain + b), mistake("shift_scaled", "the shift is multiplied by the scale as well. It is added last.")),
        (b * plain + a, mistake("scale_is_shift", "scale and shift are exchanged.")),
        ((1 + a) * plain + b, mistake("one_too_much", "you multiply by 1 + scale, as the decoder does. Here the scale "
         "is the factor itself.")),
        (plain, mistake("not_learnt", "scale and shift are not used yet.")),
    ]


def blended(features, first, second, share, strength):
    """AdaIN with a blend of two styles and a strength, and pairs."""
    F, A, B = (array.astype("float64") for array in (features, first, second))

    def restyled(share=share, t=strength, axes=(1, 2), power=0.5, epsilon=EPSILON):
        (mean, own), (m_a, v_a), (m_b, v_b) = (spread(X, axes) for X in (F, A, B))
        deviations = [(v + epsilon) ** power for v in (own, v_a, v_b)]
        wanted = (1 - share) * deviations[1] + share * deviations[2]
        return t * (wanted * (F - mean) / deviations[0] + (1 - share) * m_a + share * m_b) + (1 - t) * F

    (mean, own), (m_a, v_a), (m_b, v_b) = (spread(X) for X in (F, A, B))
    m = (1 - share) * m_a + share * m_b
    d = (1 - share) * np.sqrt(v_a + EPSILON) + share * np.sqrt(v_b + EPSILON)
    root, t, rest = np.sqrt(own + EPSILON), strength, (1 - strength) * F
    mixed = np.sqrt((1 - share) * v_a + share * v_b + EPSILON)
    return restyled(), [
        (restyled(share=1 - share), mistake("share_of_the_other", "the share belongs to the second style; you give it "
         "to the first.")),
        (restyled(t=1 - strength), mistake("strength_turned", "strength is the wrong way round: 0 leaves the features "
         "as they are.")),
        (restyled(t=1), mistake("always_full", "this is the style in full: strength is not used.")),
        (restyled(epsilon=0), mistake("no_epsilon", "is ε in each deviation? It counts where a map hardly varies.")),
        (restyled(share=0.5), mistake("always_half", "you blend both styles alike: share is not used.")),
        (restyled(share=0), mistake("first_alone", "the second style does not come into it.")),
        (restyled(share=1), mistake("second_alone", "the first style does not come into it.")),
        (restyled(power=1), mistake("variances_used", "you use variances. AdaIN takes deviations, their roots.")),
        (restyled(axes=(1, 2, 3)), mistake("one_for_all_maps", "all maps share one mean and one deviation. Each map "
         "has its own: average over axes 1 and 2.")),
        (t * (mixed * (F - mean) / root + m) + rest, mistake("variances_blended", "you blend the variances and take "
         "the root afterwards. Blend the deviations.")),
        (t * (d * (F - mean) / root + mean) + rest, mistake("content_mean_kept", "the content's mean comes back: at "
         "the end the style's mean is added.")),
        (t * (F - mean + m) + rest, mistake("content_deviation_kept", "only the means move. Divide by the content's "
         "deviation, multiply by the style's.")),
        (t * (d * F / root + m) + rest, mistake("content_mean_left_in", "the content's mean has not been taken away "
         "before the style's is added.")),
        (t * (d * (F - mean) + m) + rest, mistake("not_normalised", "the content's deviation is still in it: divide by "
         "it before you multiply by the style's.")),
        (t * ((F - mean) / root) + rest, mistake("style_missing", "this is instance normalisation: the styles' numbers "
         "do not come into it.")),
    ]


def regions(features, mask, inside, outside):
    """Maps with one style's moments inside a mask and another's outside, and pairs."""
    F, M = features.astype("float64"), mask.astype("float64")
    sides = [np.asarray(side, "float64") for side in (inside, outside)]
    factor = M.shape[1] // F.shape[1]
    blocks = M.reshape(1, F.shape[1], factor, F.shape[2], factor, 1)

    def mixed(g, g_out=None, sides=sides, own=None, own_out=None):
        g_out = 1 - g if g_out is None else g_out
        own, own_out = (mine if theirs is None else theirs for mine, theirs in ((g, own), (g_out, own_out)))
        inner, outer = (deviation * normalised(F, guide=guide) + mean
                        for (mean, deviation), guide in zip(sides, (own, own_out)))
        return g * inner + g_out * outer

    g, everywhere = blocks.mean((2, 4)), np.ones_like(F[..., :1])
    hard, largest = (g > 0.5).astype("float64"), blocks.max((2, 4))
    return mixed(g), [
        (mixed(blocks[:, :, 0, :, 0]), mistake("pixels_picked", "you pick single pixels of the mask. Average it over "
         "the pixels under each position.")),
        (mixed(largest), mistake("largest_taken", "you take the largest value under each position. Take the mean.")),
        (mixed(hard), mistake("hard_edge", "the edge of your mask is hard. A position that is half inside gets half of "
         "each.")),
        (mixed(g, own=everywhere, own_out=everywhere), mistake("moments_of_the_whole", "the photo's moments are those "
         "of the whole picture. Give each region's guide to `moments`.")),
        (mixed(g, own_out=g), mistake("one_guide_twice", "outside, the photo's moments are still those of the inside: "
         "the guide there is 1 minus the mask.")),
        (mixed(g, sides=sides[::-1]), mistake("sides_exchanged", "inside and outside are exchanged.")),
        (mixed(g, everywhere * 1.0, own_out=1 - g), mistake("outside_everywhere", "the outside is added everywhere: "
         "multiply it by 1 minus the mask.")),
        (mixed(g, 0 * g, own_out=1 - g), mistake("outside_missing", "outside the mask nothing is left: add the other "
         "style there.")),
        (mixed(g, sides=[(mean, deviation**2) for mean, deviation in sides]), mistake("deviation_squared", "you "
         "multiply by the square of the style's deviation.")),
    ]
