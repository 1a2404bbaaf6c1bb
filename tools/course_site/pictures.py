"""Pictures of notebook outputs, as files beside the pages: data in the page would keep its words waiting.

What may go here: what becomes of one output of a cell.
"""

import base64
import html
import io
import re

from nbformat.v4 import new_output
from PIL import Image

EMBEDDED = re.compile(r'data:image/([a-z+]+);base64,([A-Za-z0-9+/=\s]+)')
TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
IN_MARKDOWN = re.compile(r"!\[([^\]]*)\]\((data:image/[^)]+)\)")
# Of several forms of one output the first is shown. Widgets would need a script from another server, and a kernel.
FORMS = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/plain")


def _as_html(found):
    return f'<img alt="{html.escape(html.unescape(found[1]))}" src="{found[2]}">'


class MissingAlt(Exception):
    """A picture that says nothing to who cannot see it. The message names the cell."""


class Pictures:
    """Takes pictures out of the outputs of one notebook. folder: where to. address: of it, from the page."""

    def __init__(self, folder, address, stem):
        self.folder, self.address, self.stem = folder, address, stem
        self.count = 0

    def output(self, output):
        """The same output in one form, its pictures in files."""
        data = output.get("data")
        if data is None:
            return output
        form = next((form for form in FORMS if form in data), None)
        if form is None:
            return None
        content = data[form]
        if form in ("image/png", "image/jpeg"):
            alt = output.metadata.get(form, {}).get("alt") or output.metadata.get("alt", "")
            content = self.tag(form.split("/")[1], content, f'<img alt="{html.escape(alt)}">')
            form = "text/html"
        elif form in ("text/html", "text/markdown"):
            content = self.without_data(content)
        return new_output("display_data", {form: content})

    def without_data(self, text):
        """HTML or Markdown with each embedded picture in a file of its own."""
        text = IN_MARKDOWN.sub(_as_html, text)
        return TAG.sub(self._without_data, text)

    def _without_data(self, found):
        embedded = EMBEDDED.search(found[0])
        if not embedded:
            return found[0]
        tag = re.sub(r'\s*\bsrc=("[^"]*"|\'[^\']*\')', "", found[0])
        return self.tag(embedded[1], embedded[2], tag)

    def tag(self, kind, data, tag):
        """Write a picture of base64 `data` and name it in `tag`, with its size, so that the page does not jump."""
        if not re.search(r'\balt=["\'][^"\']', tag):
            raise MissingAlt(f"A picture of {self.stem} has no alternative text.")
        self.count += 1
        content = base64.b64decode(data)
        name = f"{self.stem}-{self.count:02}.{kind.replace('jpeg', 'jpg').replace('svg+xml', 'svg')}"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        sides = "" if kind == "svg+xml" else sized(tag, *Image.open(io.BytesIO(content)).size)
        tag = re.sub(r'\s*\b(width|height|loading)=("[^"]*"|\S+(?=[\s>]))', "", tag)
        return re.sub(r"\s*/?>$", f' src="{self.address}/{name}"{sides} loading="lazy">', tag)


def sized(tag, width, height):
    """The attributes width and height: those that the tag asks for, or the picture's own."""
    asked = {side: int(found[1]) for side in ("width", "height") if (found := re.search(rf'\b{side}="?(\d+)', tag))}
    if "width" in asked:
        width, height = asked["width"], round(height * asked["width"] / width)
    elif "height" in asked:
        width, height = round(width * asked["height"] / height), asked["height"]
    return f' width="{width}" height="{height}"'
