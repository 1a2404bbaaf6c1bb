"""The lens over a photo without a page: what a position sees, against gradients; what is like it, against NumPy.

What may go here: tests of nst_helpers.live.lens. What the page shows is seen in test_browser_lens.
"""

import base64
import io

from nst_helpers.images import load_image
from nst_helpers.live.lens import receptive_field_lens, receptive_fields
from nst_helpers.networks import feature_extractor, load_network

from nbclient import NotebookClient
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import pytest
import tensorflow as tf

RNG = np.random.default_rng(6)
PHOTO = RNG.uniform(size=(1, 150, 170, 3)).astype("float32")
FIRST = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]


@pytest.fixture(scope="module")
def positive():
    """The pocket network with positive random weights: no gradient cancels another."""
    network = load_network("pocket", weights="random")
    for layer in network.layers:
        layer.set_weights([np.abs(weights) for weights in layer.get_weights()])
    return network


def shown(figure):
    """The five strongest maps, their values, and the light, as they travel."""
    answer = figure.answer
    return answer["names"], answer["values"], np.frombuffer(answer["light"], "uint8")


def from_the_page(figure, **state):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


@pytest.mark.parametrize("layer", [*FIRST, "block1_conv2", "block3_conv2", "block2_pool"])
def test_the_square_is_where_the_gradient_of_a_real_feature_is_not_zero(positive, layer):
    figure = receptive_field_lens(np.ones_like(PHOTO), positive, layer)
    [[height, width, _]] = [each["shape"] for each in figure.layers]
    image = tf.ones(PHOTO.shape)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        features = feature_extractor(positive, layer)(image)[layer]
        places = [(0, 0), (height // 2, width // 2), (height - 1, width - 1), (1, width // 3), (height // 2, 0)]
        loud = {place: tf.reduce_sum(features[0, *place]) for place in places}
    side, distance, start = receptive_fields(positive)[layer]
    for (row, column), value in loud.items():
        seen = tape.gradient(value, image).numpy().any(axis=(0, 3))
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        figure.place = [layer, row, column]
        top, left, bottom, right = figure.field()
        assert [top, bottom - 1, left, right - 1] == [rows[0], rows[-1], columns[0], columns[-1]]
        assert (bottom - top < side) == (row * distance + start < 0 or row * distance + start + side > 150)


def test_maps_and_similarities_are_numpys(random_pocket):
    figure = receptive_field_lens(PHOTO, random_pocket)
    assert [each["name"] for each in figure.layers] == FIRST
    for layer, row, column in (("block1_conv1", 149, 3), ("block3_conv1", 20, 30), ("block5_conv1", 0, 9)):
        from_the_page(figure, place=[layer, row, column])
        maps = feature_extractor(random_pocket, layer)(PHOTO)[layer].numpy()[0].astype("float64")
        vectors = maps.reshape(-1, maps.shape[-1])
        here, lengths = maps[row, column], np.linalg.norm(vectors, axis=1)
        cosine = np.where(lengths > 0, vectors @ here / np.maximum(lengths, 1e-12) / np.linalg.norm(here), 0)
        np.testing.assert_allclose(figure.alike().ravel(), cosine, atol=1e-5)
        names, values, light = shown(figure)
        expected = [name for name in np.argsort(-here, kind="stable")[:5] if here[name] > 0]
        assert names == expected and values == [f"{here[name]:.2f}" for name in expected]
        assert float(figure.answer["dark"]) == pytest.approx(np.median(cosine), abs=0.006)
        for name, levels in zip(names, figure.answer["maps"]):
            np.testing.assert_allclose(np.frombuffer(levels, "uint8").reshape(maps.shape[:2]),
                                       255 * np.sqrt(maps[:, :, name] / maps[:, :, name].max()), atol=0.51)
        side, distance, _ = receptive_fields(random_pocket)[layer]
        away = [[place, cosine[place]] for place in range(len(cosine)) if distance * max(
            abs(place // maps.shape[1] - row), abs(place % maps.shape[1] - column)) >= side]
        best = max((value for _, value in away), default=1)
        assert float(figure.answer["clear"]) == pytest.approx(best, abs=0.006)
        if figure.answer["twin"]:
            assert cosine[np.ravel_multi_index(figure.answer["twin"], maps.shape[:2])] == pytest.approx(best, abs=1e-5)
        dark = np.median(cosine)
        np.testing.assert_allclose(light, 255 * np.clip((cosine - dark) / (best - dark), 0, 1), atol=0.6)


def test_silent_positions_have_nothing_to_compare():
    silent = load_network("pocket", weights="random")
    for layer in silent.layers:
        layer.set_weights([np.zeros_like(weights) for weights in layer.get_weights()])
    figure = receptive_field_lens(PHOTO, silent)
    names, values, light = shown(figure)
    assert names == values == [] and figure.answer["twin"] is None and not light.any()
    assert "none, all are silent" in figure.describe()
    figure._repr_mimebundle_()


def test_the_place_can_be_set_but_not_to_anything(random_pocket):
    figure = receptive_field_lens(PHOTO, random_pocket, ["block2_conv1"])
    figure.place = ["block2_conv1", np.int64(74), 84]
    assert figure.answer["place"] == ["block2_conv1", 74, 84]
    for wrong in (["block2_conv1", 75, 0], ["block2_conv1", -1, 0], ["block3_conv1", 0, 0], None, [1, 2], "abc",
                  ["block2_conv1", 0.5, 0], [[], 0, 0]):
        with pytest.raises(ValueError, match=r"give \[layer, row, column\]"):
            figure.place = wrong
    assert figure.place == ["block2_conv1", 74, 84]


def test_the_picture_beside_the_live_figure_shows_what_it_says():
    figure = receptive_field_lens(load_image("chelsea", 240), load_network())
    data, metadata = figure._repr_mimebundle_()
    picture = base64.b64decode(data["image/jpeg"])
    assert Image.open(io.BytesIO(picture)).format == "JPEG" and len(picture) < 60_000
    assert metadata["image/jpeg"] == {"alt": figure.describe()} and data["text/plain"] == figure.describe()
    assert "of block3_conv1 sees 24 times 24 pixels. Its strongest maps: map " in figure.describe()
    titles = [axis.get_title() for axis in figure.draw().axes]
    assert titles == ["what one position of block3_conv1 sees", "what looks alike to it", "it sees",
                      *(f"map {name}" for name in figure.answer["names"])]


def test_a_stored_notebook_keeps_the_picture_and_the_sentence():
    source = """from nst_helpers.live.lens import receptive_field_lens
from nst_helpers import load_image, load_network
receptive_field_lens(load_image("chelsea", 128), load_network("pocket", weights="random"))"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    [output] = clean(notebook).cells[0].outputs
    assert set(output.data) == {"image/jpeg", "text/plain"}
    assert output.data["text/plain"].endswith("the lens follows the mouse, and looks through any layer.")


@pytest.mark.parametrize("change, message", [
    ({"image": PHOTO[0]}, "add the first axis with image"), ({"image": "chelsea"}, "image"),
    ({"image": PHOTO[:, :12]}, "170 pixels wide and 12 high; resize_image it to 16 or more"),
    ({"image": np.zeros((1, 400, 300, 3))}, "and 100,000 or less in all"),
    ({"network": "pocket"}, "network is str; give what load_network returns"),
    ({"layers": ["block6_conv1"]}, "pocket has no layer 'block6_conv1'"), ({"layers": []}, "Name at least one layer"),
    ({"layers": 3}, "layers is 3; give a list of names"), ({"layers": [1]}, "give a list of names")])
def test_bad_arguments_are_refused_in_a_sentence(random_pocket, change, message):
    with pytest.raises(ValueError, match=message) as refused:
        receptive_field_lens(**{"image": PHOTO, "network": random_pocket, **change})
    assert "\n" not in str(refused.value)
