"""Put the alt texts of stored notebooks where they reach the page, without running anything; or list them.

    python tools/alt_texts.py                        all notebooks: figures become HTML with alt text
    python tools/alt_texts.py notebooks/00*.ipynb    some of them
    python tools/alt_texts.py --list                 print each text, change nothing

Where a cell's metadata hold `alt`, a text by hand (or a list of them, one for each figure), that one is taken; write
it after looking at the picture. All others come from nst_helpers.notebook.describe, and are there already.
What may go here: storing and listing alt texts. tools/run_notebooks.py does the same to what it has run.
"""

import argparse
import sys

import nbformat
from notebook_pictures import is_figure, pictures_of, put_alt_texts, written_for
from notebook_reading import ROOT, stored_notebooks
from run_notebooks import find_notebooks


def texts_of(notebook):
    """For each figure: the place of its cell, whether its text is by hand, and the text."""
    for index, cell in enumerate(notebook.cells):
        for output in filter(is_figure, cell.get("outputs", [])):
            [(_, _, alt)] = pictures_of(output)
            yield index, bool(written_for(cell)), alt


def put(path):
    """Store a notebook with its alt texts; whether that changed the file."""
    before = path.read_text(encoding="utf-8")
    notebook = put_alt_texts(nbformat.reads(before, as_version=4))
    after = nbformat.writes(notebook).rstrip("\n") + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all of notebooks/")
    parser.add_argument("--list", action="store_true", help="print the texts, change nothing")
    options = parser.parse_args(arguments)
    for path in find_notebooks(options.notebooks) if options.notebooks else stored_notebooks():
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        if options.list:
            for index, by_hand, alt in texts_of(nbformat.read(path, as_version=4)):
                print(f"{name}, cell {index}{' (by hand)' if by_hand else ''}: {alt or 'NO TEXT'}")
        elif put(path):
            print(f"{name}: stored anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
