"""Every goal of every lesson is asked for somewhere, and GOALS.md says where; the tool finds what is wrong.

What may go here: goals against tasks, exercises and questions. Whether a quiz is well made is judged elsewhere.
"""

import importlib
import re

import goals
import nbformat
from nbformat import v4
from notebook_cleaning import clean
from notebook_reading import ROOT
import pytest

LESSON = """# A title

**After this lesson you can**

- do one thing,
- do `another`.

Ten minutes."""
TURN = "## Look\n\n## Your turn\n\n**1 (★)** Do it.\n\n**2 (★★)** And again."
CHECKS = """def helper():
    pass


@sheet.exercise(1)
def predict(answer):
    pass


@sheet.exercise(3)
def write(answer):
    pass
"""


def test_every_goal_is_covered_and_the_stored_table_is_the_right_one():
    goals.main(["--check"])


@pytest.mark.parametrize("path", sorted((ROOT / "nst_helpers" / "checks").glob("lesson_*.py")),
                         ids=lambda path: path.stem)
def test_exercises_are_those_of_the_sheet_in_its_order(path):
    sheet = importlib.import_module(f"nst_helpers.checks.{path.stem}").sheet
    assert goals.exercises(path) == list(sheet.stars) != []


@pytest.mark.parametrize("number", goals.numbers())
def test_no_goal_is_lost_on_the_way(number):
    lesson = goals.Lesson(number)
    first = nbformat.read(lesson.path, as_version=4).cells[0].source
    assert len(lesson.goals) == len(re.findall("^- ", first, re.MULTILINE)) >= 4


@pytest.fixture
def course(tmp_path):
    """A course of one lesson with two goals, all of them covered: its root."""
    for folder in ("notebooks", "data/quizzes", "nst_helpers/checks"):
        (tmp_path / folder).mkdir(parents=True)
    notebook = clean(v4.new_notebook(cells=[v4.new_markdown_cell(LESSON), v4.new_markdown_cell(TURN)]))
    nbformat.write(notebook, tmp_path / "notebooks" / "02_x.ipynb")
    (tmp_path / "nst_helpers" / "checks" / "lesson_02.py").write_text(CHECKS, "utf-8")
    (tmp_path / "data" / "quizzes" / "02.toml").write_text("[[question]]\ngoal = 2\n[[question]]\ngoal = 1\n", "utf-8")
    (tmp_path / "data" / "goals.toml").write_text('["02"]\n1 = [2, "write", "# Look"]\n', "utf-8")
    return tmp_path


def test_the_table_says_where_each_goal_is_asked_for(course, capsys):
    goals.main([], course)
    assert capsys.readouterr().out == "Every goal is covered.\n"
    text = (course / "notebooks" / "GOALS.md").read_text("utf-8")
    assert text.splitlines()[-4:] == [
        "| | After this lesson you can | Your turn | Exercises | Quiz |", "| --- | --- | --- | --- | --- |",
        "| 1 | do one thing | 2, *Look* | 2 `write` | 2 |", "| 2 | do `another` |  |  | 1 |"]
    goals.main(["--check"], course)
    (course / "notebooks" / "GOALS.md").write_text(text + "by hand", "utf-8")
    with pytest.raises(SystemExit, match=r"not what .* Run tools/goals\.py"):
        goals.main(["--check"], course)


def test_a_goal_that_nothing_covers_is_named(course, capsys):
    (course / "data" / "quizzes" / "02.toml").unlink()
    goals.main([], course)
    assert capsys.readouterr().out == "Nothing covers\n  02, goal 2: do `another`\n"
    with pytest.raises(SystemExit, match="Nothing covers\n  02, goal 2: do `another`"):
        goals.main(["--check"], course)


@pytest.mark.parametrize("line, sentence", [
    ("1 = [3]", "lesson 02, goal 1: there is no 3"), ('2 = ["wirte"]', "goal 2: there is no 'wirte'"),
    ('1 = ["helper"]', "there is no 'helper'"), ('1 = ["# Loook"]', "there is no '# Loook'"),
    ("3 = [1]", "Lesson 02 has 2 goals"), ('["03"]\n1 = [1]', "lessons that are not there: 03"),
])
def test_what_is_not_there_is_told(course, line, sentence):
    (course / "data" / "goals.toml").write_text(f'["02"]\n{line}\n', "utf-8")
    with pytest.raises(ValueError, match=sentence):
        goals.main([], course)


def test_a_question_about_a_goal_that_is_not_there_is_told(course):
    (course / "data" / "quizzes" / "02.toml").write_text("[[question]]\ngoal = 3\n", "utf-8")
    with pytest.raises(ValueError, match="Lesson 02 has 2 goals"):
        goals.main([], course)
