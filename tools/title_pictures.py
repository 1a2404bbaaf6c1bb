"""Make the picture at the top of each lesson from the lesson's own stored output.

    python tools/title_pictures.py        all lessons
    python tools/title_pictures.py 00     some of them

The cell whose picture is taken carries the tag "title-picture"; run tools/run_notebooks.py first.
What may go here: making notebooks/figures/NN_name.jpg. Figures inside a lesson are the lesson's own business.
"""

import base64
import io
from pathlib import Path
import sys

import nbformat
from notebook_pictures import pictures_of
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
MOST_BYTES = 60_000
WIDTH = 720


def title_picture(notebook):
    """The first picture among the outputs of the cell tagged "title-picture", or None."""
    for cell in notebook.cells:
        if "title-picture" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                for _, text, _ in pictures_of(output):
                    return Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")
    return None


def small_jpeg(picture):
    """The picture, at most WIDTH wide, as JPEG bytes; quality goes down until they are at most MOST_BYTES."""
    picture.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    for quality in range(92, 20, -4):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()


def main():
    for file in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        if sys.argv[1:] and file.name[:2] not in sys.argv[1:]:
            continue
        picture = title_picture(nbformat.read(file, as_version=4))
        if picture is None:
            print(f"{file.name}: no cell with a picture is tagged title-picture")
            continue
        out = NOTEBOOKS / "figures" / f"{file.stem}.jpg"
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(small_jpeg(picture))
        print(f"{out.name}: {picture.width}x{picture.height}, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
