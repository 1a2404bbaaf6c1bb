"""The tools that train the networks for one pass: their losses against NumPy, their batches, and that they learn."""

from types import SimpleNamespace

from nst_helpers._io.weights import read_npz
from nst_helpers.fast.adain import build_decoder
from nst_helpers.fast.johnson import build_transformation_network
from nst_helpers.images import load_image
from nst_helpers.networks import named_variables

import numpy as np
import pytest
import train_adain
from train_adain import Pairs, style_losses
import train_johnson
from training_painters import Clock
from training_pictures import Ahead, load_pictures, square_crop

PICTURES = [np.random.default_rng(i).integers(0, 256, (60, 80, 3), "uint8") for i in range(3)]


def test_style_losses_are_nothing_for_the_same_features_and_something_for_others():
    rng = np.random.default_rng(0)
    one, other = ({layer: rng.random((2, 8, 8, 4), "float32") ** power for layer in train_adain.STYLE_LAYERS}
                  for power in (1, 3))
    np.testing.assert_allclose(style_losses(one, one), 0, atol=1e-8)
    assert np.min(style_losses(one, other)) > 0.05


def test_shuffled_places_have_the_same_style():
    rng = np.random.default_rng(0)
    one = {layer: rng.random((1, 8, 8, 4), "float32") for layer in train_adain.STYLE_LAYERS}
    places = rng.permutation(64)
    shuffled = {layer: maps.reshape(1, 64, 4)[:, places].reshape(maps.shape) for layer, maps in one.items()}
    np.testing.assert_allclose(style_losses(one, shuffled), 0, atol=1e-8)


def test_pairs_begin_with_one_picture_as_both():
    content, style = Pairs(PICTURES, PICTURES, PICTURES, 32, 4, 0)()
    assert content.shape == style.shape == (4, 32, 32, 3) and content.dtype == np.float32
    np.testing.assert_array_equal(content[0], style[0])
    assert not np.array_equal(content[1], style[1])
    assert content.min() >= 0 and content.max() <= 1


def test_a_crop_is_a_part_of_the_picture_or_its_mirror_image():
    picture, rng = PICTURES[0], np.random.default_rng(0)
    parts = {picture[y : y + 50, x : x + 50][:, ::way].tobytes()
             for y in range(11) for x in range(31) for way in (1, -1)}
    for _ in range(5):
        crop = square_crop(picture, 50, rng, scaled=0)
        assert (crop * 255).round().astype("uint8").tobytes() in parts


def test_nothing_to_train_on_is_one_sentence(tmp_path):
    with pytest.raises(SystemExit, match="No .jpg files"):
        load_pictures([tmp_path])


def test_batches_come_one_by_one_in_order():
    numbers = iter(range(10))
    ahead = Ahead(lambda: next(numbers))
    assert [ahead() for _ in range(5)] == [0, 1, 2, 3, 4]


def test_the_decoder_learns():
    weights = {"content": 0.1, "moments": 0.5, "gram": 1.0, "identity": 5.0, "variation": 0.2}
    trainer = train_adain.DecoderTrainer(build_decoder(), weights, 2e-4)
    content, style = (np.stack([load_image(name, 64)[0, :40, :40] for name in names])
                      for names in (["chelsea", "coffee"], ["great_wave", "poppies"]))
    log = [sum(weights[part] * value for part, value in zip(weights, trainer.step(content, style).numpy()))
           for _ in range(25)]
    assert log[-1] < 0.8 * log[0]


def test_the_transformation_network_learns():
    network = build_transformation_network((4, 8, 8), 1)
    weights = {"content": 0.05, "style": 1.0, "variation": 0.1}
    trainer = train_johnson.PainterTrainer(network, load_image("great_wave", 64), weights, 5e-3)
    crops = np.stack([load_image(name, 64)[0, :40, :40] for name in ("chelsea", "coffee")])
    log = [trainer.step(crops).numpy() @ list(weights.values()) for _ in range(15)]
    assert log[-1] < 0.8 * log[0]


def test_a_run_ends_by_the_clock_lets_the_rate_fall_and_leaves_its_weights(tmp_path, monkeypatch):
    seconds, rates, shares = iter(range(1000)), [], []
    monkeypatch.setattr("time.perf_counter", lambda: float(next(seconds)))
    network = build_transformation_network((4, 8, 8), 1)
    trainer = train_johnson.PainterTrainer(network, load_image("great_wave", 32), {"style": 1.0}, 0.1)

    def step(self, batch):
        rates.append(float(self.optimizer.learning_rate))
        return np.ones(1)

    monkeypatch.setattr(train_johnson.PainterTrainer, "step", lambda self, batch: SimpleNamespace(
        numpy=lambda: step(self, batch)))
    trainer.run(lambda share: (shares.append(share),), 0.5, tmp_path / "weights.npz", warm_up=5)
    assert len(rates) == 29 and shares[-1] < 1  # a second for each step, half a minute in all
    assert np.argmax(rates) == 4 and rates[0] < rates[4] <= 0.1 and rates[-1] < 0.01
    stored = read_npz(tmp_path / "weights.npz")
    assert stored.keys() == named_variables(network).keys()


def test_the_clock_does_not_count_a_pause(monkeypatch):
    seconds = iter([0.0, 1.0, 3.0, 1000.0, 1001.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(seconds))
    clock = Clock(longest=10)
    assert [clock() for _ in range(4)] == [1, 3, 13, 14]
