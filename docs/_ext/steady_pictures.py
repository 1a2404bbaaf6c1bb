"""Give every picture of a page its size, so that the page does not jump, and let those further down wait."""

from pathlib import Path
import posixpath
import re
from urllib.parse import unquote

import imagesize

TAG = re.compile(r"<img\b[^>]*?/?>")


def setup(app):
    app.connect("html-page-context", steady_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def steady_pictures(app, page, template, context, doctree):
    """Rewrite the img tags of a page that is about to be written."""
    files = {name: app.srcdir / file for file, name in app.builder.images.items()}
    count = 0

    def steady(found):
        nonlocal count
        count += 1
        tag = found[0]
        source = re.search(r'\bsrc="([^"]+)"', tag)[1]
        file = files.get(unquote(posixpath.basename(source))) if "_images/" in source else None
        extra = [] if "loading=" in tag or count == 1 else ['loading="lazy"']
        if file and "height=" not in tag:
            tag, sides = _with_size(tag, file)
            extra += sides
        return re.sub(r"\s*/?>$", "".join(f" {part}" for part in extra) + ">", tag)

    context["body"] = TAG.sub(steady, context.get("body", ""))


def _with_size(tag, file):
    width, height = imagesize.get(Path(file))
    asked = re.search(r'\s*(?:\bwidth="(\d+)(?:px)?"|style="width: (\d+)px;?")', tag)
    if asked:
        wanted = int(asked[1] or asked[2])
        width, height = wanted, height * wanted / width
        tag = tag.replace(asked[0], "")
    known = width > 0 and height > 0
    return tag, [f'width="{round(width)}"', f'height="{round(height)}"'] if known else []
