"""The set-up cell as it is written: in every notebook, short, and harmless in what students hand in.

What it does where the course is not, and where it is, stands in test_install_here.py.
"""

import ast

import first_cell
from launch_links import PLACEHOLDER
from marking.words import TRICKS, attributes_of
from nbformat import from_dict, read, v4, write
import pytest

CELL = first_cell.source("notebooks", "ann/toy")


def test_every_notebook_has_the_cell():
    first_cell.main(["--check"])


@pytest.mark.parametrize("folder", ["notebooks", "notebooks/exercises"])
@pytest.mark.parametrize("repository, longest", [(PLACEHOLDER, 8), ("ann/nst-course", 8), ("a" * 30 + "/long-name", 9)])
def test_the_cell_is_short_and_tells_its_folder(folder, repository, longest):
    text = first_cell.source(folder, repository)
    lines = [line for line in text.splitlines() if line.strip()]
    ast.parse(text)
    assert len(lines) <= longest and max(map(len, lines)) <= 100
    assert ('"../../nst_helpers"' in text) == (folder != "notebooks")
    assert (f"https://github.com/{repository}" in text) == (repository != PLACEHOLDER)


def test_no_word_of_it_is_distrusted_when_it_comes_back_as_a_students_own():
    for repository in (PLACEHOLDER, "ann/toy"):
        words = attributes_of(ast.parse(first_cell.source("notebooks/exercises", repository)))
        assert not words & TRICKS and not any(word.startswith("__") for word in words)


# Writing it

def toy():
    cells = [v4.new_markdown_cell("# Toy"), v4.new_code_cell("1", execution_count=1), v4.new_code_cell("2")]
    cells[1].outputs = [v4.new_output("execute_result", {"text/plain": "1"}, execution_count=1)]
    return v4.new_notebook(cells=cells)


def test_it_is_put_under_the_title_and_the_counts_below_grow():
    notebook = first_cell.with_cell(toy(), CELL)
    assert [cell.source for cell in notebook.cells] == ["# Toy", CELL, "1", "2"]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, None]
    assert notebook.cells[2].outputs[0].execution_count == 2 and first_cell.problem(notebook, CELL) is None


def test_written_twice_it_is_there_once_and_up_to_date():
    notebook = first_cell.with_cell(first_cell.with_cell(toy(), "old"), CELL)
    assert notebook == first_cell.with_cell(from_dict(notebook), CELL)
    assert [cell.source for cell in notebook.cells[:3]] == ["# Toy", CELL, "1"] and len(notebook.cells) == 4
    assert notebook.cells[2].execution_count == 2


@pytest.mark.parametrize("change", [
    lambda cells: cells.pop(1), lambda cells: cells.append(cells.pop(1)), lambda cells: cells[1].update(source="1"),
    lambda cells: cells[1].metadata.update(tags=["set-up"]),
    lambda cells: cells[1].outputs.append(v4.new_output("stream", text="Installing"))])
def test_check_finds_a_cell_that_is_missing_moved_or_changed(change):
    notebook = first_cell.with_cell(toy(), CELL)
    change(notebook.cells)
    assert first_cell.problem(notebook, CELL)


def test_the_command_writes_every_notebook_once_and_the_check_tells(tmp_path):
    (tmp_path / "notebooks" / "exercises").mkdir(parents=True)
    setting = tmp_path / "pyproject.toml"
    setting.write_text('[tool.course]\nrepository = "OWNER/REPOSITORY"\nhub = "HUB"\n')
    paths = [tmp_path / "notebooks" / name for name in ("a.ipynb", "exercises/b.ipynb")]
    for path in paths:
        write(toy(), path)
    with pytest.raises(SystemExit, match=r"notebooks/a\.ipynb has no(.|\n)*exercises/b\.ipynb has no"):
        first_cell.main(["--check"], tmp_path)
    first_cell.main([], tmp_path)
    first_cell.main(["--check"], tmp_path)
    setting.write_text(setting.read_text().replace("OWNER/REPOSITORY", "ann/toy"))
    with pytest.raises(SystemExit, match=r"a\.ipynb has another set-up cell"):
        first_cell.main(["--check"], tmp_path)
    first_cell.main([], tmp_path)
    assert [read(path, 4).cells[1].source for path in paths] == [
        CELL, first_cell.source("notebooks/exercises", "ann/toy")]
