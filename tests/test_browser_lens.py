"""The lens in JupyterLab: it follows the mouse and the keys, and what it shows is what NumPy finds.

What may go here: what of nst_helpers.live.lens can only be seen with a real browser.
"""

from nst_helpers.images import load_image
from nst_helpers.networks import feature_extractor, load_network

import numpy as np
import pytest

pytestmark = pytest.mark.browser

CELLS = ["""from nst_helpers import load_image, load_network
from nst_helpers.live.lens import receptive_field_lens
figure = receptive_field_lens(load_image("chelsea", size=160), load_network("pocket"))
figure""", """print("lens at", figure.place)"""]
PIXELS = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def test_the_lens_follows_mouse_and_keys_through_the_layers(open_cells, faults_of_access):
    photo, layers = load_image("chelsea", size=160), ["block3_conv1", "block4_conv1"]
    features = feature_extractor(load_network("pocket"), layers)(photo)
    lab = open_cells(CELLS)
    lab.menu("Run", "Run All Cells")
    figure = lab.page.locator(".nst-lens")
    figure.wait_for()
    lab.wait_until_settled()
    figure.scroll_into_view_if_needed()
    lens, mouse, keys = figure.locator(".photo").first, lab.page.mouse, lab.page.keyboard
    sees, label = figure.locator(".sees"), lambda: lens.get_attribute("aria-label")

    def point_at(y, x, photo_number=0):
        box = figure.locator(".photo").nth(photo_number).bounding_box()
        mouse.move(box["x"] + (x + 0.5) / photo.shape[2] * box["width"],
                   box["y"] + (y + 0.5) / photo.shape[1] * box["height"])

    def finds(layer, row, column):
        maps = features[layer].numpy()[0].astype("float64")
        strongest = np.argsort(-maps[row, column])[:5]
        words = ", ".join(f"Map {name}: {maps[row, column, name]:.2f}" for name in strongest)
        figure.locator(".said").get_by_text(f"{layer}, row {row}, column {column}. {words}").wait_for(state="attached")
        assert figure.locator(".one .name").all_inner_texts() == [f"map {name}" for name in strongest]
        assert figure.locator(".one .number").all_inner_texts() == [f"{maps[row, column, n]:.2f}" for n in strongest]
        vectors = maps / np.maximum(np.linalg.norm(maps, axis=-1, keepdims=True), 1e-12)
        dark = np.median(vectors @ vectors[row, column])
        assert f"dark: {dark:.2f} or less" in figure.locator(".alike").inner_text()
        shade = np.reshape(figure.locator(".light").evaluate(PIXELS), (*maps.shape[:2], 4))[:, :, 3]
        assert shade[row, column] == 0  # like itself
        assert np.all(shade[vectors @ vectors[row, column] <= dark - 1e-6] == round(0.75 * 255))

    point_at(50, 60)
    finds("block3_conv1", 12, 15)
    assert sees.inner_text() == "24 × 24 pixels" and "sees rows 38 to 61, columns 50 to 73" in label()
    point_at(2, 90, 1)  # the other photo, at its upper border
    finds("block3_conv1", 0, 22)
    assert sees.inner_text() == "24 × 24 pixels · cut off at the border: 14 × 24"
    mouse.down()
    mouse.up()
    point_at(50, 60)
    assert "row 0, column 22" in label() and "held" in sees.inner_text()
    figure.locator("button", has_text="block4_conv1").click()
    finds("block4_conv1", 0, 11)
    assert figure.locator('button[aria-pressed="true"]').all_inner_texts() == ["block4_conv1"]
    lens.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Shift+ArrowRight"):
        keys.press(key)
    finds("block4_conv1", 3, 13)
    assert "sees rows 2 to 53" in label()
    keys.press("p")
    finds("block3_conv1", 7, 27)
    keys.press("Escape")
    assert "held" not in sees.inner_text()
    assert lab.faults() == [] and faults_of_access(lab.page, ".nst-lens") == []
    look = lab.cell('print("lens at"')
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text("lens at ['block3_conv1', 7, 27]").wait_for()
