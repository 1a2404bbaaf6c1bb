"""The formulas that a learner writes in a lesson and those of nst_helpers give the same numbers on random input.

What may go here: pairs of a lesson's function and the module's. Whether the module is right is tested elsewhere.
"""

import ast
from types import SimpleNamespace

from nst_helpers import color, losses  # before TensorFlow, to keep it quiet
from nst_helpers.masks import guides
from nst_helpers.networks import build_network, feature_extractor
from nst_helpers.optimize import lbfgs

from nbformat import v4
from notebook_reading import ROOT, cells_of, read, statements
import numpy as np
import pytest
import tensorflow as tf


def functions_of(notebook, *names, **given):
    """The functions of these names as a notebook's cells define them, and nothing else of the notebook.

    given: what else they need by name, such as np=np. They see each other, too. A function that the notebook does
    not define, or defines more than once, is an AssertionError.
    """
    nodes = [node for _, cell in cells_of(notebook, "code") for node in statements(cell).body]
    definitions = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.name in names]
    found = [node.name for node in definitions]
    assert sorted(found) == sorted(names), f"expected one definition each of {sorted(names)}, found {sorted(found)}"
    namespace = dict(given)
    exec(compile(ast.Module(definitions, []), "lesson", "exec"), namespace)
    return SimpleNamespace(**{name: namespace[name] for name in names})


def lesson(name):
    return read((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


def toy(*sources):
    return v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])


def test_only_the_functions_asked_for_are_taken():
    sources = ["def double(x):\n    return 2 * one(x)", "def one(x):\n    return x + n"]
    notebook = toy("%matplotlib inline\nraise SystemExit", *sources)
    functions = functions_of(notebook, "double", "one", n=10)
    assert functions.double(1) == 22 and vars(functions).keys() == {"double", "one"}


@pytest.mark.parametrize("sources", [["x = 1"], ["def f(): pass", "def f(): return 2"], ["if x:\n    def f(): pass"]])
def test_a_function_that_is_not_defined_exactly_once_is_refused(sources):
    with pytest.raises(AssertionError, match="one definition each"):
        functions_of(toy(*sources), "f")


def test_the_losses_of_lesson_04():
    names = ["gram_matrix", "content_loss", "style_loss", "gatys_content_loss", "gatys_style_loss"]
    inline = functions_of(lesson("04_gatys_with_lbfgs"), *names, tf=tf)
    features, target = (tf.constant(maps) for maps in np.random.default_rng(0).normal(size=(2, 1, 5, 7, 4)))
    for name in names:
        pair = [losses.gram_matrix(maps) if name == "style_loss" else maps for maps in (features, target)]
        arguments = pair[:1] if name == "gram_matrix" else pair
        expected = getattr(losses, name)(*arguments)
        np.testing.assert_allclose(getattr(inline, name)(*arguments), expected, rtol=1e-12, err_msg=name)


def test_the_total_variation_of_lesson_05():
    inline = functions_of(lesson("05_total_variation"), "differences", "total_variation", tf=tf)
    image = tf.constant(np.random.default_rng(0).random((1, 5, 7, 3)))
    np.testing.assert_allclose(inline.total_variation(image), losses.total_variation(image), rtol=1e-12)


def test_the_formulas_of_lesson_06():
    rng, layers = np.random.default_rng(0), ["block1_conv1", "block2_conv1", "block3_conv1"]
    extract = feature_extractor(build_network("pocket", "average", None), layers)
    names = ["guided_gram_matrix", "resized_guides", "any_guides", "only_guides", "keep_colors", "root", "match_colors"]
    inline = functions_of(lesson("06_masked_multi_style"), *names, np=np, tf=tf, extract=extract, STYLE_LAYERS=layers,
                          gram_matrix=losses.gram_matrix)
    features, guide = tf.constant(rng.normal(size=(1, 5, 7, 4))), tf.constant(rng.random((1, 5, 7, 1)))
    expected = losses.guided_gram_matrix(features, guide)
    np.testing.assert_allclose(inline.guided_gram_matrix(features, guide), expected, rtol=1e-12)
    mask = np.zeros((1, 53, 66, 1), "float32")
    mask[:, 3:48, 5:60] = rng.random((45, 55, 1)) * 0.5 + 0.5
    for mode, function in (("resize", "resized_guides"), ("any", "any_guides"), ("only", "only_guides")):
        found, expected = getattr(inline, function)(mask), guides.guides(mask, extract, layers, mode)
        for layer in layers:
            np.testing.assert_allclose(found[layer], expected[layer], rtol=1e-5, err_msg=f"{mode}, {layer}")
    image, target = rng.random((2, 1, 6, 8, 3))
    np.testing.assert_allclose(inline.keep_colors(image, target), color.keep_colors(image, target), atol=1e-6)
    matched = np.clip(inline.match_colors(image, target), 0, 1)
    np.testing.assert_allclose(matched, color.match_colors(image, target), atol=1e-6)


def test_the_direction_of_lesson_07():
    rng = np.random.default_rng(0)
    two_loops = functions_of(lesson("07_optimizers"), "two_loops").two_loops
    root, history, pairs = rng.normal(size=(9, 9)), lbfgs.History(4, 9, "float64"), []
    for _ in range(7):  # more pairs than the memory holds
        gradient, step = rng.normal(size=(2, 9))
        np.testing.assert_allclose(-two_loops(gradient, pairs), history.direction(gradient), rtol=1e-8)
        history.add(step, root @ root.T @ step)
        pairs = [*pairs, (step, root @ root.T @ step)][-4:]
