"""Write notebooks/GOALS.md: for each goal of each lesson the tasks, exercises and questions that cover it.

    python tools/goals.py             writes the table, and names the goals that nothing covers
    python tools/goals.py --check     writes nothing; fails if the stored table is another one, or a goal is not covered

Goals are the points under "After this lesson you can". Tasks and exercises stand in data/goals.toml, by hand; questions
say themselves which goal they ask about, in data/quizzes/. Nothing is run. What may go here: reading these, and making
the table.
"""

import argparse
import ast
import re
import sys
import tomllib

import nbformat
from notebook_reading import ROOT

TABLE = ROOT / "notebooks" / "GOALS.md"
INTRODUCTION = """# Goals, and what covers them

Each lesson begins with its goals. This table says for every one of them where a learner is asked for it: in a task of
*Your turn* at the end of the lesson, in the lesson's exercise notebook, or in its quiz. Numbers count from the top.

*Written by `tools/goals.py`, from `data/goals.toml` and the quizzes in `data/quizzes/`. Changes by hand are lost.*
"""


class Lesson:
    """What can be asked for in one lesson: its goals, tasks, exercises, questions and headings."""

    def __init__(self, number, root=ROOT):
        self.number = number
        self.path = next((root / "notebooks").glob(f"{number}_*.ipynb"))
        cells = [cell.source for cell in nbformat.read(self.path, as_version=4).cells if cell.cell_type == "markdown"]
        text = "\n\n".join(cells)
        self.title = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
        promised = re.search(r"\*\*After this lesson you can\*\*\n\n((?:- .+\n)+)", text)
        self.goals = [goal.rstrip(",.") for goal in re.findall(r"^- (.+)$", promised[1], re.MULTILINE)]
        self.headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
        self.tasks = [int(task) for task in re.findall(r"^\*\*(\d+) \(★+\)\*\*", text, re.MULTILINE)]
        self.exercises = exercises(root / "nst_helpers" / "checks" / f"lesson_{number}.py")
        self.questions = questions(root / "data" / "quizzes" / f"{number}.toml")

    def entries(self, goal, covers):
        """Three cells of the table: tasks, exercises and questions that cover a goal. ValueError for an unknown one."""
        tasks, others = [], []
        for cover in covers:
            if isinstance(cover, int) and cover in self.tasks:
                tasks.append(str(cover))
            elif cover in self.exercises:
                others.append(f"{self.exercises.index(cover) + 1} `{cover}`")
            elif str(cover).startswith("# ") and cover[2:] in self.headings:
                tasks.append(f"*{cover[2:]}*")
            else:
                raise ValueError(f"data/goals.toml, lesson {self.number}, goal {goal}: there is no {cover!r}.")
        asked = [str(place) for place, about in enumerate(self.questions, start=1) if about == goal]
        return [", ".join(found) for found in (tasks, others, asked)]


def exercises(path):
    """The names of the checks in a file, in the order of the exercises; none without the file."""
    if not path.is_file():
        return []
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if any("sheet.exercise" in ast.unparse(d) for d in node.decorator_list)]


def questions(path):
    """The number of the goal that each question of a quiz asks about; none without the file."""
    if not path.is_file():
        return []
    return [question["goal"] for question in tomllib.loads(path.read_text("utf-8"))["question"]]


def numbers(root=ROOT):
    return sorted(path.name[:2] for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def table(root=ROOT):
    """The text of GOALS.md, and the goals that nothing covers, as "02, goal 4: compare ..."."""
    mapping = tomllib.loads((root / "data" / "goals.toml").read_text("utf-8"))
    parts, missing = [INTRODUCTION], []
    for number in numbers(root):
        lesson, covers = Lesson(number, root), mapping.pop(number, {})
        parts.append(f"## [{number} {lesson.title}]({lesson.path.name})\n\n"
                     "| | After this lesson you can | Your turn | Exercises | Quiz |\n| --- | --- | --- | --- | --- |")
        for goal, text in enumerate(lesson.goals, start=1):
            cells = lesson.entries(goal, covers.pop(str(goal), []))
            parts.append(f"| {goal} | {text} | {' | '.join(cells)} |")
            if not any(cells):
                missing.append(f"{number}, goal {goal}: {text}")
        if covers or set(lesson.questions) - set(range(1, len(lesson.goals) + 1)):
            raise ValueError(f"Lesson {number} has {len(lesson.goals)} goals; goals.toml or its quiz names another.")
        parts.append("")
    if mapping:
        raise ValueError(f"data/goals.toml names lessons that are not there: {', '.join(mapping)}.")
    return "\n".join(parts), missing


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something is missing")
    options = parser.parse_args(arguments)
    text, missing = table(root)
    stored = root / "notebooks" / TABLE.name
    uncovered = "Nothing covers\n  " + "\n  ".join(missing)
    if not options.check:
        stored.write_text(text, encoding="utf-8", newline="\n")
        print(uncovered if missing else "Every goal is covered.")
    elif missing:
        sys.exit(uncovered)
    elif not stored.is_file() or stored.read_text("utf-8") != text:
        sys.exit("notebooks/GOALS.md is not what lessons, quizzes and goals.toml say. Run tools/goals.py.")


if __name__ == "__main__":
    main()
