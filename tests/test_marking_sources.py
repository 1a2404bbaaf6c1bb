"""Whose work a function is, read off the source: honest code passes, borrowed and unreadable code does not.

What may go here: tools/marking/sources.py; nothing is run.
"""

from marking.sources import Sources
import pytest

GIVEN = """
import numpy as np
import tensorflow as tf
from nst_helpers import feature_extractor, load_image, load_network
from nst_helpers.losses import gram_matrix as course_gram_matrix

LAYERS = ["block1_conv1", "block3_conv1"]
extract = feature_extractor(load_network("pocket"), LAYERS)
features = extract(load_image("great_wave", 128))["block3_conv1"].numpy()
"""
HONEST = {
    "plain": (
        "def gram(features):\n    rows = features.reshape(-1, features.shape[-1])\n"
        "    return rows.T @ rows / len(rows)"),
    "a helper": (
        "def rows(f):\n    return f.reshape(-1, f.shape[-1])\ndef gram(f):\n"
        "    return rows(f).T @ rows(f) / len(rows(f))"),
    "a lambda": "gram = lambda f: np.tensordot(f[0], f[0], ((0, 1), (0, 1))) / f[..., 0].size",
    "a name like a given one": (
        "def gram(image):\n    extract = image.reshape(-1, image.shape[-1])\n"
        "    features = extract\n    return features.T @ features / len(features)"),
    "a global constant": (
        "COUNT = len(LAYERS)\nprint(extract(features, LAYERS))\ndef gram(f):\n"
        "    return f[0, 0].T @ f[0, 0] * COUNT"),
    "compared with the course": (
        "def gram(f):\n    return f[0, 0].T @ f[0, 0]\n"
        "print(np.allclose(gram(features), course_gram_matrix(features)))"),
    "a question": "def gram(f):\n    return f[0, 0].T @ f[0, 0]\n\nnp.argmax?",
    "a line that is timed": "def gram(f):\n    return f[0, 0].T @ f[0, 0]\n%timeit gram(features)",
    "a cell that is timed": "%%time\ndef gram(f):\n    return f[0, 0].T @ f[0, 0]",
    "einsum in words": "def gram(f):\n    \"\"\"Without einsum.\"\"\"\n    return f[0, 0].T @ f[0, 0]  # no einsum",
    "einsum elsewhere": "print(np.einsum('bhwc->c', features))\ndef gram(f):\n    return f[0, 0].T @ f[0, 0]",
    "loops and a list": (
        "def gram(f):\n    found = []\n    for row in f[0]:\n"
        "        found.append(row.T @ row)\n    return sum(found)"),
    "a class": (
        "class Rows:\n    def __init__(self, f):\n        self.rows = f[0, 0]\n"
        "    def gram(self):\n        return self.rows.T @ self.rows\ndef gram(f):\n"
        "    return Rows(f).gram()"),
}
BORROWED = {
    "called": "def gram(f):\n    return course_gram_matrix(f)",
    "renamed": "mine = course_gram_matrix\ndef gram(f):\n    return mine(f)",
    "renamed twice": "a = course_gram_matrix\nb = a\ngram = lambda f: b(f)",
    "the function itself": "gram = course_gram_matrix",
    "imported inside": "def gram(f):\n    from nst_helpers import losses\n    return losses.gram_matrix(f)",
    "imported with a star": "from nst_helpers.losses import *\ndef gram(f):\n    return gram_matrix(f)",
    "the package": "import nst_helpers.losses\ndef gram(f):\n    return nst_helpers.losses.gram_matrix(f)",
    "in a helper": "def help(f):\n    return course_gram_matrix(f)\ndef gram(f):\n    return help(f)",
    "as a default": "def gram(f, way=course_gram_matrix):\n    return way(f)",
    "in a list": "ways = [course_gram_matrix]\ndef gram(f):\n    return ways[0](f)",
    "put into a list": "ways = []\nways.append(course_gram_matrix)\ndef gram(f):\n    return ways[0](f)",
    "put in by a function": (
        "ways = []\ndef fill(ways):\n    ways.append(course_gram_matrix)\nfill(ways)\n"
        "def gram(f):\n    return ways[0](f)"),
    "put in by list.append": "ways = []\nlist.append(ways, course_gram_matrix)\ndef gram(f):\n    return ways[0](f)",
    "by a key": "ways = {}\nways['gram'] = course_gram_matrix\ndef gram(f):\n    return ways['gram'](f)",
    "in a class": "class Ways:\n    gram = course_gram_matrix\ndef gram(f):\n    return Ways.gram(f)",
    "hung on a class": "class Ways: pass\nWays.gram = course_gram_matrix\ndef gram(f):\n    return Ways.gram(f)",
    "as another's attribute": "np.mean = course_gram_matrix\ndef gram(f):\n    return np.mean(f)",
    "by a decorator": "def borrow(f):\n    return course_gram_matrix\n@borrow\ndef gram(f):\n    return f",
    "by partial": "from functools import partial\ngram = partial(course_gram_matrix)",
    "in a loop": "for way in [course_gram_matrix]:\n    pass\ndef gram(f):\n    return way(f)",
    "by a walrus": "print(way := course_gram_matrix)\ndef gram(f):\n    return way(f)",
    "in a with": (
        "from contextlib import nullcontext\n"
        "with nullcontext(course_gram_matrix) as way:\n    pass\ndef gram(f):\n"
        "    return way(f)"),
    "einsum": "def gram(f):\n    return np.einsum('bhwi,bhwj->ij', f, f)",
    "einsum renamed": (
        "from numpy import einsum as multiply\ndef gram(f):\n"
        "    return multiply('bhwi,bhwj->ij', f, f)"),
    "einsum of TensorFlow": "def gram(f):\n    return tf.raw_ops.Einsum(inputs=[f, f], equation='bhwi,bhwj->ij')",
    "a class pattern": (
        "def gram(f):\n    match np:\n        case object(einsum=product):\n"
        "            return product('bhwi,bhwj->ij', f, f)"),
    "a text": "def gram(f):\n    return format_field('{0.einsum}', np)(f)",
    "in a file": "import helper\ndef gram(f):\n    return helper.work(f)",
    "from a file, renamed": "from helper import work as mine\ndef gram(f):\n    return mine(f)",
    "from a file": "from helper import work\ndef gram(f):\n    return work(f)",
}
UNREADABLE = {
    "getattr": "def gram(f):\n    return getattr(np, 'ein' + 'sum')('bhwi,bhwj->ij', f, f)",
    "eval": "def gram(f):\n    return eval('course_gram' + '_matrix')(f)",
    "exec": "exec('gram = course_gram' + '_matrix')\ndef other(f): pass",
    "__code__": "def gram(f):\n    return f\ngram.__code__ = (lambda f: f).__code__",
    "globals": "def gram(f):\n    return globals()['course_gram' + '_matrix'](f)",
    "sys.modules": "import sys\ndef gram(f):\n    return sys.modules['nst_' + 'helpers.losses'].other(f)",
    "importlib": (
        "from importlib import import_module as bring\ndef gram(f):\n"
        "    return bring('nst_' + 'helpers.losses').other(f)"),
    "setattr": "setattr(np, 'mean', 1)\ndef gram(f):\n    return np.mean(f)",
    "a hook": "import sys\nsys.setprofile(print)\ndef gram(f):\n    return f",
    "a thread": "from threading import Thread\ndef gram(f):\n    return f",
    "the shell": "get_ipython().events.register('pre_run_cell', print)\ndef gram(f):\n    return f",
    "__dict__": "np.__dict__.update(mean=1)\ndef gram(f):\n    return np.mean(f)",
    "magic": "%run other.py\ndef gram(f):\n    return get_ipython().user_ns['other'](f)",
}
FILES = {"helper": "from nst_helpers.losses import gram_matrix\ndef work(f):\n    return gram_matrix(f)"}


def said(source):
    return Sources([GIVEN], source.split("\n\n"), FILES).borrowed("gram", ["einsum"])


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_own_work_passes(source):
    assert said(source) is None


@pytest.mark.parametrize("source", BORROWED.values(), ids=BORROWED)
def test_borrowed_work_is_found(source):
    assert "has done the work" in said(source)


@pytest.mark.parametrize("source", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_waits_for_a_person(source):
    assert "cannot be read from code with" in said(source)


def test_a_cell_that_is_no_python_defines_nothing():
    assert Sources(["def broken(:"], ["def gram(f):\n    return f", "\x00"]).borrowed("gram", []) is None
