"""Put the set-up cell into every notebook: it gets the course where it is not, and does nothing elsewhere.

    python tools/first_cell.py            writes it under each title, or brings it up to date; nothing is run
    python tools/first_cell.py --check    writes nothing; fails where a notebook has none, or another one

A notebook that is opened alone, as on Colab, finds no course beside it. The cell then clones the repository that
pyproject.toml names, and imports install_here.py from the clone. Run this after a change of that setting.
The cell is plain Python, and has no word that tools/marking/words.py distrusts: notebooks come back from Colab without
their cells' ids, and a set-up cell of last month then counts as the student's own.
What may go here: the text of this one cell, and its place.
"""

import argparse
from pathlib import Path
import subprocess
import sys

from launch_links import PLACEHOLDER, settings
import nbformat
from notebook_reading import ROOT

ID = "set-up"
METADATA = {"jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "skip"}, "tags": ["remove-cell", "set-up"]}
COLUMNS, GAP = 100, '"\n              "'  # a line that would be longer is broken there
BEGIN = """\
try:
    import nst_helpers  # noqa: F401  this cell gets the course where it is not, as on Colab
except ModuleNotFoundError:
    import os

    if os.path.isdir("nst_helpers") or os.path.isdir("{up}/nst_helpers"):
        raise ModuleNotFoundError("This kernel has not got the course: choose .venv's.") from None
"""
CLONE = """\
    os.system("[ -d course ] || git clone -q --depth 1 {gap}https://github.com/{repository} course")
    import course.tools.install_here  # noqa: F401"""
REFUSE = """\
    raise ModuleNotFoundError("The course cannot be fetched: `repository` in its pyproject.toml "
                              "is not set.") from None"""


def source(folder, repository):
    """The cell's text. folder: where the notebook lies, relative to the root. repository: "owner/name" on GitHub."""
    up = "/".join([".."] * len(Path(folder).parts))
    template = BEGIN + (REFUSE if repository == PLACEHOLDER else CLONE)
    text = template.format(up=up, repository=repository, gap="")
    if max(map(len, text.splitlines())) > COLUMNS:
        text = template.format(up=up, repository=repository, gap=GAP)
    return text


def with_cell(notebook, text):
    """Put the cell under the title, in place, and return the notebook: the counts of the cells below grow by one."""
    at_hand = [cell for cell in notebook.cells if cell.id == ID]
    if not at_hand:
        counted = [part for cell in notebook.cells if cell.cell_type == "code"
                   for part in [cell, *cell.outputs] if part.get("execution_count")]
        for part in counted:
            part.execution_count += 1
        at_hand = [nbformat.v4.new_code_cell(id=ID, execution_count=1 if counted else None)]
        notebook.cells.insert(1, at_hand[0])
    at_hand[0].source = text
    at_hand[0].metadata.update(nbformat.from_dict(METADATA))
    return notebook


def problem(notebook, text):
    """What is wrong with a notebook's set-up cell, or None."""
    cell = notebook.cells[1] if len(notebook.cells) > 1 else {}
    if cell.get("id") != ID:
        return "has no set-up cell under its title"
    told = {key: value for key, value in cell.metadata.items() if key != "nbgrader"}
    return None if (cell.source, told, cell.outputs) == (text, METADATA, []) else "has another set-up cell"


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a cell is missing or another")
    options = parser.parse_args(arguments)
    repository, found = settings(root)[0], []
    for path in sorted((root / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        text = source(path.parent.relative_to(root), repository)
        notebook = nbformat.read(path, as_version=4)
        if options.check:
            found += [f"{path.relative_to(root).as_posix()} {said}" for said in [problem(notebook, text)] if said]
        else:
            text = nbformat.writes(with_cell(notebook, text)).rstrip("\n") + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")
    if found:
        sys.exit("\n".join([*found, "Run tools/first_cell.py."]))
    stamper = root / "tools" / "make_exercises.py"  # students' folder has none, and no solutions
    if not options.check and stamper.is_file():
        subprocess.run([sys.executable, stamper, "--stamp"], check=True)


if __name__ == "__main__":
    main()
