"""How the files of the repository are made ready for the site: links, pictures of outputs, and what is refused.

What may go here: what can be said without building the site.
"""

import re
import subprocess
import sys

from course_site.docstrings import Prose
from course_site.launching import launch_line, on_paper_and_wall
from course_site.links import Links
from course_site.notebooks import title_of
from course_site.pictures import MissingAlt, Pictures
from course_site.places import ROOT
from launch_links import settings
from nbformat.v4 import new_output
import pytest

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAC0lEQVR4nGNgwAQAABQAAX3+Hu4AAAAASUVORK5CYII="


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    command = [sys.executable, ROOT / "tools" / "build_site.py", tmp_path]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1 and "holds something else than a site" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("link, wanted", [
    ("02_gram_matrices.ipynb#The-formula", "02_gram_matrices.ipynb#the-formula"),
    ("../data/SOURCES.md", "../data/SOURCES.md"),
    ("../README.md", "../index.md"),
    ("exercises", "exercises/index.md"),
    ("figures/loop.svg", "figures/loop.svg"),
    ("../nst_helpers/losses.py", "https://github.com/{}/blob/main/nst_helpers/losses.py"),
    ("solutions", "https://github.com/{}/tree/main/notebooks/solutions"),
    ("#Part-1.", "#part-1"),
    ("https://www.dask.org", "https://www.dask.org"),
])
def test_links_between_files_become_links_between_pages(link, wanted):
    links = Links()
    text = f"[x]({link}) `[x](nowhere)`"
    assert links.rewrite(text, "notebooks/GLOSSARY.md") == f"[x]({wanted.format(settings()[0])}) `[x](nowhere)`"
    assert not links.broken


def test_a_broken_link_is_told():
    links = Links()
    links.rewrite("[x](nowhere.md) [y](../../elsewhere.md)", "notebooks/GLOSSARY.md")
    assert [sentence.split(" links to ")[1].split(",")[0] for sentence in links.broken] == \
        ["nowhere.md", "../../elsewhere.md"]


@pytest.mark.parametrize("data, metadata", [
    ({"image/png": PIXEL, "text/plain": "<Figure>"}, {"image/png": {"alt": 'a "dot"'}}),
    ({"text/html": f'<img width="3" src="data:image/png;base64,{PIXEL}" alt="a &quot;dot&quot;">'}, {}),
    ({"text/markdown": f"![a &quot;dot&quot;](data:image/png;base64,{PIXEL})"}, {}),
    ({"text/html": f'<img src="data:image/png;base64,{PIXEL}" alt="a &quot;dot&quot;"/>', "image/png": PIXEL,
      "application/vnd.jupyter.widget-view+json": {}}, {}),
])
def test_the_picture_of_an_output_becomes_a_file_with_its_words(tmp_path, data, metadata):
    shown = Pictures(tmp_path, "../_pictures", "02").output(new_output("display_data", data, metadata=metadata))
    [text] = shown.data.values()
    assert sorted(re.findall(r' (\w+)="([^"]*)"', text)) == [
        ("alt", "a &quot;dot&quot;"), ("height", "2"), ("loading", "lazy"), ("src", "../_pictures/02-01.png"),
        ("width", "3")]
    assert (tmp_path / "02-01.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_without_words_ends_the_build(tmp_path):
    pictures = Pictures(tmp_path, "../_pictures", "02")
    for data in ({"image/png": PIXEL}, {"text/html": f'<img alt="" src="data:image/png;base64,{PIXEL}">'}):
        with pytest.raises(MissingAlt):
            pictures.output(new_output("display_data", data))


def test_what_was_printed_is_offered_beside_its_lesson(tmp_path):
    for place in ("pdf/02_gram_matrices.pdf", "slides/02/index.html"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).touch()
    folders = {"pdf": tmp_path / "pdf", "slides": tmp_path / "slides"}
    offered = on_paper_and_wall("notebooks/02_gram_matrices.ipynb", **folders)
    assert offered == {"PDF": "../pdf/02_gram_matrices.pdf", "Slides": "../slides/02/index.html"}
    assert launch_line("notebooks/02_gram_matrices.ipynb", offered).endswith('02/index.html">Slides</a></p>')
    for name in ("notebooks/exercises/02_gram_matrices.ipynb", "notebooks/03_content_loss.ipynb"):
        assert on_paper_and_wall(name, **folders) == {}


@pytest.mark.parametrize("name, title", [("notebooks/04_gatys_with_lbfgs.ipynb", "04 The whole loop"),
                                         ("notebooks/project/example_good.ipynb", "an example of a good project")])
def test_a_title_in_the_table_of_contents_is_plain_text(name, title):
    assert title in title_of(name)


@pytest.mark.parametrize("repository, begin", [("OWNER/REPOSITORY", "<a href"), ("ann/course", "Open in <a href")])
def test_links_that_lead_nowhere_are_not_offered(monkeypatch, repository, begin):
    monkeypatch.setattr("course_site.launching.settings", lambda: (repository, "HUB"))
    line = launch_line("notebooks/02_gram_matrices.ipynb")
    assert line.startswith(f'<p class="launch">{begin}') and line.endswith("download>Download the notebook</a></p>")
    assert ("OWNER" not in line) and (line.count("<a ") == (1 if begin == "<a href" else 4))


def test_a_sentence_of_a_docstring_goes_on_over_its_lines():
    text = "What it does.\n\nguide: a mask (1, H, W, 1),\ndivided by its norm.\nother: a number.\n\nThe end."
    told = [line for line in Prose({}).described(text).splitlines() if line]
    assert told == ["What it does.", "- **guide**: a mask (1, H, W, 1), divided by its norm.", "- **other**: a number.",
                    "The end."]
