"""What holds for the page's side of every live figure, and of the studio.

What may go here: tests of figure.py, live.js and live.css, and of what all figures have in common.
"""

import importlib
import io
from pathlib import Path
import re

from nst_helpers.live import figure
from nst_helpers.live.figure import SHARED, LiveFigure, thumbnail
from nst_helpers.studio.page import PARTS, Studio

import numpy as np
from PIL import Image
import pytest

HERE = Path(figure.__file__).parent
NAMES = sorted(file.stem for file in HERE.glob("*.js") if file.stem != "live")
FILES = sorted(file for folder in (HERE, HERE.parent / "studio") for kind in ("js", "css")
               for file in folder.glob(f"*.{kind}"))


def widget_of(name):
    """The class of the figure whose page's side has this name."""
    found = vars(importlib.import_module(f"nst_helpers.live.{name}")).values()
    [widget] = [each for each in found if isinstance(each, type) and issubclass(each, LiveFigure)
                and each is not LiveFigure]
    return widget


def test_there_are_figures():
    assert len(NAMES) == 7 and len(FILES) > 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_asks_a_server_or_is_long(file):
    text = file.read_text("utf-8")
    assert not re.search(r"https?:|//cdn|import\(|fetch\(|@import|url\(", text)
    assert len(text.splitlines()) <= 150 and max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_a_page_gets_what_all_share_and_then_its_own_file(name):
    widget = widget_of(name)
    for kind, text, shared in zip(("js", "css"), (widget._esm, widget._css), SHARED, strict=True):
        own = (HERE / f"{name}.{kind}").read_text("utf-8")
        assert str(text) == f"{shared}\n{own}"
    assert "keepKeys(" in own_script(name) and f"nst-live nst-{name}" in own_script(name)
    assert all(f".nst-{name}" in rule for rule in re.findall(r"^[^\s@}/*][^{]*(?={)", own_style(name), re.MULTILINE))


def own_script(name):
    return (HERE / f"{name}.js").read_text("utf-8")


def own_style(name):
    return (HERE / f"{name}.css").read_text("utf-8")


@pytest.mark.parametrize("widget", [*map(widget_of, NAMES), Studio], ids=[*NAMES, "studio"])
def test_all_that_is_sent_to_the_page_is_used_there(widget):
    sent = set(widget.class_trait_names(sync=True)) - set(LiveFigure.class_trait_names(sync=True))
    assert sent and not [name for name in sent if not re.search(rf"\b{name}\b", str(widget._esm))]


def test_the_studios_code_is_all_its_files():
    folder = HERE.parent / "studio"
    assert sorted(PARTS) == sorted(file.stem for file in folder.glob("*.js"))
    assert all((folder / f"{part}.js").read_text("utf-8") in str(Studio._esm) for part in PARTS)


def test_a_thumbnail_is_small_and_never_enlarged():
    for side, longest in ((400, 120), (60, 60)):
        data = thumbnail(np.zeros((1, side // 2, side, 3), "float32"), 120)
        assert Image.open(io.BytesIO(data)).size == (longest, longest // 2)
