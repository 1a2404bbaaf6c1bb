"""The tool that measures the training faces: its numbers against the pictures it was given, and lessons against it."""

from nst_helpers.images import save_image
from nst_helpers.networks import feature_extractor, load_network

from index_faces import DESCRIPTION_LAYER, describe, grouped, main, outlines
import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson


def test_the_index_says_of_each_face_what_is_in_it(tmp_path):
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 256, (3, 32, 32, 3)) / np.float32(255)
    for name, face in zip(("b", "a", "c"), faces):
        save_image(face[np.newaxis], tmp_path / "faces" / f"{name}.png")
    main([str(tmp_path / "faces"), "--groups", "1", "--kinds", "1", "--out", str(tmp_path / "index.npz")])
    with np.load(tmp_path / "index.npz", allow_pickle=False) as index:
        assert index["names"].tolist() == ["a", "b", "c"]
        faces = faces[[1, 0, 2]]
        np.testing.assert_allclose(index["colors"], 255 * faces.mean((1, 2)), atol=0.51)
        np.testing.assert_allclose(index["contrasts"], 255 * faces.mean(3).std((1, 2)), rtol=2e-3)
        expected = (describe(faces) - index["mean"]) @ index["axes"]
        np.testing.assert_allclose(index["places"], expected, rtol=5e-3, atol=0.01)
        np.testing.assert_allclose(index["mean_faces"][0], 255 * faces.mean(0), atol=0.51)
        assert index["groups"].tolist() == [0, 0, 0] and index["kinds"].tolist() == [[0, 0]] * 3
        both = (faces + faces[:, :, ::-1]).mean(0) / 2
        np.testing.assert_allclose(index["mean_kinds"][0], 255 * both, atol=0.51)
        distances = [np.linalg.norm(values[0] - values[1]) for values in (index["places"], describe(faces))]
        np.testing.assert_allclose(*distances, rtol=5e-3)  # of three faces, nothing is lost along the axes


def test_a_description_is_the_mean_of_each_map_in_each_quarter():
    image = np.random.default_rng(1).random((1, 32, 32, 3), "float32")
    maps = feature_extractor(load_network("pocket"), DESCRIPTION_LAYER)(image)[DESCRIPTION_LAYER].numpy()
    quarters = [maps[0, top : top + 4, left : left + 4].mean((0, 1)) for top in (0, 4) for left in (0, 4)]
    np.testing.assert_allclose(describe(image)[0], np.concatenate(quarters), rtol=1e-4, atol=1e-5)


def test_groups_are_heaps_numbered_from_the_largest():
    rng = np.random.default_rng(0)
    heaps = np.repeat([1, 0, 2], [30, 50, 20])  # the number that each heap should get
    places = np.array([[9, 0], [0, 0], [0, 9]])[heaps] + rng.normal(size=(100, 2))
    np.testing.assert_array_equal(grouped(places, 3), heaps)


def test_outlines_do_not_see_brightness_and_colour_but_where_it_is_dark():
    rng = np.random.default_rng(0)
    light = rng.integers(0, 2, (2, 16, 16, 1)).repeat(2, 1).repeat(2, 2).astype("float64")
    first, second = 0.9 * light, 0.3 + 0.5 * light * [1.2, 1.0, 0.8]  # by hand: another brightness, contrast, colour
    np.testing.assert_allclose(outlines(first), outlines(second), atol=0.1)
    np.testing.assert_allclose(outlines(first).mean(1), 0, atol=1e-9)
    assert np.corrcoef(outlines(first)[0], light[0, ::2, ::2, 0].ravel())[0, 1] > 0.999
    faint = outlines(0.5 + 0.01 * light)
    assert faint.std() < 0.2 < 0.9 < outlines(first).std()


@pytest.mark.parametrize("option", ["--groups", "--kinds"])
def test_more_groups_than_a_byte_can_count_are_refused(tmp_path, option, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path), option, "257"])
    assert "from 1 to 256" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["13_diffusion", "14_whose_art"])
def test_lessons_describe_a_face_as_the_index_does(name):
    rng = np.random.default_rng(0)
    images = rng.random((2, 32, 32, 3), "float32")
    index = {"mean": rng.normal(size=256), "axes": rng.normal(size=(256, 5))}
    extract = feature_extractor(load_network("pocket"), DESCRIPTION_LAYER)
    own = functions_of(lesson(name), "describe", np=np, tf=tf, describe_maps=extract, index=index).describe(images)
    np.testing.assert_allclose(own, (describe(images) - index["mean"]) @ index["axes"], rtol=1e-4)
