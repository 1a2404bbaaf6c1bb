"""Artefacts in numbers, on pictures whose answer is known, and the blind comparison of two settings."""

from nst_helpers.images import load_image, save_image

from artefacts import border, color_fringes, fringe_map, grain, lab
from blind import GAP, count_b, make_sheets, read_choices
import numpy as np
import pytest

NO_LUMINANCE = np.array([0.587, -0.299, 0.0])  # red against green, weighed as `luminance` weighs them: no change of it


def grey(height=64, width=96):
    return np.full((1, height, width, 3), 0.5, "float32")


def stripes(strength, period=8):
    """Red and green stripes of equal luminance on grey, `period` px from crest to crest."""
    return (grey() + strength * np.sin(2 * np.pi * np.arange(96) / period)[:, None] * NO_LUMINANCE).astype("float32")


def checkerboard(step):
    """Single pixels `step` above and below grey, in turn."""
    return grey() + np.float32(step) * (1 - 2 * (np.indices((64, 96)).sum(axis=0) % 2))[None, :, :, None]


def ring_of_noise(strength, width=8, seed=0):
    """Grey with a little noise inside and `strength` times as much in the outer `width` px."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (1, 64, 96, 3))
    inside = noise[:, width:-width, width:-width].copy()
    noise *= strength
    noise[:, width:-width, width:-width] = inside
    return (grey() + noise).astype("float32")


def test_known_colors_in_cielab():
    colors = np.array([[[[1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 0, 1]]]], "float32")
    expected = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]  # as published for sRGB
    np.testing.assert_allclose(lab(colors)[0], expected, atol=0.05)


def test_a_flat_picture_has_no_artefacts():
    assert color_fringes(grey()) == pytest.approx(0, abs=1e-5)
    assert grain(grey()) == pytest.approx(0, abs=1e-4)
    assert border(grey(), lambda image, squares: float(squares(image[0, :, :, 0] * 0).max())) == 1


def test_stripes_of_color_are_fringes_and_no_grain():
    assert color_fringes(stripes(0.2)) > 5
    assert grain(stripes(0.2)) == pytest.approx(0, abs=1e-3)


def test_a_grey_checkerboard_is_grain_and_no_fringes():
    assert grain(checkerboard(0.1)) == pytest.approx(25.5, rel=0.01)  # grey levels above and below
    assert color_fringes(checkerboard(0.1)) == pytest.approx(0, abs=0.01)


def test_the_numbers_grow_with_the_contrast():
    assert grain(checkerboard(0.1)) == pytest.approx(2 * grain(checkerboard(0.05)), rel=1e-3)
    assert color_fringes(stripes(0.1)) == pytest.approx(2 * color_fringes(stripes(0.05)), rel=0.05)


def test_contrast_of_lightness_hides_that_of_color():
    squares = 0.1 * (1 - 2 * ((np.indices((64, 96)) // 4).sum(axis=0) % 2))  # of 4 px, lighter and darker in turn
    assert color_fringes(stripes(0.1) + squares[None, :, :, None]) < 0.7 * color_fringes(stripes(0.1))


def test_broad_changes_of_color_are_no_fringes():
    assert color_fringes(stripes(0.2, period=48)) < 0.3 * color_fringes(stripes(0.2))


def test_grain_is_everywhere_and_not_at_a_few_edges():
    half = grey()
    half[:, :, :48] = checkerboard(0.1)[:, :, :48]
    assert grain(half) < 0.1 * grain(checkerboard(0.1))


@pytest.mark.parametrize("number", [color_fringes, grain])
def test_noise_in_the_border_alone(number):
    assert border(ring_of_noise(5), number) > 3
    assert border(ring_of_noise(1), number) == pytest.approx(1, abs=0.2)


def test_a_map_has_the_size_of_the_picture():
    assert fringe_map(grey(37, 50)).shape == (37, 50)


@pytest.fixture
def folders(tmp_path):
    """Ten small pictures, black in folder A and white in B, and one that only A has."""
    for letter, value in (("A", 0.0), ("B", 1.0)):
        for number in range(10):
            save_image(np.full((1, 8, 9, 3), value, "float32"), tmp_path / letter / f"picture_{number}.png")
    save_image(np.zeros((1, 8, 9, 3), "float32"), tmp_path / "A" / "alone.png")
    return tmp_path


def test_the_key_tells_what_is_on_the_sheets(folders):
    key = make_sheets(folders / "A", folders / "B", folders / "out", seed=3)
    assert sorted(key) == [f"{number:02}" for number in range(1, 11)]
    assert sorted(entry["name"] for entry in key.values()) == [f"picture_{number}" for number in range(10)]
    for number, entry in key.items():
        sheet = load_image(folders / "out" / f"{number}.png")
        assert sheet.shape == (1, 8, 9 + GAP + 9, 3)
        assert (sheet[:, :, 9:9 + GAP] == 1).all()
        white = sheet[:, :, :9] if entry["left"] == "B" else sheet[:, :, -9:]
        black = sheet[:, :, -9:] if entry["left"] == "B" else sheet[:, :, :9]
        assert (white == 1).all() and (black == 0).all()
    with pytest.raises(SystemExit, match="not empty"):
        make_sheets(folders / "A", folders / "B", folders / "out")


def test_sides_and_order_are_random_and_a_seed_repeats_them(folders):
    keys = [make_sheets(folders / "A", folders / "B", folders / f"out{turn}", seed)
            for turn, seed in enumerate([*range(8), 0])]
    assert keys[0] == keys[-1] and keys[0] != keys[1]
    lefts = [entry["left"] for key in keys[:8] for entry in key.values()]
    assert 24 < lefts.count("B") < 56  # of 80
    assert all({entry["left"] for entry in key.values()} == {"A", "B"} for key in keys)
    assert len({key["01"]["name"] for key in keys}) > 2


def test_count_by_hand():
    key = {"01": {"left": "A"}, "02": {"left": "B"}, "03": {"left": "B"}, "04": {"left": "A"}}
    choices = read_choices("01 right\n02 left\n\n3 LEFT\n04 left\n", key)  # B, B, B, A
    chosen, total, low, high = count_b(key, choices)
    assert (chosen, total) == (3, 4)
    assert (low, high) == (pytest.approx(0.1941, abs=1e-4), pytest.approx(0.9937, abs=1e-4))  # from Beta quantiles
    chosen, _, low, high = count_b({"01": {"left": "B"}, "02": {"left": "A"}}, {"01": "left", "02": "right"})
    assert (chosen, low, high) == (2, pytest.approx(0.025**0.5), 1.0)


@pytest.mark.parametrize("text, message", [
    ("01 left", "no choice for 02:"), ("01 left\n02 both", '"02 both" is no choice'),
    ("01 left\n01 right\n02 left", '"01 right" is no choice'), ("01 left\n02 left\n07 left", '"07 left" is no choice'),
])
def test_choices_that_do_not_fit_get_one_sentence(text, message):
    with pytest.raises(SystemExit, match=message):
        read_choices(text, {"01": {"left": "A"}, "02": {"left": "B"}})
