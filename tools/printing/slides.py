"""From a lesson and the list of its slides to a notebook of slides, and to the page that shows them.

What may go here: which parts stand on a slide, and what nbconvert makes of it. Nothing is written to a folder.
"""

import re
import tomllib

from bs4 import BeautifulSoup
from nbconvert import SlidesExporter
from nbformat import v4
from pygments.formatters import HtmlFormatter

from printing.assets import HERE, TEMPLATES, mathjax_tags
from printing.pages import CODE_STYLE, code_lines
from printing.parts import part

KEYS = {"title", "cells", "show", "note"}
SHOW = ("output", "code", "both")
PLACE = "../reveal"  # of Reveal.js and MathJax, as seen from the slides of a lesson


def read_slides(path):
    """The slides that a file lists, as dictionaries with all keys. ValueError says what is wrong."""
    slides = tomllib.loads(path.read_text(encoding="utf-8"))["slide"]
    for number, slide in enumerate(slides, 1):
        slide.setdefault("title", "")
        slide.setdefault("show", "output")
        if set(slide) != KEYS or not slide["cells"]:
            raise ValueError(f"{path.name}, slide {number}: it should have {', '.join(sorted(KEYS))}")
        if slide["show"] not in SHOW:
            raise ValueError(f"{path.name}, slide {number}: show is one of {', '.join(SHOW)}")
    return slides


def notebook_of_slides(lesson, slides):
    """A notebook whose cells are those of the slides, marked as nbconvert wants it."""
    cells = []
    for slide in slides:
        title = [v4.new_markdown_cell(f"## {slide['title']}")] if slide["title"] else []
        shown = title + [for_wall(part(lesson, name), slide["show"]) for name in slide["cells"]]
        for cell in shown:
            cell.metadata["slideshow"] = {"slide_type": "slide" if cell is shown[0] else "-"}
        note = v4.new_markdown_cell(slide["note"], metadata={"slideshow": {"slide_type": "notes"}})
        cells += [*shown, note]
    for number, cell in enumerate(cells):
        cell.id = f"part-{number}"  # a cell may stand on two slides
    return v4.new_notebook(cells=cells, metadata={"kernelspec": lesson.metadata.kernelspec})


def for_wall(cell, show):
    """The cell with what is shown of it. Where it has pictures, only these are its output."""
    kinds = []
    if cell.cell_type == "markdown":
        kinds += ["pictures"] if re.search(r"^!\[", cell.source, re.MULTILINE) else []
    else:
        pictures = [output for output in cell.outputs if "<img" in output.get("data", {}).get("text/html", "")]
        cell.outputs = [] if show == "code" else pictures or cell.outputs
        kinds += ["pictures"] if pictures and show != "code" else []
        kinds += ["output"] if show == "output" else []
    cell.metadata["printed"] = " ".join(kinds)
    return cell


def to_html(notebook, folder, title):
    """The page of slides. `folder`: where the lesson's pictures lie; they are put into the page."""
    exporter = SlidesExporter(template_name="slides", **TEMPLATES, embed_images=True,
                              exclude_input_prompt=True, exclude_output_prompt=True, reveal_url_prefix=PLACE)
    exporter.register_filter("code_lines", code_lines)
    style = (HERE / "slides.css").read_text(encoding="utf-8")
    resources = {"metadata": {"path": str(folder), "name": title}, "mathjax": mathjax_tags(f"{PLACE}/mathjax"),
                 "style": HtmlFormatter(style=CODE_STYLE).get_style_defs(".source") + style}
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    page = BeautifulSoup(html, "html.parser")
    for mark in page.select("a.anchor-link"):
        mark.decompose()
    for link in page.select("main a"):
        link.unwrap()  # on a wall nobody can click
    return str(page)
