"""tools/run_notebooks.py: what it stores, what it prints, what it refuses. Toy notebooks in real kernels."""

import os

import nbformat
from nbformat import v4
from notebook_rules import problems
import pytest
import run_notebooks


def save(path, *sources):
    cells = [v4.new_markdown_cell("# Toy"), *(v4.new_code_cell(source) for source in sources)]
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path):
    (tmp_path / "lessons").mkdir()
    return tmp_path / "lessons" / "toy.ipynb"


def test_a_notebook_is_stored_run_and_clean(path, capsys):
    before = save(
        path, "import os\nimport ipywidgets\nprint(os.path.basename(os.getcwd()))",
        "handle = display('at work', display_id=True)\nipywidgets.IntSlider()",
        "handle.update('done')\nipywidgets.interact(lambda k: print(k), k=(0, 3)).widget")
    assert run_notebooks.main(["--dry", str(path)]) == 0
    assert path.read_bytes() == before
    assert run_notebooks.main([str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert problems(text) == [] and text.startswith('{\n "cells"') and text.endswith("}\n")
    stored = nbformat.reads(text, as_version=4)
    assert stored.cells[1].outputs[0].text == "lessons\n"
    assert [output.data["text/plain"] for output in stored.cells[2].outputs] == ["'done'"]
    assert [cell.id for cell in stored.cells] == [cell.id for cell in nbformat.reads(before, as_version=4).cells]
    assert "| toy |" in capsys.readouterr().out


@pytest.mark.parametrize("source, sentence", [
    ("1 / 0", "cell 2 fails"),
    ("import sys\nprint('oh', file=sys.stderr)", 'cell 2 ("import sys") writes to stderr: oh'),
    ("import os\nos._exit(1)", "kernel died in cell 2"),
])
def test_a_failing_notebook_is_not_stored(path, capsys, source, sentence):
    before = save(path, "print(1)", source)
    assert run_notebooks.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert sentence in capsys.readouterr().err


def test_a_notebook_that_is_not_there_gives_one_sentence(tmp_path):
    with pytest.raises(SystemExit, match=r"There is no notebook .*nowhere\.ipynb"):
        run_notebooks.main([str(tmp_path / "nowhere.ipynb")])


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="peak memory is read from Linux's /proc")
def test_peak_memory_is_that_of_the_process():
    resource = pytest.importorskip("resource")
    block = bytearray(b"x" * 50_000_000)
    assert run_notebooks.peak_memory(os.getpid()) > len(block)
    assert run_notebooks.peak_memory(os.getpid()) <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 * 1.01
