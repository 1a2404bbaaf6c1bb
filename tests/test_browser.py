"""What a learner meets in JupyterLab: pictures appear, sliders move them, Interrupt keeps the best, restarting is safe.

Needs Chromium (Debian: apt-get install chromium); without it one line says that all of this was left out.
`pytest -m "not browser"` leaves it out, too. Every test leaves a screenshot in results/screenshots, to be looked at.
What may go here: what can only be seen with a real browser.
"""

import re

from nst_helpers.images import load_image

from jupyterlab_page import ROOT
import nbformat
from notebook_pictures import pictures_of
import pytest

pytestmark = pytest.mark.browser

ENDLESS = ["""from nst_helpers.transfer import stylize
from nst_helpers.notebook.plots import show_images""",
           """result = stylize("chelsea", "great_wave", size=128, steps=100_000)""",
           """show_images([result.image], ["the best so far"])
print(result.message, result.steps > 0, len(result.losses["total"]) == result.evaluations)"""]

PAINTING = ["""from nst_helpers.images import load_image
from nst_helpers.masks.painting import paint_mask
from nst_helpers.notebook.plots import show_images""",
            """painter = paint_mask(load_image("chelsea", 192))
painter""",
            """mask = painter.mask
show_images([mask[0, :, :, 0]], ["what was painted"])
print("middle", mask[0, mask.shape[1] // 2, mask.shape[2] // 2, 0], "corner", mask[0, 0, 0, 0])"""]

CLOUD = ["""from nst_helpers.live.cloud import cloud_figure
import numpy as np""",
         """means = {"means": lambda points, target: np.abs(points.mean(0) - target.mean(0)).sum()}
figure = cloud_figure([[0, 0], [2, 0]], [[1, 1], [1, 2]], means)
figure""",
         """print("now at", figure.points[1])"""]


def test_the_command_of_the_readme_opens_lesson_00_whose_picture_is_in_the_file_list(open_notebook):
    lab = open_notebook()
    assert lab.page.locator(".jp-mod-current .lm-TabBar-tabLabel").all_inner_texts() == ["00_start_here.ipynb"]
    assert lab.page.locator(".jp-OutputArea-output img").count() == 0
    lab.menu("Run", "Run All Cells")
    result = lab.cell('"generated image"')
    result.locator(".jp-OutputArea-output img").wait_for()
    lab.wait_until_settled()
    assert lab.faults() == []
    stored = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    figures = sum(len(pictures_of(output)) for cell in stored.cells for output in cell.get("outputs", []))
    shown = lab.page.locator(".jp-OutputArea-output img:not(.widget-image)")  # ipywidgets.Image has no alternative text
    assert shown.count() == figures > 0 and all(shown.evaluate_all("images => images.map(image => image.alt)"))
    result.locator(".jp-OutputArea-output img").scroll_into_view_if_needed()
    lab.in_file_list("data", "photos")
    saved = lab.in_file_list("results", "my_first_painting.png")
    saved.click(button="right")
    with lab.page.expect_download() as download:
        lab.page.locator(".lm-Menu-itemLabel").get_by_text("Download", exact=True).click()
    assert load_image(download.value.path()).shape[3] == 3


@pytest.mark.parametrize("path, source", [
    ("notebooks/01_feature_spaces.ipynb", "map_choice.observe(show"),
    ("notebooks/03_content_loss.ipynb", "moment.observe("),
], ids=["01", "03"])
def test_a_slider_changes_the_picture(open_notebook, path, source):
    lab = open_notebook(path)
    cell = lab.cell(source)
    lab.run_up_to(cell)
    picture = cell.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    lab.wait_until_settled()
    before = picture.get_attribute("src")
    handle = cell.locator(".noUi-handle").first
    cell.locator(".noUi-target").first.scroll_into_view_if_needed()
    value = handle.get_attribute("aria-valuetext")
    handle.focus()
    for _ in range(5):
        handle.press("ArrowLeft")
    lab.page.wait_for_function("([image, before]) => image.src !== before", arg=[picture.element_handle(), before])
    assert handle.get_attribute("aria-valuetext") != value
    assert lab.faults() == []


def interrupt_in_the_middle(lab):
    """Wait for the growing picture, interrupt, and see that the cells below have a picture to show."""
    growing = lab.cell("100_000").locator("img.widget-image")
    growing.wait_for()
    image = growing.element_handle()
    lab.page.wait_for_function("image => image.naturalWidth > 1", arg=image)
    lab.page.wait_for_function("([image, first]) => image.src !== first", arg=[image, image.get_attribute("src")])
    lab.interrupt()
    lab.wait_until_settled()
    assert lab.faults() == []
    shown = lab.cell("the best so far")
    assert shown.locator(".jp-OutputArea-output img").count() == 1
    assert "interrupted True True" in shown.locator(".jp-OutputArea").inner_text()


def test_interrupt_keeps_the_best_picture_and_restarting_runs_again(open_cells):
    lab = open_cells(ENDLESS)
    lab.menu("Run", "Run All Cells")
    interrupt_in_the_middle(lab)
    lab.restart_and_run_all()
    lab.page.wait_for_function("() => [...document.querySelectorAll('.jp-InputArea-prompt')].some("
                               "p => p.textContent.includes('*'))")
    interrupt_in_the_middle(lab)


def test_a_mask_is_painted_with_the_mouse(open_cells):
    pytest.importorskip("ipycanvas", reason="ipycanvas is not installed; painting masks is left out.")
    lab = open_cells(PAINTING)
    lab.menu("Run", "Run All Cells")
    canvas, look = lab.cell("paint_mask(load_image").locator("canvas").first, lab.cell("what was painted")
    canvas.wait_for()
    lab.wait_until_settled()
    assert "middle 0.0 corner 0.0" in look.locator(".jp-OutputArea").inner_text()
    lab.drag_across(canvas)
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text("middle 1.0 corner 0.0").wait_for()
    assert lab.faults() == []


def test_a_point_of_the_cloud_is_moved_by_mouse_and_by_keys(open_cells):
    lab = open_cells(CLOUD)
    lab.menu("Run", "Run All Cells")
    figure, look = lab.cell("figure = cloud_figure"), lab.cell("now at")
    number, point = figure.locator(".number"), figure.locator(".point").nth(1)
    number.get_by_text("1.500").wait_for()
    lab.wait_until_settled()
    figure.locator(".plane").scroll_into_view_if_needed()
    box, mouse = point.bounding_box(), lab.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] - 80, steps=10)
    dragged = number.get_by_text(re.compile("1.[0-4]..")).text_content()  # while the button is still down
    mouse.up()
    figure.locator("button", has_text="Back to the beginning").click()
    number.get_by_text("1.500").wait_for()
    lab.page.keyboard.press("Shift+Tab")
    for key in ("n", "p", "ArrowUp", "Shift+ArrowUp", "ArrowLeft"):
        lab.page.keyboard.press(key)
    number.get_by_text("1.375").wait_for()
    assert 1 < float(dragged) < 1.5 and point.get_attribute("aria-label") == "Point 2 of 2: map 1 1.95, map 2 0.30"
    figure.locator(".said", has_text="map 2 0.30; means 1.375").wait_for(state="attached")
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text("now at [1.95, 0.3]").wait_for()
    assert lab.faults() == []
