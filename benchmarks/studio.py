"""How long the studio's preview takes to follow a knob, measured in the browser: from the move to the new picture.

    uv run benchmarks/studio.py

Opens the studio in JupyterLab under headless Chromium (as tests/test_browser_studio.py does), moves "Strength" and the
photo, and prints median and 95th percentile in milliseconds.
"""

import argparse
from pathlib import Path
import statistics
import sys
import tempfile

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

from jupyterlab_page import CHROMIUM, FLAGS, Lab, copy_of_the_course, jupyterlab  # noqa: E402
import nbformat  # noqa: E402
from nbformat import v4  # noqa: E402
from notebook_cleaning import clean  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

# Moves a knob, and waits until the picture under the wipe has been decoded: milliseconds.
MOVE = """async ([selector, value]) => {
    const picture = document.querySelector('.nst-studio .under'), knob = document.querySelector(selector);
    const there = new Promise((resolve) => picture.addEventListener('load', resolve, {once: true}));
    const begin = performance.now();
    if (knob.type === 'range') { knob.value = value; knob.dispatchEvent(new Event('input')); } else knob.click();
    await there;
    return performance.now() - begin;
}"""


def measure(count):
    """{what is moved: milliseconds of each of `count` moves}, after some that compile."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        copy_of_the_course(folder)
        cells = [v4.new_code_cell("from nst_helpers.studio import studio\nstudio()")]
        nbformat.write(clean(v4.new_notebook(cells=cells)), folder / "studio.ipynb")
        with jupyterlab(folder) as served, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1400, "height": 1000})
            lab = Lab(page, served, "studio.ipynb")
            lab.menu("Run", "Run All Cells")
            page.locator(".nst-studio .photos .thumb img").first.wait_for()
            knobs = {"strength": [("[data-knob=strength]", (number % 17 + 1) / 20) for number in range(count + 5)],
                     "photo": [(f".photos .thumb:nth-child({number % 8 + 1})", None) for number in range(count + 9)]}
            found = {}
            for name, moves in knobs.items():
                found[name] = []
                for move in moves:
                    found[name].append(page.evaluate(MOVE, list(move)))
                    page.wait_for_timeout(150)  # a hand rests, too
            lab.close()
            chromium.close()
    return {name: values[-count:] for name, values in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    print("| moved | median | 95th percentile |\n|---|---|---|")
    for name, values in measure(options.count).items():
        print(f"| {name} | {statistics.median(values):.0f} ms | {statistics.quantiles(values, n=20)[-1]:.0f} ms |")


if __name__ == "__main__":
    main()
