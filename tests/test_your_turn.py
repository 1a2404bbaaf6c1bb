"""Every "Your turn" is solved in its own notebook, in sequence: wrong answers first, then each right one.

A wrong answer gets a calm sentence that names the mistake, a right one is taken, and no answer leads to a traceback or
spoils what comes after. The answers stand in your_turn/lesson_NN.py. Only those cells run that the tasks need.
"""

import ast
import importlib
import re

from nbclient import NotebookClient
import nbformat
from nbformat import v4
from notebook_names import needed
from notebook_pictures import pictures_of
from notebook_reading import ROOT, plain, statements
import pytest

WITH_ANSWERS = ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13"]
LESSONS = {lesson: next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")) for lesson in WITH_ANSWERS}


def tasks_of(notebook):
    """{name: (the task's cell, its check)}: cells that begin with `name = ...`, and the code cells that follow them."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = {}
    for cell, check in zip(code, code[1:]):
        first = next(iter(statements(cell).body), None)
        if isinstance(first, ast.Assign) and getattr(first.value, "value", None) is ...:
            found[first.targets[0].id] = cell, check
    return found


def filled_in(cell, name, answer):
    """The task's cell with an answer, itself code such as "name = 7", in place of its first line `name = ...`."""
    return re.sub(rf"^{name} = \.\.\..*$", lambda _: answer, cell.source, count=1, flags=re.MULTILINE)


def answers_of(lesson):
    return importlib.import_module(f"your_turn.lesson_{lesson}").TASKS


def right_answers(task):
    return [task["right"]] if isinstance(task["right"], str) else task["right"]


class Kernel:
    """A kernel in which cells of a notebook run one after another."""

    def __init__(self, client):
        self.client = client

    def says(self, source):
        """What a cell prints; pictures count as "[picture]", and an error fails the test."""
        cell = v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        words = []
        for output in cell.outputs:
            assert output.output_type != "error", plain("\n".join(output.traceback))[-3000:]
            has_picture = bool(pictures_of(output))
            words.append(output.text if "text" in output else "[picture]" if has_picture else "")
        return "".join(words)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_task_has_answers(lesson):
    tasks, answers = tasks_of(nbformat.read(LESSONS[lesson], as_version=4)), answers_of(lesson)
    assert list(tasks) == list(answers) and tasks
    for name, task in answers.items():
        assert len(task["wrong"]) >= 2 and right_answers(task), name
        assert all(answer.startswith(f"{name} =") for answer in [*task["wrong"], *right_answers(task)]), name
        assert all(task["wrong"].values()), f"{name}: say what the check has to say"


@pytest.mark.parametrize("lesson", LESSONS)
def test_tasks_can_be_solved_in_sequence(lesson):
    notebook = nbformat.read(LESSONS[lesson], as_version=4)
    tasks, answers = tasks_of(notebook), answers_of(lesson)
    theirs = {id(cell) for pair in tasks.values() for cell in pair}
    others = [cell for cell in notebook.cells if id(cell) not in theirs]
    written = [v4.new_code_cell(text) for task in answers.values() for text in [*task["wrong"], *right_answers(task)]]
    needs = needed(others, [*(cell for pair in tasks.values() for cell in pair), *written])
    client = NotebookClient(v4.new_notebook(), timeout=300, kernel_name="python3", allow_errors=True,
                            resources={"metadata": {"path": str(ROOT / "notebooks")}}, record_timing=False)
    with client.setup_kernel():
        kernel = Kernel(client)
        for place in needs:
            kernel.says(others[place].source)
        for name, (cell, check) in tasks.items():
            assert kernel.says(cell.source + "\n" + check.source).startswith("Not attempted yet"), name
            for answer, part in answers[name]["wrong"].items():
                kernel.says(filled_in(cell, name, answer))
                said = kernel.says(check.source)
                assert said.startswith("Not yet") and part in said, f"to {answer!r} it says: {said}"
            for answer in right_answers(answers[name]):
                kernel.says(filled_in(cell, name, answer))
                said = kernel.says(check.source)
                assert said and "Not yet" not in said and "Not attempted" not in said, f"to {answer!r} it says: {said}"
