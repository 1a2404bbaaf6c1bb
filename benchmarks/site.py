"""How soon something of the website is seen: the first contentful paint of pages opened from a folder, in Chromium.

    uv run tools/build_site.py results/site
    uv run benchmarks/site.py results/site

Each page is opened five times in a fresh context; printed are the least and the greatest time in milliseconds.
"""

import argparse
from pathlib import Path
import sys

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

from jupyterlab_page import CHROMIUM, FLAGS  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

PAGES = ("index.html", "notebooks/00_start_here.html", "notebooks/02_gram_matrices.html", "notebooks/GALLERY.html")
PAINTED = "performance.getEntriesByName('first-contentful-paint')"


def first_paint(browser, address):
    """Milliseconds from the beginning of the navigation until something is seen."""
    page = browser.new_context().new_page()
    page.goto(address)
    page.wait_for_function(f"{PAINTED}.length")
    milliseconds = page.evaluate(f"{PAINTED}[0].startTime")
    page.context.close()
    return milliseconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="the folder of the built site")
    folder = parser.parse_args().site.resolve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in PAGES:
            times = [first_paint(browser, (folder / name).as_uri()) for _ in range(5)]
            print(f"{name:40} {min(times):5.0f} to {max(times):5.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
