"""Lessons and the cheat sheet as PDF: complete, readable, and made without another server.

What may go here: what tools/print_lessons.py writes, seen by the tools that read PDF.
"""

import re
import shutil
import subprocess

import nbformat
from notebook_pictures import pictures_of
import print_lessons
from printing.chromium import open_page
from printing.paper import for_paper
import pytest

# Fewer pages: something is missing. More: paper is wasted.
PAGES = {"00": (9, 15), "02": (21, 30), "04": (20, 28), "13": (19, 28), "cheat_sheet": (1, 1)}
LESSONS = [name for name in PAGES if name.isdigit()]
TOO_SMALL = """() => [...document.querySelectorAll('pre, pre *, td code')].filter(element =>
    element.textContent.trim() && parseFloat(getComputedStyle(element).fontSize) < 8.49 * 96 / 72).length"""
ANSWERS = "Answers to the questions"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is missing.")]


def notebook_of(name):
    return nbformat.read(print_lessons.lessons()[name], as_version=4)


def flat(text):
    """Words only: how a line is broken, and what PDF makes of spaces and signs, does not count."""
    return " ".join(re.findall(r"\w+", text))


class Printed:
    """A PDF, as the programs of poppler see it."""

    def __init__(self, path, asked):
        self.path, self.asked = path, asked
        self.pages = self.ask("pdftotext", "-layout", path, "-").split("\f")[:-1]
        self.text = flat(self.ask("pdftotext", path, "-"))

    @staticmethod
    def ask(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout

    def table(self, program, *options):
        """The rows that a program prints about this PDF, without the two of the head."""
        return [line.split() for line in self.ask(program, *options, self.path).splitlines()[2:]]

    def pictures(self):
        """For each picture the page it is on; transparency, which is listed as a picture of its own, left out."""
        return [int(row[0]) for row in self.table("pdfimages", "-list") if row[2] == "image"]


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("paper"), {}
    for name in PAGES:
        asked = print_lessons.print_to(browser, name, folder / f"{name}.pdf")
        made[name] = Printed(folder / f"{name}.pdf", asked)
    return made


@pytest.fixture(params=PAGES)
def pdf(request, printed):
    printed[request.param].name = request.param
    return printed[request.param]


def headings(name):
    """The headings of a lesson or of the cheat sheet, without formulas and marks."""
    texts = ([cell.source for cell in notebook_of(name).cells if cell.cell_type == "markdown"] if name.isdigit()
             else [print_lessons.SHEETS[name].read_text(encoding="utf-8")])
    return [flat(re.sub(r"\$.*?\$|[`*]", "", line)) for line in re.findall("(?m)^#+ (.+)$", "\n".join(texts))]


def test_the_number_of_pages(pdf):
    assert PAGES[pdf.name][0] <= len(pdf.pages) <= PAGES[pdf.name][1]


def test_every_heading_is_printed_and_none_is_the_last_line_of_a_page(pdf):
    assert headings(pdf.name)
    assert [heading for heading in headings(pdf.name) if heading not in pdf.text] == []
    for page in pdf.pages:
        lines = [flat(line) for line in page.splitlines() if line.strip() and not re.fullmatch(r"\s*\d+ / \d+", line)]
        assert lines[-1] not in headings(pdf.name)


def test_no_page_is_empty(pdf):
    with_pictures = set(pdf.pictures())
    for number, page in enumerate(pdf.pages, 1):
        assert number in with_pictures or len(page.split()) > 40, f"page {number}"


def test_all_fonts_are_inside(pdf):
    inside = [row[-5] for row in pdf.table("pdffonts")]  # the column "emb", counted from the right
    assert len(inside) >= 3 and set(inside) == {"yes"}


def test_no_other_server_is_asked_and_that_would_be_noticed(browser, printed, tmp_path):
    assert [pdf.asked for pdf in printed.values()] == [[]] * len(PAGES)
    (tmp_path / "page.html").write_text('<img src="http://pictures.example/one.png">', encoding="utf-8")
    assert open_page(browser, tmp_path / "page.html")[1] == ["http://pictures.example/one.png"]


@pytest.mark.parametrize("name", LESSONS)
def test_all_pictures_are_printed(printed, name):
    count = sum(len(pictures_of(output)) for cell in notebook_of(name).cells for output in cell.get("outputs", []))
    assert count > 5
    assert len(printed[name].pictures()) >= count


@pytest.mark.parametrize("name", LESSONS)
def test_what_only_fetches_the_course_is_not_printed(printed, name):
    assert any("remove-cell" in cell.metadata.get("tags", []) for cell in notebook_of(name).cells)
    assert "ModuleNotFoundError" not in printed[name].text
    assert re.search("Set up (from|import) ", printed[name].text)


@pytest.mark.parametrize("name", LESSONS)
def test_questions_come_without_answers(printed, name):
    text = printed[name].text
    assert text.count(ANSWERS) == 1
    assert ANSWERS in printed[name].pages[-1]
    questions, answers = text.split(ANSWERS)
    assert "Question 5" in answers
    found = [flat(line.split(".** ")[1]) for line in for_paper(notebook_of(name)).cells[-1].source.splitlines()
             if line.startswith("- **") and "<" not in line]
    assert len(found) >= 3
    for answer in found:
        assert answer in answers and answer not in questions
    assert not any(words in text for words in ("Not attempted", "def check", "by Tab and Enter"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read(browser, name, tmp_path):
    (tmp_path / "page.html").write_text(print_lessons.page_of(name), encoding="utf-8")
    width = round((210 - 10 - 17.5) / 25.4 * 96)
    page, _ = open_page(browser, tmp_path / "page.html", viewport={"width": width, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("mjx-container").count() > 0 or name == "00"
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert page.evaluate(TOO_SMALL) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("Math.max(0, ...[...document.images].map(i => i.height))") < 180 / 25.4 * 96
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    assert all(link.startswith("http") for link in page.evaluate("[...document.links].map(link => link.href)"))
    assert not re.search(r"\bIn ?\[|\$\$", page.inner_text("body"))


def test_a_name_that_is_none_is_said(tmp_path):
    with pytest.raises(SystemExit, match="There is no 99"):
        print_lessons.main([str(tmp_path), "99"])
