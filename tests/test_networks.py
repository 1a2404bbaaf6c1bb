"""Networks and their weights against keras.applications and hand-counted numbers; files that are damaged or wrong.

The internet is never used (see conftest.py).
"""

import io
import pickle
import socket

from nst_helpers import networks
from nst_helpers._io.weights import read_npz, save_npz
from nst_helpers.networks import feature_extractor, load_network

import h5py
import keras
import numpy as np
import pytest

KERAS_VGG = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}
# Counted by hand: 9 · maps in · maps out + maps out, summed over the convolutions.
POCKET_WEIGHTS = 448 + 2320 + 4640 + 9248 + 18496 + 36928 + 73856 + 147584 + 147584 + 147584


def picture(height, width, seed=0):
    return np.random.default_rng(seed).random((1, height, width, 3), "float32")


def layer_names(network):
    return [layer.name for layer in network.layers if layer.name.startswith("block")]


def arrays_of(network):
    return {f"{layer.name}.{part}": array for layer in networks.convolutions(network)
            for part, array in zip(["kernel", "bias"], layer.get_weights())}


@pytest.fixture(scope="module")
def vgg19():
    return load_network("vgg19", weights="random")


@pytest.fixture(scope="module")
def keras_vgg():
    """VGG-16 and VGG-19 as Keras builds them, without the dense layers."""
    return {name: build(include_top=False, weights=None) for name, build in KERAS_VGG.items()}


def keras_features(model, layers):
    return keras.Model(model.input, {layer: model.get_layer(layer).output for layer in layers})


@pytest.fixture
def small_vgg(monkeypatch):
    """VGG-16 with few maps, so that its files are small: ours, and as Keras would build it."""
    blocks = [(2, 2), (2, 2), (3, 3), (3, 3), (3, 3)]
    monkeypatch.setitem(networks.ARCHITECTURES, "vgg16", blocks)
    layers = [keras.Input((32, 32, 3))]
    for block, (count, channels) in enumerate(blocks, start=1):
        layers += [keras.layers.Conv2D(channels, 3, padding="same", name=f"block{block}_conv{i + 1}",
                                       bias_initializer="normal") for i in range(count)]
        layers.append(keras.layers.MaxPooling2D(name=f"block{block}_pool"))
    return keras.Sequential(layers)


def extended(model, *layers):
    return keras.Sequential([keras.Input((32, 32, 3)), *model.layers, *layers])


def check_equal(network, model):
    for layer in networks.convolutions(network):
        for ours, theirs in zip(layer.get_weights(), model.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


# Architecture


@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_vgg_has_the_layers_of_keras(name, keras_vgg):
    theirs, ours = keras_vgg[name], networks.build_network(name, "max", seed=None)
    names = layer_names(ours)
    assert names == layer_names(theirs)[:-1]  # without the last pooling, which nobody asks for
    shape = (1, 64, 48, 3)
    assert feature_extractor(ours, names).compute_output_shape(shape) == (
        keras_features(theirs, names).compute_output_shape(shape))
    assert sum(layer.count_params() for layer in networks.convolutions(ours)) == theirs.count_params()


def test_pocket_has_a_quarter_of_the_maps_of_vgg(random_pocket, keras_vgg):
    names = layer_names(random_pocket)
    assert " ".join(name.removeprefix("block") for name in names) == (
        "1_conv1 1_conv2 1_pool 2_conv1 2_conv2 2_pool 3_conv1 3_conv2 3_pool 4_conv1 4_conv2 4_conv3 4_pool 5_conv1")
    features = feature_extractor(random_pocket, names)(picture(64, 48))
    shapes = keras_features(keras_vgg["vgg16"], names).compute_output_shape((1, 64, 48, 3))
    for layer, maps in features.items():
        assert maps.shape == (*shapes[layer][:3], shapes[layer][3] // 4)
    assert random_pocket.count_params() == POCKET_WEIGHTS


def test_networks_take_any_size(random_pocket):
    for height, width in [(17, 30), (33, 16)]:
        maps = feature_extractor(random_pocket, ["block5_conv1"])(picture(height, width))["block5_conv1"]
        assert maps.shape == (1, height // 16, width // 16, 128)


def test_vgg_preprocessing_is_the_one_of_keras(vgg19):
    image = picture(5, 7)
    model = keras.Model(vgg19.input, vgg19.get_layer("preprocessing").output)
    expected = keras.applications.vgg19.preprocess_input(255.0 * image.astype("float64"))
    np.testing.assert_allclose(model(image), expected, atol=1e-4)


def test_vgg19_with_equal_weights_gives_the_features_of_keras(vgg19, keras_vgg):
    theirs = keras_vgg["vgg19"]
    for layer in networks.convolutions(vgg19):
        theirs.get_layer(layer.name).set_weights(layer.get_weights())
    layers = ["block1_conv1", "block2_pool", "block4_conv2", "block5_conv4"]
    image = picture(37, 50)
    ours = feature_extractor(vgg19, layers)(image)
    expected = keras_features(theirs, layers)(keras.applications.vgg19.preprocess_input(255.0 * image))
    for layer in layers:
        scale = np.abs(expected[layer]).max()
        assert scale > 0
        np.testing.assert_allclose(ours[layer], expected[layer], atol=1e-4 * scale)


@pytest.mark.parametrize("pooling, reduce", [(None, np.mean), ("average", np.mean), ("max", np.max)])
def test_pooling_of_pocket(pooling, reduce):
    network = load_network("pocket", pooling=pooling, weights="random")
    features = feature_extractor(network, ["block1_conv2", "block1_pool"])(picture(9, 7))  # the odd row is dropped
    maps = features["block1_conv2"].numpy()[0, :8, :6]
    expected = reduce(maps.reshape(4, 2, 3, 2, -1), axis=(1, 3))
    np.testing.assert_allclose(features["block1_pool"][0], expected, atol=1e-6)


def test_vgg_pools_by_maximum_unless_told_otherwise(small_vgg):
    kinds = {pooling: type(load_network("vgg16", pooling, "random").get_layer("block3_pool"))
             for pooling in (None, "max", "average")}
    assert kinds == {None: keras.layers.MaxPooling2D, "max": keras.layers.MaxPooling2D,
                     "average": keras.layers.AveragePooling2D}


def test_pocket_pads_its_first_layer_by_mirroring(random_pocket):
    image = picture(6, 5)
    kernel, bias = random_pocket.get_layer("block1_conv1").get_weights()
    padded = np.pad(4.0 * image[0].astype("float64") - 2, [(1, 1), (1, 1), (0, 0)], "reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    expected = np.maximum(np.einsum("hwcyx,yxco->hwo", windows, kernel) + bias, 0)
    np.testing.assert_allclose(feature_extractor(random_pocket, "block1_conv1")(image)["block1_conv1"][0], expected,
                               atol=1e-5)


def test_networks_are_frozen(random_pocket, vgg19):
    assert random_pocket.trainable_weights == [] and vgg19.trainable_weights == []


# Feature extraction


def test_feature_extractor_stops_at_the_deepest_layer(vgg19):
    def computed(*layers):
        return layer_names(feature_extractor(vgg19, layers))

    assert computed("block1_conv1") == ["block1_conv1"]
    assert computed("block2_conv1", "block1_conv2") == ["block1_conv1", "block1_conv2", "block1_pool", "block2_conv1"]
    assert len(computed("block4_conv2")) == 2 + 1 + 2 + 1 + 4 + 1 + 2


def test_feature_extractor_takes_lists_dictionaries_and_one_name(random_pocket):
    image = picture(16, 16)
    expected = feature_extractor(random_pocket, ["block1_conv2"])(image)["block1_conv2"]
    for layers in ("block1_conv2", ("block1_conv2",), {"block1_conv2": 0.5}):
        features = feature_extractor(random_pocket, layers)(image)
        assert list(features) == ["block1_conv2"]
        np.testing.assert_array_equal(features["block1_conv2"], expected)


@pytest.mark.parametrize("layers", [["block1_conv1", "conv4_2"], ["preprocessing"], "relu1_1", []])
def test_wrong_layers_list_the_right_ones(random_pocket, layers):
    with pytest.raises(ValueError, match="block1_conv1, block1_conv2, .*block5_conv1") as error:
        feature_extractor(random_pocket, layers)
    assert not layers or repr(layers if isinstance(layers, str) else layers[-1]) in str(error.value)


# Choosing a network


def test_wrong_names_are_told():
    with pytest.raises(ValueError, match="'vgg20'.*pocket, vgg16, vgg19"):
        load_network("vgg20")
    with pytest.raises(ValueError, match="pooling is 'mean'.*average.*max"):
        load_network(pooling="mean")


def test_random_weights_depend_on_seed_and_layer():
    first, again, other = (arrays_of(load_network(weights="random", seed=seed)) for seed in (0, 0, 1))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    kernels = [name for name in first if name.endswith("kernel")]
    for name in kernels:
        assert not np.array_equal(first[name], other[name])
        # He et al. (2015): variance 2 over the number of inputs.
        np.testing.assert_allclose(first[name].var(), 2 / (9 * first[name].shape[2]), rtol=0.15)
    deep = [first[f"{layer}.kernel"] for layer in ("block4_conv2", "block5_conv1")]
    assert deep[0].shape == deep[1].shape
    assert abs(np.corrcoef(deep[0].ravel(), deep[1].ravel())[0, 1]) < 0.05


# Weights from .npz files


@pytest.fixture
def pocket_file(tmp_path, random_pocket):
    file = tmp_path / "weights.npz"
    save_npz(arrays_of(random_pocket), file)
    return file


def test_npz_round_trip(pocket_file, random_pocket):
    network = load_network("pocket", weights=pocket_file, seed=5)
    check_equal(network, random_pocket)
    check_equal(load_network("pocket", weights=str(pocket_file)), random_pocket)
    with np.load(pocket_file) as stored:
        assert {array.dtype.name for array in stored.values()} == {"float32"}


def test_npz_in_half_precision(tmp_path):
    arrays = {"a.kernel": np.random.default_rng(0).normal(0, 0.05, (3, 3, 4, 5)).astype("float32")}
    sizes = []
    for kind in ("float32", "float16"):
        save_npz(arrays, tmp_path / f"{kind}.npz", kind)
        sizes.append((tmp_path / f"{kind}.npz").stat().st_size)
    assert sizes[1] < 0.75 * sizes[0]  # the names take some place, too
    found = read_npz(tmp_path / "float16.npz")["a.kernel"]
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, arrays["a.kernel"], rtol=2**-11, atol=1e-7)


@pytest.mark.parametrize("keep", [0, 10, 1000, 0.5, 0.999])
def test_truncated_npz(pocket_file, keep):
    content = pocket_file.read_bytes()
    pocket_file.write_bytes(content[:keep if isinstance(keep, int) else int(keep * len(content))])
    with pytest.raises(ValueError, match="weights.npz is no readable .npz file.*damaged"):
        load_network("pocket", weights=pocket_file)


def test_npz_with_a_changed_byte(pocket_file):
    content = bytearray(pocket_file.read_bytes())
    content[len(content) // 2] ^= 1
    pocket_file.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load_network("pocket", weights=pocket_file)


def test_npz_of_another_network(tmp_path, random_pocket):
    arrays = arrays_of(random_pocket)
    file = tmp_path / "other.npz"
    wrong = {
        "block2_conv1.kernel": {**arrays, "block2_conv1.kernel": arrays["block2_conv1.kernel"][..., :5]},
        "block5_conv1.bias": {name: array for name, array in arrays.items() if name != "block5_conv1.bias"},
        "block5_conv2.bias": {**arrays, "block5_conv2.bias": arrays["block5_conv1.bias"]},
        "block1_conv1.kernel": {"weights": np.zeros(3)},
    }
    for culprit, stored in wrong.items():
        save_npz(stored, file)
        with pytest.raises(ValueError, match=f"other.npz.*do not fit pocket: for {culprit} .*another network's"):
            load_network("pocket", weights=file)


def test_missing_files():
    for name in ("pocket", "vgg16"):
        with pytest.raises(FileNotFoundError, match="no weights file .*nowhere.*check the path"):
            load_network(name, weights="nowhere/weights.npz")


class Trap:
    """Unpickling this calls a function that fails the test."""

    def __reduce__(self):
        return _sprung, ()


def _sprung():
    raise AssertionError("something was unpickled")


def test_nothing_is_unpickled(tmp_path):
    with pytest.raises(AssertionError, match="unpickled"):  # the trap works
        pickle.loads(pickle.dumps(Trap()))
    trap = np.empty(1, object)
    trap[0] = Trap()
    np.savez(tmp_path / "object.npz", **{"block1_conv1.kernel": trap})
    buffer = io.BytesIO()
    np.save(buffer, trap)
    (tmp_path / "array.npz").write_bytes(buffer.getvalue())
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(Trap()))
    for name in ("object", "array", "pickle"):
        with pytest.raises(ValueError, match=f"{name}.npz is no readable .npz file"):
            load_network("pocket", weights=tmp_path / f"{name}.npz")


@pytest.mark.parametrize("fault", [np.nan, np.inf, "whole numbers", "text"])
def test_weights_that_are_no_finite_numbers(tmp_path, random_pocket, fault):
    arrays = arrays_of(random_pocket)
    kernel = arrays["block3_conv1.kernel"]
    if fault == "whole numbers":
        arrays["block3_conv1.kernel"] = kernel.astype("int32")
    elif fault == "text":
        arrays["block3_conv1.kernel"] = kernel.astype("str")
    else:
        kernel[0, 0, 0, 0] = fault
    np.savez(tmp_path / "odd.npz", **arrays)
    with pytest.raises(ValueError, match="odd.npz' hold values that are not finite numbers, for block3_conv1.kernel"):
        load_network("pocket", weights=tmp_path / "odd.npz")


def test_files_that_would_fill_the_memory_are_refused_unread(tmp_path, monkeypatch, pocket_file, small_vgg):
    """A few bytes can say that they are gigabytes when unpacked."""
    small_vgg.save(tmp_path / "model.h5")
    monkeypatch.setattr("nst_helpers._io.weights.MOST_BYTES", 100)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("it is being unpacked"))
    for name, file in (("pocket", pocket_file), ("vgg16", tmp_path / "model.h5")):
        with pytest.raises(ValueError, match="is no readable"):
            load_network(name, weights=file)


# Weights from .h5 files


@pytest.mark.parametrize("top", [False, True])
def test_h5_file_as_keras_writes_it(tmp_path, small_vgg, top):
    dense = keras.layers.Flatten(), keras.layers.Dense(5, name="fc1"), keras.layers.Dense(4, name="predictions")
    model = extended(small_vgg, *dense) if top else small_vgg
    model.save(tmp_path / "model.h5")  # a whole model: the weights stand in the group "model_weights"
    check_equal(load_network("vgg16", weights=tmp_path / "model.h5"), model)
    # A file of weights alone has the same groups at its root.
    with h5py.File(tmp_path / "model.h5") as whole, h5py.File(tmp_path / "weights.h5", "w") as weights:
        for name in whole["model_weights"]:
            whole.copy(f"model_weights/{name}", weights)
    check_equal(load_network("vgg16", weights=str(tmp_path / "weights.h5")), model)


def test_h5_file_with_the_names_of_the_published_ones(tmp_path, small_vgg):
    """The files that keras.applications offers are older than Keras' present names for weights."""
    with h5py.File(tmp_path / "old.h5", "w") as file:
        for layer in small_vgg.layers:
            group, names = file.create_group(layer.name), []
            for part, array in zip("Wb", layer.get_weights()):
                names.append(f"{layer.name}_{part}_1:0".encode())
                group[names[-1]] = array
            group.attrs["weight_names"] = names
    check_equal(load_network("vgg16", weights=tmp_path / "old.h5"), small_vgg)


@pytest.mark.parametrize("keep", [0, 100, 0.3, 0.9])
def test_truncated_h5(tmp_path, small_vgg, keep):
    small_vgg.save(tmp_path / "model.h5")
    content = (tmp_path / "model.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(content[:keep if isinstance(keep, int) else int(keep * len(content))])
    with pytest.raises(ValueError, match="cut.h5 is no readable .h5 weights file.*damaged"):
        load_network("vgg16", weights=tmp_path / "cut.h5")


def test_h5_file_of_the_other_vgg(tmp_path, monkeypatch, small_vgg):
    """VGG-19 holds all layers of VGG-16 in the same shapes; taken for VGG-16 it would run and give wrong features."""
    extended(small_vgg, keras.layers.Conv2D(3, 3, padding="same", name="block5_conv4")).save(tmp_path / "bigger.h5")
    small_vgg.save(tmp_path / "smaller.h5")
    with pytest.raises(ValueError, match="bigger.h5.*do not fit vgg16: for block5_conv4.kernel it needs nothing"):
        load_network("vgg16", weights=tmp_path / "bigger.h5")
    monkeypatch.setitem(networks.ARCHITECTURES, "vgg16", [(2, 2), (2, 2), (3, 3), (3, 3), (4, 3)])
    with pytest.raises(ValueError, match="smaller.h5.*do not fit vgg16: for block5_conv4.kernel .* found nothing"):
        load_network("vgg16", weights=tmp_path / "smaller.h5")


def test_files_of_the_wrong_kind(tmp_path, pocket_file, small_vgg):
    small_vgg.save(tmp_path / "model.h5")
    with pytest.raises(ValueError, match="model.h5 is no readable .npz file"):
        load_network("pocket", weights=tmp_path / "model.h5")
    with pytest.raises(ValueError, match="weights.npz is no readable .h5 weights file"):
        load_network("vgg16", weights=pocket_file)


# Weights that Keras fetches


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """An empty cache for Keras, which reads KERAS_HOME only when it is imported."""
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def test_vgg19_offline_says_what_to_do(keras_home):
    with pytest.raises(FileNotFoundError) as error:
        load_network("vgg19")
    message = str(error.value)
    assert "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5" in message
    assert f"the folder {keras_home / 'models'}," in message and 'load_network("pocket")' in message
    assert "\n" not in message
    assert error.value.__suppress_context__


def test_file_in_the_cache_of_keras_is_used(keras_home, keras_vgg, monkeypatch):
    """The cached file stands in for the published one, so Keras' check of the published hash is left out."""
    monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_args, **_kwargs: True)
    model = keras_vgg["vgg16"]
    (keras_home / "models").mkdir()
    file = keras_home / "models" / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
    model.save(file)
    check_equal(load_network("vgg16"), model)
    check_equal(load_network("vgg16", weights=file), model)


def test_damaged_file_in_the_cache_of_keras(keras_home):
    (keras_home / "models").mkdir()
    (keras_home / "models" / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").write_bytes(b"half a download")
    with pytest.raises(FileNotFoundError, match="could not be fetched"):
        load_network("vgg16")


def test_a_network_that_does_not_answer_is_not_waited_for(monkeypatch):
    """A wireless network with a log-in page may take a connection and never send a byte."""
    waiting = []

    def fetch(**_):
        waiting.append(socket.getdefaulttimeout())
        raise TimeoutError

    monkeypatch.setitem(networks.fetch_vgg.__globals__["VGG"], "vgg16", fetch)
    before = socket.getdefaulttimeout()
    with pytest.raises(FileNotFoundError, match="could not be fetched"):
        load_network("vgg16")
    assert 0 < waiting[0] <= 60 and socket.getdefaulttimeout() == before
