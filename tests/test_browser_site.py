"""The website in Chromium, opened from its folder as from a stick: what it asks for, finds, sets and folds.

What may go here: what of the site can only be seen with a real browser.
"""

import re

from browser_fixtures import SCREENSHOTS
import pytest
from site_fixtures import site  # noqa: F401

pytestmark = pytest.mark.browser

PAGES = ["index", "notebooks/02_gram_matrices", "notebooks/04_gatys_with_lbfgs", "notebooks/11_posters_and_films",
         "notebooks/GLOSSARY", "notebooks/CHEAT_SHEET", "notebooks/exercises/02_gram_matrices", "notebooks/studio",
         "reference/index", "reference/transfer", "docs/installation", "genindex"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1400, "height": 1000}}
LOADED = """async () => {
    for (const picture of document.images) picture.loading = 'eager';
    await Promise.all([...document.images].map(picture => picture.decode().catch(() => null)));
    return [...document.images].filter(picture => !picture.naturalWidth).map(picture => picture.src);
}"""


@pytest.fixture
def visit(browser, site, request):  # noqa: F811
    """Open a page of the site; at the end none has asked another server, or reported a fault."""
    pages, faults = [], []

    def note(fault):
        if not visit.is_over:
            faults.append(fault)

    def visit(name, **options):
        page = browser.new_page(**{**DESKTOP, **options})
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else note(asked.url))
        page.on("requestfailed", lambda asked: note(f"not there: {asked.url}")
                if "ABORTED" not in asked.failure else None)  # a page that is left stops loading
        page.goto(f"{(site / name).as_uri()}.html")
        pages.append(page)
        return page

    visit.faults, visit.is_over = faults, False
    yield visit
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    pages[-1].screenshot(path=SCREENSHOTS / f"{re.sub(r'[^a-z0-9]+', '_', request.node.name.lower())}.png")
    for page in pages:
        page.close()
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_server_and_shows_all_its_pictures(visit, name):
    page = visit(name)
    assert page.evaluate(LOADED) == []
    assert page.locator("img:not([alt])").count() == 0


def test_formulas_are_set(visit):
    page = visit("notebooks/02_gram_matrices")
    page.wait_for_selector("mjx-container")
    page.wait_for_function("document.querySelectorAll('mjx-container').length >= "
                           "document.querySelectorAll('article .math').length")
    page.wait_for_function("[...document.fonts].some(font => font.family.includes('MJX') && font.status == 'loaded')")
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("words, lesson", [
    ("Gram matrix", "02_gram_matrices"), ("masks", "06_masked_multi_style"), ("total variation", "05_total_variation"),
])
def test_search_finds_the_lesson_before_its_exercise(visit, words, lesson):
    page = visit("index")
    page.fill(".sidebar-search", words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("/search (finished|results)/i.test(document.querySelector('#search-results').textContent)")
    found = page.locator("#search-results li > a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    first = {part: next((place for place, link in enumerate(found) if f"notebooks/{part}{lesson}.html" in link), 99)
             for part in ("", "exercises/")}
    assert first[""] < 10 and first[""] < first["exercises/"], found[:12]
    page.locator(f"#search-results li > a[href*='notebooks/{lesson}']").first.click()
    page.wait_for_selector("h1")
    assert page.url.split("?")[0].split("#")[0].endswith(f"/{lesson}.html")


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_scrolls_sideways(visit, name):
    page = visit(name, **PHONE)
    page.wait_for_load_state()
    assert page.evaluate(LOADED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0


def test_on_a_phone_the_table_of_contents_opens_by_a_tap(visit):
    page = visit("notebooks/02_gram_matrices", **PHONE)
    lesson = page.locator(".sidebar-tree a:has-text('03 Content loss')")
    page.locator("label.nav-overlay-icon[for=__navigation]").tap()
    page.wait_for_timeout(500)  # it slides in
    lesson.scroll_into_view_if_needed()
    box = lesson.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    lesson.tap()
    page.wait_for_selector("h1:has-text('Content loss')")


def test_previous_and_next_go_from_lesson_to_lesson(visit):
    page = visit("notebooks/02_gram_matrices")
    page.locator("a.next-page").click()
    page.wait_for_selector("h1:has-text('Content loss')")
    page.locator("a.prev-page").click()
    page.wait_for_selector("h1:has-text('Gram matrices')")


@pytest.mark.parametrize("scheme, is_dark", [("light", False), ("dark", True)])
def test_light_and_dark_follow_the_system(visit, scheme, is_dark):
    page = visit("notebooks/04_gatys_with_lbfgs", color_scheme=scheme)
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", color)[:3])) < 200) == is_dark


def test_code_of_a_hundred_columns_is_seen_whole(visit):
    page = visit("notebooks/02_gram_matrices")
    code = page.locator(".cell_input pre").evaluate_all(
        "all => all.map(code => [code.textContent, code.scrollWidth - code.clientWidth])")
    within = [hidden for text, hidden in code if max(map(len, text.splitlines())) <= 100]
    assert len(within) > 40 and max(within) <= 1


@pytest.mark.parametrize("width", [800, 1080, 1280, 1340, 1400, 1920])
def test_a_window_of_any_width_holds_the_page(visit, width):
    page = visit("notebooks/02_gram_matrices", viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["index", "notebooks/02_gram_matrices", "notebooks/CHEAT_SHEET"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_shuts_out_who_does_not_see_or_use_a_mouse(visit, faults_of_access, name, scheme):
    page = visit(name, color_scheme=scheme)
    assert visit.faults == []
    visit.is_over = True  # axe itself reads style sheets in a way that a folder does not allow
    assert faults_of_access(page, "article") == []
