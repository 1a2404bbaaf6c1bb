"""Print lessons: each stored notebook as a PDF of A4 pages, and the cheat sheet on one page.

    uv run tools/print_lessons.py FOLDER [00 02 ...] [cheat_sheet]

Without names, all lessons and the cheat sheet are printed. It needs Chromium, and no internet. No lesson is run: its
stored outputs are printed. Questions come without answers; these are on the last page. What may go here: from the
names on the command line to files in FOLDER. How a page looks is in tools/printing.
"""

import argparse
from pathlib import Path
import sys
import tempfile

import nbformat
from nbformat import v4
from notebook_reading import ROOT
from printing.chromium import chromium, open_page
from printing.pages import to_html
from printing.paper import for_paper

NOTEBOOKS = ROOT / "notebooks"
SHEETS = {"cheat_sheet": NOTEBOOKS / "CHEAT_SHEET.md"}


def lessons():
    """{"00": path, ...} of all lessons."""
    return {path.name[:2]: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}


def title_of(notebook):
    """The first line of a notebook, without its mark."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ").strip()


def page_of(name):
    """The page of a lesson or a sheet as HTML."""
    if name in SHEETS:
        notebook = v4.new_notebook(cells=[v4.new_markdown_cell(SHEETS[name].read_text(encoding="utf-8"))])
        return to_html(notebook, NOTEBOOKS, title_of(notebook), "sheet")
    notebook = nbformat.read(lessons()[name], as_version=4)
    return to_html(for_paper(notebook), NOTEBOOKS, f"{name} · {title_of(notebook)}", "lesson")


def print_to(browser, name, path):
    """Write the PDF of a lesson or a sheet; the addresses of other servers that its page asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "page.html")
        file.write_text(page_of(name), encoding="utf-8")
        page, asked = open_page(browser, file)
        page.pdf(path=path, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        page.close()
    return asked


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = {**lessons(), **SHEETS}
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(known)}")
    options = parser.parse_args(arguments)
    if wrong := [name for name in options.names if name not in known]:
        sys.exit(f"There is no {', '.join(wrong)}. There are {', '.join(known)}.")
    options.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in options.names or known:
            path = options.folder / f"{known[name].stem.lower()}.pdf"
            print_to(browser, name, path)
            print(path)


if __name__ == "__main__":
    main()
