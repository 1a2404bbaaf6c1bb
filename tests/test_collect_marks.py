"""The tool that reads marks out of submissions: a made-up class, run for real."""

import csv

import collect_marks
from nbformat import v4, write
import pytest

# A sheet with two exercises, as the checks of a lesson have one; the answer decides what passes.
SHEET = """
from nst_helpers.checks.report import NotYet, Sheet
sheet = Sheet()

@sheet.exercise(2)
def doubled(number):
    if number != 4:
        raise NotYet("twice two is something else.")
    return "Tried once."

@sheet.exercise(1)
def named(word):
    return "Tried once."
"""


def submission(*sources):
    """A notebook of these cells; what is stored in it claims that all is done."""
    cells = [v4.new_code_cell(source) for source in sources]
    cells[-1].outputs = [v4.new_output("stream", text="2 of 2 exercises pass: 3 of 3 stars.\n")]
    return v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The rows for a class of four, by name, as the tool writes them; and what it prints is on the screen."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "ada").mkdir()
    sources = SHEET, "answer = 4", "doubled(answer)", "named('gram')", "sheet.summary()"
    write(submission(*sources), folder / "ada" / "02.ipynb")
    # Without TensorFlow, which takes seconds: what a sheet would print.
    write(submission("1 / 0", "print('1 of 2 exercises pass: 1 of 3 stars.')"), folder / "ben.ipynb")
    write(v4.new_notebook(cells=[v4.new_code_cell("1 + 1")]), folder / "cyd.ipynb")
    (folder / "dan.ipynb").write_text("my homework", encoding="utf-8")
    collect_marks.main([str(folder), "--csv", str(folder / "marks.csv")])
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == collect_marks.COLUMNS
    return {row[0]: row[1:] for row in rows[1:]}


def test_what_passes_counts_and_is_worth_its_stars(table):
    assert table["ada/02.ipynb"] == ["2", "2", "3", "3", ""]


def test_a_cell_that_fails_ends_nothing_and_stored_claims_do_not_count(table):
    assert table["ben.ipynb"] == ["1", "2", "1", "3", "1 cells raise an error"]


def test_what_cannot_be_marked_is_said(table):
    assert table["cyd.ipynb"][-1] == "there is no summary: was its last cell deleted?"
    assert table["dan.ipynb"][-1] == "this is no notebook that can be read"


def test_an_endless_cell_is_stopped(tmp_path):
    path = tmp_path / "eve.ipynb"
    write(v4.new_notebook(cells=[v4.new_code_cell("while True: pass")]), path)
    assert collect_marks.mark(path, tmp_path, seconds=2)[-1] == "a cell ran longer than 2 s"


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(SystemExit, match="no notebook in"):
        collect_marks.main([str(tmp_path)])
