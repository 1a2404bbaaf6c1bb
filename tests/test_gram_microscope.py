"""The Gram matrix under the microscope without a page: what travels to it, what a stored notebook keeps, what is said.

What may go here: tests of nst_helpers.live.gram_microscope. The page is seen in test_browser_gram_microscope.
"""

import base64
import io

from nst_helpers.images import load_image
from nst_helpers.live.gram_microscope import MOST_NUMBERS, gram_microscope, in_print
from nst_helpers.losses import gram_matrix
from nst_helpers.networks import feature_extractor, load_network

from nbclient import NotebookClient
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import pytest

RNG = np.random.default_rng(5)
PAINTING = RNG.uniform(size=(1, 40, 54, 3)).astype("float32")


def features_of(network, layer, image=PAINTING):
    """(positions, maps) in float64."""
    features = feature_extractor(network, layer)(image)[layer].numpy().astype("float64")
    return features.reshape(-1, features.shape[-1])


def from_the_page(figure, **state):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


def test_every_entry_is_the_mean_of_the_product_of_the_maps_that_travel(random_pocket):
    figure = gram_microscope(PAINTING, random_pocket)
    rows = features_of(random_pocket, "block1_conv1")
    maps = np.frombuffer(figure.maps, "<f4").reshape(16, -1)
    np.testing.assert_array_equal(maps, rows.T.astype("float32"))
    assert figure.shape == [40, 54] and figure.names == list(range(16)) and figure.count == 16
    for i in range(16):
        for j in range(16):
            total = np.sum(maps[i].astype("float64") * maps[j])
            assert float(figure.sums[16 * i + j].replace(",", "")) == pytest.approx(total, rel=1e-5)
            assert figure.entries[16 * i + j] == in_print(total / (40 * 54), 4)
    sent = np.frombuffer(figure.gram, "<f4").reshape(16, 16)
    np.testing.assert_allclose(sent, gram_matrix(features_of(random_pocket, "block1_conv1")[None, None]), rtol=1e-6)
    apart = sent - np.diag(np.diag(sent))
    assert apart[tuple(figure.entry)] == apart.max() and figure.entry[0] < figure.entry[1]


def test_of_many_maps_the_strongest_are_shown_in_their_order(random_pocket):
    figure = gram_microscope(PAINTING, random_pocket, "block3_conv1")
    rows = features_of(random_pocket, "block3_conv1")
    strongest = np.sort(np.argsort(-np.mean(rows**2, axis=0))[:32]).tolist()
    assert figure.names == strongest and figure.count == 64 and figure.shape == [10, 13]
    maps = np.frombuffer(figure.maps, "<f4").reshape(32, -1)
    np.testing.assert_array_equal(maps, rows.T[strongest].astype("float32"))
    np.testing.assert_allclose(figure.matrix, (rows.T @ rows / len(rows))[np.ix_(strongest, strongest)], rtol=1e-9)
    assert figure.share == [1, 52 / 54]  # the last two columns have no position of their own
    assert "32 times 32 entries, the 32 strongest of 64 maps" in figure.describe()


def test_the_entry_is_held_by_the_page_or_set_but_not_to_anything(random_pocket):
    figure = gram_microscope(PAINTING, random_pocket)
    from_the_page(figure, entry=[3, 7])
    assert figure.entry == [3, 7] and "Map 3 times map 7, added up, is " in figure.describe()
    figure.entry = np.array([2, 2])
    assert figure.entry == [2, 2]
    for wrong in ([3], [3, 16], "33", None, [0, 1, 2], [-1, 0], [2.5, 1]):
        with pytest.raises(ValueError, match="give the numbers of two maps"):
            figure.entry = wrong
    assert figure.entry == [2, 2]


def test_silent_maps_make_no_trouble():
    silent = load_network("pocket", weights="random")
    for layer in silent.layers:
        layer.set_weights([np.zeros_like(weights) for weights in layer.get_weights()])
    figure = gram_microscope(PAINTING, silent)
    assert set(figure.entries) == set(figure.sums) == {"0"}
    figure._repr_mimebundle_()


def test_the_picture_beside_the_live_figure_shows_matrix_maps_and_product():
    figure = gram_microscope(load_image("great_wave", 256), load_network())
    data, metadata = figure._repr_mimebundle_()
    picture = base64.b64decode(data["image/jpeg"])
    assert Image.open(io.BytesIO(picture)).format == "JPEG" and len(picture) < 60_000
    assert metadata["image/jpeg"] == {"alt": figure.describe()} and data["text/plain"] == figure.describe()
    i, j = figure.entry
    drawn = figure.draw()
    assert [axis.get_title() for axis in drawn.axes] == [
        "Gram matrix of block1_conv1", "where this entry comes from", f"map {i}", f"times map {j} ", "is their product"]
    first, second, product = (np.asarray(axis.images[0].get_array()) for axis in drawn.axes[2:])
    np.testing.assert_allclose(first * second, product, rtol=1e-5, atol=1e-6)
    [words, _] = drawn.get_supxlabel().split("\n")
    parts = words.split(":")[1].replace("=", "/").replace(",", "").split("/")
    total, positions, entry = map(float, parts)
    assert positions == 172 * 256 and total / positions == pytest.approx(entry, rel=1e-3)


def test_a_stored_notebook_keeps_the_picture_and_the_sentence():
    source = """from nst_helpers.live.gram_microscope import gram_microscope
from nst_helpers import load_image, load_network
gram_microscope(load_image("great_wave", 128), load_network("pocket", weights="random"))"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    [output] = clean(notebook).cells[0].outputs
    assert set(output.data) == {"image/jpeg", "text/plain"}
    assert output.data["text/plain"].endswith("you can point at other entries, and at places in the painting.")


@pytest.mark.parametrize("change, message", [
    ({"style_image": PAINTING[0]}, "add the first axis with style_image"),
    ({"style_image": "great_wave"}, "style_image"),
    ({"style_image": PAINTING[:, :12]}, "54 pixels wide and 12 high; block5_conv1 needs 16 or more on each side"),
    ({"network": "pocket"}, "network is str; give what load_network returns"),
    ({"layer": "block6_conv1"}, "pocket has no layer 'block6_conv1'"),
    ({"layer": ["block1_conv1", "block2_conv1"]}, "give the name of one layer"),
    ({"style_image": np.zeros((1, 400, 300, 3)), "layer": "block1_conv1"}, r"resize_image\(style_image, 353\)")])
def test_bad_arguments_are_refused_in_a_sentence(random_pocket, change, message):
    with pytest.raises(ValueError, match=message) as refused:
        gram_microscope(**{"style_image": PAINTING, "network": random_pocket, "layer": "block5_conv1", **change})
    assert "\n" not in str(refused.value)
    assert 353 * round(353 * 3 / 4) * 16 <= MOST_NUMBERS  # the advice is right
