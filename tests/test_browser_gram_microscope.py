"""The Gram matrix under the microscope in JupyterLab: pointed at, held, moved by keys; its numbers are NumPy's.

What may go here: what of nst_helpers.live.gram_microscope can only be seen with a real browser.
"""

from nst_helpers.images import load_image
from nst_helpers.live.gram_microscope import in_print
from nst_helpers.networks import feature_extractor, load_network

import numpy as np
import pytest

pytestmark = pytest.mark.browser

CELLS = ["""from nst_helpers import load_image, load_network
from nst_helpers.live.gram_microscope import gram_microscope
figure = gram_microscope(load_image("great_wave", size=128), load_network("pocket"))
figure""", """print("held", figure.entry)"""]
PIXELS = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def test_entries_and_positions_are_pointed_at_held_and_moved_by_keys(open_cells, faults_of_access):
    features = feature_extractor(load_network("pocket"), "block1_conv1")(load_image("great_wave", size=128))
    features = features["block1_conv1"].numpy()[0].astype("float64")
    height, width, count = features.shape
    lab = open_cells(CELLS)
    lab.menu("Run", "Run All Cells")
    figure = lab.page.locator(".nst-gram_microscope")
    figure.wait_for()
    lab.wait_until_settled()
    figure.scroll_into_view_if_needed()
    grid, painting = figure.locator(".grid"), figure.locator(".painting")
    mouse, keys = lab.page.mouse, lab.page.keyboard
    pair, total, where = figure.locator(".pair"), figure.locator(".sum"), figure.locator(".where")

    def point_at_entry(i, j):
        box = grid.bounding_box()
        cell = box["width"] * (380 - 26) / 380 / count
        start = box["width"] * 26 / 380
        mouse.move(box["x"] + start + (j + 0.5) * cell, box["y"] + start + (i + 0.5) * cell)

    def point_at_place(row, column):
        box = painting.bounding_box()
        mouse.move(box["x"] + (column + 0.5) / width * box["width"], box["y"] + (row + 0.5) / height * box["height"])

    def sees_entry(i, j, more=""):
        product = features[:, :, i] * features[:, :, j]
        mean = in_print(product.mean(), 4)
        pair.get_by_text(f"map {i} with map {j}: {mean}{more}", exact=True).wait_for()
        assert total.inner_text() == f"{in_print(product.sum(), 6)} / {height * width:,} = {mean}"
        light = np.reshape(figure.locator(".light").evaluate(PIXELS), (height, width, 4))[:, :, 3]
        root = np.sqrt(product)
        expected = 255 * 0.75 * np.maximum(0, 1 - 2 * root / root.max())
        assert np.abs(light - expected).max() <= 1 and light.min() == 0

    point_at_entry(3, 7)
    sees_entry(3, 7)
    point_at_entry(12, 15)
    sees_entry(12, 15)
    mouse.down()
    mouse.up()
    sees_entry(12, 15, " · held")
    point_at_entry(1, 2)  # held: nothing changes
    point_at_place(20, 30)
    where.get_by_text("row 20, column 30 feeds the entries with white squares").wait_for()
    sees_entry(12, 15, " · held")
    vector = features[20, 30]
    sides = 0.8 * (380 - 26) / count * np.sqrt(np.outer(vector, vector)) / vector.max()
    assert grid.locator(".adds").get_attribute("d").count("M") == np.sum(sides >= 0.5)
    term = figure.locator(".term").inner_text().split(" product is ")[1].split(":")[0].replace("×", "=").split(" = ")
    np.testing.assert_allclose([float(part) for part in term],
                               [vector[12], vector[15], vector[12] * vector[15]], rtol=1e-3)
    mouse.move(1, 1)
    where.get_by_text("point here to see").wait_for()
    assert grid.locator(".adds").get_attribute("d") == ""

    grid.focus()
    keys.press("Escape")
    sees_entry(12, 15)
    keys.press("ArrowLeft")
    keys.press("ArrowUp")
    sees_entry(11, 14, " · held")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Shift+ArrowRight")
    step = -(-height // 16) + 1
    spot = f"row {height // 2 + 1}, column {width // 2 + step}"
    where.get_by_text(f"{spot} feeds the entries with white squares · held").wait_for()
    assert spot in painting.get_attribute("aria-label")
    figure.locator(".said", has_text=spot).wait_for(state="attached")
    keys.press("Escape")
    where.get_by_text("point here to see").wait_for()
    assert lab.faults() == [] and faults_of_access(lab.page, ".nst-gram_microscope") == []
    look = lab.cell('print("held"')
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text("held [11, 14]").wait_for()
