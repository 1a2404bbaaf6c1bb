"""The loop in real JupyterLab: it runs while knobs are moved by mouse and keys, and other cells run beside it.

What may go here: what of nst_helpers.live.live_loop can only be seen with a real browser.
"""

import pytest

pytestmark = pytest.mark.browser

CELLS = ["""from nst_helpers.live import loop_turns
from nst_helpers.live.live_loop import live_loop
from nst_helpers.live.loop_settings import number
import time""",
         """figure = live_loop("summer_palace", "the_scream")
figure""",
         """engine = figure.loop.engine
print("in Python", engine.steps, number(engine.losses["total"]), figure.settings)"""]
TWO = [CELLS[0], """one = live_loop("summer_palace", content_layers="block1_conv1", start="noise")
one""", """two = live_loop("meadow", content_layers="block1_conv1", start="noise")
two""", """print("steps", one.loop.engine.steps, two.loop.engine.steps)""",
       """print("at work:", len(loop_turns._at_work))"""]
AWAY = ["""from nst_helpers.live import loop_turns
from nst_helpers.live.live_loop import live_loop
loop_turns.PATIENT, loop_turns.PATIENCE = 0.3, 2.0""",
        """figure = live_loop("summer_palace", "the_scream")
figure""", "\n".join(["# a long way down"] * 120), "# the end"]


def run(lab, cell):
    """Run one cell, and wait until it has."""
    prompt = cell.locator(".jp-InputArea-prompt")
    before = prompt.inner_text()
    prompt.click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    ran = "([prompt, before]) => /[0-9]/.test(prompt.textContent) && prompt.textContent !== before"
    lab.page.wait_for_function(ran, arg=[prompt.element_handle(), before])


def wait_for_step(figure, least):
    figure.page.wait_for_function("([element, least]) => +element.textContent >= least",
                                  arg=[figure.locator(".step").element_handle(), least])


def open_figures(lab, count=1):
    lab.menu("Run", "Run All Cells")
    figures = lab.page.locator(".nst-live_loop")
    figures.nth(count - 1).wait_for()
    lab.wait_until_settled()
    return [figures.nth(number) for number in range(count)]


def test_the_loop_runs_while_knobs_are_moved_by_mouse_and_keys(open_cells, faults_of_access):
    lab = open_cells(CELLS)
    [figure] = open_figures(lab)
    faults = []
    lab.page.on("pageerror", lambda error: faults.append(str(error)))
    look, go, state = lab.cell("in Python"), figure.locator("button.go"), figure.locator(".state")
    number, slider = figure.locator(".slider .number").first, figure.locator("input[type=range]").first
    first = int(figure.locator(".step").inner_text())
    assert 1 <= first <= 20 and go.inner_text() == "Start"
    assert faults_of_access(lab.page, ".nst-live_loop") == []
    go.scroll_into_view_if_needed()
    go.click()
    wait_for_step(figure, first + 5)
    assert go.inner_text() == "Stop" and state.inner_text() == "It runs. Move a knob."

    slider.focus()  # by keys
    slider.press("ArrowRight")
    slider.press("ArrowUp")
    assert number.inner_text() == "0.032" and slider.get_attribute("aria-valuetext") == "0.032"
    figure.locator(".tip").first.wait_for(state="attached")  # its mark in the curve
    figure.locator(".said", has_text="Step ").wait_for(state="attached")
    slider.press("Home")
    assert number.inner_text() == "0"
    box, mouse = slider.bounding_box(), lab.page.mouse
    mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2, steps=10)
    mouse.up()
    assert number.inner_text() == "10"
    figure.get_by_label("block1_conv1").nth(1).uncheck()  # of the style layers
    figure.get_by_label("block3_conv1").first.press("Space")

    run(lab, look)  # another cell, while the loop runs
    text = look.locator(".jp-OutputArea").inner_text()
    assert "'content_weight': 10" in text and "'content_layers': ['block3_conv1', 'block4_conv2']" in text
    assert "'style_layers': ['block2_conv1'" in text
    wait_for_step(figure, int(figure.locator(".step").inner_text()) + 5)

    go.click()
    figure.locator(".state", has_text="Start lets it run").wait_for()
    run(lab, look)
    words = look.locator(".jp-OutputArea").inner_text().split()
    step, total = figure.locator(".step").inner_text(), figure.locator(".total").inner_text()
    assert words[2:4] == [step, total]
    parts = [float(part) for part in figure.locator(".part .number").all_inner_texts()]
    assert len(parts) == 3 and sum(parts) == pytest.approx(float(total), rel=0.02)
    assert figure.locator(".picture").get_attribute("alt") == f"The picture after {step} steps"
    assert figure.locator(".picture").evaluate("image => image.naturalWidth") == 192

    figure.locator("button.keep").click()
    kept = figure.locator(".kept button")
    kept.first.wait_for()
    assert f"step {step}: total {total}\ncontent weight 10" in kept.first.inner_text()
    figure.get_by_label("noise").check()
    figure.locator(".step", has_text="0").wait_for()
    figure.get_by_label("block1_conv1").nth(1).check()
    slider.press("Home")
    assert faults_of_access(lab.page, ".nst-live_loop") == []
    kept.first.press("Enter")
    figure.locator(".slider .number", has_text="10").wait_for()
    lab.page.wait_for_function("([element, total]) => element.textContent === total",
                               arg=[figure.locator(".total").element_handle(), total])
    assert figure.locator(".step").inner_text() == step and not figure.get_by_label("block1_conv1").nth(1).is_checked()
    assert lab.faults() == [] and faults == []


def test_two_figures_run_at_once_an_interrupt_stops_them_and_a_cell_that_is_run_again_ends_its_loop(open_cells):
    lab = open_cells(TWO)
    lab.page.set_viewport_size({"width": 1400, "height": 1900})
    figures = open_figures(lab, 2)
    for figure in figures:
        figure.locator("button.go").click()
    for figure in figures:
        wait_for_step(figure, 40)
    look = lab.cell('print("steps"')
    for _ in range(2):
        before = [int(word) for word in look.locator(".jp-OutputArea").inner_text().split()[1:]]
        run(lab, look)
        wait_for_step(figures[0], before[0] + 5)
        wait_for_step(figures[1], before[1] + 5)
    lab.interrupt()
    for figure in figures:
        figure.locator(".state", has_text="Stopped by an interrupt.").wait_for()
        figure.locator("button.go").click()
        figure.locator(".state", has_text="It runs.").wait_for()
    run(lab, lab.cell("one = live_loop"))
    run(lab, lab.cell("two = live_loop"))
    for figure in figures:
        figure.locator("button.go", has_text="Start").wait_for()
    look = lab.cell('print("at work:"')
    run(lab, look)
    assert look.locator(".jp-OutputArea").inner_text().strip() == "at work: 0"
    assert lab.faults() == []


def test_the_loop_stops_where_nobody_looks_and_says_so_when_they_come_back(open_cells):
    lab = open_cells(AWAY)
    [figure] = open_figures(lab)
    figure.locator("button.go").scroll_into_view_if_needed()
    figure.locator("button.go").click()
    wait_for_step(figure, 30)
    lab.cell("# the end").scroll_into_view_if_needed()
    lab.page.wait_for_timeout(6000)
    figure.locator("button.go").scroll_into_view_if_needed()
    figure.locator(".state", has_text="Stopped: for 2 seconds this figure was not on the screen.").wait_for()
    step = int(figure.locator(".step").inner_text())
    figure.locator("button.go").click()
    wait_for_step(figure, step + 5)
    assert lab.faults() == []
