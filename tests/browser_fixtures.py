"""Fixtures for tests that need a real browser: JupyterLab on a copy of the course, and pages in headless Chromium.

Every test leaves a screenshot in results/screenshots, to be looked at. What may go here: fixtures, known to all tests
by conftest. Without Chromium or Playwright, the tests that ask for one are left out with a sentence.
"""

import itertools

from jupyterlab_page import CHROMIUM, FLAGS, ROOT, Lab, copy_of_the_course, jupyterlab
import nbformat
from nbformat import v4
from notebook_cleaning import clean
import pytest

SCREENSHOTS = ROOT / "results" / "screenshots"
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab on a copy of the course: (address, token); `server.folder` is that copy."""
    folder = tmp_path_factory.mktemp("course")
    copy_of_the_course(folder)
    with jupyterlab(folder) as served:
        yield Served(served, folder)


class Served(tuple):
    """(address, token), and the folder that is served."""

    def __new__(cls, served, folder):
        self = super().__new__(cls, served)
        self.folder = folder
        return self


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api",
                                     reason="Playwright is not installed; browser tests left out.")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; browser tests left out.")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_notebook(browser, server, request):
    """Open a notebook of the copy, or what opens by itself; at the end a screenshot is taken and its kernel stopped."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    labs = []

    def open_notebook(path=None):
        labs.append(Lab(page, server, path))
        return labs[-1]

    yield open_notebook
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png")
    for lab in labs:
        lab.close()
    page.close()


@pytest.fixture
def open_cells(open_notebook, server):
    """Open a new notebook of cells with these sources."""
    def open_cells(sources):
        name = f"cells_{next(numbers)}.ipynb"
        cells = [v4.new_code_cell(source) for source in sources]
        nbformat.write(clean(v4.new_notebook(cells=cells)), server.folder / name)
        return open_notebook(name)

    return open_cells


@pytest.fixture
def faults_of_access():
    """A function (page, selector): what axe-core finds seriously wrong for people who cannot see or use a mouse."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed; left out.").Axe()

    def faults_of_access(page, selector):
        found = axe.run(page, context=selector).response["violations"]
        return [f"{fault['id']}: {node['html'][:200]}" for fault in found
                if fault["impact"] in ("serious", "critical") for node in fault["nodes"]]

    return faults_of_access
