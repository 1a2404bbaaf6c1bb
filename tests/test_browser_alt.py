"""Alt texts on the screen: JupyterLab in Chromium, on stored notebooks as they come and on figures made there.

What may go here: what of an alt text reaches a page of JupyterLab. What the texts say is tested in test_alt_texts.
"""

import shutil

import nbformat
from notebook_cleaning import METADATA
from notebook_pictures import pictures_of
from notebook_reading import ROOT
import pytest

pytestmark = pytest.mark.browser
IMAGES = "images => images.map(image => [image.alt, image.naturalWidth])"
TOO_WIDE = """images => images.filter(image =>
    image.width > image.closest('.jp-OutputArea-output').clientWidth + 1).map(image => image.alt)"""
OUTPUTS = ".jp-OutputArea-output img"


@pytest.mark.parametrize("name", ["00_start_here", "07_optimizers"])
def test_stored_pictures_reach_an_untrusted_page_with_their_texts(open_notebook, server, name):
    """A notebook that JupyterLab has never run is not trusted: its HTML goes through the sanitiser."""
    stored = ROOT / "notebooks" / f"{name}.ipynb"
    shutil.copy(stored, server.folder / "notebooks" / f"stored_{name}.ipynb")
    texts = [alt for cell in nbformat.read(stored, as_version=4).cells for output in cell.get("outputs", [])
             for _, _, alt in pictures_of(output)]
    lab = open_notebook(f"notebooks/stored_{name}.ipynb")
    lab.page.wait_for_function("([found, count]) => document.querySelectorAll(found).length >= count",
                               arg=[OUTPUTS, len(texts)])
    on_page = lab.page.locator(OUTPUTS).evaluate_all(IMAGES)
    assert sorted(alt for alt, _ in on_page) == sorted(texts) and all(texts)
    assert all(width > 100 for _, width in on_page), "a picture did not load"
    assert lab.page.locator(OUTPUTS).evaluate_all(TOO_WIDE) == [], "a picture is cut off at the right"


def test_figures_made_in_jupyterlab_have_texts_and_the_authors_words(open_notebook, server):
    source = """from nst_helpers.notebook.plots import plot_losses, show_images
show_images([[[[[0, 0, 0]] * 9] * 9]], ["black"])
plot_losses({"total": [8, 4, 2, 1]})"""
    cells = [nbformat.v4.new_code_cell(source),
             nbformat.v4.new_code_cell(source.replace("black", "dark"), metadata={"alt": "A black square."})]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    nbformat.write(notebook, server.folder / "notebooks" / "made_here.ipynb")
    lab = open_notebook("notebooks/made_here.ipynb")
    lab.menu("Run", "Run All Cells")
    lab.page.wait_for_function("found => document.querySelectorAll(found).length == 4", arg=OUTPUTS)
    lab.wait_until_settled()
    assert lab.faults() == []
    alts = [alt for alt, width in lab.page.locator(OUTPUTS).evaluate_all(IMAGES) if width > 100]
    assert alts[0] == "Pictures: black"
    assert alts[1] == "Chart: loss against evaluations; total falls 8-fold, from 8 to 1"
    assert alts[2] == "Pictures: dark. As the course was made: A black square."
