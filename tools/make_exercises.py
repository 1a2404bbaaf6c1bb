"""Make the exercise notebooks that learners get out of the solutions: what is to be written is cut out.

    python tools/make_exercises.py             all of notebooks/solutions/, to notebooks/exercises/
    python tools/make_exercises.py 02          those of lesson 02
    python tools/make_exercises.py --check     writes nothing; fails if an exercise is not what its solution says

In a solution the part to be written stands between the lines `### BEGIN SOLUTION` and `### END SOLUTION`. What takes
its place follows from its last statement: `return ...` for a return, `name = ...` for an assignment, `...` for
anything else. A cell with the tag "solution-only" is left out. The exercise is stored run, with every check answering
"not attempted yet". What may go here: making exercises. The rules for them stand in tests/test_exercises.py.
"""

import argparse
import ast
import re
import sys
import textwrap

import nbformat
from notebook_cleaning import clean
from notebook_reading import ROOT
from notebook_rules import problems
from run_notebooks import execute

SOLUTIONS, EXERCISES = ROOT / "notebooks" / "solutions", ROOT / "notebooks" / "exercises"
BLOCK = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"(BEGIN|END) SOLUTION")


def placeholder(block):
    """The line that stands in place of a solution (a match of BLOCK)."""
    indent, source = block.groups()
    # Inside a function, because a return needs one.
    function = ast.parse("def f():\n" + textwrap.indent(textwrap.dedent(source), " "))
    last = function.body[0].body[-1]
    if isinstance(last, ast.Return):
        return f"{indent}return ...  # your code here"
    if isinstance(last, (ast.Assign, ast.AugAssign)):
        name = last.targets[0] if isinstance(last, ast.Assign) else last.target
        return f"{indent}{ast.unparse(name)} = ...  # your answer here"
    return f"{indent}...  # your code here"


def without_solution(source):
    """The source of a cell with placeholders for its solutions; ValueError if a marker has no partner."""
    source = BLOCK.sub(placeholder, source)
    if MARKER.search(source):
        raise ValueError(f"BEGIN SOLUTION and END SOLUTION do not come in pairs in this cell:\n{source}")
    return source


def exercise_from(solution):
    """The notebook for learners, not run yet, made from a solution."""
    exercise = nbformat.from_dict(solution)
    exercise.cells = [cell for cell in exercise.cells if "solution-only" not in cell.metadata.get("tags", [])]
    for cell in exercise.cells:
        cell.source = without_solution(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return clean(exercise)


def content(notebook):
    """What must agree between an exercise as it is made and as it is stored: everything but outputs."""
    return [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def has_drifted(solution, stored):
    """Whether the exercise in the file `stored` is missing, or not the one made from the file `solution`."""
    if not stored.is_file():
        return True
    made = exercise_from(nbformat.read(solution, as_version=4))
    return content(made) != content(nbformat.read(stored, as_version=4))


def make(solution, stored):
    """Write the exercise, run; the process ends with a sentence if a cell fails or a rule is broken."""
    notebook = exercise_from(nbformat.read(solution, as_version=4))
    stored.parent.mkdir(exist_ok=True)
    try:
        seconds, _ = execute(notebook, stored.parent)
    except RuntimeError as error:
        sys.exit(f"{stored.name} is not stored: {error}")
    text = nbformat.writes(clean(notebook)).rstrip("\n") + "\n"
    if found := problems(text):
        sys.exit("\n  ".join([f"{stored.name} is not stored:", *found]))
    stored.write_text(text, encoding="utf-8", newline="\n")
    print(f"| exercises/{stored.stem} | {seconds:.0f} s | {len(text.encode()) / 1000:.0f} kB |", flush=True)


def main(arguments=None, solutions=SOLUTIONS, exercises=EXERCISES):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", metavar="NN", help="default: all")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")
    options = parser.parse_args(arguments)
    sources = sorted(p for p in solutions.glob("*.ipynb") if not options.lessons or p.name[:2] in options.lessons)
    if options.check:
        drifted = [path.name for path in sources if has_drifted(path, exercises / path.name)]
        drifted += sorted({p.name for p in exercises.glob("*.ipynb")} - {p.name for p in solutions.glob("*.ipynb")})
        if drifted:
            sys.exit(f"Not what the solutions say: {', '.join(drifted)}. Run tools/make_exercises.py.")
        return
    for path in sources:
        make(path, exercises / path.name)


if __name__ == "__main__":
    main()
