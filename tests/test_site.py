"""The website: what is on it, where its links lead, what it weighs, and that nothing of it comes from elsewhere.

Long because of how links are followed, without a library.
What may go here: what can be said about the site from its files. What needs a browser is in test_browser_site.
"""

from html.parser import HTMLParser
from pathlib import Path
import re
from urllib.parse import unquote, urlsplit

import nst_helpers

from course_site.places import ROOT, pages
from launch_links import PLACEHOLDER, settings
import nbformat
import pytest
from site_fixtures import site  # noqa: F401

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


class Page(HTMLParser):
    """What a page holds: ids, links, pictures, what else it loads, and its words."""

    def __init__(self, file):
        super().__init__()
        self.ids, self.links, self.pictures, self.loads, self.words = set(), [], [], [], []
        self.text = file.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        self.ids.update(value for key, value in attributes if key in ("id", "name"))
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        if tag == "img":
            self.pictures.append(has)
        if tag == "link" and has.get("rel") not in ("index", "search", "next", "prev", "author"):
            self.loads.append(has["href"])
        self.loads += [has["src"]] if "src" in has else []

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def read(site):  # noqa: F811
    """{place in the site: Page} of all pages."""
    return {file.relative_to(site).as_posix(): Page(file) for file in sorted(site.rglob("*.html"))}


def test_every_page_of_the_course_is_there(read):
    wanted = {re.sub(r"\.(md|ipynb)$", ".html", place) for place in pages().values()}
    wanted |= {f"notebooks/{name}.html" for name in LESSONS} | {"search.html", "reference/transfer.html"}
    assert len(LESSONS) >= 15 and wanted <= set(read)


def test_every_link_leads_somewhere(read, site):  # noqa: F811
    broken = []
    for place, page in read.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto"):
                continue
            target = (site / place).parent / unquote(parts.path) if parts.path else site / place
            inside = target.resolve().relative_to(site.resolve()).as_posix()
            if not target.is_file():
                broken.append(f"{place}: {link}")
            elif parts.fragment and inside in read and unquote(parts.fragment) not in read[inside].ids:
                broken.append(f"{place}: {link} (no such anchor)")
    assert not broken


def test_nothing_is_loaded_from_another_server(read, site):  # noqa: F811
    loads = [f"{place}: {address}" for place, page in read.items() for address in page.loads if "//" in address]
    styles = [f"{file.name}: {found}" for file in site.rglob("*.css")
              for found in re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\s]+", file.read_text("utf-8"))]
    assert not loads + styles


def test_every_picture_says_what_it_shows_and_how_large_it_is(read):
    assert sum(len(page.pictures) for page in read.values()) > 250
    faults = [f"{place}: {picture}" for place, page in read.items() for picture in page.pictures
              if not (picture.get("alt") or "").strip() or not picture.get("width") or not picture.get("height")]
    assert not faults


def test_pictures_further_down_wait_and_none_is_in_the_page(read):
    for place, page in read.items():
        assert all(picture.get("loading") == "lazy" for picture in page.pictures[1:]), place
        assert not re.search(r"data:image/[a-z+]+;base64,.{2000}", page.text), place
        assert len(page.text) < 500_000, place
    assert len(read["index.html"].text) < 60_000


def test_stored_outputs_are_shown(read):
    stored = 0
    for name in LESSONS:
        words = "".join("".join(read[f"notebooks/{name}.html"].words).split())
        for cell in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells:
            for output in cell.get("outputs", []):
                if output.get("name") == "stdout":
                    stored += 1
                    assert "".join(output.text.split()) in words, f"{name}: {output.text}"
    assert stored > 200


def test_a_lesson_can_be_launched_and_downloaded(read, site):  # noqa: F811
    for name in (name for name in pages() if name.endswith(".ipynb")):
        place = name.replace(".ipynb", ".html")
        links = [unquote(unquote(link)) for link in read[place].links]
        for server in ("mybinder.org/v2/gh/", "/hub/user-redirect/git-pull?", "colab.research.google.com/github/"):
            offered = any(server in link and link.endswith(name) for link in links)
            assert offered == (settings()[0] != PLACEHOLDER), (place, server)
        assert Path(name).name in links
        stored, offered = (nbformat.read(folder / name, as_version=4) for folder in (ROOT, site))
        assert [cell.source for cell in offered.cells] == [cell.source for cell in stored.cells]
        assert not any(cell.get("outputs") for cell in offered.cells)


def test_solutions_are_not_there(read, site):  # noqa: F811
    assert not [file for file in site.rglob("*") if "solution" in file.name]
    for place, page in read.items():
        assert not [link for link in page.links if "solutions" in link and "github.com" not in link], place
    shown = {place: " ".join("".join(page.words).split()) for place, page in read.items() if "/exercises/" in place}
    looked_for = 0
    for solved in sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb")):
        text = "\n".join(cell.source for cell in nbformat.read(solved, as_version=4).cells)
        given = (ROOT / "notebooks" / "exercises" / solved.name).read_text(encoding="utf-8")
        for part in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.DOTALL):
            for line in (line.strip() for line in part.splitlines()):
                if len(line) > 30 and line.replace('"', '\\"') not in given:
                    looked_for += 1
                    assert " ".join(line.split()) not in shown[f"notebooks/exercises/{solved.stem}.html"]
    assert looked_for > 50


def test_answers_of_checks_are_folded_away(read):
    folded = sum(cell.source.startswith("def check_")
                 for cell in nbformat.read(ROOT / "notebooks" / "02_gram_matrices.ipynb", as_version=4).cells)
    assert folded and read["notebooks/02_gram_matrices.html"].text.count("hide above-input") == folded


def test_the_reference_has_every_name_of_the_facade(read):
    ids = {name for place, page in read.items() if place.startswith("reference/") for name in page.ids if name}
    for name in nst_helpers.__all__:
        home = nst_helpers._HOME[name]
        here = rf"nst_helpers(\.{home}(\.\w+)?)?\.{name}"
        assert any(re.fullmatch(here, found) for found in ids), name
    assert not [place for place in read if re.search(r"reference/(_|checks)", place)]


def test_formulas_are_set_by_what_lies_in_the_site(read, site):  # noqa: F811
    page = read["notebooks/02_gram_matrices.html"]
    script = next(address for address in page.loads if "mathjax" in address)
    assert page.text.count('class="math') > 10
    assert (site / "notebooks" / script.split("?")[0]).is_file()
    assert len(list((site / "_static" / "mathjax").rglob("*.woff"))) > 20


def test_the_site_fits_on_a_stick(site):  # noqa: F811
    assert sum(file.stat().st_size for file in site.rglob("*") if file.is_file()) < 40e6


def test_a_page_is_light_so_that_it_can_be_read_at_once(site):  # noqa: F811
    """Pictures come when they are scrolled to; how soon something is seen, benchmarks/site.py measures."""
    weights = {page.name: page.stat().st_size for page in (site / "notebooks").glob("*.html")}
    assert max(weights.values()) < 400_000 and (site / "index.html").stat().st_size < 60_000, weights
