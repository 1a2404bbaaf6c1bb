"""The gallery: every picture is there, large, light enough for git, and made by the call that stands beside it."""

import ast
import inspect

from nst_helpers.records import plain, read_record
from nst_helpers.transfer import stylize

from paint_gallery import MOST_BYTES, PAGE, sections, stylize_call
from PIL import Image
import pytest

SECTIONS = sections()
DEFAULTS = {name: parameter.default for name, parameter in inspect.signature(stylize).parameters.items()}


def test_thirteen_pictures_and_no_other_files():
    assert len(SECTIONS) == 13 and PAGE.read_text(encoding="utf-8").count("![") == 13
    folder = SECTIONS[0][0].parent
    assert sorted(folder.iterdir()) == sorted(path for path, _, _ in SECTIONS)


@pytest.mark.parametrize("path, alt, code", SECTIONS, ids=[path.stem for path, _, _ in SECTIONS])
def test_a_picture_is_large_light_and_made_by_its_call(path, alt, code):
    assert len(alt) > 30 and path.stat().st_size <= MOST_BYTES
    with Image.open(path) as picture:
        assert max(picture.size) == 1024
    arguments = read_record(path)["arguments"]
    positional, named = stylize_call(code)
    given = {**dict(zip(("content_image", "style_images"), positional)), **named}
    for name, node in given.items():
        try:
            assert arguments[name] == plain(ast.literal_eval(node)), name
        except ValueError:  # a variable of the section, such as a mask
            assert arguments[name] is not None, name
    untouched = set(arguments) - set(given)
    assert {name: arguments[name] for name in untouched} == {name: plain(DEFAULTS[name]) for name in untouched}


def test_variety():
    contents = [ast.literal_eval(stylize_call(code)[0][0]) for _, _, code in SECTIONS]
    assert contents.count("chelsea") <= 1
    named = [set(stylize_call(code)[1]) for _, _, code in SECTIONS]
    several = [isinstance(stylize_call(code)[0][1], ast.List) for _, _, code in SECTIONS]
    assert {"masks" in names for names, blended in zip(named, several) if blended} == {True, False}
    assert any("structure_weight" in names for names in named) and any("keep_colors" in code for _, _, code in SECTIONS)


def test_a_section_that_paints_twice_is_refused():
    with pytest.raises(ValueError, match="2 times"):
        stylize_call("stylize(1, 2)\nstylize(3, 4)")

