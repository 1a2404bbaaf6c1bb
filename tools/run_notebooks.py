"""Run notebooks from top to bottom and store them as readers find them; print what each one costs.

    python tools/run_notebooks.py                       all notebooks, in order
    python tools/run_notebooks.py notebooks/00*.ipynb   some of them
    python tools/run_notebooks.py --dry                 stores nothing

Each notebook runs in a kernel process of its own, with its own folder as the working directory, as in JupyterLab.
The table has the seconds from the kernel's start to the last output, the peak memory of the kernel process and the
size of the file. A notebook in which a cell fails, or which breaks a rule of notebook_rules.py, is not stored; the
exit code is then 1. What may go here: running, measuring and storing notebooks.
"""

import argparse
from pathlib import Path
import re
import sys
import time

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
import nbformat
from notebook_cleaning import clean
from notebook_pictures import put_alt_texts
from notebook_reading import plain, stored_notebooks
from notebook_rules import problems

SECONDS_A_CELL = 300
TWINS = ("exercises", "solutions")  # folders whose notebooks bear the names of the lessons


def peak_memory(pid):
    """Largest resident memory so far of a running process, in bytes; None where the system is not Linux."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except OSError:
        return None
    return int(found[1]) * 1024


def run_cells(client):
    """Run all cells in a started kernel; RuntimeError names the cell that fails."""
    for index, cell in enumerate(client.nb.cells):
        try:
            client.execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
        except CellExecutionError as error:
            raise RuntimeError(f"cell {index} fails:\n{plain(str(error))}") from error
        except CellTimeoutError as error:
            raise RuntimeError(f"cell {index} was stopped after {SECONDS_A_CELL} s:\n{cell.source}") from error
        except DeadKernelError as error:
            raise RuntimeError(f"the kernel died in cell {index} (out of memory?):\n{cell.source}") from error


def execute(notebook, folder):
    """Run a notebook in place, in a fresh kernel that works in `folder`; seconds and peak memory (bytes or None)."""
    client = NotebookClient(
        notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
        record_timing=False, coalesce_streams=True, extra_arguments=["--log-level=ERROR"])
    start = time.perf_counter()
    with client.setup_kernel():
        run_cells(client)
        return time.perf_counter() - start, peak_memory(client.km.provisioner.pid)


def run_notebook(path, dry=False):
    """Run one notebook and store it unless `dry` or faulty; its row of the table, and a list of its faults.

    A cell that fails is a RuntimeError.
    """
    notebook = nbformat.read(path, as_version=4)
    seconds, memory = execute(notebook, path.parent)
    text = nbformat.writes(put_alt_texts(clean(notebook))).rstrip("\n") + "\n"
    found = problems(text)
    if not (dry or found):
        path.write_text(text, encoding="utf-8", newline="\n")
    memory = f"{memory / 1e6:.0f} MB" if memory else "not known"
    name = path.stem if path.parent.name not in TWINS else f"{path.parent.name}/{path.stem}"
    return f"| {name} | {seconds:.0f} s | {memory} | {len(text.encode()) / 1000:.0f} kB |", found


def find_notebooks(names):
    """The notebooks named, or all; the process ends with a sentence where there is none."""
    paths = [Path(name).resolve() for name in names] or stored_notebooks()
    for path in paths:
        if not path.is_file():
            sys.exit(f"There is no notebook {path}.")
    return paths or sys.exit("There are no notebooks in the folder notebooks/ yet.")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all of notebooks/")
    parser.add_argument("--dry", action="store_true", help="run and measure, store nothing")
    options = parser.parse_args(arguments)
    failed = False
    paths = find_notebooks(options.notebooks)
    print("| notebook | time | peak memory | file |\n|---|---|---|---|", flush=True)
    for path in paths:
        try:
            row, found = run_notebook(path, options.dry)
            print(row, flush=True)
        except (RuntimeError, ValueError) as error:
            found = [str(error)]
        if found:
            failed = True
            print(f"{path.name} is not stored:", *found, sep="\n  ", file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
