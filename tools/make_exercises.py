"""Make the exercise notebooks that learners get out of the solutions: what is to be written is cut out.

    python tools/make_exercises.py             all of notebooks/solutions/, to notebooks/exercises/
    python tools/make_exercises.py 02          those of lesson 02
    python tools/make_exercises.py --check     writes nothing; fails if an exercise is not what its solution says
    python tools/make_exercises.py --stamp     runs nothing; brings up to date what nbgrader is told of each cell

In a solution the part to be written stands between the lines `### BEGIN SOLUTION` and `### END SOLUTION`. What takes
its place follows from its last statement: `return ...` for a return, `name = ...` for an assignment, `...` for
anything else. A cell with the tag "solution-only" is left out. The exercise is stored run, with every check answering
"not attempted yet". Both copies carry nbgrader's metadata (nbgrader_cells.py). What may go here: making exercises.
The rules for them stand in tests/test_exercises.py.
"""

import argparse
import sys

import nbformat
from nbgrader_cells import for_teachers_only, seal, stamp
from nbgrader_placeholders import without_solution
from notebook_cleaning import clean
from notebook_reading import ROOT
from notebook_rules import problems
from run_notebooks import execute

SOLUTIONS, EXERCISES = ROOT / "notebooks" / "solutions", ROOT / "notebooks" / "exercises"


def stamped(solution):
    """A copy of a notebook with solutions, with what nbgrader is told of each cell."""
    return clean(stamp(nbformat.from_dict(solution)))


def exercise_from(solution):
    """The notebook for learners, not run yet, made from a solution."""
    exercise = stamp(nbformat.from_dict(solution))  # before the cut: a cell with a solution is known by it
    exercise.cells = [cell for cell in exercise.cells if not for_teachers_only(cell)]
    for cell in exercise.cells:
        cell.source = without_solution(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return clean(seal(exercise))


def content(notebook):
    """What must agree between an exercise as it is made and as it is stored: everything but outputs."""
    return [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def has_drifted(solution, stored):
    """Whether the exercise in the file `stored` is missing, or not the one made from the file `solution`.

    Or nbgrader is told something else of a solution's cells than what stands in them.
    """
    if not stored.is_file():
        return True
    source = nbformat.read(solution, as_version=4)
    if content(stamped(source)) != content(source):
        return True
    return content(exercise_from(source)) != content(nbformat.read(stored, as_version=4))


def write(notebook, path):
    path.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def stamp_solution(path):
    """Write into a solution what nbgrader is told of each cell; the notebook, as it is stored now."""
    source = nbformat.read(path, as_version=4)
    if content(stamped(source)) != content(source):
        source = stamped(source)
        write(source, path)
    return source


def stamp_both(solution, stored):
    """Bring nbgrader's metadata up to date in a solution and its exercise; nothing is run."""
    made, exercise = exercise_from(stamp_solution(solution)), nbformat.read(stored, as_version=4)
    sources, made_sources = ([(cell.id, cell.source) for cell in n.cells] for n in (exercise, made))
    if sources != made_sources:
        sys.exit(f"{stored.name} is not what its solution says: run tools/make_exercises.py {stored.name[:2]}.")
    for cell, twin in zip(exercise.cells, made.cells):
        cell.metadata = twin.metadata
    write(exercise, stored)


def make(solution, stored):
    """Write the exercise, run; the process ends with a sentence if a cell fails or a rule is broken."""
    notebook = exercise_from(stamp_solution(solution))
    stored.parent.mkdir(exist_ok=True)
    try:
        seconds, _ = execute(notebook, stored.parent)
    except RuntimeError as error:
        sys.exit(f"{stored.name} is not stored: {error}")
    text = nbformat.writes(clean(notebook))
    if found := problems(text):
        sys.exit("\n  ".join([f"{stored.name} is not stored:", *found]))
    write(notebook, stored)
    print(f"| exercises/{stored.stem} | {seconds:.0f} s | {len(text.encode()) / 1000:.0f} kB |", flush=True)


def main(arguments=None, solutions=SOLUTIONS, exercises=EXERCISES):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", metavar="NN", help="default: all")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")
    parser.add_argument("--stamp", action="store_true", help="run nothing, write nbgrader's metadata")
    options = parser.parse_args(arguments)
    sources = sorted(p for p in solutions.glob("*.ipynb") if not options.lessons or p.name[:2] in options.lessons)
    if options.check:
        drifted = [path.name for path in sources if has_drifted(path, exercises / path.name)]
        drifted += sorted({p.name for p in exercises.glob("*.ipynb")} - {p.name for p in solutions.glob("*.ipynb")})
        if drifted:
            sys.exit(f"Not what the solutions say: {', '.join(drifted)}. Run tools/make_exercises.py.")
        return
    for path in sources:
        (stamp_both if options.stamp else make)(path, exercises / path.name)


if __name__ == "__main__":
    main()
