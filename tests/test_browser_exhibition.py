"""The exhibition in a browser: guessed by mouse and by keys, saved, printed, without a script, and looked over by axe.

What may go here: what of nst_helpers.exhibition can only be seen with a real browser.
"""

import json

from nst_helpers.exhibition.page import write_exhibition
from nst_helpers.images import load_image, save_image

from browser_fixtures import SCREENSHOTS
import pytest

pytestmark = pytest.mark.browser

EVIL = "<script>document.title = 'stolen'</script><img src=x onerror=\"document.title = 'stolen'\">"
MADE = [
    ("Anna - mountain_air.png", "mountains", {"style_images": "starry_night", "content_weight": 0.02}),
    ("Ben - harbour.png", "summer_palace", {"style_images": ["great_wave"], "content_weight": 0.4}),
    ("Cem - sunset.png", "sunrise", {"style_images": EVIL, "content_weight": 0.001}),
]


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """The page for three pictures with records and one without."""
    folder = tmp_path_factory.mktemp("hall")
    for name, photo, arguments in MADE:
        record = json.dumps({"arguments": {"content_image": photo, **arguments}})
        save_image(load_image(photo, 256), folder / name, record=record)
    save_image(load_image("dahlia", 256), folder / "unknown.png")
    (folder / "captions.toml").write_text(f"['Cem - sunset.png']\ntitle = '''{EVIL}'''\n", encoding="utf-8")
    return write_exhibition(folder, title="Class 10b")[0]


@pytest.fixture
def visit(browser, hall, request):
    """Open the page, with options of a new page; at the end no fault was reported, and a screenshot is taken."""
    pages, faults = [], []

    def visit(**options):
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 1000}, **options})
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url.startswith("http") else None)
        page.goto(hall.as_uri())
        pages.append(page)
        return page

    visit.faults = faults
    yield visit
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for page in pages:
        page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png", full_page=True)
        page.close()
    assert faults == []


def test_settings_are_told_after_the_guess(visit):
    page = visit()
    anna, ben, cem, unknown = page.locator(".picture").all()
    told = anna.locator(".told")
    assert not told.is_visible() and not told.get_by_text("mountains").first.is_visible()
    button = anna.get_by_role("button", name="Tell me how it was made")
    anna.get_by_label("starry night").check()
    button.click()
    assert not told.is_visible(), "one question was not answered"
    anna.get_by_label("high (above 0.05)").check()
    button.click()
    assert told.is_visible() and told.get_by_text("stylize('mountains', 'starry_night')").is_visible()
    assert anna.locator(".verdict").all_inner_texts() == ["✓ Right.", "✗ No: middle (0.01 to 0.05)."]
    assert anna.locator(".score").inner_text() == "1 of 2 right."
    assert not button.is_visible() and anna.get_by_label("great wave").is_disabled()
    assert not ben.locator(".told").is_visible()
    assert page.locator(".tally").inner_text() == "Guessed so far: 1 of 3 pictures, 1 of 2 answers right."
    assert unknown.get_by_text("holds no record").is_visible() and not unknown.get_by_role("button").count()


def test_everything_can_be_done_by_keys(visit):
    page = visit()
    keys, anna = page.keyboard, page.locator(".picture").first
    active = "document.activeElement"
    keys.press("Tab")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Enter")
    assert anna.locator(".told").is_visible() and page.evaluate(f"{active}.tagName") == "SUMMARY"
    keys.press("Tab")
    keys.press("Enter")
    assert anna.get_by_text('"content_weight": 0.02').is_visible()
    keys.press("Tab")
    keys.type("I see short strokes.")
    assert anna.get_by_label("Critique, in one sentence").input_value() == "I see short strokes."


def test_critiques_are_saved(visit):
    page = visit()
    boxes = page.get_by_label("Critique, in one sentence").all()
    boxes[0].fill("The sky turns,\nand the rock stands.")
    boxes[2].fill("Red.")
    page.get_by_label("Your name").fill("Dora")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save my critiques").click()
    assert waiting.value.suggested_filename == "critiques.txt"
    text = waiting.value.path().read_text(encoding="utf-8")
    assert text.splitlines() == ["Class 10b: critiques by Dora", "", "1. Mountain air, by Anna", "   The sky turns,",
                                 "   and the rock stands.", "", f"3. {EVIL}, by Cem", "   Red."]


def test_nothing_of_a_file_runs(visit):
    page = visit()
    assert page.title() == "Class 10b" and page.locator("img").count() == 4
    assert page.get_by_role("heading", name=EVIL).is_visible()
    page.evaluate("document.querySelector('h1').innerHTML = `<img src=x onerror=\"document.title = 'stolen'\">`")
    page.wait_for_timeout(300)
    assert page.title() == "Class 10b", "the page's policy holds even where nothing is escaped"
    assert any("Content Security Policy" in fault for fault in visit.faults)
    visit.faults.clear()


def test_the_page_works_without_a_script(visit):
    page = visit(java_script_enabled=False)
    anna = page.locator(".picture").first
    assert not anna.get_by_text("stylize(").is_visible() and not page.get_by_role("button").count()
    anna.get_by_label("great wave").check()
    anna.locator(".told > summary").click()
    assert anna.get_by_text("stylize('mountains', 'starry_night')").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_serious_fault_of_access(visit, faults_of_access, scheme, width):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert faults_of_access(page, "html") == []
    for article in page.locator(".picture").all()[:2]:
        for field in article.locator("fieldset").all():
            field.locator("input").first.check()
        article.get_by_role("button").click()
    page.locator(".told details summary").first.click()
    assert faults_of_access(page, "html") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


def test_paper_has_pictures_and_critiques_and_no_answers(visit):
    page = visit()
    page.get_by_label("Critique, in one sentence").first.fill("I see short strokes.")
    page.emulate_media(media="print")
    assert page.locator("img").first.is_visible() and page.locator("textarea").first.is_visible()
    assert not page.locator(".guess").first.is_visible() and not page.locator(".told").first.is_visible()
    assert not page.get_by_role("button", name="Print").is_visible()
