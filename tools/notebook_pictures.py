"""The pictures among the outputs of a notebook, and the one form in which they are stored: HTML with alt text.

JupyterLab and nbconvert pass over the alt text of an output of type image/png or image/jpeg; the `alt` of an `img`
in HTML arrives everywhere. What may go here: reading pictures out of outputs, and putting them into that form.
"""

import html
from html.parser import HTMLParser
import re
from textwrap import shorten

import nbformat

KINDS = ("image/png", "image/jpeg")
STORED = re.compile(r'<img alt="[^"]*" src="data:image/(png|jpeg);base64,[^"]*">')  # what `with_alt` writes
DATA = re.compile(r"data:(image/[a-z+]+);base64,(.*)", re.DOTALL)


class Images(HTMLParser):
    """The attributes of all images in an HTML text."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.found.append(dict(attributes))

    handle_startendtag = handle_starttag


def pictures_of(output):
    """The pictures in one output, in either form: triples of type, base64 text and alt text ("" if none)."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    found = [(kind, data[kind], metadata.get(kind, {}).get("alt") or "") for kind in KINDS if kind in data]
    for image in Images(data.get("text/html", "")).found:
        if match := DATA.fullmatch(image.get("src") or ""):
            found.append((match[1], match[2], image.get("alt") or ""))
    return found


def is_figure(output):
    """Whether the output is one picture and nothing else: a figure, not a film nor a table with pictures."""
    data = output.get("data", {})
    return any(kind in data for kind in KINDS) or STORED.fullmatch(data.get("text/html", "")) is not None


def with_alt(output, alt):
    """A figure as it is stored: HTML with this alt text; its beginning is what viewers that show plain text only have.

    The whole text twice would take the largest lessons over 1 MB.
    """
    [(kind, text, _)] = pictures_of(output)
    image = f'<img alt="{html.escape(alt)}" src="data:{kind};base64,{"".join(text.split())}">'
    data = {"text/html": image, "text/plain": shorten(alt, 80, placeholder=" …")}
    return nbformat.from_dict({**output, "data": data, "metadata": {}})


def written_for(cell):
    """What the authors wrote for the figures of a cell: texts in the metadata `alt`, a list where there are several."""
    written = cell.metadata.get("alt", [])
    return [written] if isinstance(written, str) else list(written)


def put_alt_texts(notebook):
    """Bring all figures into the form in which they are stored, in place, and return the notebook.

    A text in the metadata of the cell counts more than the one made from the data. ValueError if a cell has other
    figures than texts.
    """
    for index, cell in enumerate(notebook.cells):
        places = [place for place, output in enumerate(cell.get("outputs", [])) if is_figure(output)]
        written = written_for(cell)
        if written and len(written) != len(places):
            raise ValueError(f"cell {index} has {len(places)} figures and {len(written)} texts in its metadata `alt`")
        for number, place in enumerate(places):
            [(_, _, made)] = pictures_of(cell.outputs[place])
            cell.outputs[place] = with_alt(cell.outputs[place], written[number] if written else made)
    return notebook
