"""A run gone through in JupyterLab, by mouse and by keys: what stands on the screen against the numbers of the run.

What may go here: what of nst_helpers.live.scrubber can only be seen with a real browser.
"""

import re

import numpy as np
import pytest

pytestmark = pytest.mark.browser

RUN = """from nst_helpers import load_image
from nst_helpers.live.scrubber import scrub
from nst_helpers.optimize.result import Result, Snapshot
import numpy as np

wave, photo = (load_image(name, 96)[:, :60] for name in ("great_wave", "summer_palace"))


def run_of(name, count, end, places):
    losses = {"style": np.geomspace(1, end, count), "content": np.linspace(0, 0.2, count)}
    losses = {"total": losses["style"] + losses["content"], **losses, "<b>none</b>": np.zeros(count)}
    shots = [Snapshot(at, at, (photo * (count - 1 - at) + wave * at) / (count - 1)) for at in places]
    return Result(wave, losses, count, count, 1.0, "", snapshots=shots)


one = run_of("one", 41, 0.01, range(0, 41, 10))"""
ONE = [RUN, """figure = scrub(one, photo)
figure""", """print("now at", figure.position)"""]
TWO = [RUN, """figure = scrub({"L-BFGS": one, "<i>Adam</i>": run_of("two", 21, 0.1, range(0, 21, 10))}, photo)
figure"""]
AT = (0, 10, 20, 30, 40)
STYLE, CONTENT = np.geomspace(1, 0.01, 41), np.linspace(0, 0.2, 41)


def open_figure(open_cells, cells):
    lab = open_cells(cells)
    lab.menu("Run", "Run All Cells")
    figure = lab.page.locator(".nst-scrubber")
    figure.locator(".dot").first.wait_for()
    lab.wait_until_settled()
    figure.scroll_into_view_if_needed()
    return lab, figure


def shown(figure):
    """The place, and the numbers beside the curves."""
    return figure.locator(".place").inner_text(), figure.locator(".row .number").all_inner_texts()


def wanted(index):
    at = AT[index]
    return (f"Snapshot {index + 1} of 5: step {at}, evaluation {at + 1} of 41",
            [f"{value:.4g}" for value in (STYLE[at] + CONTENT[at], STYLE[at], CONTENT[at])])


def drag(lab, element, begin, end):
    """Press the mouse at a share of an element's width, draw it to another one, and let go."""
    box, mouse = element.bounding_box(), lab.page.mouse
    down = box["y"] + box["height"] / 3
    mouse.move(box["x"] + begin * box["width"], down)
    mouse.down()
    mouse.move(box["x"] + end * box["width"], down, steps=8)
    mouse.up()


def picture(figure, side):
    image = figure.locator(".stage img").nth(side)
    return image.get_attribute("src"), image.get_attribute("alt")


def test_the_slider_the_curves_and_play_go_through_the_run(open_cells, faults_of_access):
    lab, figure = open_figure(open_cells, ONE)
    slider, keyboard = figure.locator(".position"), lab.page.keyboard
    assert shown(figure) == wanted(4)
    assert figure.locator(".row .title").all_inner_texts() == ["total", "style", "content"]
    slider.focus()
    for index in (3, 2):
        before = picture(figure, 1)
        keyboard.press("ArrowLeft")
        assert shown(figure) == wanted(index) and slider.get_attribute("aria-valuetext") == wanted(index)[0]
        assert picture(figure, 1)[0] != before[0]
        assert picture(figure, 1)[1] == f"Right: This snapshot, step {AT[index]}"
    assert picture(figure, 0)[1] == "Left: Content image"
    said = figure.locator(".said", has_text=f"evaluation 21 of 41; total {wanted(2)[1][0]}, style")
    said.wait_for(state="attached")
    keyboard.press("Home")
    assert shown(figure) == wanted(0)

    plot = figure.locator(".plot")
    frame, box = figure.locator(".frame").bounding_box(), plot.bounding_box()
    left = (frame["x"] - box["x"]) / box["width"]
    drag(lab, plot, left, left + 0.74 * frame["width"] / box["width"])  # evaluation 30 of 40 is the nearest snapshot
    assert shown(figure) == wanted(3)
    mark, dot = figure.locator(".mark").bounding_box(), figure.locator(".dot").nth(1).bounding_box()
    assert mark["x"] - frame["x"] == pytest.approx(30 / 40 * frame["width"], abs=1.5)
    ticks = {float(text.text_content()): text.bounding_box() for text in figure.locator(".plot text").all()
             if re.fullmatch(r"0?\.0*1|1", text.text_content())}
    middles = {loss: box["y"] + box["height"] / 2 for loss, box in ticks.items()}
    low, high = min(middles), max(middles)
    share = np.log(STYLE[30] / low) / np.log(high / low)  # on the logarithmic axis
    assert dot["y"] + dot["height"] / 2 == pytest.approx(middles[low] + share * (middles[high] - middles[low]), abs=2)

    look = lab.cell("now at")
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text("now at 3").wait_for()
    slider.focus()
    keyboard.press("End")
    play = figure.locator(".play")
    play.focus()
    figure.evaluate("""figure => {  // a snapshot stays 600 milliseconds: the page itself notes them
      const place = figure.querySelector(".place"), play = figure.querySelector(".play");
      window.noted = [];
      new MutationObserver(() => noted.push(place.textContent.slice(0, 10) + " " + play.textContent))
        .observe(place, { childList: true });
    }""")
    keyboard.press("Space")  # from the end it begins anew,
    lab.page.wait_for_function("noted.length >= 5")
    assert lab.page.evaluate("noted") == [f"Snapshot {number} Pause" for number in range(1, 6)]
    figure.locator(".play", has_text="Play").wait_for()  # and at the end it stops
    assert shown(figure) == wanted(4)
    assert lab.faults() == [] and faults_of_access(lab.page, ".nst-scrubber") == []


def test_the_wipe_is_drawn_by_mouse_and_by_keys_and_its_sides_are_chosen(open_cells):
    lab, figure = open_figure(open_cells, ONE)
    stage, wipe, over = figure.locator(".stage"), figure.locator(".wipe"), figure.locator(".stage img").nth(1)
    drag(lab, stage, 0.5, 0.25)
    assert wipe.input_value() == "25" and wipe.get_attribute("aria-valuetext") == "25 % left, 75 % right"
    wipe.focus()
    lab.page.keyboard.press("ArrowRight")
    assert over.evaluate("image => getComputedStyle(image).clipPath") == "inset(0px 0px 0px 26%)"
    handle, box = figure.locator(".divider").bounding_box(), stage.bounding_box()
    assert handle["x"] + 1 - box["x"] == pytest.approx(0.26 * box["width"], abs=1.5)
    figure.locator("select").nth(0).select_option("Difference to the snapshot before")
    assert re.fullmatch(r"times [\d.]+; grey: no change", figure.locator(".captions span").nth(0).inner_text())
    figure.locator("select").nth(1).select_option("First snapshot")
    figure.locator(".position").focus()
    lab.page.keyboard.press("ArrowLeft")
    assert picture(figure, 1)[1] == "Right: First snapshot, step 0" and "Difference" in picture(figure, 0)[1]
    assert lab.faults() == []


def test_two_runs_are_compared_at_the_same_share_in_a_narrow_page(open_cells, faults_of_access):
    lab, figure = open_figure(open_cells, TWO)
    lab.page.set_viewport_size({"width": 900, "height": 1000})
    assert figure.locator(".row .title").all_inner_texts() == ["L-BFGS", "<i>Adam</i>"]
    figure.locator(".position").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("ArrowLeft")
    totals = STYLE[20] + CONTENT[20], np.geomspace(1, 0.1, 21)[10] + np.linspace(0, 0.2, 21)[10]
    assert shown(figure) == ("Snapshot 3 of 5: 50 % of the run", [f"{total:.4g}" for total in totals])
    assert picture(figure, 0)[1] == "Left: L-BFGS, step 20, evaluation 21"
    assert picture(figure, 1)[1] == "Right: <i>Adam</i>, step 10, evaluation 11"
    assert figure.locator(".mark").count() == 2
    figure.evaluate("figure => new Promise(requestAnimationFrame)")
    assert figure.evaluate("figure => figure.scrollWidth <= figure.clientWidth")
    assert lab.faults() == [] and faults_of_access(lab.page, ".nst-scrubber") == []
