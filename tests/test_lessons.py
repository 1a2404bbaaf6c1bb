"""The lessons as a whole: what they promise against what is stored, their size, their pictures, their symbols.

What may go here: what takes more than one notebook, or a notebook and its index, to see.
"""

import re

from nst_helpers.images import bundled_names

import nbformat
from notebook_reading import ROOT
from PIL import Image
import pytest

PATHS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
NOTEBOOKS = {lesson: nbformat.read(path, as_version=4) for lesson, path in PATHS.items()}
SECOND_EDITION = ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"]
INDEX = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
TIMES = (ROOT / "docs" / "time_and_memory.md").read_text(encoding="utf-8")


def markdown(lesson):
    return "\n\n".join(cell.source for cell in NOTEBOOKS[lesson].cells if cell.cell_type == "markdown")


def code(lesson):
    return "\n".join(cell.source for cell in NOTEBOOKS[lesson].cells if cell.cell_type == "code")


def promised(lesson):
    """Minutes to read and seconds to run, as the lesson's first cell has them."""
    found = re.search(r"(\d+) minutes to read, about (\d+) seconds to run on two free cores\.",
                      NOTEBOOKS[lesson].cells[0].source)
    assert found, "the first cell does not say 'NN minutes to read, about SS seconds to run on two free cores.'"
    return int(found[1]), int(found[2])


def stored_seconds(notebook):
    """What the runs in a stored notebook took together, as their last lines say: "..., 10.5 s, all steps done"."""
    texts = [str(data) for cell in notebook.cells for output in cell.get("outputs", [])
             for data in output.get("data", {}).values()]
    return sum(float(found) for text in texts for found in re.findall(r"\b(\d+\.\d) s[,.]", text))


@pytest.mark.parametrize("lesson", SECOND_EDITION)
def test_promised_times_are_those_of_the_index_and_of_the_stored_runs(lesson):
    minutes, seconds = promised(lesson)
    row = re.search(rf"\[{lesson} [^\]]*\]\({PATHS[lesson].name}\) \|[^|]*\| (\d+) \|", INDEX)
    assert row and int(row[1]) == minutes
    measured = re.search(rf"^\| {lesson} [^|]*\| (\d+) \|", TIMES, re.MULTILINE)
    assert measured and int(measured[1]) <= seconds <= 90  # the aim is 60: met but by 13; slow machines take longer
    assert stored_seconds(NOTEBOOKS[lesson]) <= seconds


@pytest.mark.parametrize("lesson", SECOND_EDITION)
def test_a_lesson_is_short(lesson):
    assert len(NOTEBOOKS[lesson].cells) <= 106  # with the set-up cell
    assert len(markdown(lesson).split()) <= (3500 if lesson in ("12", "13") else 3200)


@pytest.mark.parametrize("lesson", PATHS)
def test_the_picture_at_the_top_is_large(lesson):
    file = f"{PATHS[lesson].stem}.jpg"
    assert f"(figures/{file})" in NOTEBOOKS[lesson].cells[0].source
    if lesson in SECOND_EDITION:
        assert max(Image.open(ROOT / "notebooks" / "figures" / file).size) >= 490  # painted at 512


@pytest.mark.parametrize("lesson", SECOND_EDITION)
def test_a_lesson_names_its_sources(lesson):
    sources = NOTEBOOKS[lesson].cells[-1].source.rpartition("**Sources.**")[2]
    assert re.search(r"\b(19|20)\d\d\b", sources), "the last cell ends without '**Sources.** ...' with years"


def test_pictures_vary():
    with_the_cat = [lesson for lesson in PATHS if "chelsea" in code(lesson)]
    assert len(with_the_cat) <= 4, with_the_cat
    everything = "\n".join(map(code, PATHS))
    unused = [name for name in bundled_names()["paintings"] if f'"{name}"' not in everything]
    assert not unused
    assert "starry_night" in code("00")


def test_the_first_lesson_lists_all_that_are_there():
    for lesson in PATHS:
        title = re.search(rf"\[{lesson} ([^\]]*)\]", INDEX)[1]
        assert re.search(rf"\*\*{lesson}\*\* {re.escape(title)}", markdown("00")), f"00 does not list {lesson} {title}"


# Symbols

GREEK = "alpha|beta|gamma|delta|epsilon|varepsilon|eta|theta|lambda|mu|nu|rho|sigma|tau|phi|Sigma|Delta|Lambda"
TABLE = (ROOT / "notebooks" / "SYMBOLS.md").read_text(encoding="utf-8")


def symbols(text):
    """Letters and Greek names that stand in the formulas of a text; words in \\mathrm and the like are none."""
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    formulas = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text, re.DOTALL)
    text = " ".join("".join(pair) for pair in formulas)
    text = re.sub(r"\\(mathrm|text|operatorname|mathbf)\{[^}]*\}", " ", text)
    greek = set(re.findall(rf"\\({GREEK})(?![A-Za-z])", text))
    return greek | set(re.findall("[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", text)))


@pytest.mark.parametrize("lesson", SECOND_EDITION)
def test_every_symbol_is_in_the_table(lesson):
    assert symbols(markdown(lesson)) <= symbols(TABLE), sorted(symbols(markdown(lesson)) - symbols(TABLE))


def test_symbols_are_found():
    assert symbols(r"The $F_{ik}$ of `$x$` and $$L_\mathrm{style} = \frac{1}{2N}\sum_k \eta$$") == {
        "F", "i", "k", "L", "N", "eta"}
