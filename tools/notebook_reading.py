"""How tools and tests read a notebook: cells, their code as a syntax tree, the texts and headings that readers see.

What may go here: taking a notebook apart without judging it.
"""

import ast
from html.parser import HTMLParser
import json
from pathlib import Path
import re

from IPython.core.inputtransformer2 import TransformerManager
import mistune
import nbformat

ROOT = Path(__file__).resolve().parent.parent


def stored_notebooks():
    """The paths of all notebooks of the course, in reading order; not the copies that JupyterLab keeps of them."""
    paths = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    return [path for path in paths if ".ipynb_checkpoints" not in path.parts]


def read(text):
    """The notebook in the text of a file, as it is: nbformat would silently mend some faults. ValueError if invalid."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("nbformat") != 4:
        raise ValueError("it is not in format 4")
    names = [cell.get("id") for cell in data.get("cells", [])]
    if None in names or len(set(names)) < len(names):
        raise ValueError("not every cell has an id of its own (store it by tools/run_notebooks.py)")
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise ValueError(error.message) from error
    return notebook


def cells_of(notebook, kind):
    """Pairs of a name for messages (place, counted from 0, and first line) and the cell; empty cells are left out."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == kind and cell.source.strip():
            yield f'cell {index} ("{cell.source.strip().splitlines()[0][:50]}")', cell


def statements(cell):
    """The syntax tree of a code cell, its magics turned into Python; empty where the cell is not Python on purpose."""
    try:
        return ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError:
        return ast.Module([], [])


def plain(text):
    """The text without the codes that colour a traceback."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def texts(output):
    """All that a reader of this output could read."""
    data = [v for mime, v in output.get("data", {}).items() if not mime.startswith("image/") or "svg" in mime]
    for text in [output.get("text", ""), "\n".join(output.get("traceback", [])), *data]:
        text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        yield plain(text)


class Page(HTMLParser):
    """What readers find their way by in a Markdown text: the levels of its headings, and pictures without alt text."""

    def __init__(self, source):
        super().__init__()
        self.levels, self.without_alt = [], []
        self.feed(mistune.html(source))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        elif tag == "img" and not (attributes.get("alt") or "").strip():
            self.without_alt.append(attributes.get("src"))
