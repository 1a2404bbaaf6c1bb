"""The page by symptom: every symptom has a picture, a reason, a cell that makes it and one that cures it.

What may go here: notebooks/symptoms.ipynb as it is stored. That its cells run is nbval's part.
"""

import re

import nbformat
from notebook_reading import ROOT
from PIL import Image
import pytest

FOLDER = ROOT / "notebooks"
CELLS = nbformat.read(FOLDER / "symptoms.ipynb", as_version=4).cells
SYMPTOMS = ["black or grey", "noise", "chessboard", "rainbow fringes", "pale rim", "broken face", "washed out",
            "blurred", "too little style", "it stops at once", "not a number", "out of memory",
            "different at another size", "masks without effect", "slow"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def sections():
    """The cells under each heading, by its words."""
    found, name = {}, None
    for cell in CELLS:
        if cell.cell_type == "markdown" and (heading := re.match(r"## (.+)", cell.source)):
            name = heading[1]
        found.setdefault(name, []).append(cell)
    return found


SECTIONS = sections()
TEXT = {name: "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        for name, cells in SECTIONS.items()}
CODE = {name: [cell for cell in cells if cell.cell_type == "code"] for name, cells in SECTIONS.items()}
STRIP = re.findall(r"\[!\[([^\]]+)\]\((figures/symptoms/\w+\.jpg)\)\]\(#([\w-]+)\)", CELLS[0].source)


def test_the_sections_are_the_symptoms():
    assert list(SECTIONS) == [None, *SYMPTOMS, "not found?"]


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_a_section_says_what_and_why_and_which_lesson_teaches_it(symptom):
    text = TEXT[symptom]
    assert "**What one sees.**" in text and "**Why.**" in text
    assert re.search(r"(Taught|Shown) in \[\d\d\]\(\d\d_\w+\.ipynb\)", text)


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_a_section_makes_it_and_cures_it_and_checks_both(symptom):
    made, cured, *more = CODE[symptom]
    assert made.id.endswith("-bad") and cured.id.endswith("-cure")
    for cell in (made, cured, *more):
        assert re.search(r"^assert ", cell.source, re.MULTILINE), cell.id


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_the_cure_shows_a_figure_with_words_under_it(symptom):
    cured = CODE[symptom][1]
    data = [output.data for output in cured.outputs if "data" in output]
    assert any("image" in "".join(each) or "<img" in str(each.get("text/html")) for each in data)
    place = CELLS.index(cured)
    assert CELLS[place + 1].source.startswith("*")


def test_headings_are_links_everywhere():
    """JupyterLab keeps capitals in the address of a heading, GitHub and the site do not: so there are none."""
    for name in SYMPTOMS:
        assert re.fullmatch("[a-z ]+", name)


def test_the_strip_leads_to_every_section_twice_in_order():
    addresses = [name.replace(" ", "-") for name in SYMPTOMS]
    assert [address for *_, address in STRIP] == addresses
    numbered = re.findall(r"\[(\d+)\. ([a-z ]+)\]\(#([\w-]+)\)", CELLS[0].source)
    assert numbered == [(str(i), name, address) for i, (name, address) in enumerate(zip(SYMPTOMS, addresses), start=1)]


@pytest.mark.parametrize("words, file, address", STRIP, ids=[address for *_, address in STRIP])
def test_a_thumbnail_is_there_small_and_said_in_words(words, file, address):
    path = FOLDER / file
    assert path.stat().st_size <= 20_000 and max(Image.open(path).size) <= 160
    assert len(words.split()) >= 4


def test_thumbnails_that_nobody_shows_are_not_kept():
    assert {path.name for path in (FOLDER / "figures" / "symptoms").iterdir()} == {
        file.rpartition("/")[2] for _, file, _ in STRIP}


def test_links_lead_somewhere():
    addresses = {name.replace(" ", "-") for name in SYMPTOMS}
    for link in LINK.findall("\n".join(TEXT.values())):
        assert link[1:] in addresses if link.startswith("#") else (FOLDER / link).is_file(), link


def test_places_in_lessons_that_it_names_are_there():
    """Headings in quotation marks behind a link: 'Taught in [05](...), "A weight from another program"'."""
    found = re.findall(r'\]\((\d\d_\w+\.ipynb)\), "([^"]+?)[,.]?"', "\n".join(TEXT.values()))
    assert len(found) >= 6
    for file, words in found:
        text = "\n".join(cell.source for cell in nbformat.read(FOLDER / file, as_version=4).cells)
        assert words in text, (file, words)


def test_it_is_short():
    assert len(CELLS) <= 105 and sum(len(text.split()) for text in TEXT.values()) <= 3200
    assert (FOLDER / "symptoms.ipynb").stat().st_size < 1_000_000
    for cell in (cell for cell in CELLS if cell.cell_type == "code"):
        lines = cell.source.splitlines()
        assert len([line for line in lines if line.strip()]) <= 25 and max(map(len, lines)) <= 100
