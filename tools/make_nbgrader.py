"""Make the folder of a course for nbgrader out of the solutions: for whoever teaches with nbgrader, or a JupyterHub.

    python tools/make_nbgrader.py FOLDER          all exercise notebooks
    python tools/make_nbgrader.py FOLDER 00 02    those of two lessons

It writes source/NN/NN_*.ipynb, nbgrader_config.py with what it imports, and a README with the next commands. A check
prints what is wrong and goes on; nbgrader takes points off only where a cell raises. So each check gets a line behind
it that raises, as a hidden test: learners do not get it, nbgrader puts it back before it marks. What may go here: the
source of the assignments. What nbgrader is told of a cell stands in nbgrader_cells.py.
"""

import argparse
from pathlib import Path
import shutil

from make_exercises import SOLUTIONS
import nbformat
from nbgrader_cells import check_in, for_teachers_only, stamp

TOOLS = Path(__file__).resolve().parent
README = """# Neural style transfer: the exercises, for nbgrader

In this folder, with the course and nbgrader installed (`uv pip install nbgrader -c requirements.txt`):

    nbgrader generate_assignment 02    # makes release/02, which learners get; then hand it out and collect it
    nbgrader autograde 02              # runs what lies in submitted/NAME/02: use an account that holds nothing else
    nbgrader export                    # grades.csv; `jupyter lab` with nbgrader's Formgrader shows the same
"""


def with_hidden_test(cell):
    """The source of a check, and below it what raises where the check has not passed."""
    name = check_in(cell)
    if not name:
        return cell.source
    test = f'assert check.passed("{name}"), "The check has not passed. It says above what is missing."'
    return f"{cell.source}\n### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"


def assignment_from(solution):
    """The source of an assignment, made from a notebook with solutions."""
    source = stamp(nbformat.from_dict(solution))
    source.cells = [cell for cell in source.cells if not for_teachers_only(cell)]
    for cell in source.cells:
        cell.source = with_hidden_test(cell)
    return source


def main(arguments=None, solutions=SOLUTIONS):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lessons", nargs="*", metavar="NN", help="default: all")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(solutions.glob("*.ipynb")):
        if not options.lessons or path.name[:2] in options.lessons:
            # The file keeps its name: nbgrader knows a submission by it, and learners may have the file from elsewhere.
            written = options.folder / "source" / path.name[:2] / path.name
            written.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(assignment_from(nbformat.read(path, as_version=4)), written)
            print(written.relative_to(options.folder).as_posix())
    shutil.copy(TOOLS / "nbgrader_placeholders.py", options.folder)
    if not (options.folder / "nbgrader_config.py").exists():  # it may have been changed
        shutil.copy(TOOLS / "nbgrader_config.py", options.folder)
    (options.folder / "README.md").write_text(README, encoding="utf-8")


if __name__ == "__main__":
    main()
