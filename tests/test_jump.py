"""Noise, scrubbed, without a page: what is worked out and sent, what is refused, what a stored notebook keeps.

The numbers are worked out anew here, in float64 and step by step. What may go here: tests of nst_helpers.live.jump.
That it is moved by mouse and keys is seen in test_browser_jump.
"""

import base64
import io

from nst_helpers.diffusion import cosine_schedule, linear_schedule, load_denoiser, noise_predictor
from nst_helpers.images import DATA_FOLDER, load_image
from nst_helpers.live import jump
from nst_helpers.live.jump import noise_and_jump

from nbclient import NotebookClient
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import pytest

PICTURES = np.random.default_rng(5).random((3, 8, 12, 3))
ALPHA_BAR = cosine_schedule()


def half(noisy, step):
    """A plain function in the place of the network: it depends on the picture and on the step."""
    return 0.5 * noisy + np.float32(step / 4000)


def by_hand(picture, seed, step):
    """Noisy picture, found noise and jump at a step of ALPHA_BAR, centred, in float64."""
    signal, spread = np.sqrt(ALPHA_BAR[step]), np.sqrt(1 - ALPHA_BAR[step])
    noise = np.random.default_rng(seed).standard_normal(picture.shape, "float32").astype("float64")
    noisy = signal * (2 * picture - 1) + spread * noise
    found = 0.5 * noisy + step / 4000
    return noisy, found, (noisy - spread * found) / signal


def parts(figure):
    """What the page gets, as an array: noises, pictures, levels, parts, height, width, RGB."""
    return np.frombuffer(figure.parts, "uint8").reshape([*figure.shape, 3])


def from_the_page(figure, **state):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


@pytest.fixture(scope="module")
def made():
    return noise_and_jump(PICTURES, half, ALPHA_BAR, seed=7)


@pytest.fixture
def figure(made):
    from_the_page(made, level=12, picture=0, noise=0)
    return made


def test_all_that_is_sent_is_what_the_formulas_say(figure):
    assert figure.steps == list(range(0, 1001, 40)) and figure.seeds == [7, 8, 9]
    assert figure.shape == [3, 3, 25, 3, 8, 12]
    np.testing.assert_allclose(figure.factors, [[np.sqrt(ALPHA_BAR[t]), np.sqrt(1 - ALPHA_BAR[t])]
                                                for t in range(0, 1001, 40)], rtol=1e-12)
    sent = parts(figure)
    for draw, picture, level in np.ndindex(3, 3, 25):
        three = by_hand(PICTURES[picture], 7 + draw, 40 * (level + 1))
        error = np.mean((three[2] - (2 * PICTURES[picture] - 1)) ** 2)
        np.testing.assert_allclose(figure.errors[draw][picture][level], error, rtol=1e-3)
        if level < 24:  # at the last step the jump divides by 0.00005, and float32 is rough
            shown = [np.clip((part + 1) / 2, 0, 1) * 255 for part in three]
            np.testing.assert_allclose(sent[draw, picture, level], shown, atol=0.51)
    truth = np.frombuffer(figure.truth, "uint8").reshape(PICTURES.shape)
    np.testing.assert_allclose(truth, PICTURES * 255, atol=0.51)


def test_who_knows_the_noise_jumps_to_the_picture():
    noise = {seed: np.random.default_rng(seed).standard_normal((8, 12, 3), "float32") for seed in (0, 1, 2)}
    asked = []

    def knows(noisy, step):
        asked.append(step)
        return np.broadcast_to(noise[(len(asked) - 1) // 25], noisy.shape)

    figure = noise_and_jump(PICTURES, knows, linear_schedule())
    assert asked == 3 * list(range(40, 1001, 40))
    assert np.max(figure.errors) < 1e-6
    np.testing.assert_array_equal(parts(figure)[0, :, :20, 2], np.repeat(figure.clean[:, None], 20, axis=1))


def test_the_denoiser_that_ships_jumps_near_and_less_near_with_more_noise():
    face = load_image(DATA_FOLDER / "faces" / "00003766.png")
    figure = noise_and_jump(face, noise_predictor(load_denoiser()), ALPHA_BAR)
    errors = np.mean(figure.errors, axis=(0, 1))
    assert errors[0] < 0.005 and errors[9] < 0.05 < errors[-1] and (np.diff(errors) > 0).all()


def test_a_function_gets_float32_pictures_of_its_own_and_plain_steps():
    def harms(noisy, step):
        assert noisy.dtype == "float32" and noisy.shape == PICTURES.shape and type(step) is int
        found = half(noisy, step)
        noisy[:] = 0
        return found

    assert noise_and_jump(PICTURES, harms, ALPHA_BAR, seed=7).parts == noise_and_jump(
        PICTURES, half, ALPHA_BAR, seed=np.int64(7)).parts


def test_a_short_schedule_has_each_of_its_steps():
    figure = noise_and_jump(PICTURES[:1, :8, :8], half, [1, 0.9, 0.5, 0.1])
    assert figure.steps == [0, 1, 2, 3] and figure.shape == [3, 1, 3, 3, 8, 8] and figure.step == 2


def test_the_page_chooses_and_the_figure_says_what_is_chosen(figure):
    assert (figure.step, figure.error) == (520, figure.errors[0][0][12])
    from_the_page(figure, level=3, picture=2, noise=1)
    assert (figure.step, figure.error) == (160, figure.errors[1][2][3])
    assert "3 of 3 at step 160 of 1000, 0.97 of the picture and 0.26 of the noise of seed 8" in figure.describe()
    assert f"Mean squared error of the jump: {figure.error:.4f}. Where this notebook runs" in figure.describe()


@pytest.mark.parametrize("name, value, last", [("level", 25, 24), ("level", -1, 24), ("picture", 3, 2),
                                               ("noise", 3, 2)])
def test_what_is_not_there_cannot_be_chosen(figure, name, value, last):
    with pytest.raises(ValueError, match=f"{name} is {value}; give a whole number from 0 to {last}"):
        setattr(figure, name, value)
    assert getattr(figure, name) in (0, 12)


def test_the_picture_beside_the_live_figure_shows_four_pictures_and_two_curves(figure):
    figure.level, figure.picture, figure.noise = 5, 1, 2
    drawn = figure.draw()
    *pictures, factors, errors = drawn.axes
    assert [axis.get_title() for axis in pictures] == jump.TITLES
    for axis, image in zip(pictures, [*parts(figure)[2, 1, 5], figure.clean[1]]):
        np.testing.assert_array_equal(axis.images[0].get_array(), image)
    np.testing.assert_allclose([line.get_ydata() for line in factors.lines[0:4:2]], np.transpose(figure.factors))
    np.testing.assert_allclose(errors.lines[0].get_xydata(), list(zip(figure.steps[1:], figure.errors[2][1])))
    assert factors.get_title() == "factors at step 240"
    assert errors.get_title() == f"mean squared error: {figure.error:.4f}"
    [words] = {axis.get_xlabel() for axis in (factors, errors)}
    assert words == "step t"
    data, metadata = figure._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == figure.model_id
    assert metadata["image/jpeg"] == {"alt": figure.describe()} and data["text/plain"] == figure.describe()
    assert Image.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))).format == "JPEG"


def test_a_stored_notebook_keeps_the_picture_and_the_sentence_and_stays_small():
    source = """from nst_helpers.diffusion import cosine_schedule
from nst_helpers.live.jump import noise_and_jump
import numpy as np
noise_and_jump(np.random.default_rng(0).random((4, 32, 32, 3)), lambda noisy, step: noisy, cosine_schedule())"""
    notebook = clean(NotebookClient(v4.new_notebook(cells=[v4.new_code_cell(source)]), kernel_name="python3").execute())
    [output] = notebook.cells[0].outputs
    assert set(output.data) == {"image/jpeg", "text/plain"} and len(output.data["image/jpeg"]) < 80_000  # all is noise
    assert "Where this notebook runs, a slider moves the step" in output.data["text/plain"]
    assert len(str(notebook)) < 90_000  # nothing of the 2.8 MB that the page gets


def broken(noisy, step):
    raise RuntimeError("shapes (3,) and (2,)\nare not aligned.")


@pytest.mark.parametrize("change, message", [
    ({"pictures": PICTURES[0]}, r"pictures has the shape \(8, 12, 3\); give 1 to 4 of 8 to 64 pixels a side"),
    ({"pictures": np.zeros((5, 8, 8, 3))}, r"pictures has the shape \(5, 8, 8, 3\)"),
    ({"pictures": np.zeros((0, 8, 8, 3))}, r"pictures has the shape \(0, 8, 8, 3\)"),
    ({"pictures": np.zeros((1, 8, 8, 1))}, r"pictures has the shape \(1, 8, 8, 1\)"),
    ({"pictures": np.zeros((1, 7, 8, 3))}, r"pictures has the shape \(1, 7, 8, 3\)"),
    ({"pictures": np.zeros((1, 8, 65, 3))}, r"pictures has the shape \(1, 8, 65, 3\)"),
    ({"pictures": 2 * PICTURES - 1}, r"pictures holds values from -1 to 0\.999; give RGB from 0 to 1"),
    ({"pictures": "mona_lisa"}, "pictures is no array of numbers"),
    ({"pictures": PICTURES * np.nan}, "pictures holds a value that is not finite"),
    ({"predict_noise": load_denoiser}, r"predict_noise stops at step 40 with TypeError: "),
    ({"predict_noise": broken}, r"stops at step 40 with RuntimeError: shapes \(3,\) and \(2,\) are not aligned\.$"),
    ({"predict_noise": lambda noisy, _: noisy[:1]}, r"gives the shape \(1, 8, 12, 3\) or a value that is not finite"),
    ({"predict_noise": lambda noisy, _: noisy / 0 * 0}, "or a value that is not finite at step 40; finite noise"),
    ({"predict_noise": None}, "predict_noise has to be a function"),
    ({"alpha_bar": 0.5}, "alpha_bar has to be a list of 3 values or more"),
    ({"alpha_bar": [1, 0.5]}, "alpha_bar has to be a list of 3 values or more"),
    ({"alpha_bar": [0.9, 0.5, 0.1]}, "1 at step 0"), ({"alpha_bar": [1, 0.5, 0.5, 0.1]}, "falling at every step"),
    ({"alpha_bar": [1, 0.5, 0]}, "above 0"), ({"alpha_bar": [1, 0.5, -0.1]}, "above 0"),
    ({"alpha_bar": [1, np.inf, 0.1]}, "alpha_bar holds a value that is not finite"),
    ({"alpha_bar": "cosine"}, "alpha_bar is no array of numbers"),
    ({"seed": -1}, "seed is -1; give a whole number"), ({"seed": True}, "seed is True"),
    ({"seed": None}, "seed is None"),
    ({"seed": 1.5}, "seed is 1.5; give a whole number from 0 on")])
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_arguments_are_refused_in_a_sentence(change, message):
    with pytest.raises(ValueError, match=message) as refused:
        noise_and_jump(**{"pictures": PICTURES, "predict_noise": half, "alpha_bar": ALPHA_BAR, **change})
    assert "\n" not in str(refused.value)
