"""Lesson 14 and the page of licences: its functions against NumPy and the tool's, its numbers against the model cards.

What may go here: notebooks/14_whose_art.ipynb and notebooks/LICENCES_OF_PICTURES.md.
"""

import re

from nst_helpers.images import bundled_names

from notebook_reading import ROOT, cells_of
import numpy as np
import pytest
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("14_whose_art")
RNG = np.random.default_rng(0)
SOURCES = (ROOT / "data" / "SOURCES.md").read_text(encoding="utf-8")
LICENCES = (ROOT / "notebooks" / "LICENCES_OF_PICTURES.md").read_text(encoding="utf-8")


def test_likeness_is_the_cosine():
    unit = functions_of(NOTEBOOK, "unit", np=np).unit
    np.testing.assert_allclose(unit(np.array([[3.0, 4], [0, 2]])) @ unit(np.array([[4.0, 3]])).T, [[0.96], [0.6]])


@pytest.mark.parametrize("card, words, minutes", [
    ("pocket", "about 70 minutes", 70), ("johnson_street_in_auvers", "12 minutes on two cores", 12),
    ("adain", "48 minutes on two cores", 48), ("autoencoder", "11 minutes for both at once", 11),
    ("denoiser", "About three hours on two cores, and five minutes", 185),
    ("latent_denoiser", "13, 7 and 121 minutes on two cores", 141)])
def test_the_minutes_are_those_of_the_model_cards(card, words, minutes):
    text = " ".join((ROOT / "data" / "networks" / f"{card}.md").read_text(encoding="utf-8").split())
    assert words in text
    code = "\n".join(cell.source for _, cell in cells_of(NOTEBOOK, "code"))
    assert re.search(rf'": {minutes},', code)


@pytest.mark.parametrize("photo", bundled_names()["photos"])
def test_the_page_gives_each_photo_the_licence_and_the_author_of_its_source(photo):
    _, author, _, licence = re.search(rf"^\| {photo}\.jpg \|(.*)$", SOURCES, re.MULTILINE)[1].split("|")[:4]
    row = next(line for line in LICENCES.splitlines() if line.startswith("| `") and f"`{photo}`" in line)
    assert licence.strip().removesuffix(" 1.0") in row
    if "CC BY" in licence:
        assert author.split("(")[0].strip() in row
