"""Every stored notebook keeps the rules of tools/notebook_rules.py, and every rule finds what it is there for.

What may go here: what can be read off a notebook without running it. That its cells run is nbval's part.
"""

from pathlib import Path
import tempfile

import nbformat
from nbformat import v4
from notebook_cleaning import clean
from notebook_names import SKIP, changed, made_and_taken, may_be_skipped, needed
from notebook_reading import ROOT, stored_notebooks
from notebook_rules import problems
import pytest

VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "0", "version_major": 2, "version_minor": 0}}
PICTURE = {"image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: path.relative_to(ROOT / "notebooks").as_posix())
def test_a_notebook_keeps_the_rules(path):
    found = problems(path.read_text(encoding="utf-8"))
    assert not found, "\n  ".join([f"{path.name}:", *found])


def display(**data):
    """An output with the given data by MIME type, with alt text, and what IPython says of every object."""
    metadata = {mime: {"alt": "a cat"} for mime in data if mime.startswith("image/")}
    return v4.new_output("display_data", data={"text/plain": "IntSlider(value=3)", **data}, metadata=metadata)


@pytest.fixture
def notebook():
    """A small notebook in which all is well: title, text, two run cells, one of them with a failure that is meant."""
    cells = [
        v4.new_markdown_cell("# Title\n\n![A cat on a chair](cat.jpg)\n\n## Part\n\n### Detail\n\n## Part\n\n`# code`"),
        v4.new_code_cell("from nst_helpers import losses\n%matplotlib inline\nimport keras", execution_count=1),
        v4.new_markdown_cell("*Look at the ears.* They are pointed."),
        v4.new_code_cell("1 / 0", execution_count=2, metadata={"tags": ["raises-exception"]}),
    ]
    cells[1].outputs = [display(**PICTURE), v4.new_output("stream", name="stdout", text="../data/photos and/or a~b\n")]
    cells[3].outputs = [v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero")]
    return clean(v4.new_notebook(cells=cells))


def print_text(text):
    return lambda notebook: notebook.cells[1].outputs.append(v4.new_output("stream", name="stdout", text=text))


def show(**data):
    return lambda notebook: notebook.cells[1].outputs.append(display(**data))


def write(source, index=0):
    return lambda notebook: notebook.cells[index].update(source=source)


def add_text(source):
    return lambda notebook: notebook.cells.append(v4.new_markdown_cell(source))


def figure_cell():
    return v4.new_code_cell("show()", execution_count=3, outputs=[display(**PICTURE)])


# What is done to the notebook -> what is to be said about it.
FAULTS = {
    "cell of no known kind": (lambda n: n.cells[0].update(cell_type="poem"), "not a valid notebook"),
    "cell without id": (lambda n: n.cells[0].pop("id"), "an id of its own"),
    "two cells with one id": (lambda n: n.cells[0].update(id=n.cells[1].id), "an id of its own"),
    "format without ids": (lambda n: n.update(nbformat_minor=4), "not a valid notebook"),
    "other kernel": (lambda n: n.metadata.kernelspec.update(name="my-env"), "python3 kernel"),
    "version of Python": (lambda n: n.metadata.language_info.update(version="3.12.1"), "python3 kernel"),
    "widget state": (lambda n: n.metadata.update(widgets={"state": {}}), "python3 kernel"),
    "only a widget": (show(**VIEW), "live widgets"),
    "widget beside a picture": (show(**VIEW, **PICTURE), "live widgets"),
    "timing": (lambda n: n.cells[1].metadata.update(execution={"iopub.status.busy": "12:00"}), "timings"),
    "figure without a sentence": (lambda n: n.cells.pop(2), "without a sentence under it"),
    "list under a figure": (write("* ears\n* tail", 2), "without a sentence under it"),
    "figure at the end": (lambda n: n.cells.append(figure_cell()), "without a sentence under it"),
    "figure without alt text": (lambda n: n.cells[1].outputs[0].metadata.clear(), "a figure without alt text"),
    "figure with blank alt text": (lambda n: n.cells[1].outputs[0].metadata["image/png"].update(alt=" "), "alt text"),
    "not run": (lambda n: n.cells[1].update(execution_count=None), "execution count None, not 1"),
    "run before": (lambda n: [n.cells[i].update(execution_count=7 + i) for i in (1, 3)], "count 8, not 1"),
    "a cell run twice": (lambda n: n.cells[3].update(execution_count=3), "execution count 3, not 2"),
    "error": (lambda n: n.cells[3].metadata.clear(), "ends in ZeroDivisionError"),
    "stderr": (lambda n: n.cells[1].outputs[1].update(name="stderr"), "writes to stderr"),
    "long cell": (write("\n\n".join(["import nst_helpers"] * 26), 1), "26 lines"),
    "code first": (lambda n: n.cells.insert(0, v4.new_raw_cell("x")), "first cell"),
    "no title": (write("Welcome"), "first cell"),
    "no cells": (lambda n: n.cells.clear(), "first cell"),
    "second title": (add_text("# Again"), "second heading of level 1"),
    "level left out": (add_text("#### Deep"), "a level is left out"),
    "level left out, in HTML": (add_text("<h5>Deep</h5>"), "a level is left out"),
    "no alt text": (add_text("![](cat.jpg)"), "cat.jpg without alt text"),
    "no alt text, by reference": (add_text("![ ][cat]\n\n[cat]: cat.jpg"), "cat.jpg without alt text"),
    "no alt text, in HTML": (add_text('<img src="cat.jpg">'), "cat.jpg without alt text"),
    "the repository's folder": (print_text(str(ROOT / "data")), "path of a machine"),
    "the home folder": (print_text(f"in {Path.home()}/nst"), "path of a machine"),
    "the folder for temporary files": (print_text(tempfile.gettempdir() + "/x.png"), "path of a machine"),
    "an installed package": (print_text(f"{Path(pytest.__file__).parent}"), "path of a machine"),
    "another's home": (show(**{"text/html": "<b>/home/" + "ann/nst</b>"}), "path of a machine"),
    "another's home on Windows": (print_text(r"C:\Users\Ann"), "path of a machine"),
    "a path in a traceback": (lambda n: n.cells[3].outputs[0].update(traceback=["File \x1b[32m~/nst/a.py:3"]), "path"),
    "a path in the code": (write(f"import nst_helpers\nopen('{ROOT.as_posix()}/x')", 1), "path of a machine"),
    "TensorFlow first": (write("import os, tensorflow as tf\nimport nst_helpers", 1), "imports tensorflow before"),
    "Keras first": (write("from keras.applications import vgg19", 1), "imports keras before"),
    "needs what may be skipped": (lambda n: n.cells.extend([
        v4.new_markdown_cell(f"## Roots\n\n{SKIP} Hard."), v4.new_code_cell("root = 2", execution_count=3),
        v4.new_markdown_cell("## On"), v4.new_code_cell("def f():\n    return root", execution_count=4),
    ]), "needs 'root'"),
    "a mark in other words": (add_text("## Roots\n\nMay be skipped at first reading"), "a mark is not written as"),
    "over 1 MB": (show(**{"image/png": "A" * 1_000_000}), "1.0 MB"),
}


def test_a_good_notebook_has_no_problems(notebook):
    assert problems(nbformat.writes(notebook)) == []


@pytest.mark.parametrize("change, sentence", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(notebook, change, sentence):
    change(notebook)
    found = problems(v4.writes(notebook))
    assert len(found) == 1 and sentence in found[0], found


def test_a_file_that_is_no_notebook_is_found():
    for text in ("", "{", "[]", "# Title", "{}", '{"nbformat": 3, "worksheets": []}'):
        assert "not a valid notebook" in problems(text)[0]


def test_cleaning_keeps_what_can_be_read_and_nothing_else(notebook):
    notebook.metadata.update(widgets={}, language_info={"name": "python", "version": "3.11.9"})
    notebook.cells[1].metadata.update(tags=["nbval-check-output"], execution={"iopub.status.busy": "12:00"})
    notebook.cells[1].outputs = [display(**VIEW), display(**VIEW, **PICTURE), display()]
    names = [cell.id for cell in notebook.cells]
    cleaned = clean(notebook)
    assert [sorted(output.data) for output in cleaned.cells[1].outputs] == [["image/png", "text/plain"], ["text/plain"]]
    assert cleaned.cells[1].metadata == {"tags": ["nbval-check-output"]}
    assert set(cleaned.metadata) == {"kernelspec", "language_info"} and "version" not in cleaned.metadata.language_info
    assert [cell.id for cell in cleaned.cells] == names


# Names


def code(*sources):
    return [v4.new_code_cell(source) for source in sources]


@pytest.mark.parametrize("source, made, taken", [
    ("import numpy as np\nx = np.ones(3)", {"np", "x"}, {"np"}),
    ("def f(a, b=c):\n    d = a + e\n    return d", {"f"}, {"c", "e"}),
    ("total = sum(x for x in rows)", {"total"}, {"rows"}),
    ("for i, (j, k) in pairs:\n    print(i)", {"i", "j", "k"}, {"pairs", "i"}),
    ("x += 1", {"x"}, {"x"}),
    ("class A(B):\n    c = d", {"A"}, {"B", "d"}),
    ("%matplotlib inline\ny = x", {"y"}, {"x"}),
    ("def f():\n    global g\n    g = 1", {"f", "g"}, set()),
])
def test_names_that_a_cell_makes_and_takes(source, made, taken):
    found = made_and_taken(v4.new_code_cell(source))
    assert found[0] == made and found[1] - {"get_ipython"} == taken


@pytest.mark.parametrize("source, names", [
    ("x[0] = 1", {"x"}), ("x.y[2].z = 1", {"x"}), ("x |= y", {"x"}), ("x.append(y)", {"x"}), ("x = y", set()),
    ("a, b[0] = 1, 2", {"b"}), ("x.mean()", set()), ("for x[0] in y:\n    pass", {"x"}),
])
def test_names_that_a_cell_changes(source, names):
    assert changed(v4.new_code_cell(source)) == names


def test_a_cell_needs_what_its_names_are_made_of():
    cells = code("import numpy as np", "a = np.ones(2)", "b = 7", "def f():\n    return a + later", "later = 1",
                 "a[0] = b", "unused = f()", "f()")
    assert needed(cells, code("f()")) == [0, 1, 2, 3, 4, 5]
    assert needed(cells, code("b")) == [2] and needed(cells, code("1")) == []


def test_a_mark_reaches_to_the_next_heading_of_its_level():
    marked = f"\n\n{SKIP} Hard.\n\n"
    texts = ["# T", "## A", f"### B{marked}", "#### C", "### D", f"## E{marked}### F", "text\n\n## G"]
    cells = [cell for text in texts for cell in (v4.new_markdown_cell(text), v4.new_code_cell("1"))]
    assert may_be_skipped(cells)[1::2] == [False, False, True, True, False, True, False]
