"""`stylize` and its objective against NumPy, finite differences and itself; what it says to wrong input; progress."""

import inspect
import re
import types

from nst_helpers import transfer
from nst_helpers._run import arguments
from nst_helpers._run.arguments import start_picture
from nst_helpers.defaults import SMALL
from nst_helpers.images import load_image, resize_image, save_image
from nst_helpers.loss_weights import OUT_OF_RANGE_WEIGHT, Weights
from nst_helpers.networks import build_network, feature_extractor
from nst_helpers.notebook import progress
from nst_helpers.notebook.progress import Progress
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize import multiscale
from nst_helpers.optimize.minimizer import METHODS, minimize
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS, stylize

import keras
import numpy as np
import pytest
import tensorflow as tf


def picture(height=24, width=32, seed=0):
    """Smooth stripes and a little noise, in the course's format."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width] / 32
    waves = [0.5 + 0.4 * np.sin(a * rows + b * columns) for a, b in generator.uniform(3, 20, size=(3, 2))]
    return (np.stack(waves, axis=-1)[None] + generator.uniform(0, 0.1, (1, height, width, 3))).astype("float32")


CONTENT, STYLE, OTHER_STYLE = picture(seed=1), picture(32, 28, seed=2), picture(32, 32, seed=3)


DEFAULTS = {name: parameter.default for name, parameter in inspect.signature(stylize).parameters.items()}
SHALLOW = {"content_layers": {"block2_conv2": 1.0}, "style_layers": {"block1_conv1": 1.0, "block2_conv1": 1.0}}


@pytest.fixture
def paint(random_pocket):
    """`stylize`, quick and silent: few steps, a small picture, and shallow layers, which are compiled faster."""
    def run(content_image=CONTENT, style_images=STYLE, **options):
        quick = {"network": random_pocket, "size": 32, "steps": 4, "progress": False, **SHALLOW}
        return stylize(content_image, style_images, **{**quick, **options})
    return run


def numpy_gram(maps):
    maps = maps.reshape(-1, maps.shape[-1])
    return maps.T @ maps / len(maps)


def numpy_losses(network, image, content, styles, content_layers, style_layers, style_weights=None,
                 content_weight=DEFAULTS["content_weight"], total_variation_weight=SMALL["total_variation_weight"]):
    """The formulas of the lessons in float64, from the network's features: means over layers and over styles."""
    extract = feature_extractor(network, [*content_layers, *style_layers])

    def features(picture):
        return {layer: maps.numpy().astype("float64") for layer, maps in extract(picture).items()}

    ours, target = features(image), features(content)
    content_losses = [np.sum((ours[layer] - target[layer]) ** 2) / np.sum(target[layer] ** 2)
                      for layer in content_layers]
    style_losses = []
    for style in styles:
        target, losses = features(style), []
        for layer in style_layers:
            gram, target_gram = numpy_gram(ours[layer]), numpy_gram(target[layer])
            losses.append(np.sum((gram - target_gram) ** 2) / np.sum(target_gram**2))
        style_losses.append(np.average(losses, weights=list(style_layers.values())))
    image = image.astype("float64")
    variation = np.mean(np.diff(image, axis=1) ** 2) + np.mean(np.diff(image, axis=2) ** 2)
    return {
        "content": content_weight * np.average(content_losses, weights=list(content_layers.values())),
        "style": np.average(style_losses, weights=style_weights),
        "total variation": total_variation_weight * variation,
        "out of range": OUT_OF_RANGE_WEIGHT * np.mean((image - np.clip(image, 0, 1)) ** 2),
    }


# What is minimised


def check_losses(result, expected, evaluation=0):
    for name, value in expected.items():
        np.testing.assert_allclose(result.losses[name][evaluation], value, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(result.losses["total"][evaluation], sum(expected.values()), rtol=1e-4)
    assert set(result.losses) == {"total", *expected}


def test_losses_equal_the_formulas_of_the_lessons(random_pocket):
    """With nothing but defaults."""
    start = picture(24, 32, seed=9)
    layers = dict.fromkeys(CONTENT_LAYERS, 1), dict.fromkeys(STYLE_LAYERS, 1)
    expected = numpy_losses(random_pocket, start, CONTENT, [STYLE], *layers)
    check_losses(stylize(CONTENT, STYLE, network=random_pocket, start=start, steps=1, progress=False), expected)


def test_losses_with_weights_for_everything(paint, random_pocket):
    start = picture(24, 32, seed=9)
    weights = {"content_layers": {"block2_conv2": 1, "block3_conv1": 3}, "content_weight": 0.5, "style_weights": [1, 4],
               "style_layers": {"block1_conv1": 0.5, "block4_conv1": 2}, "total_variation_weight": 3.0}
    expected = numpy_losses(random_pocket, start, CONTENT, [STYLE, OTHER_STYLE], **weights)
    check_losses(paint(style_images=[STYLE, OTHER_STYLE], start=start, steps=1, **weights), expected)


def test_objective_counts_pixels_out_of_range(random_pocket):
    image = picture(24, 32, seed=9) * 1.5 - 0.2
    assert image.min() < 0 and image.max() > 1
    extract = feature_extractor(random_pocket, ["block1_conv1", "block2_conv2"])
    layers = {"block2_conv2": 1.0}, {"block1_conv1": 1.0}
    objective = transfer_objective(extract, CONTENT, [Style(STYLE)], Weights(*layers, 0.3, 0.4))
    expected = numpy_losses(random_pocket, image, CONTENT, [STYLE], *layers, None, 0.3, 0.4)
    assert expected["out of range"] > 0
    losses = objective(tf.constant(image))
    assert set(losses) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(losses[name], value, rtol=1e-4)


def test_only_the_ratios_of_weights_matter(paint):
    options = {"style_images": [STYLE, OTHER_STYLE], "steps": 1}
    result = paint(style_weights=[1, 3], style_layers={"block1_conv1": 1, "block2_conv1": 2}, **options)
    scaled = paint(style_weights=[10, 30], style_layers={"block1_conv1": 7, "block2_conv1": 14}, **options)
    np.testing.assert_allclose(scaled.losses["total"], result.losses["total"], rtol=1e-5)


def test_style_of_weight_0_does_not_count(paint):
    both, one = paint(style_images=[STYLE, OTHER_STYLE], style_weights=[1, 0]), paint()
    np.testing.assert_allclose(both.losses["total"], one.losses["total"], rtol=1e-3)


def test_losses_are_0_where_they_have_to_be(paint):
    result = paint(style_images=CONTENT, steps=1, total_variation_weight=0)
    for name in ("content", "style", "total variation", "out of range"):
        assert result.losses[name][0] == pytest.approx(0, abs=1e-9)


def test_numpy_numbers_are_weights_too(paint):
    weights = np.geomspace(0.01, 1, 3)  # a learner's grid of weights is float64
    result = paint(content_weight=weights[1], total_variation_weight=weights[0], style_images=[STYLE, OTHER_STYLE],
                   style_weights=weights[:2], steps=np.int64(2))
    assert result.steps == 2 and result.losses["content"].max() > 0


@pytest.fixture
def keras_in_float64():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def test_gradient_of_the_objective(check_gradient, keras_in_float64):
    """Through the form of the pocket network itself."""
    network = build_network("pocket", "average", seed=1)
    extract = feature_extractor(network, [*CONTENT_LAYERS, *STYLE_LAYERS])
    images = [picture(18, 20, seed).astype("float64") for seed in range(4)]
    styles = [Style(images[1], 0.3), Style(images[2], 0.7)]
    objective = transfer_objective(extract, images[0], styles, Weights("block4_conv2", STYLE_LAYERS, 0.5, 2.0))
    for part in ("content", "style", "total variation", "out of range"):
        check_gradient(lambda image, part=part: objective(image)[part], 1.4 * images[3] - 0.2, directions=4)
    check_gradient(lambda image: tf.add_n(list(objective(image).values())), images[3], directions=4)


# The picture


def test_result_is_a_picture_and_the_loss_falls(paint):
    result = paint(steps=25)
    assert result.image.dtype == "float32" and result.image.shape == CONTENT.shape
    assert result.image.min() >= 0 and result.image.max() <= 1
    assert result.losses["total"].min() < 0.8 * result.losses["total"][0]
    assert result.losses["style"][-1] < 0.8 * result.losses["style"][0]
    np.testing.assert_allclose(sum(result.losses[name] for name in result.losses if name != "total"),
                               result.losses["total"], rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_lowers_the_loss(paint, method):
    result = paint(method=method, steps=10)
    assert result.losses["total"].min() < 0.9 * result.losses["total"][0]


def test_clipping_the_finished_picture_changes_little(paint, monkeypatch):
    unclipped = []

    def keep(*args, **options):
        result = minimize(*args, **options)
        unclipped.append(result.image)
        return result

    monkeypatch.setattr(multiscale, "minimize", keep)
    result = paint(start="noise", steps=25)
    np.testing.assert_array_equal(result.image, np.clip(unclipped[0], 0, 1))
    assert np.sqrt(np.mean((result.image - unclipped[0]) ** 2)) < 0.02


def test_same_call_gives_the_same_picture(paint):
    first, second = (paint(start="noise", steps=6) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.losses["total"], second.losses["total"])


def test_random_noise_depends_on_the_seed_alone():
    starts = [start_picture("noise", CONTENT, seed) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert starts[0].shape == CONTENT.shape and starts[0].dtype == "float32"
    assert np.abs(starts[0] - starts[2]).mean() > 0.2
    assert 0 <= starts[0].min() < 0.01 and 0.99 < starts[0].max() < 1


@pytest.mark.parametrize("start, expected", [
    ("content", lambda content: content),
    ("noise", lambda content: np.random.default_rng(7).random(content.shape, "float32")),
    ("poppies", lambda content: resize_image(load_image("poppies"), content.shape[1:3])),
    (OTHER_STYLE, lambda content: resize_image(OTHER_STYLE, content.shape[1:3])),
])
def test_where_it_starts_from(paint, random_pocket, start, expected):
    result = paint(start=start, seed=7, steps=1)
    check_losses(result, numpy_losses(random_pocket, expected(CONTENT), CONTENT, [STYLE], **SHALLOW))


def test_names_paths_and_arrays_give_the_same(paint, tmp_path):
    array = load_image("chelsea", 32)
    save_image(array, tmp_path / "copy.png")
    results = [paint(content, "great_wave", steps=1) for content in ("chelsea", array, tmp_path / "copy.png")]
    assert results[0].image.shape == array.shape == (1, *array.shape[1:3], 3) and max(array.shape[1:3]) == 32
    np.testing.assert_array_equal(results[0].image, results[1].image)
    np.testing.assert_allclose(results[0].losses["total"], results[2].losses["total"], rtol=0.02)  # rounded to 8 bits


def test_sizes(paint, random_pocket):
    assert paint(size=48, steps=1).image.shape == (1, 36, 48, 3)
    assert paint(size=None, steps=1).image.shape == CONTENT.shape  # an array keeps its size
    for size in (24, None, 48):  # a style array, too
        style = STYLE if size is None else resize_image(STYLE, size)
        expected = numpy_losses(random_pocket, CONTENT, CONTENT, [style], **SHALLOW)
        check_losses(paint(style_size=size, steps=1), expected)


def test_sizes_of_files(paint, monkeypatch):
    asked = []

    def load(name, size=None):
        asked.append((name, size))
        return load_image(name, 32)

    monkeypatch.setattr(arguments, "load_image", load)
    for sizes in ({"size": None}, {"size": 32}, {"size": 32, "style_size": 64}):
        paint("coffee", "spring", steps=1, **sizes)
    # Without a size: 512, and the style as large as the content picture turned out to be.
    assert asked == [("coffee", 512), ("spring", 32), ("coffee", 32), ("spring", 32), ("coffee", 32), ("spring", 64)]


def test_layers_as_list_name_or_dictionary(paint):
    results = [paint(style_layers=layers, steps=2) for layers in
               (["block2_conv1"], "block2_conv1", {"block2_conv1": 5.0})]
    for result in results[1:]:
        np.testing.assert_array_equal(result.image, results[0].image)


def test_content_weight_keeps_the_content(paint):
    near, far = (paint(content_weight=weight, steps=15).image for weight in (10.0, 1e-4))
    assert np.abs(near - CONTENT).mean() < 0.7 * np.abs(far - CONTENT).mean()


def test_total_variation_weight_smooths(paint):
    rough, smooth = (paint(total_variation_weight=weight, steps=15).image for weight in (0.0, 20.0))
    assert np.mean(np.diff(smooth, axis=2) ** 2) < 0.7 * np.mean(np.diff(rough, axis=2) ** 2)


def test_inputs_are_left_alone(paint):
    kept = CONTENT.copy(), STYLE.copy()
    paint()
    np.testing.assert_array_equal(CONTENT, kept[0])
    np.testing.assert_array_equal(STYLE, kept[1])


def test_network_by_name_is_loaded(paint, random_pocket, monkeypatch):
    asked = []
    monkeypatch.setattr(transfer, "load_network", lambda name: asked.append(name) or random_pocket)
    paint(network="vgg16", steps=1)
    assert asked == ["vgg16"]


# Wrong input


@pytest.mark.parametrize("options, words", [
    ({"style_images": []}, "There is no style image; give at least one"),
    ({"style_images": [STYLE, STYLE], "style_weights": [1]}, "There are 2 style images and 1 style weights"),
    ({"style_weights": [1, 2]}, "There are 1 style images and 2 style weights"),
    ({"style_images": [STYLE, STYLE], "style_weights": 0.5}, "There are 2 style images and 1 style weights"),
    ({"style_images": [STYLE, STYLE], "style_weights": [1, -1]}, "style_weights has the weights [1, -1]"),
    ({"style_images": [STYLE, STYLE], "style_weights": [0, 0]}, "not all of them 0"),
    ({"style_weights": [np.nan]}, "style_weights has the weights [nan]"),
    ({"style_weights": [np.inf]}, "style_weights has the weights [inf]"),
    ({"style_layers": []}, "style_layers has the weights []; give at least one"),
    ({"content_layers": {}}, "content_layers has the weights []"),
    ({"content_layers": {"block4_conv2": -1}}, "content_layers has the weights [-1]"),
    ({"style_layers": ["block1_conv1", "conv9"]}, "pocket has no layer 'conv9'. Its layers are: block1_conv1, "),
    ({"content_layers": "block9_conv9"}, "pocket has no layer 'block9_conv9'"),
    ({"content_weight": -1}, "content_weight is -1; give a number of 0 or more"),
    ({"total_variation_weight": np.nan}, "total_variation_weight is nan"),
    ({"content_weight": np.inf}, "content_weight is inf"),
    ({"size": 0}, "size is 0"),
    ({"style_size": 0}, "style_size is 0"),
    ({"size": 12, "content_layers": "block5_conv1"},
     "The content image is too small with 9x12 pixels: the layers asked for need at least 16 on each side"),
    ({"style_size": 8, "style_layers": "block5_conv1"}, "The style image is too small with 8x7 pixels"),
    ({"start": "Noise"}, 'start is \'Noise\'; give "content", "fast", "noise" or a picture'),
    ({"start": np.full((2, 2, 3), 0.5)}, "has the shape (2, 2, 3)"),
    ({"content_image": 255 * CONTENT}, "divide by 255"),
    ({"style_images": np.zeros((4, 4, 3), "uint8")}, "whole numbers"),
    ({"network": "vgg20"}, "no network 'vgg20'"),
    ({"method": "SGD"}, "no method 'SGD'"),
    ({"steps": 0}, "steps is 0"),
])
def test_wrong_input_is_told_in_one_line(paint, options, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        paint(**options)
    assert "\n" not in str(error.value)


def test_small_pictures_will_do_for_shallow_layers(paint):
    result = paint(content_layers="block1_conv2", style_layers=["block1_conv1"], size=8, style_size=8, steps=2)
    assert result.image.shape == (1, 6, 8, 3) and np.isfinite(result.losses["total"]).all()


def test_missing_file_is_told(paint, tmp_path):
    with pytest.raises(FileNotFoundError, match="painting.jpg"):
        paint(style_images=str(tmp_path / "painting.jpg"))


# Progress


def test_bar_in_a_terminal(capsys):
    show = Progress(5, "Painting")
    for step in (1, 2, 4):
        show(step, 0.123456, CONTENT)
    assert show.bar.n == 4 and show.bar.total == 5
    show.close("done")
    assert "Painting" in capsys.readouterr().err


class FakeNotebook:
    """Stands in for IPython in a notebook and for the clock: what is displayed is kept."""

    def __init__(self, monkeypatch):
        self.now, self.updates, self.shown = 100.0, [], []
        monkeypatch.setattr(progress, "get_ipython", lambda: types.SimpleNamespace(kernel=object()))
        monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(progress, "display", self.display)

    def display(self, *things, **_options):
        self.shown += things
        return types.SimpleNamespace(update=self.updates.append)


def test_picture_in_a_notebook_is_refreshed_at_most_twice_a_second(monkeypatch):
    notebook = FakeNotebook(monkeypatch)
    show = Progress(100)
    drawn = []
    show.picture.observe(lambda change: drawn.append(notebook.now), "value")
    for step in range(1, 101):
        show(step, 1.0 / step, np.full((1, 8, 8, 3), step / 100, "float32"))
        notebook.now += 0.03125
    assert 5 <= len(drawn) <= 7 and min(np.diff(drawn)) >= 0.5
    assert drawn[0] == 100.0  # the first one at once
    assert len(notebook.shown) == 1 and show.picture in notebook.shown[0].children
    show.close("100 steps, done")
    assert [update.data for update in notebook.updates] == ["*100 steps, done*"]


def test_progress_survives_a_picture_far_out_of_range(monkeypatch):
    FakeNotebook(monkeypatch)
    show = Progress(2)
    show(1, 1.0, np.full((1, 8, 8, 3), 1e6, "float32"))
    assert show.picture.value[:2] == b"\xff\xd8"  # a JPEG
    show.close("")


def test_stylize_shows_its_progress(paint, monkeypatch):
    notebook = FakeNotebook(monkeypatch)
    result = paint(progress=True, steps=3)
    assert [update.data for update in notebook.updates] == [f"*{result!r}*"]


def test_nothing_is_shown_unless_asked(paint, capsys, monkeypatch):
    notebook = FakeNotebook(monkeypatch)
    paint()
    assert notebook.shown == [] and capsys.readouterr().err == ""


def test_a_painting_beside_a_long_and_narrow_picture_has_at_most_twice_its_pixels(random_pocket):
    """As long as the picture, a painting of 3000 pixels would take a gigabyte."""
    options = {"network": random_pocket, "content_layers": "block1_conv1", "style_layers": "block1_conv1", "steps": 1,
               "progress": False}
    shape = stylize(picture(20, 600), "great_wave", **options).record["pictures"]["styles"][0]["shape"]
    assert 0.95 * 2 * 20 * 600 < shape[1] * shape[2] < 1.05 * 2 * 20 * 600
    assert abs(shape[2] / shape[1] - load_image("great_wave").shape[2] / load_image("great_wave").shape[1]) < 0.02
    shape = stylize(picture(60, 80), "great_wave", **options).record["pictures"]["styles"][0]["shape"]
    assert max(shape) == 80
