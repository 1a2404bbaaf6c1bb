"""The cheat sheet says what `stylize` takes, with the defaults that it has, in letters that SYMBOLS.md explains.

What may go here: CHEAT_SHEET.md against the module, the lessons and the table of symbols.
"""

import ast
import inspect
import re

from nst_helpers.defaults import LARGE, SMALL
from nst_helpers.transfer import stylize

import nbformat
from notebook_reading import ROOT, statements
import pytest
from test_lessons import TABLE, symbols

TEXT = (ROOT / "notebooks" / "CHEAT_SHEET.md").read_text(encoding="utf-8")
PARAMETERS = inspect.signature(stylize).parameters
FORMULAS = re.findall(r"\$(.+?)\$", TEXT)


def rows(heading):
    """The cells of the table under a heading, row by row, without the two rows of its head."""
    part = re.search(rf"^## {re.escape(heading)}.*?\n(.+?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")]
            for line in re.sub(r"\| \|", "|  |", part).splitlines() if line.startswith("|")][2:]


def table_of_arguments():
    """{argument: (default, default from 512 pixels on, what to try)}, as they are written."""
    return {argument.strip("`"): tuple(cell.strip() for cell in cells) for argument, *cells in rows("`stylize(")}


ARGUMENTS = table_of_arguments()
LATER = re.findall(r"((?:`\w+`(?:,|\s)\s*)+)\(\[(\d\d)\]", re.search(r"^Later: .+?\n\n", TEXT, re.M | re.DOTALL)[0])


def words_of(lesson):
    """Names of arguments in the calls of a lesson's code, and those that its text writes as `name=...`."""
    found = set()
    for cell in nbformat.read(next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")), as_version=4).cells:
        if cell.cell_type == "markdown":
            found |= set(re.findall(r"\b(\w+)=", " ".join(re.findall("`[^`]+`", cell.source))))
        for node in ast.walk(statements(cell)) if cell.cell_type == "code" else ():
            found |= {node.arg} if isinstance(node, ast.keyword) else set()
    return found


def test_arguments_are_those_of_stylize():
    later = [argument for some, _ in LATER for argument in re.findall(r"`(\w+)`", some)]
    assert {*ARGUMENTS, *later} == set(PARAMETERS) - {"content_image", "style_images"}
    assert not set(ARGUMENTS) & set(later)


@pytest.mark.parametrize("some, lesson", LATER)
def test_what_comes_later_is_used_in_the_lesson_that_is_named(some, lesson):
    assert set(re.findall(r"`(\w+)`", some)) <= words_of(lesson)


@pytest.mark.parametrize("lesson", ["00", "01", "02", "03", "04", "05", "06"])
def test_what_a_lesson_of_the_core_uses_has_a_row(lesson):
    assert words_of(lesson) & set(PARAMETERS) <= set(ARGUMENTS)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_defaults_are_those_of_the_signature_or_of_defaults_where_that_says_none(argument):
    small, large, to_try = ARGUMENTS[argument]
    default = PARAMETERS[argument].default
    if argument == "style_layers":
        assert default is None and small == "five, alike" and len(SMALL[argument]) == 5
        assert [float(weight) for weight in large.split(", ")] == list(LARGE[argument].values())
    elif default is None and argument in SMALL:
        assert ast.literal_eval(small.strip("`")) == SMALL[argument]
        assert ast.literal_eval(large.strip("`")) == LARGE[argument]
    else:
        assert ast.literal_eval(small.strip("`")) == default and large == ""
    assert to_try


def test_every_knob_of_the_symptoms_is_an_argument():
    knobs = [name for _, turn in rows("Symptom and knob") for name in re.findall(r"`([a-z_]+)(?:=[^`]+)?`", turn)]
    assert len(knobs) >= 10 and set(knobs) <= set(PARAMETERS)
    assert all(re.search("`|Interrupt", turn) for _, turn in rows("Symptom and knob"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_letters_of_formulas_are_in_the_table_of_symbols(formula):
    assert symbols(f"${formula}$") <= symbols(TABLE)


def test_it_fits_on_one_page():
    """A page of A4 holds so many words and lines at 9.5 points, as Chromium has printed it once, by hand."""
    words = re.sub(r"\]\([^)]*\)|[|`*]|---", " ", re.sub(r"\$.+?\$", "", TEXT)).split()
    assert len(FORMULAS) >= 7 and len(words) <= 350 and len(TEXT.splitlines()) <= 62
