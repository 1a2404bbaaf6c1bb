"""The glossary: every word is short, in its place, and taught in the section that its link leads to.

JupyterLab makes a heading's anchor of its text, with a hyphen for each space, and takes a link as it is written:
nothing in it may have to be escaped. It goes to the section once the notebook is open; GitHub shows the notebook's top.
What may go here: what can be read off GLOSSARY.md and the lessons without running anything.
"""

import re
from urllib.parse import quote

import nbformat
from notebook_reading import ROOT
import pytest

NOTEBOOKS = ROOT / "notebooks"
TEXT = (NOTEBOOKS / "GLOSSARY.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\*\*(?P<term>[^*]+)\.\*\* (?P<meaning>.+?)\n"
                   r"\[(?P<label>[^\]]+)\]\((?P<file>[^)#]+)#(?P<slug>[^)]+)\)$", re.MULTILINE)
ENTRIES = {found["term"]: found.groupdict() for found in ENTRY.finditer(TEXT)}


def sections(source):
    """{slug: heading and text} of each section, down to the next heading of its own level or above."""
    parts = re.split(r"^(#{1,6}) (.+)$", source, flags=re.MULTILINE)[1:]
    headings = list(zip(map(len, parts[::3]), parts[1::3], parts[2::3]))
    found = {}
    for place, (level, title, text) in enumerate(headings):
        for deeper, _, more in headings[place + 1:]:
            if deeper <= level:
                break
            text += more
        found.setdefault(re.sub("[`*]", "", title).replace(" ", "-"), title + text)
    return found


def lesson(file):
    cells = nbformat.read(NOTEBOOKS / file, as_version=4).cells
    return sections("\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))


LESSONS = {file: lesson(file) for file in {entry["file"] for entry in ENTRIES.values()}}


def sentences(text):
    return len(re.findall(r"[.?!](?= [A-Z`]|$)", text))


def names(term):
    """The word itself, and the short form in brackets behind it."""
    return re.findall(r"[^()]+", term)


def test_there_are_about_sixty_words_and_every_paragraph_is_one():
    paragraphs = [text for text in TEXT.split("\n\n")[2:] if not text.startswith("## ")]
    assert len(ENTRIES) == len(paragraphs) and 55 <= len(ENTRIES) <= 70
    assert TEXT.split("\n\n")[1].startswith(f"{len(ENTRIES)} words")


def test_words_are_sorted_under_their_letters_and_stand_once():
    listed = re.findall(r"^(?:## (.)$|\*\*([^*]+)\.\*\*)", TEXT, re.MULTILINE)
    words = [term.casefold() for _, term in listed if term]
    assert words == sorted(set(words))
    letter = None
    for heading, term in listed:
        letter = heading or letter
        assert heading or term[0].upper() == letter, f"{term} stands under {letter}"
    assert [heading for heading, _ in listed if heading] == sorted({word[0].upper() for word in words})


@pytest.mark.parametrize("term", ENTRIES)
def test_a_word_is_explained_in_two_sentences_and_taught_where_its_link_leads(term):
    entry = ENTRIES[term]
    assert 1 <= sentences(entry["meaning"]) <= 2 and len(entry["meaning"].split()) <= 40
    slug = entry["slug"]
    assert slug in LESSONS[entry["file"]], f"{entry['file']} has no heading {slug!r}"
    for name in names(term):
        assert name.strip().casefold() in LESSONS[entry["file"]][slug].casefold(), f"{name} is not in {slug}"
    assert quote(slug, safe=":,?!'") == slug
    number, _, title = entry["label"].partition(", ")
    assert entry["file"].startswith(number.lower())
    assert re.sub(r"^\d+\. ", "", slug.replace("-", " ")) == title.replace("`", "").replace("-", " ")


def test_sections_end_where_the_next_of_their_level_begins():
    assert sections("# A\none\n## 1. B `c`\ntwo\n### D\nthree\n## E\nfour") == {
        "A": "A\none\n\ntwo\n\nthree\n\nfour", "1.-B-c": "1. B `c`\ntwo\n\nthree\n", "D": "D\nthree\n", "E": "E\nfour"}
