"""Schedules, noising and samplers: against the papers' formulas, statistics, and a case whose answer is known.

What may go here: what needs no network. The U-Net has a file of its own.
"""

import math

from nst_helpers.diffusion import schedules

import numpy as np
import pytest

SCHEDULES = [schedules.linear_schedule, schedules.cosine_schedule]
MEAN, DEVIATION = 0.3, 0.4  # of the toy: every value of every "picture" is drawn from this one Gaussian
SHAPE = (4000, 2, 2, 1)


def toy_noise(alpha_bar):
    """The best guess at the noise in a toy picture: its expectation, by the formula for two Gaussians."""

    def predict_noise(noisy, step):
        share = alpha_bar[step]
        return (1 - share) ** 0.5 * (noisy - share**0.5 * MEAN) / (share * DEVIATION**2 + 1 - share)

    return predict_noise


def toy_answer(noisy, share):
    """Where a deterministic walk through Gaussians ends: as many deviations from the mean as it began."""
    return MEAN + DEVIATION * (noisy - share**0.5 * MEAN) / (share * DEVIATION**2 + 1 - share) ** 0.5


@pytest.fixture
def noise():
    return np.random.default_rng(1).normal(size=SHAPE)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [30, 200, 1000])
def test_a_schedule_falls_from_all_of_the_picture_to_next_to_nothing(schedule, steps):
    alpha_bar = schedule(steps)
    assert alpha_bar.shape == (steps + 1,) and alpha_bar[0] == 1
    assert np.all(np.diff(alpha_bar) < 0) and 0 < alpha_bar[-1] < 1e-3


def test_the_schedules_are_those_of_the_papers():
    linear = [math.prod(1 - (1e-4 + (0.02 - 1e-4) * i / 999) for i in range(step)) for step in (1, 500, 1000)]
    np.testing.assert_allclose(schedules.linear_schedule(1000)[[1, 500, 1000]], linear, rtol=1e-10)
    cosine = [math.cos((step / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for step in (0, 1, 500, 990)]
    expected = [value / cosine[0] for value in cosine]
    np.testing.assert_allclose(schedules.cosine_schedule(1000)[[0, 1, 500, 990]], expected, rtol=1e-10)


def test_a_linear_schedule_of_too_few_steps_is_refused():
    with pytest.raises(ValueError, match="at least 21"):
        schedules.linear_schedule(20)
    assert schedules.linear_schedule(21)[-1] > 0


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_one_jump_has_the_statistics_of_many_small_steps(schedule):
    rng, alpha_bar, clean = np.random.default_rng(0), schedule(50), 0.8
    values = np.full(100_000, clean)
    for step in range(1, 21):
        beta = 1 - alpha_bar[step] / alpha_bar[step - 1]
        values = np.sqrt(1 - beta) * values + np.sqrt(beta) * rng.normal(size=values.size)
    jump = schedules.add_noise(np.full(SHAPE, clean), rng.normal(size=SHAPE), alpha_bar[20])
    for found in (values, jump):
        error = 5 * np.sqrt((1 - alpha_bar[20]) / found.size)  # five standard errors
        assert abs(found.mean() - np.sqrt(alpha_bar[20]) * clean) < error
        assert abs(found.var() / (1 - alpha_bar[20]) - 1) < 5 * np.sqrt(2 / found.size)


def test_each_picture_of_a_batch_may_be_at_its_own_step():
    rng, shares = np.random.default_rng(0), np.array([1.0, 0.25, 0.0])
    clean, noise = rng.normal(size=(2, 3, 4, 4, 3)).astype("float32")
    noisy = schedules.add_noise(clean, noise, shares)
    assert noisy.dtype == "float32"
    np.testing.assert_array_equal(noisy[0], clean[0])
    np.testing.assert_allclose(noisy[1], 0.5 * clean[1] + 0.75**0.5 * noise[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(noisy[2], noise[2])


def test_the_clean_picture_is_found_again_if_the_noise_is_known(noise):
    clean = np.random.default_rng(0).normal(size=SHAPE)
    noisy = schedules.add_noise(clean, noise, 0.3)
    np.testing.assert_allclose(schedules.predicted_clean(noisy, noise, 0.3), clean, atol=1e-12)


def test_centred_pictures_come_back_as_they_were():
    images = np.random.default_rng(0).random((2, 4, 4, 3), "float32")
    assert schedules.centred([[[[0.0, 0.5, 1.0]]]]).tolist() == [[[[-1, 0, 1]]]]
    np.testing.assert_allclose(schedules.shown(schedules.centred(images)), images, atol=1e-6)
    assert schedules.shown(np.array([-3.0, 3.0])).tolist() == [0, 1]


def test_a_step_of_ddpm_is_a_draw_from_the_posterior():
    """Bayes by hand: what came before is known from the picture (prior) and from the noisy one (likelihood)."""
    share, share_before = 0.3, 0.45
    clean, noisy = np.full((1, 1, 1, 1), 0.7), np.full((1, 1, 1, 1), -0.2)
    alpha, prior = share / share_before, 1 - share_before
    precision = 1 / prior + alpha / (1 - alpha)
    mean = (share_before**0.5 * 0.7 / prior + alpha**0.5 * -0.2 / (1 - alpha)) / precision

    class Fixed:
        def __init__(self, value):
            self.standard_normal = lambda shape: np.full(shape, value)

    for value in (0.0, 1.0, -2.0):
        found = schedules.ddpm_step(noisy, clean, share, share_before, Fixed(value))
        np.testing.assert_allclose(found, mean + value * precision**-0.5, rtol=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_ddim_carries_every_start_to_its_place_in_a_gaussian(schedule, noise):
    alpha_bar = schedule(1000)
    expected = toy_answer(noise, alpha_bar[-1])
    errors = [np.abs(schedules.ddim(toy_noise(alpha_bar), noise, alpha_bar, steps, refine=None) - expected).max()
              for steps in (10, 100, 1000)]
    assert errors[2] < 0.01 < errors[0] and errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("steps", [200, None])
def test_ddpm_draws_from_a_gaussian_whatever_it_starts_from(steps, noise):
    alpha_bar = schedules.cosine_schedule(400)
    samples = schedules.ddpm(toy_noise(alpha_bar), noise, alpha_bar, steps, refine=None)
    assert abs(samples.mean() - MEAN) < 5 * DEVIATION / samples.size**0.5
    assert abs(samples.std() / DEVIATION - 1) < 0.03
    assert abs(np.corrcoef(samples.ravel(), noise.ravel())[0, 1]) < 5 / samples.size**0.5  # the start is forgotten
    other, same = (schedules.ddpm(toy_noise(alpha_bar), noise[:2], alpha_bar, 20, refine=None, seed=seed)
                   for seed in (1, 0))
    assert not np.allclose(other, same)


def test_half_way_back_begins_where_it_is_told(noise):
    alpha_bar = schedules.cosine_schedule(1000)
    noisy = schedules.add_noise(np.full(SHAPE, 0.9), noise, alpha_bar[400])
    found = schedules.ddim(toy_noise(alpha_bar), noisy, alpha_bar, 400, begin=400, refine=None)
    np.testing.assert_allclose(found, toy_answer(noisy, alpha_bar[400]), atol=0.01)


@pytest.mark.parametrize("sampler", [schedules.ddim, schedules.ddpm])
def test_a_hook_on_the_clean_picture_decides_where_the_walk_ends(sampler, noise):
    alpha_bar, shares, places = schedules.cosine_schedule(100), [], []
    target = np.random.default_rng(2).normal(size=(3, 2, 2, 1))

    def refine(clean, share):
        shares.append(share)
        return target

    def watch(step, noisy, clean):
        places.append(step)
        assert clean is target

    found = sampler(toy_noise(alpha_bar), noise[:3], alpha_bar, 7, refine=refine, watch=watch)
    np.testing.assert_allclose(found, target, atol=1e-12)
    assert places[0] == 100 and len(places) == 7 and places == sorted(set(places), reverse=True)
    assert shares == [alpha_bar[place] for place in places]


@pytest.mark.parametrize("sampler", [schedules.ddim, schedules.ddpm])
def test_without_a_hook_the_clean_picture_is_held_to_what_can_be_shown(sampler, noise):
    alpha_bar = schedules.cosine_schedule(100)
    start = noise[:9].astype("float32")
    found = sampler(lambda noisy, step: -5 * noisy, start, alpha_bar, 10)
    assert found.dtype == "float32" and np.abs(found).max() <= 1 + 1e-6
    assert np.abs(sampler(lambda noisy, step: -5 * noisy, start, alpha_bar, 10, refine=None)).max() > 1


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 101}, {"steps": 50, "begin": 40}, {"begin": 101}])
def test_impossible_numbers_of_steps_are_refused(wrong, noise):
    alpha_bar = schedules.cosine_schedule(100)
    with pytest.raises(ValueError, match=r"from step \d+ of 100; make at least 1"):
        schedules.ddim(toy_noise(alpha_bar), noise, alpha_bar, **wrong)


@pytest.mark.parametrize("sampler", [schedules.ddim, schedules.ddpm])
def test_one_step_goes_all_the_way(sampler, noise):
    alpha_bar = schedules.cosine_schedule(100)
    expected = schedules.predicted_clean(noise, toy_noise(alpha_bar)(noise, 100), float(alpha_bar[100]))
    found = sampler(toy_noise(alpha_bar), noise, alpha_bar, 1, refine=None)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_clipped_leaves_what_can_be_shown():
    assert schedules.clipped(np.array([-3.0, -0.5, 0.5, 3.0]), 0.5).tolist() == [-1, -0.5, 0.5, 1]


def test_fifty_steps_with_seed_zero_unless_told_otherwise(noise):
    alpha_bar, places = schedules.cosine_schedule(100), []
    predict = toy_noise(alpha_bar)
    schedules.ddim(predict, noise[:3], alpha_bar, watch=lambda step, *pictures: places.append(step))
    assert places == list(range(100, 0, -2))
    np.testing.assert_array_equal(*(schedules.ddpm(predict, noise[:3], alpha_bar, 20, **seed)
                                    for seed in ({}, {"seed": 0})))
