"""The exercise notebooks: made from the solutions, complete, and untouched; and the tool that makes them.

What may go here: what can be read off the stored notebooks. That they run is nbval's part; what the checks say stands
in test_checks.py.
"""

import re

from judging import checks_of
import make_exercises
from make_exercises import EXERCISES, SOLUTIONS, content, exercise_from, stamped
import nbformat
from nbformat import v4
from nbgrader_placeholders import without_solution
import pytest

HEADING = re.compile(r"^## (\d)\. .+ \((★{1,3}), (\d+) min\)$", re.MULTILINE)
CHECK = re.compile(r"^check\.(\w+)\(")
NAMES = [path.name for path in sorted(SOLUTIONS.glob("*.ipynb"))]
both_kinds = pytest.mark.parametrize("path", [folder / name for folder in (SOLUTIONS, EXERCISES) for name in NAMES],
                                     ids=lambda path: f"{path.parent.name}/{path.stem}")


def stored(path):
    return nbformat.read(path, as_version=4)


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def verdicts(notebook):
    """{name of the check: what it printed}, in order; each is a cell of its own that nbval compares."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (match := CHECK.match(cell.source)):
            assert cell.source.count("\n") == 0 and cell.metadata.get("tags") == ["nbval-check-output"], cell.source
            found[match[1]] = "".join(output.text for output in cell.outputs)
    return found


def test_there_are_exercises():
    assert NAMES


def test_no_exercise_has_drifted_from_its_solution():
    make_exercises.main(["--check"])


@both_kinds
def test_each_exercise_has_its_stars_minutes_hint_and_check(path):
    notebook, sheet = stored(path), checks_of(path.name[:2]).sheet
    text = markdown(notebook)
    numbers, stars, minutes = zip(*HEADING.findall(text))
    assert 3 <= len(numbers) <= 5 and numbers == tuple("12345"[: len(numbers)])
    assert list(map(len, stars)) == list(sheet.stars.values())
    assert list(verdicts(notebook)) == [*sheet.stars, "summary"]
    total = sum(map(int, minutes))
    assert 20 <= total <= 35 and re.search(r"^About (\d+) minutes\.", text, re.MULTILINE), total
    for part in HEADING.split(text)[4::4]:
        assert part.count("<details><summary>Hint</summary>") == 1 == part.count("</details>")


@both_kinds
def test_title_and_links_lead_somewhere(path):
    text = markdown(stored(path))
    assert text.startswith(f"# Exercises {path.name[:2]}: ")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert f"../{path.name}" in links and all((path.parent / link).is_file() for link in links), links


@pytest.mark.parametrize("name", NAMES)
def test_every_solution_passes_and_every_exercise_is_untouched(name):
    solved, untouched = verdicts(stored(SOLUTIONS / name)), verdicts(stored(EXERCISES / name))
    count, stars = len(solved) - 1, sum(checks_of(name[:2]).sheet.stars.values())
    assert solved.pop("summary").endswith(f"{count} of {count} exercises pass: {stars} of {stars} stars.\n")
    assert untouched.pop("summary").endswith(f"0 of {count} exercises pass: 0 of {stars} stars.\n")
    assert all(text.startswith("These checks pass. ") for text in solved.values()), solved
    assert set(untouched.values()) == {"Not attempted yet.\n"}


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_gives_nothing_away(name):
    for cell in stored(EXERCISES / name).cells:
        assert "SOLUTION" not in cell.source and "solution" not in str(cell.metadata.get("tags"))
        if cell.cell_type == "code" and not CHECK.match(cell.source):
            assert cell.outputs == [], cell.source


@pytest.mark.parametrize("block, left", [
    ("def f(x):\n    a = 1\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION\n",
     "def f(x):\n    a = 1\n    return ...  # your code here\n"),
    ("a = 1\n### BEGIN SOLUTION\nb = 2\ny = [\n    b,\n]\n### END SOLUTION\nz = y",
     "a = 1\ny = ...  # your answer here\nz = y"),
    ("### BEGIN SOLUTION\nn = 1\nn += 1\n### END SOLUTION", "n = ...  # your answer here"),
    ("for x in y:\n    ### BEGIN SOLUTION\n    print(x)\n    ### END SOLUTION",
     "for x in y:\n    ...  # your code here"),
    ("### BEGIN SOLUTION\na = 1\n### END SOLUTION\n### BEGIN SOLUTION\nb = 1\n### END SOLUTION",
     "a = ...  # your answer here\nb = ...  # your answer here"),
    ("x = ...", "x = ..."),
])
def test_what_is_left_of_a_solution(block, left):
    assert without_solution(block) == left


@pytest.mark.parametrize("source", ["### BEGIN SOLUTION\na = 1", "a = 1\n### END SOLUTION"])
def test_a_marker_without_a_partner_is_refused(source):
    with pytest.raises(ValueError, match="do not come in pairs"):
        without_solution(source)


@pytest.fixture
def folders(tmp_path):
    """Two folders with a solution and the exercise made from it, not run."""
    tmp_path /= "notebooks"
    cells = [v4.new_markdown_cell("# Toy"), v4.new_markdown_cell("For teachers", metadata={"tags": ["solution-only"]}),
             v4.new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")]
    solution = stamped(v4.new_notebook(cells=cells))
    for name, notebook in (("solutions", solution), ("exercises", exercise_from(solution))):
        (tmp_path / name).mkdir(parents=True)
        nbformat.write(notebook, tmp_path / name / "00_toy.ipynb")
    return tmp_path / "solutions", tmp_path / "exercises"


def check(folders):
    make_exercises.main(["--check"], *folders)


def test_what_agrees_has_not_drifted(folders):
    check(folders)
    exercise = stored(folders[1] / "00_toy.ipynb")
    assert [cell.source for cell in exercise.cells] == ["# Toy", "x = ...  # your answer here"]


@pytest.mark.parametrize("folder", [0, 1])
@pytest.mark.parametrize("change", [
    lambda n: n.cells[-1].update(source="x = 3"),
    lambda n: n.cells[0].update(source="# Other"),
    lambda n: n.cells[-1].metadata.update(tags=["nbval-check-output"]),
    lambda n: n.cells.append(v4.new_markdown_cell("more")),
])
def test_drift_is_found(folders, folder, change):
    path = folders[folder] / "00_toy.ipynb"
    notebook = stored(path)
    change(notebook)
    nbformat.write(notebook, path)
    with pytest.raises(SystemExit, match=r"Not what the solutions say: 00_toy\.ipynb"):
        check(folders)


@pytest.mark.parametrize("folder", [0, 1])
def test_stamping_brings_back_what_nbgrader_is_told_and_keeps_the_outputs(folders, folder):
    path = folders[folder] / "00_toy.ipynb"
    notebook = stored(path)
    notebook.cells[0].metadata["nbgrader"] = {"locked": False}
    notebook.cells[-1].outputs = [v4.new_output("stream", text="as before")]
    nbformat.write(notebook, path)
    with pytest.raises(SystemExit, match="00_toy"):
        check(folders)
    make_exercises.main(["--stamp"], *folders)
    check(folders)
    assert stored(path).cells[-1].outputs == notebook.cells[-1].outputs


def test_stamping_an_exercise_that_has_drifted_is_refused(folders):
    notebook = stored(folders[1] / "00_toy.ipynb")
    notebook.cells[0].source = "# Other"
    nbformat.write(notebook, folders[1] / "00_toy.ipynb")
    with pytest.raises(SystemExit, match=r"run tools/make_exercises\.py 00"):
        make_exercises.main(["--stamp"], *folders)


@pytest.mark.parametrize("folder", [0, 1])
def test_a_copy_without_its_twin_is_found(folders, folder):
    (folders[folder] / "00_toy.ipynb").unlink()
    with pytest.raises(SystemExit, match="00_toy"):
        check(folders)


def test_an_exercise_is_stored_run(folders, capsys):
    before = content(stored(folders[1] / "00_toy.ipynb"))
    (folders[1] / "00_toy.ipynb").unlink()
    make_exercises.main(["00"], *folders)
    notebook = stored(folders[1] / "00_toy.ipynb")
    assert content(notebook) == before and notebook.cells[-1].execution_count == 1
    assert "| exercises/00_toy |" in capsys.readouterr().out
    check(folders)
