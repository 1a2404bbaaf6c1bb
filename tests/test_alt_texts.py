"""What the alt texts of figures say, and that each stored picture has one that arrives in an HTML export.

Long because describing, storing and arriving are one chain. What may go here: sentences made from known data, and the
texts of all stored notebooks. What reaches a page of JupyterLab is tested in test_browser_alt.
"""

import base64
from collections import defaultdict
import hashlib
from types import SimpleNamespace

from nst_helpers.notebook import plots
from nst_helpers.notebook.describe import MOST, course_of, describe_figure, number

import alt_texts
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbconvert import HTMLExporter
import nbformat
from nbformat import v4
from notebook_pictures import pictures_of, put_alt_texts
from notebook_reading import ROOT, stored_notebooks
import numpy as np
import pytest

STEPS = np.arange(1, 101)
GIF = "R0lGODlhAQABAAAAACw="


def chart(draw, **labels):
    figure = Figure()
    axis = figure.subplots()
    draw(axis)
    axis.set(**labels)
    return describe_figure(figure)


# Curves

@pytest.mark.parametrize("y, words", [
    (4 * 0.5 ** (STEPS - 1.0), "falls more than 1,000,000-fold, from 4 to 6.3e-30"),
    (np.maximum(40 * 0.5 ** (STEPS - 1.0), 1), "falls 40-fold, from 40 to 1, most of it by step 6 of 100"),
    (40 * 40 ** (-(STEPS - 1) / 99), "falls 40-fold, from 40 to 1"),
    (np.where(STEPS < 40, 1.0, 10.0), "rises 10-fold, from 1 to 10, most of it by step 40 of 100"),
    (STEPS / 100.0 + 1, "rises from 1.01 to 2"),
    (np.full(100, 0.25), "stays near 0.25"),
    (0.25 + 0.002 * np.sin(STEPS), "stays near 0.25"),
    (np.zeros(100), "stays near 0"),
    (5 - np.abs(STEPS - 50) / 10.0, "rises from 0.1 to 5 at step 50, then falls to 0"),
    (np.abs(STEPS - 50) / 10.0 + 1, "falls from 5.9 to 1 at step 50, then rises to 6"),
    (-STEPS.astype(float), "falls from -1 to -100"),
    (np.where(STEPS == 50, np.nan, 2.0), "stays near 2"),
    (np.full(100, np.nan), "has no finite value"),
])
def test_a_curve_is_told_by_its_values(y, words):
    assert course_of(STEPS, y, "step") == words


def test_what_runs_nowhere_is_not_told_as_if_it_did():
    assert course_of(np.array([0, 1.0]), np.array([1, 2.0]), "x") == ""  # two points: a line somebody drew
    turn = np.linspace(0, 6, 50)
    assert course_of(np.cos(turn), np.sin(turn), "x") == ""  # a path in a plane


def test_two_curves_have_their_names_and_axes():
    fall = np.maximum(2.0 ** (1 - STEPS), 2.0 ** -10)
    text = chart(lambda axis: [axis.plot(STEPS, fall, label="style"), axis.plot(STEPS, 0 * fall + 3, label="content")],
                 title="Losses", xlabel="evaluations", ylabel="loss", yscale="log")
    assert text == ("Chart: Losses; loss against evaluations; "
                    "style falls 1,000-fold, from 1 to 9.8e-04, most of it by 10 of 100 evaluations; "
                    "content stays near 3")
    only = chart(lambda axis: axis.plot([1, 2, 3], [1.0, 2.0, 4.0]), xlabel="step")
    assert only == "Chart: step; rises 4-fold, from 1 to 4"


def test_bars_are_told_by_the_longest_and_the_shortest():
    text = chart(lambda axis: axis.barh(["pixels", "block 1", "block 5"], [0.2, 0.9, 0.5]), title="Found")
    assert text == "Chart: Found; longest bar block 1 0.9, shortest pixels 0.2"
    pair = chart(lambda axis: [axis.bar([0, 1], [1, 2], 0.4, label="a"), axis.bar([0.4, 1.4], [4, 3], 0.4, label="b")])
    assert pair == ("Chart: a: longest bar 2 at 1, shortest 1 at 0; "
                    "b: longest bar 4 at 0.4, shortest 3 at 1.4")


def test_a_cloud_is_told_by_its_points():
    assert chart(lambda axis: axis.scatter([1, 2], [3, 4], label="faces")) == "Chart: faces: 2 points"


def test_a_text_never_grows_too_long():
    text = chart(lambda axis: [axis.plot(STEPS, STEPS * n, label=f"curve {n}") for n in range(1, 40)], title="Many")
    assert MOST - 80 < len(text) <= MOST + 2 and text.endswith("…")


def test_numbers_are_said_as_people_say_them():
    assert [number(value) for value in (12345.6, 0.0312345, 2.0, 0, 0.000012)] == [
        "12,346", "0.0312", "2", "0", "1.2e-05"]


@pytest.mark.parametrize("metadata, alt", [
    ({"alt": "Drawn <by> hand."}, "Chart: step. As the course was made: Drawn <by> hand."),
    ({"alt": ["for two", "figures"]}, "Chart: step"), ({}, "Chart: step"),
])
def test_a_figure_made_anew_is_described_first_and_the_authors_words_follow(monkeypatch, metadata, alt):
    """What a learner draws may differ from what the authors saw."""
    kernel = SimpleNamespace(get_parent=lambda: {"metadata": metadata})
    monkeypatch.setattr(plots, "get_ipython", lambda: kernel)
    figure = Figure(figsize=(1, 1))
    figure.subplots().set_xlabel("step")
    [(kind, _, found)] = pictures_of({"data": {"text/html": plots.figure_as_html(figure)}})
    assert (kind, found) == ("image/png", alt)


# Storing

@pytest.fixture
def notebook():
    picture = v4.new_output("display_data", {"image/png": GIF, "text/plain": "<Figure size 1x1>"},
                            metadata={"image/png": {"alt": 'A "dot" & <more>'}})
    return v4.new_notebook(cells=[v4.new_code_cell("show()", outputs=[picture])])


def test_a_picture_is_stored_once_with_its_text(notebook):
    [output] = put_alt_texts(notebook).cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"} and str(output).count(GIF) == 1
    assert pictures_of(output) == [("image/png", GIF, 'A "dot" & <more>')] and output.metadata == {}
    nbformat.validate(notebook)
    again = nbformat.from_dict(notebook)
    assert put_alt_texts(again) == notebook


def test_a_text_by_hand_counts_more(notebook):
    notebook.cells[0].metadata["alt"] = "A white dot."
    assert pictures_of(put_alt_texts(notebook).cells[0].outputs[0])[0][2] == "A white dot."
    notebook.cells[0].metadata["alt"] = ["one", "two"]
    with pytest.raises(ValueError, match="cell 0 has 1 figures and 2 texts"):
        put_alt_texts(notebook)


def test_films_and_tables_with_pictures_are_left_alone(notebook):
    film = f'<img src="data:image/webp;base64,{GIF}" alt="a film" style="width: 9px">'
    table = f'<table><tr><td><img src="data:image/jpeg;base64,{GIF}" alt="cell"></td></tr></table>'
    notebook.cells[0].outputs = [v4.new_output("display_data", {"text/html": text}) for text in (film, table)]
    before = str(notebook)
    assert str(put_alt_texts(notebook)) == before
    assert [pictures_of(output)[0][2] for output in notebook.cells[0].outputs] == ["a film", "cell"]


def test_the_tool_stores_and_lists(notebook, tmp_path, capsys):
    path = tmp_path / "toy.ipynb"
    nbformat.write(notebook, path)
    assert alt_texts.main([str(path)]) == 0 and "stored anew" in capsys.readouterr().out
    assert alt_texts.main([str(path)]) == 0 and "stored anew" not in capsys.readouterr().out
    assert alt_texts.main(["--list", str(path)]) == 0
    assert 'cell 0: A "dot" & <more>' in capsys.readouterr().out


# The course

@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: str(path.relative_to(ROOT / "notebooks")))
def test_every_stored_picture_has_a_text_of_its_own_that_arrives(path):
    notebook, shown = nbformat.read(path, as_version=4), defaultdict(set)
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            assert not {"image/png", "image/jpeg"} & output.get("data", {}).keys(), f"run tools/alt_texts.py {path}"
            for _, text, alt in pictures_of(output):
                assert 20 <= len(alt) <= MOST + 2 and not alt.endswith((".png", ".jpg", ".jpeg")), (index, alt)
                assert "the text beside it says what to see" not in alt, f"cell {index}: write one by hand"
                shown[alt].add(hashlib.sha256(base64.b64decode(text)).hexdigest())
    doubled = [alt for alt, pictures in shown.items() if len(pictures) > 1]
    assert doubled == [], "two pictures share one text: write them by hand, in the metadata of the cells"


@pytest.mark.parametrize("name", ["04_gatys_with_lbfgs", "11_posters_and_films"])
def test_the_default_html_export_has_every_text(name):
    path = ROOT / "notebooks" / f"{name}.ipynb"
    texts = [alt for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])
             for _, _, alt in pictures_of(output)]
    page, _ = HTMLExporter().from_filename(str(path))
    alts = [image.get("alt") for image in BeautifulSoup(page, "html.parser").select("img")]
    assert "No description has been provided" not in page and all(alts)
    assert len(texts) >= 8 and not set(texts) - set(alts)
