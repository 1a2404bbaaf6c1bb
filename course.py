"""The command `course`: JupyterLab at the root of the course, with lesson 00 open.

`jupyter lab notebooks/FILE` would make notebooks/ the root of the file list, and data/ and results/ would lie outside.
Other arguments go on to JupyterLab, as in `course --no-browser`. This is no part of nst_helpers, because importing
that brings TensorFlow along, which a server does not need. What may go here: how the course is started.
"""

from pathlib import Path
import sys

from jupyterlab.labapp import LabApp

ROOT = Path(__file__).resolve().parent
FIRST = "/lab/tree/notebooks/00_start_here.ipynb"


def main():
    """Start JupyterLab; the arguments of the command line come last, so that they win."""
    LabApp.launch_instance([f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={FIRST}", *sys.argv[1:]])


if __name__ == "__main__":
    main()
