"""Run the exercise notebooks that a class has handed in, and print what the checks say of each: a table for marks.

    python tools/collect_marks.py FOLDER                 every notebook in it and its subfolders
    python tools/collect_marks.py FOLDER --csv marks.csv

Each notebook is run anew from top to bottom, as a copy; what is stored in it does not count, and a cell that fails
does not end the run. The last lines of `check.summary()` are read. Notebooks are run as they are, with your rights:
do this in an account or container that holds nothing else. What may go here: running submissions, reading summaries.
"""

import argparse
import csv
from pathlib import Path
import re
import sys

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
import nbformat
from notebook_reading import ROOT, texts

COLUMNS = ["notebook", "exercises", "of", "stars", "of stars", "remark"]
SUMMARY = re.compile(r"^(\d+) of (\d+) exercises pass: (\d+) of (\d+) stars\.$", re.MULTILINE)
SECONDS_A_CELL = 120


def run(notebook, seconds=SECONDS_A_CELL):
    """Run a notebook in place, on over cells that fail; a remark if it could not be run to its end."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(notebook, timeout=seconds, kernel_name="python3", allow_errors=True,
                            resources={"metadata": {"path": str(ROOT / "notebooks" / "exercises")}})
    try:
        client.execute()
    except CellTimeoutError:
        return f"a cell ran longer than {seconds} s"
    except DeadKernelError:
        return "the kernel died"
    failing = sum(output.output_type == "error" for cell in notebook.cells for output in cell.get("outputs", []))
    return f"{failing} cells raise an error" if failing else ""


def last_summary(notebook):
    """[exercises that pass, of, stars, of] as the last summary in the outputs says, or None."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    found = [match for output in outputs for text in texts(output) for match in SUMMARY.findall(text)]
    return [int(number) for number in found[-1]] if found else None


def mark(path, folder, seconds=SECONDS_A_CELL):
    """One row of the table."""
    name = path.relative_to(folder).as_posix()
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # nbformat and json have many ways to refuse a file
        return [name, *[""] * 4, "this is no notebook that can be read"]
    remark = run(notebook, seconds)
    counts = last_summary(notebook)
    if counts is None:
        return [name, *[""] * 4, remark or "there is no summary: was its last cell deleted?"]
    return [name, *counts, remark]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, help="write the table to this file, too")
    options = parser.parse_args(arguments)
    paths = [p for p in sorted(options.folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        sys.exit(f"There is no notebook in {options.folder}.")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    rows = []
    for path in paths:
        rows.append(mark(path, options.folder))
        print(f"| {' | '.join(map(str, rows[-1]))} |", flush=True)
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
