"""What right and wrong noise and denoising give: references for the checks of lesson 13, in float64. Long because
every task has mistakes of its own.

Each function gives what is right, and pairs of what a typical mistake gives and the sentence that names it.
"""

from nst_helpers.checks.report import mistake

import numpy as np


def ways_of_jump(image, noise, betas, step):
    """A picture from 0 to 1 with the noise of a step, with values around 0. betas[0] belongs to step 1."""
    clean, kept = 2 * image - 1, 1 - betas
    share = np.prod(kept[:step])

    def mix(share=share, clean=clean, picture=0.5, dirt=0.5):
        return share**picture * clean + (1 - share) ** dirt * noise

    walked = clean
    for beta in betas[:step]:
        walked = (1 - beta) ** 0.5 * walked + beta**0.5 * noise
    return mix(), [
        (mix(picture=1, dirt=1), mistake("no_roots", "both roots are missing: ᾱ is a share of the variance, and the "
                                         "factors are the roots of the two shares.")),
        (mix(picture=1), mistake("share_not_root", "the picture is multiplied by ᾱ. Take its root.")),
        (mix(dirt=1), mistake("variance_not_deviation", "1 - ᾱ is the variance of the noise. Multiply by its root, the "
                              "standard deviation.")),
        (share**0.5 * clean + (1 - share**0.5) * noise,
         mistake("factors_add_up_to_1", "your two factors add up to 1. Their squares have to: √ᾱ and √(1 - ᾱ).")),
        (clean + (1 - share) ** 0.5 * noise,
         mistake("picture_not_shrunk", "the picture is as strong as before. Each step makes it smaller, too.")),
        (share**0.5 * clean + noise, mistake("noise_in_full", "the noise has no factor. Multiply it by √(1 - ᾱ).")),
        ((1 - share) ** 0.5 * clean + share**0.5 * noise,
         mistake("factors_exchanged", "the two factors are exchanged: ᾱ is the picture's share.")),
        (mix(clean=image), mistake("not_centred", "the picture still goes from 0 to 1. Bring it to -1 to 1 first.")),
        (mix(clean=255 * image), mistake("grey_levels", "the picture goes to 255. Here it goes from 0 to 1.")),
        (mix(np.prod(betas[:step])), mistake("product_of_betas", "ᾱ is the product of all 1 - β, not of the β.")),
        (mix(max(1 - betas[:step].sum(), 0)), mistake("sum_of_betas", "you take the sum of the β from 1. What is left "
                                                      "is multiplied by 1 - β in each step.")),
        (mix(kept[step - 1]), mistake("one_small_step", "this is the noise of one small step. ᾱ is the product of all "
                                      "1 - β up to it.")),
        (mix(np.prod(kept[: step - 1])), mistake("one_beta_too_few", "off by one: the last β is left out.")),
        (mix(np.prod(kept[: step + 1])), mistake("one_beta_too_many", "off by one: there is one β too many.")),
        (mix(np.prod(kept)), mistake("all_betas", "this is the last step of all. Take the β up to `step`.")),
        (walked, mistake("same_noise_again", "you walk in small steps and add the same noise each time. Fresh noise "
                         "partly cancels, the same one adds up. Make one jump.")),
        ((mix() + 1) / 2, mistake("shown_already", "the result has been brought back to 0 to 1. That is for showing; "
                                  "the network wants values around 0.")),
    ]


def ways_of_guidance(asked, other, w):
    """The answer w times the difference beyond `asked`."""
    apart = asked - other
    return asked + w * apart, [
        (asked, mistake("no_guidance", "guided gives the answer as it was: w and the other answer are not used.")),
        (other + w * apart, mistake("counted_from_other", "guided begins at the other answer. Begin at `asked`, so "
                                    "that w = 0 adds nothing.")),
        (asked - w * apart, mistake("towards_the_other", "guided goes towards the other answer. Go away from it.")),
        (w * apart, mistake("difference_alone", "guided gives the difference alone. Add it to `asked`.")),
        (asked + apart, mistake("w_not_used", "guided does not use w.")),
        ((1 + w) * asked, mistake("other_not_used", "guided does not use the other answer.")),
        (asked + w * asked - other, mistake("guided_without_brackets", "in guided, w has to multiply the whole "
                                            "difference: put it in brackets.")),
        (other - w * apart, mistake("answers_exchanged", "in guided the two answers are exchanged.")),
    ]


def ways_of_step(noisy, noise, share, before):
    """The picture at an earlier step, by DDIM, with the guess held to -1 to 1."""
    def guess(picture=share**0.5, dirt=(1 - share) ** 0.5):
        return (noisy - dirt * noise) / picture

    def fitting(clean):
        return (noisy - share**0.5 * clean) / (1 - share) ** 0.5

    def land(clean, noise=None, picture=before**0.5, dirt=(1 - before) ** 0.5):
        return picture * clean + dirt * (fitting(clean) if noise is None else noise)

    held = np.clip(guess(), -1, 1)
    back = (noisy - before**0.5 * held) / max(1 - before, 1e-9) ** 0.5
    return land(held), [
        (land(guess()), mistake("not_held", "the guess at the picture is not held to -1 to 1.")),
        (land(held, noise), mistake("noise_does_not_fit", "the guess is held, but the noise is still the network's. "
                                    "Work out anew which noise belongs to the held guess.")),
        (held, mistake("guess_alone", "this is the guess at the picture. Now make the jump with it, to the share "
                       "before.")),
        (guess(), mistake("guess_alone_not_held", "this is the guess at the picture, not held to -1 to 1, and without "
                          "the jump.")),
        (noisy, mistake("same_place", "you are where you were: the jump out of the noise uses `share`; only the last "
                        "one uses `share_before`.")),
        (land(noisy, noise), mistake("jump_from_noisy", "you jump from the noisy picture. Jump from the guess.")),
        (land(held, picture=before, dirt=1 - before), mistake("no_roots_in_jump", "in the jump the roots are "
                                                              "missing.")),
        (land(np.clip(guess(share, 1 - share), -1, 1)), mistake("no_roots_in_guess", "in the guess the roots are "
                                                                "missing.")),
        (land(np.clip(guess(share), -1, 1)), mistake("guess_over_share", "the guess is divided by the share. Divide "
                                                     "by its root.")),
        (land(np.clip(guess(dirt=1 - share), -1, 1)), mistake("variance_in_guess", "the guess takes away 1 - share of "
                                                              "the noise. Take its root.")),
        (land(np.clip(guess(1), -1, 1)), mistake("guess_not_divided", "the guess is not divided by the root of the "
                                                 "share: the picture in it is still small.")),
        (land(np.clip(guess(dirt=-((1 - share) ** 0.5)), -1, 1)), mistake("noise_added", "the guess adds the noise. "
                                                                        "Take it away.")),
        (land(held, picture=(1 - before) ** 0.5, dirt=before**0.5),
         mistake("jump_factors_exchanged", "in the jump the two factors are exchanged.")),
        (np.clip(land(held), -1, 1), mistake("result_held", "the result is held to -1 to 1. Only the guess is a "
                                             "picture; there is still noise in the result.")),
        (land(np.clip(guess(), 0, 1)), mistake("held_to_0_to_1", "the guess is held to 0 to 1. Here pictures go from "
                                               "-1 to 1.")),
        (land(held, back), mistake("noise_by_share_before", "the noise that belongs to the held guess lies in the "
                                   "picture at `share`, not at `share_before`.")),
    ]


def ways_of_ranks(samples, known):
    """The share of known places whose nearest other one is less alike than each sample's nearest."""
    samples, known = samples.astype("float64"), known.astype("float64")
    cosines, among = unit(samples) @ unit(known).T, unit(known) @ unit(known).T
    products, own_products = samples @ known.T, known @ known.T
    far, own_far = (-np.linalg.norm(a[:, np.newaxis] - known, axis=2) for a in (samples, known))

    def rank(likeness, among):
        return (among[np.newaxis] < likeness[:, np.newaxis]).mean(axis=1)

    right = rank(cosines.max(1), others(among).max(1))
    pairs = among[~np.eye(len(known), dtype=bool)]
    return right, [
        (rank(cosines.max(1), among.max(1)), mistake("itself_counted", "each known face is its own nearest here, with "
                                                     "likeness 1. Leave it out.")),
        (rank(products.max(1), others(own_products).max(1)), mistake("no_unit_length", "long lists win with you: bring "
                                                                     "each to length 1 first.")),
        (rank(far.max(1), others(own_far).max(1)), mistake("euclidean", "this is by Euclidean distance. Cosines are "
                                                           "asked for.")),
        (1 - right, mistake("share_above", "this is the share that is more alike. The share below is asked for.")),
        (rank(cosines.max(1), pairs), mistake("all_pairs", "you compare with all pairs of known faces. Each one has "
                                              "one nearest: take the largest of its row.")),
        (rank(cosines.max(1), (among.sum(1) - 1) / (len(known) - 1)), mistake("mean_of_others", "you compare with the "
                                                                              "mean of a row. Take its largest.")),
        (len(known) * right, mistake("count_not_share", "this is a count. Divide by the number of known faces.")),
        (100 * right, mistake("per_cent", "these are per cent. Leave the 100 out: a share is at most 1.")),
        (cosines.max(1), mistake("likeness_alone", "this is the likeness itself. How many of the known faces have a "
                                 "nearest one that is less alike?")),
        (right.mean(), mistake("one_number", "this is one number. Each sample has its own.")),
    ]


def unit(places):
    """Each row with length 1."""
    return places / np.linalg.norm(places, axis=1, keepdims=True)


def others(square):
    """A table of likenesses without its diagonal, where each is compared with itself."""
    return np.where(np.eye(len(square), dtype=bool), -np.inf, square)
