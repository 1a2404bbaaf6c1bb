"""A lesson as it is read on paper: without what only works at a screen, the answers to its questions at the end.

What may go here: changes of a notebook's cells before it becomes a page.
"""

import copy
import re

from bs4 import BeautifulSoup
from nbformat import v4

NAMES_IN_BRACKETS = re.compile(r"import \(\n((?:    [\w ]+,\n)+)\)")
CHECKED = '<p class="checked">The notebook checks the answer.</p>'


def for_paper(notebook):
    """A copy of the notebook for paper. The stored one stays as it is."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if "remove-cell" not in cell.metadata.get("tags", [])]
    answers, first = [], True
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if first:
            cell.metadata["printed"], first = "set-up", False
        cell.source = NAMES_IN_BRACKETS.sub(lambda found: "import " + " ".join(found[1].split()).rstrip(","),
                                            cell.source)
        if "def check" in cell.source and any("Not attempted" in output.get("text", "") for output in cell.outputs):
            show_only(cell, CHECKED)
        elif cell.source.startswith(("quiz(", "predict(")):
            show_only(cell, questions(cell, answers))
    if answers:
        source = "\n".join(["## Answers to the questions", "", *answers])
        notebook.cells.append(v4.new_markdown_cell(source, id="answers", metadata={"printed": "answers"}))
    return notebook


def show_only(cell, html):
    """Leave the cell without code, and this as its only output."""
    cell.metadata["printed"] = "output"
    cell.outputs = [v4.new_output("display_data", {"text/html": html})]


def questions(cell, answers):
    """The questions of a cell as a box for paper. What the right choice says is appended to `answers`."""
    page = BeautifulSoup(cell.outputs[0].data["text/html"], "html.parser")
    guess = cell.source.startswith("predict(")
    page.find("p").decompose()  # it tells how to click
    for number, details in enumerate(page.find_all("details"), 1):
        right = next(text for text in details.find_all("p") if "right." in text.b.text)
        letter = right.b.text[0]
        right.b.decompose()
        name = "Guess" if guess else f"Question {number}"
        answers.append(f"- **{name}: {letter}.** {right.decode_contents().strip()}")
        details.decompose()
    if guess:
        heading = "<h4>Guess first</h4>"
    else:
        heading = "<h3>Questions</h3><p>One answer to each is right. They are at the end.</p>"
    return f'<div class="questions">{heading}{page}</div>'
