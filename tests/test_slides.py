"""Slides: each part of a lesson that they name exists, each slide fits a screen, and nothing comes from a server.

What may go here: the lists in data/slides, and what tools/make_slides.py makes of them, seen in headless Chromium.
"""

import make_slides
import nbformat
from nbformat import v4
from notebook_reading import ROOT
import print_lessons
from printing.parts import END_OF_SENTENCE, part
from printing.slides import notebook_of_slides, read_slides
import pytest

browser_test = pytest.mark.browser
LESSON = v4.new_notebook(cells=[
    v4.new_markdown_cell("## Heading\n\n*One thing. Two things.\nThree (in the end).*\n\n![alt](a.png)", id="words"),
    v4.new_code_cell("1 + 1", id="code", outputs=[v4.new_output("stream", text=text) for text in "ab"])])
# What a slide shows: how low its last part ends, the smallest letters, and the room its pictures have.
LOOK = """() => {
    const slide = Reveal.getCurrentSlide(), seen = [...slide.querySelectorAll('*')].filter(e => !e.closest('aside'));
    const words = seen.filter(e => !e.closest('mjx-container')
        && [...e.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
    return {
        bottom: Math.max(...seen.map(e => e.getBoundingClientRect().bottom)),
        right: Math.max(...seen.map(e => e.getBoundingClientRect().right)),
        overflow: [slide.scrollWidth, slide.scrollHeight],
        letters: Math.min(...words.map(e => parseFloat(getComputedStyle(e).fontSize))),
        title: seen.find(e => /^H[123]$/.test(e.tagName))?.textContent ?? '',
        pictures: [...slide.querySelectorAll('img')].map(image =>
            ({height: image.getBoundingClientRect().height, drawn: image.naturalWidth > 0, alt: image.alt})),
        wrong: slide.querySelectorAll('mjx-merror').length + (slide.innerText.match(/\\$/g) ?? []).length,
    };
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All slides, in a folder that was moved after they were made."""
    made = tmp_path_factory.mktemp("slides") / "made"
    make_slides.main([str(made)])
    return made.rename(made.with_name("slides on a stick"))


@pytest.fixture
def show(browser, folder):
    """A function: the name of a lesson to the page with its slides, and what it asked of other servers or missed."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    missed = []
    context.on("request", lambda request: None if request.url.startswith(("file:", "data:", "about:"))
               else missed.append(request.url))
    context.on("requestfailed", lambda request: missed.append(request.url))

    def show(name):
        page = context.new_page()
        page.on("pageerror", lambda error: missed.append(str(error)))
        page.goto((folder / name / "index.html").as_uri())
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        return page, missed

    yield show
    context.close()


@pytest.mark.parametrize("name", make_slides.LISTS)
def test_each_part_exists_and_each_slide_has_a_note_of_one_sentence(name):
    slides = read_slides(make_slides.LISTS[name])
    assert 12 <= len(slides) <= 16
    lesson = nbformat.read(print_lessons.lessons()[name], as_version=4)
    cells = notebook_of_slides(lesson, slides).cells
    assert [cell.metadata.slideshow["slide_type"] for cell in cells].count("notes") == len(slides)
    for note in (slide["note"] for slide in slides):
        assert note.endswith((".", "?")) and len(END_OF_SENTENCE.split(note)) == 1, note


def test_parts():
    assert part(LESSON, "words:1").source == "## Heading"
    assert part(LESSON, "words:2/1").source == "*One thing.*"
    assert part(LESSON, "words:2/2-3").source == "*Two things. Three (in the end).*"
    assert [output.text for output in part(LESSON, "code:2").outputs] == ["b"]
    assert part(LESSON, "code").source == "1 + 1"
    for name in ("other", "words:4", "words:2/4", "words:0", "words:2-1", "code:3", "words:x"):
        with pytest.raises(ValueError, match=name):
            part(LESSON, name)


@pytest.mark.parametrize("line, message", [
    ('cells = ["a"]\nshow = "all"\nnote = "b."', "show is one of"), ('cells = []\nnote = "b."', "should have"),
    ('cells = ["a"]', "should have"), ('cells = ["a"]\nnote = "b."\nnotes = "c."', "should have")])
def test_a_list_with_a_fault_says_where(tmp_path, line, message):
    (tmp_path / "00.toml").write_text(f"[[slide]]\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"00.toml, slide 1: .*{message}"):
        read_slides(tmp_path / "00.toml")


def test_a_name_that_is_none_is_said(tmp_path):
    with pytest.raises(SystemExit, match="There are no slides 99"):
        make_slides.main([str(tmp_path), "99"])


@browser_test
@pytest.mark.parametrize("name", make_slides.LISTS)
def test_each_slide_fits_and_can_be_read(show, name):
    page, missed = show(name)
    count = page.evaluate("Reveal.getTotalSlides()")
    assert count == len(read_slides(make_slides.LISTS[name]))
    pictures = 0
    for number in range(count):
        page.evaluate(f"Reveal.slide({number})")
        seen = page.evaluate(LOOK)
        where = f"slide {number + 1}, {seen['title']}"
        assert seen["title"].strip(), where
        assert seen["bottom"] <= 704 and seen["right"] <= 1280 and seen["overflow"] == [1280, 720], where
        assert seen["letters"] >= 24 and seen["wrong"] == 0, where
        for picture in seen["pictures"]:
            assert picture["height"] >= 400 and picture["drawn"] and picture["alt"], where
        pictures += bool(seen["pictures"])
    assert pictures >= count / 2
    assert page.locator("mjx-container").count() > 0 or name == "00"
    assert missed == []


@browser_test
def test_a_slide_that_is_too_full_would_be_noticed(show):
    page = show("00")[0]
    page.evaluate("Reveal.getCurrentSlide().querySelector('h1').innerHTML = 'much to say<br>'.repeat(20)")
    seen = page.evaluate(LOOK)
    assert seen["bottom"] > 704 and seen["overflow"][1] > 720


@browser_test
def test_the_speaker_sees_the_note_and_moves_the_slides(show):
    page, missed = show("02")
    notes = [slide["note"] for slide in read_slides(make_slides.LISTS["02"])]
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    speaker = opened.value.locator(".speaker-controls-notes .value")
    speaker.get_by_text(notes[0]).wait_for()
    page.keyboard.press("ArrowRight")
    speaker.get_by_text(notes[1]).wait_for()
    assert missed == []


def test_a_folder_of_slides_knows_no_other_place(folder):
    pages = sorted(folder.glob("*/index.html"))
    assert [page.parent.name for page in pages] == list(make_slides.LISTS)
    for text in (page.read_text(encoding="utf-8") for page in pages):
        assert not any(place in text for place in (str(ROOT), 'src="http', 'href="http'))
    assert (folder / "reveal" / "LICENSE").is_file()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 5e6
