"""Paint the pictures of the gallery: run the calls that stand on notebooks/GALLERY.md, and store what they make.

    python tools/paint_gallery.py                          all of them
    python tools/paint_gallery.py night_over_mountains     some of them

A section of the page is a picture, figures/gallery/NAME.jpg, and a block of Python that leaves a Result in `result`,
and perhaps another picture in `picture`. What may go here: reading that page, where the calls stand, and running it.
"""

import ast
from pathlib import Path
import re
import sys

from nst_helpers.images import to_bytes
from nst_helpers.records import to_text

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PAGE = NOTEBOOKS / "GALLERY.md"
MOST_BYTES = 250_000
SECTION = re.compile(r"!\[(?P<alt>[^\]]+)\]\((?P<file>figures/gallery/\w+\.jpg)\)(?P<text>.*?)"
                     r"```python\n(?P<code>.*?)```", re.DOTALL)


def sections(page=None):
    """The pictures of the page: a list of (path, alt text, code), in its order."""
    found = SECTION.finditer(PAGE.read_text(encoding="utf-8") if page is None else page)
    return [(NOTEBOOKS / match["file"], match["alt"], match["code"]) for match in found]


def stylize_call(code):
    """The call of `stylize` in a section: its positional arguments, and those with a name, as nodes of Python's ast."""
    calls = [node for node in ast.walk(ast.parse(code))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "stylize"]
    if len(calls) != 1:
        raise ValueError(f"A section has to call stylize once, and this one does {len(calls)} times:\n{code}")
    return calls[0].args, {keyword.arg: keyword.value for keyword in calls[0].keywords}


def small_jpeg(image, record):
    """`image` as JPEG bytes with `record` in it; quality goes down until they are at most MOST_BYTES."""
    for quality in range(92, 20, -3):
        data = to_bytes(image, "jpg", quality, record)
        if len(data) <= MOST_BYTES:
            break
    return data


def main():
    for path, _, code in sections():
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        names = {}
        exec(compile(code, f"{PAGE.name}, {path.stem}", "exec"), names)  # our own page
        result = names["result"]
        image = names.get("picture", result.image)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small_jpeg(image, to_text(result.record)))
        print(f"{path.stem}: {image.shape[2]}x{image.shape[1]} pixels, {path.stat().st_size / 1e3:.0f} kB, {result}",
              flush=True)


if __name__ == "__main__":
    main()
