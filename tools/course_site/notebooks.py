"""A stored notebook, made ready for the site: nothing is run."""

import os.path
from pathlib import PurePosixPath
import re

import nbformat

from course_site.launching import launch_line
from course_site.pictures import Pictures
from course_site.places import ROOT

PICTURES = "_pictures"  # folder of the site for the pictures of outputs
TITLE = re.compile(r"^# .+$", re.MULTILINE)


def stage_notebook(name, source, links, further=None):
    """Write the notebook `name` into the folder `source`, with the links of `links` and its pictures in files.

    further: {words: address} for the line under its title.
    """
    notebook = nbformat.read(ROOT / name, as_version=4)
    place = PurePosixPath(name)
    address = os.path.relpath(PICTURES, place.parent).replace(os.sep, "/")
    stem = "-".join([*place.parent.parts[1:], place.stem])
    pictures = Pictures(source / PICTURES, address, stem)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = links.rewrite(cell.source, name)
        elif cell.cell_type == "code":
            outputs = [pictures.output(output) for output in cell.outputs]
            cell.outputs = [output for output in outputs if output is not None]
            if cell.source.startswith("def check_"):  # who only reads would read the answer
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    first = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    first.source = TITLE.sub(lambda title: f"{title[0]}\n\n{launch_line(name, further)}", first.source, count=1)
    notebook.metadata.pop("widgets", None)
    target = source / name
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def without_outputs(file):
    """The text of a notebook to be downloaded: its outputs are on the page, and would be most of its size."""
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return nbformat.writes(notebook)


def title_of(name):
    """The title of a page of the repository, with the number that its file begins with."""
    file = ROOT / name
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = next(cell.source for cell in cells if cell.cell_type == "markdown")
    title = TITLE.search(text)[0].removeprefix("# ").replace("*", "").strip()  # the table of contents sets no italics
    number = re.match(r"\d\d(?=_)", file.name)
    return f"{number[0]} {title.split(':')[0]}" if number else title
