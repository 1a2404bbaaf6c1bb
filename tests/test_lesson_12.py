"""Lesson 12: what its cells define is right, against the module and NumPy.

What may go here: the functions of notebooks/12_perceptual_losses.ipynb, and the commands that its text gives. Its
exercises are tested by test_your_turn.py.
"""

from pathlib import Path
import re
from types import SimpleNamespace

from nst_helpers.diffusion import autoencoder as module  # before TensorFlow, to keep it quiet
from nst_helpers.images import load_image, save_image
from nst_helpers.networks import load_network

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import cells_of, functions_of, lesson
import train_autoencoder

NOTEBOOK = lesson("12_perceptual_losses")
RNG = np.random.default_rng(0)
IMAGES, TARGETS = RNG.random((2, 2, 16, 24, 3), "float32")
CONSTANTS = {"MEAN": module.MEAN, "DEVIATION": module.DEVIATION}


def test_normalising_is_the_modules():
    inline = functions_of(NOTEBOOK, "normalise", "denormalise", **CONSTANTS)
    np.testing.assert_allclose(inline.normalise(IMAGES), module.normalise(IMAGES), atol=1e-6)
    np.testing.assert_allclose(inline.denormalise(IMAGES), module.denormalise(IMAGES), atol=1e-6)
    source = "\n".join(cell.source for _, cell in cells_of(NOTEBOOK, "code"))
    for name, values in CONSTANTS.items():
        found = re.search(rf"^{name} = np.array\((\[.*?\])", source, re.MULTILINE)
        np.testing.assert_allclose(eval(found[1]), values)


def test_the_losses_are_the_modules():
    extract = module.perceptual_extractor(load_network("pocket"))
    inline = functions_of(NOTEBOOK, "mean_squared_error", "perceptual_loss", "both_parts", "unweighted_mean",
                          "against_normalised", "pixels_only", "normalise", tf=tf, extract=extract, **CONSTANTS)
    pixels = np.mean((IMAGES - TARGETS) ** 2)
    features, targets = extract(IMAGES), extract(TARGETS)
    perceptual = module.perceptual_loss(features, targets)
    np.testing.assert_allclose(inline.perceptual_loss(features, targets), perceptual, rtol=1e-5)
    np.testing.assert_allclose(inline.both_parts(IMAGES, TARGETS), [pixels, perceptual], rtol=1e-5)
    np.testing.assert_allclose(inline.pixels_only(IMAGES, TARGETS), [pixels], rtol=1e-5)
    maps = np.mean((features["block3_conv2"].numpy() - targets["block3_conv2"].numpy()) ** 2)
    np.testing.assert_allclose(inline.unweighted_mean(IMAGES, TARGETS), [pixels, maps], rtol=1e-4)
    slip = np.mean((IMAGES - module.normalise(TARGETS)) ** 2)
    np.testing.assert_allclose(inline.against_normalised(IMAGES, TARGETS), [slip], rtol=1e-5)


@pytest.fixture
def build():
    return functions_of(NOTEBOOK, "build", "normalise", keras=keras, **CONSTANTS).build


def test_the_network_is_the_modules(build):
    own, theirs = build([4, 6, 8]), module.build_autoencoder((4, 6, 8), seed=3)
    own.set_weights(theirs.get_weights())
    for training in (False, True):
        np.testing.assert_allclose(own(IMAGES, training=training), theirs(IMAGES, training=training), atol=1e-5)


def test_the_learning_rate_drops_tenfold():
    learning_rate = functions_of(NOTEBOOK, "learning_rate").learning_rate
    np.testing.assert_allclose([learning_rate(epoch, 0.2, 3) for epoch in range(7)], [0.2] * 3 + [0.02] * 3 + [0.002])
    np.testing.assert_allclose([learning_rate(29), learning_rate(30), learning_rate(149)], [1e-3, 1e-4, 1e-7])


def test_damaged_files_are_listed_and_the_others_read(tmp_path):
    look_through = functions_of(NOTEBOOK, "look_through", np=np, load_image=load_image).look_through
    for number, painter in enumerate(["b", "a", "b"]):
        save_image(IMAGES[:1] * number / 2, tmp_path / painter / f"{number}.jpg")
    whole = (tmp_path / "a" / "1.jpg").read_bytes()
    (tmp_path / "a" / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b" / "notes.jpg").write_text("Buy more blue.")
    pictures, classes, damaged = look_through(tmp_path)
    assert pictures.shape == (3, 16, 24, 3) and classes == ["a", "b", "b"]
    assert [line.split()[0] for line in damaged] == ["a/torn.jpg", "b/notes.jpg"]
    assert str(tmp_path) not in " ".join(damaged)


def test_an_epoch_has_every_picture_once_in_an_order_of_its_own():
    pictures = np.arange(20, dtype="float32")
    batches = functions_of(NOTEBOOK, "batches", np=np, tf=tf, pictures=pictures).batches
    first, again, second = (np.concatenate(list(batches(epoch, 8))) for epoch in (0, 0, 1))
    assert sorted(first) == sorted(second) == list(pictures)
    assert np.array_equal(first, again) and not np.array_equal(first, second)
    assert [len(batch) for batch in batches(0, 8)] == [8, 8, 4]


def new_run(build, seed):
    keras.utils.set_random_seed(seed)
    run = SimpleNamespace(autoencoder=build([4, 6]), optimizer=keras.optimizers.Adam())
    run.optimizer.build(run.autoencoder.trainable_variables)
    run.step = lambda batch: train_one(run, batch)
    return run


def train_one(run, batch):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((run.autoencoder(batch, training=True) - batch) ** 2)
    variables = run.autoencoder.trainable_variables
    run.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


def test_a_run_that_was_cut_ends_where_the_whole_one_does(build, tmp_path):
    rates = []

    def learning_rate(epoch, start, drop):
        rates.append(epoch)
        return start * 0.1 ** (epoch // drop)

    names = {"np": np, "tf": tf, "pictures": TARGETS, "RATE": 0.01, "EPOCHS_A_DROP": 2, "EPOCHS": 4,
             "learning_rate": learning_rate}
    inline = functions_of(NOTEBOOK, "everything", "save_checkpoint", "load_checkpoint", "batches", "train", **names)
    whole, cut = new_run(build, 0), new_run(build, 1)

    def after_epoch(run, epoch, parts):
        if epoch == 3:
            inline.save_checkpoint(tmp_path / "checkpoint.npz", run, epoch)

    log = inline.train(whole, after_epoch=after_epoch)
    assert inline.load_checkpoint(tmp_path / "checkpoint.npz", cut) == 3
    assert rates == [0, 1, 2, 3] and log.shape == (4,)
    resumed = inline.train(cut, first=3)
    np.testing.assert_allclose(resumed, log[3:], rtol=1e-5)
    assert float(cut.optimizer.learning_rate) == pytest.approx(0.001)
    ends = ([*run.autoencoder.weights, *run.optimizer.variables] for run in (whole, cut))
    for one, other in zip(*ends):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("height, width", [(16, 24), (17, 23), (9, 31)])
def test_a_picture_of_any_size_comes_out_at_its_size(build, height, width):
    generate = functions_of(NOTEBOOK, "generate", np=np).generate
    image, network = RNG.random((1, height, width, 3), "float32"), build([4, 6, 8])
    found = generate(network, image)
    assert found.shape == image.shape
    if height % 8 == width % 8 == 0:
        np.testing.assert_allclose(found, network(image), atol=1e-6)


def test_fine_share_counts_differences_of_neighbours():
    fine_share = functions_of(NOTEBOOK, "fine_share", np=np).fine_share
    stripes = np.zeros((1, 4, 6, 3)) + (np.arange(6) % 2)[:, None]
    assert fine_share(0.5 * stripes, stripes) == pytest.approx(0.25)
    assert fine_share(stripes.swapaxes(1, 2), stripes) == pytest.approx(1)
    assert fine_share(np.ones((1, 4, 6, 3)), stripes) == 0


def test_the_length_of_a_gradient():
    parts = functions_of(NOTEBOOK, "sizes_and_pulls", tf=tf).sizes_and_pulls(
        lambda image, target: tf.stack([tf.reduce_sum((image - target) ** 2), 3 * tf.reduce_sum(image)]),
        IMAGES[:1], TARGETS[:1])
    difference = np.linalg.norm(IMAGES[:1] - TARGETS[:1])
    expected = [[difference**2, 2 * difference], [3 * IMAGES[:1].sum(), 3 * 1152**0.5]]
    np.testing.assert_allclose(parts, expected, rtol=1e-4)


def test_nothing_cut_is_the_network_itself_and_what_is_cut_does_not_reach_the_decoder():
    copy_without = functions_of(NOTEBOOK, "copy_without", tf=tf).copy_without
    network = module.build_autoencoder((4, 6, 8))
    np.testing.assert_allclose(copy_without(network, IMAGES), network(IMAGES), atol=1e-5)
    bare = copy_without(network, IMAGES, latent=0.0, skips=0.0)
    np.testing.assert_allclose(bare, copy_without(network, TARGETS, latent=0.0, skips=0.0), atol=1e-6)
    for cut in ({"latent": 0.0}, {"skips": 0.0}):
        assert np.abs(copy_without(network, IMAGES, **cut) - bare).max() > 1e-4


def test_the_commands_of_the_lesson_are_understood():
    text = "\n".join(cell.source for _, cell in cells_of(NOTEBOOK, "markdown"))
    commands = re.findall(r"^uv run tools/train_autoencoder.py (.*)$", text, re.MULTILINE)
    begin, resume, take = (train_autoencoder.parse(command.split()) for command in commands)
    assert begin.images == resume.images == Path("my_pictures") and resume.resume and not begin.resume
    assert begin.folder == resume.folder == take.folder and take.generate == [Path("photo.jpg")]
