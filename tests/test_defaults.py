"""What `stylize` takes by itself: for a small picture, for a large one, and at the sizes on the way there."""

from nst_helpers import transfer
from nst_helpers.defaults import COARSE, LARGE, SMALL, is_large, with_defaults
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.images import resize_image
from nst_helpers.masks.cover import load_mask
from nst_helpers.optimize.multiscale import with_margin
from nst_helpers.optimize.result import Result
from nst_helpers.transfer import stylize

import numpy as np
import pytest

NAMES = ["style_layers", "total_variation_weight", "patch_weight", "start", "steps"]


@pytest.mark.parametrize("size, last, expected", [
    ((300, 400), True, SMALL), ((340, 512), True, LARGE), ((340, 512), False, COARSE), ((20, 4096), True, SMALL),
])
def test_each_size_has_its_defaults(size, last, expected):
    assert with_defaults(*size, dict.fromkeys(NAMES), last) == expected
    assert is_large(*size) == (expected is not SMALL)


def test_what_is_given_stays_even_if_it_is_0():
    assert with_defaults(512, 512, {"patch_weight": 0.0, "steps": 3}) == {"patch_weight": 0.0, "steps": 3}


@pytest.fixture
def caught(monkeypatch):
    """What `stylize` hands on instead of running: (objectives, sizes, start_image, method, steps), and the rest."""
    calls = []

    def minimize_in_stages(*arguments, **more):
        calls.append((arguments, more))
        return Result(np.zeros((1, *arguments[1][-1], 3), "float32"), {}, 0, 0, 0.0, "not run")

    monkeypatch.setattr(transfer, "minimize_in_stages", minimize_in_stages)
    return calls


QUICK = {"content_layers": "block1_conv1", "style_layers": "block1_conv1", "progress": False}


def test_a_large_picture_starts_from_one_pass_and_gets_a_margin(caught, random_pocket):
    stylize("coffee", "poppies", network=random_pocket, size=512, **QUICK)
    (_, sizes, start, _, steps), more = caught[0]
    expected = stylize_fast(resize_image(transfer.picture("coffee", 512, None), sizes[0]), "poppies",
                            style_size=max(sizes[0]))
    assert steps == LARGE["steps"] and more["margin"] == transfer.MARGIN
    assert np.abs(start - expected).mean() < 0.01  # the painting comes by another way to its size


def test_the_objective_of_a_large_picture_is_of_one_with_a_margin(caught, random_pocket):
    stylize("coffee", "poppies", network=random_pocket, size=512, start="content", **QUICK)
    (objectives, sizes, start, _, _), more = caught[0]
    wide = with_margin(start, more["margin"])
    losses = {name: float(value) for name, value in objectives[0](wide).items()}
    assert losses["content"] == pytest.approx(0, abs=1e-6), "the photo itself, mirrored at its border, is the target"
    assert losses["patches"] > 0
    assert set(losses) == {"content", "style", "total variation", "out of range", "patches"}


def test_a_small_picture_is_painted_as_the_lessons_do(caught, random_pocket):
    stylize("coffee", "poppies", network=random_pocket, size=64, **QUICK)
    (objectives, sizes, start, _, steps), more = caught[0]
    assert len(sizes) == 1 and more["margin"] == 0 and steps == 150
    assert set(objectives[0](start)) == {"content", "style", "total variation", "out of range"}


def test_a_fast_start_knows_masks_and_regions_that_stay(caught, random_pocket):
    cup = load_mask("coffee_cup", 64)
    stylize("coffee", ["poppies", None], masks=[cup, 1 - cup], network=random_pocket, size=64, start="fast", **QUICK)
    (_, _, start, _, _), _ = caught[0]
    outside = cup[0, :, :, 0] == 0
    photo = transfer.picture("coffee", 64, None)
    np.testing.assert_allclose(start[0][outside], photo[0][outside], atol=1e-6)
    assert np.abs(start - photo).max() > 0.1

