"""Make slides of lessons: pages with Reveal.js that work from a folder or a stick, without the internet.

    uv run tools/make_slides.py FOLDER [00 02 04]

It writes FOLDER/02/index.html and so on, and what they share to FOLDER/reveal. Open index.html in a browser; the key S
opens the speaker's view. data/slides/NN.toml says what stands on the slides of a lesson. What may go here: from the
names on the command line to files in FOLDER. How a slide looks is in tools/printing.
"""

import argparse
from pathlib import Path
import sys

import nbformat
from notebook_reading import ROOT
from print_lessons import NOTEBOOKS, lessons, title_of
from printing.assets import copy_for_slides
from printing.slides import notebook_of_slides, read_slides, to_html

LISTS = {path.stem: path for path in sorted((ROOT / "data" / "slides").glob("*.toml"))}


def page_of(name):
    """The slides of a lesson as HTML."""
    lesson = nbformat.read(lessons()[name], as_version=4)
    return to_html(notebook_of_slides(lesson, read_slides(LISTS[name])), NOTEBOOKS, f"{name} · {title_of(lesson)}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(LISTS)}")
    options = parser.parse_args(arguments)
    if wrong := [name for name in options.names if name not in LISTS]:
        sys.exit(f"There are no slides {', '.join(wrong)}. There are {', '.join(LISTS)}.")
    copy_for_slides(options.folder / "reveal")
    for name in options.names or LISTS:
        path = options.folder / name / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.write_text(page_of(name), encoding="utf-8")
        except ValueError as error:
            sys.exit(f"Slides {name}: {error}.")
        print(path)


if __name__ == "__main__":
    main()
