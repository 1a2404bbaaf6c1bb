"""nbgrader: what the exercise notebooks tell it is right, and it marks a class of four, from hand-out to CSV.

The second part needs uv, PyPI and about a minute: nbgrader runs in an environment of its own, since it would put its
menus into every learner's JupyterLab; the notebooks run in this one. `pytest -m "not nbgrader"` leaves it out.
What may go here: what nbgrader does with this course. Long because the class is made, taught and marked in one place.
"""

from collections import Counter
import csv
import json
import os
from pathlib import Path
import re
import sys

from judging import checks_of
from make_exercises import EXERCISES, SOLUTIONS
import make_nbgrader
import nbformat
from nbformat import v4
from nbgrader_cells import for_teachers_only, stamp
import pytest
from test_binder import run, run_uv

NBGRADER = "nbgrader==0.9.6"
NAME = "02_gram_matrices.ipynb"
NAMES = [path.name for path in sorted(SOLUTIONS.glob("*.ipynb"))]
DOTS = re.compile(r"\.\.\.  # your (code|answer) here")
GRADES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({s.student.id: {g.name: g.score for n in s.notebooks for g in n.grades}
                      for s in book.assignment_submissions("02")}))
"""
SUM = 'np.einsum("byxi,byxj->ij", {}, {}) / {}'
GRAM = "(maps := features.reshape(-1, features.shape[-1])).T @ maps / len(maps)"  # it must not be einsum
SHIFTED = SUM.format("features[:, :, : features.shape[2] - shift]", "features[:, :, shift:]",
                     "features[:, :, shift:, 0].size")
AROUND_THE_EDGE = SUM.format("features", "np.roll(features, -shift, axis=2)", "features[..., 0].size")
BEN = {"twice_as_wide": '"the same"', "gram_matrix": GRAM, "shifted_gram": AROUND_THE_EDGE}
DAN = {"twice_as_wide": "1 / 0", "gram_matrix": GRAM, "shifted_gram": SHIFTED}
POINTS = {
    "ada": {"twice_as_wide": 1, "gram_matrix": 2, "shifted_gram": 3, "two_painters": 3},
    "ben": {"twice_as_wide": 1, "gram_matrix": 2, "shifted_gram": 0, "two_painters": 0},
    "cyd": {"twice_as_wide": 0, "gram_matrix": 0, "shifted_gram": 0, "two_painters": 0},
    "dan": {"twice_as_wide": 0, "gram_matrix": 2, "shifted_gram": 3, "two_painters": 0},
}


def marks(path):
    """[what nbgrader is told of each cell] of a stored notebook, without the cells for teachers only."""
    notebook = nbformat.read(path, as_version=4)
    return [cell.metadata["nbgrader"] for cell in notebook.cells if not for_teachers_only(cell)]


@pytest.mark.parametrize("folder", [SOLUTIONS, EXERCISES], ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", NAMES)
def test_points_are_stars_and_every_cell_has_a_name_of_its_own(folder, name):
    told = marks(folder / name)
    assert {mark["grade_id"]: mark["points"] for mark in told if mark["grade"]} == checks_of(name[:2]).sheet.stars
    assert max(Counter(mark["grade_id"] for mark in told).values()) == 1
    assert all(mark["locked"] != mark["solution"] for mark in told)


def test_what_is_to_be_written_is_open_and_all_else_is_given():
    sources = ("## 1. Toy (★★, 5 min)", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
               "check.toy(x)", "check.summary()")
    kinds = v4.new_markdown_cell, v4.new_code_cell, v4.new_code_cell, v4.new_code_cell
    cells = [new(source, id=f"cell-{place}") for place, (new, source) in enumerate(zip(kinds, sources))]
    cells.append(v4.new_markdown_cell("For teachers", metadata={"tags": ["solution-only"]}))
    told = [cell.metadata.get("nbgrader") for cell in stamp(v4.new_notebook(cells=cells)).cells]
    keys = "grade_id", "grade", "solution", "locked", "points"
    assert [tuple(map(mark.get, keys)) for mark in told[:4]] == [
        ("cell-0", False, False, True, None), ("cell-1", False, True, False, None), ("toy", True, False, True, 2),
        ("cell-3", False, False, True, None)]
    assert told[4] is None


def test_settings_that_were_changed_are_kept(tmp_path):
    make_nbgrader.main([str(tmp_path / "course"), "02"])
    (tmp_path / "course" / "nbgrader_config.py").write_text("# mine", "utf-8")
    make_nbgrader.main([str(tmp_path / "course"), "02"])
    assert (tmp_path / "course" / "nbgrader_config.py").read_text("utf-8") == "# mine"


def answered(path, answers):
    """The released notebook with answers, {check: expression} in their order, in place of its dots."""
    notebook = nbformat.read(path, as_version=4)
    answers = list(answers.items())
    for cell in notebook.cells:
        if cell.metadata["nbgrader"]["solution"] and answers:
            cell.source = DOTS.sub(lambda _: answers[0][1], cell.source)
        elif answers and cell.metadata["nbgrader"]["grade_id"] == answers[0][0]:
            del answers[0]
    return notebook


def solved(path):
    """The released notebook with the answers of the solution."""
    notebook = nbformat.read(path, as_version=4)
    right = {cell.id: cell.source for cell in nbformat.read(SOLUTIONS / path.name, as_version=4).cells}
    for cell in notebook.cells:
        if cell.metadata["nbgrader"]["solution"]:
            cell.source = right[cell.id]
    return notebook


def cheated(notebook):
    """Without the last check, and with more points for it."""
    cell = next(cell for cell in notebook.cells if cell.metadata["nbgrader"]["grade_id"] == "two_painters")
    cell.source = 'print("These checks pass.")'
    cell.metadata["nbgrader"]["points"] = 300
    return notebook


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """A function that runs a command of nbgrader's environment, in a folder."""
    if sys.platform == "win32":
        pytest.skip("nbgrader's exchange does not run on Windows; left out.")
    home = tmp_path_factory.mktemp("nbgrader")
    run_uv("venv", "--python", sys.executable, str(home / "venv"))
    pins = Path(__file__).resolve().parent.parent / "requirements.txt"
    run_uv("pip", "install", "--python", str(home / "venv"), "-c", str(pins), NBGRADER)
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "The course's Python", "language": "python"}
    for folder in ("jupyter/kernels/python3", "config", "exchange"):
        (home / folder).mkdir(parents=True)
    (home / "jupyter/kernels/python3/kernel.json").write_text(json.dumps(spec), "utf-8")
    # As a JupyterHub has it: one folder through which everybody hands out and in.
    settings = f"c = get_config()\nc.Exchange.root = {str(home / 'exchange')!r}\nc.CourseDirectory.course_id = 'nst'\n"
    (home / "config/nbgrader_config.py").write_text(settings, "utf-8")
    environment = {**os.environ, "PATH": f"{home / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
                   "JUPYTER_PATH": str(home / "jupyter"), "JUPYTER_CONFIG_DIR": str(home / "config"),
                   "JUPYTER_DATA_DIR": str(home / "data")}
    return lambda folder, *command: run(*command, cwd=folder, env=environment)


@pytest.fixture(scope="module")
def course(tmp_path_factory, nbgrader):
    """The teacher's folder, with the exercises of lesson 02 in the release, and all exercises as one assignment."""
    folder = tmp_path_factory.mktemp("course")
    make_nbgrader.main([str(folder)])
    (folder / "source" / "all").mkdir()
    for path in (folder / "source").glob("[0-9]*/*.ipynb"):
        (folder / "source" / "all" / path.name).write_bytes(path.read_bytes())
    for assignment in ("02", "all"):
        nbgrader(folder, "nbgrader", "generate_assignment", assignment)
    return folder


@pytest.fixture(scope="module")
def marked(course, nbgrader, tmp_path_factory):
    """The teacher's folder after everybody has handed in and nbgrader has marked it."""
    nbgrader(course, "nbgrader", "release_assignment", "02")
    home = tmp_path_factory.mktemp("student")
    nbgrader(home, "nbgrader", "fetch_assignment", "02")
    fetched, ours = home / "02" / NAME, EXERCISES / NAME
    work = {"ada": solved(fetched), "cyd": answered(fetched, {}), "dan": cheated(answered(fetched, DAN)),
            "ben": answered(ours, BEN)}  # with the notebook of this repository, which is the same
    for student, notebook in work.items():
        nbformat.write(notebook, fetched)
        nbgrader(home, "nbgrader", "submit", "02", f"--CourseDirectory.student_id={student}")
    nbgrader(course, "nbgrader", "collect", "02")
    nbgrader(course, "nbgrader", "autograde", "02")
    nbgrader(course, "nbgrader", "export", "--to", "marks.csv")
    return course


@pytest.mark.nbgrader
@pytest.mark.parametrize("name", NAMES)
def test_what_nbgrader_releases_is_our_exercise(course, name):
    released, ours = (nbformat.read(path, as_version=4) for path in (course / "release/all" / name, EXERCISES / name))
    told = [[(cell.id, cell.cell_type, cell.source, cell.metadata["nbgrader"]) for cell in notebook.cells]
            for notebook in (released, ours)]
    assert told[0] == told[1]


@pytest.mark.nbgrader
def test_the_database_has_the_stars_of_every_exercise(marked, nbgrader):
    assert json.loads(nbgrader(marked, "python", "-c", GRADES).splitlines()[-1]) == POINTS


@pytest.mark.nbgrader
def test_the_table_has_a_row_for_each_of_the_class(marked):
    with (marked / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == "02"]
    assert {row["student_id"]: float(row["score"]) for row in rows} == {"ada": 9, "ben": 3, "cyd": 0, "dan": 5}
    assert {float(row["max_score"]) for row in rows} == {9}


@pytest.mark.nbgrader
def test_an_untouched_notebook_runs_and_only_hidden_tests_raise(marked):
    notebook = nbformat.read(marked / "autograded/cyd/02" / NAME, as_version=4)
    raised = {cell.id: [output.ename for output in cell.get("outputs", []) if output.output_type == "error"]
              for cell in notebook.cells}
    assert Counter(map(tuple, raised.values())) == {(): len(raised) - 4, ("AssertionError",): 4}
