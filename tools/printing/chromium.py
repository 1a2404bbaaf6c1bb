"""Chromium without a window, by Playwright, cut off from every server.

What may go here: starting it, and opening a page in it. What is done with the page is the caller's.
"""

import contextlib
import sys

from render_notebook import CHROMIUM, find_program

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND"]  # not a byte from the internet
LOCAL = ("file:", "data:", "blob:", "about:")


@contextlib.contextmanager
def chromium():
    """A running Chromium; the process ends with a sentence where it or Playwright is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sys.exit("Playwright is not installed; printing needs it (uv sync).")
    path = find_program(*CHROMIUM, package="chromium")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def open_page(browser, path, **settings):
    """(page, addresses of other servers it asked for) of a file, its formulas typeset and its pictures decoded."""
    page, asked = browser.new_page(**settings), []
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else asked.append(request.url))
    page.goto(path.resolve().as_uri(), wait_until="load")
    page.evaluate("""async () => {
        if (window.MathJax) await MathJax.startup.promise;
        await document.fonts.ready;
        await Promise.all([...document.images].map(image => image.decode().catch(() => null)));
    }""")
    return page, asked
