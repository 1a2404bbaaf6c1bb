"""Noise, scrubbed, in JupyterLab: step, picture and noise are chosen by mouse and by keys, and what is shown is right.

Pixels and numbers are compared with NumPy, worked out here in float64. What may go here: what can only be seen of this
figure with a real browser.
"""

from nst_helpers.diffusion import cosine_schedule

import numpy as np
import pytest

pytestmark = pytest.mark.browser

SOURCES = ["""from nst_helpers.diffusion import cosine_schedule
from nst_helpers.live.jump import noise_and_jump
import numpy as np""",
           """pictures = np.random.default_rng(5).random((4, 32, 32, 3))
figure = noise_and_jump(pictures, lambda noisy, t: 0.5 * noisy + np.float32(t / 4000), cosine_schedule())
figure""",
           'print("now", figure.step, figure.picture, figure.noise, f"{figure.error:.4f}")']
PICTURES, ALPHA_BAR = np.random.default_rng(5).random((4, 32, 32, 3)), cosine_schedule()
PIXELS = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def by_hand(picture, seed, step):
    """Noisy picture, found noise, jump and truth, uint8 in float64 before rounding; and the jump's error."""
    signal, spread, true = np.sqrt(ALPHA_BAR[step]), np.sqrt(1 - ALPHA_BAR[step]), 2 * PICTURES[picture] - 1
    noise = np.random.default_rng(seed).standard_normal(true.shape, "float32").astype("float64")
    noisy = signal * true + spread * noise
    found = 0.5 * noisy + step / 4000
    jump = (noisy - spread * found) / signal
    return [np.clip((part + 1) / 2, 0, 1) * 255 for part in (noisy, found, jump, true)], np.mean((jump - true) ** 2)


@pytest.fixture
def lab(open_cells):
    lab = open_cells(SOURCES)
    lab.faults_of_page = []
    lab.page.on("pageerror", lambda error: lab.faults_of_page.append(str(error)))
    lab.menu("Run", "Run All Cells")
    lab.page.locator(".nst-jump").wait_for()
    lab.wait_until_settled()
    lab.page.locator(".nst-jump").scroll_into_view_if_needed()
    return lab


def check(lab, picture, seed, step):
    """That figure, slider and Python show this choice, with the right pixels and numbers."""
    figure, [images, error] = lab.page.locator(".nst-jump"), by_hand(picture, seed, step)
    figure.locator(".step", has_text=str(step)).wait_for()
    for canvas, image in zip(figure.locator(".pictures canvas").all(), images):
        pixels = np.reshape(canvas.evaluate(PIXELS), (32, 32, 4))
        np.testing.assert_allclose(pixels[:, :, :3], image, atol=0.51)
        assert (pixels[:, :, 3] == 255).all() and canvas.bounding_box()["width"] >= 200
    assert figure.locator(".mse").text_content() == f"{error:.4f}"
    shares = [figure.locator(name).text_content() for name in (".of-picture", ".of-noise")]
    assert shares == [f"{np.sqrt(ALPHA_BAR[step]):.2f}", f"{np.sqrt(1 - ALPHA_BAR[step]):.2f}"]
    assert figure.locator("input").get_attribute("aria-valuetext") == (
        f"step {step} of 1000, mean squared error {error:.4f}")
    for buttons, place in ((".thumb", picture), (".seed", seed)):
        pressed = [button.get_attribute("aria-pressed") for button in figure.locator(buttons).all()]
        assert pressed == ["true" if index == place else "false" for index in range(len(pressed))]
    marks = [mark.bounding_box() for mark in figure.locator(".mark").all()]
    assert max(mark["x"] for mark in marks[:2]) - min(mark["x"] for mark in marks[:2]) < 0.5
    look = lab.cell('print("now"')
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text(f"now {step} {picture} {seed} {error:.4f}").wait_for()
    assert lab.faults() == lab.faults_of_page == []


def test_step_picture_and_noise_are_chosen_by_mouse(lab):
    figure, mouse = lab.page.locator(".nst-jump"), lab.page.mouse
    check(lab, 0, 0, 520)
    figure.locator(".thumb").nth(2).click()
    figure.locator(".seed").nth(1).click()
    check(lab, 2, 1, 520)
    slider = figure.locator("input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    mouse.move(box["x"] + box["width"] * 0.52, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 2, box["y"] + box["height"] / 2, steps=8)
    assert figure.locator(".step").text_content() == "40"  # while the button is still down
    mouse.up()
    check(lab, 2, 1, 40)
    chart = figure.locator(".chart").nth(1)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    zoom = box["width"] / 460
    mouse.move(box["x"] + zoom * (38 + 0.3 * 402), box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + zoom * (38 + 0.8 * 402), box["y"] + 40, steps=5)
    mouse.up()
    check(lab, 2, 1, 800)


# A step stays 140 milliseconds: too short to be seen from here for sure. So the page itself notes and pauses.
NOTE_STEPS = """figure => {
  const step = figure.querySelector(".step"), play = figure.querySelector(".play");
  Object.assign(window, { steps: [], pauseAt: 0 });
  new MutationObserver(() => {
    const now = Number(step.textContent);
    if (now !== steps.at(-1)) steps.push(now);
    if (now === pauseAt) play.click();
  }).observe(step, { childList: true });
}"""


def test_step_picture_and_noise_are_chosen_by_keys_and_it_plays(lab, faults_of_access):
    figure, keys = lab.page.locator(".nst-jump"), lab.page.keyboard
    slider, said = figure.locator("input"), figure.locator(".said")
    slider.focus()
    assert slider.evaluate("slider => getComputedStyle(slider).outlineStyle") == "solid"
    for _ in range(3):
        keys.press("ArrowLeft")
    keys.press("ArrowRight")
    said.get_by_text("Picture 1, seed 0, step 440 of 1000: 0.77 of the picture").wait_for()
    check(lab, 0, 0, 440)
    slider.focus()
    keys.press("Home")
    assert figure.locator(".step").text_content() == "40"
    keys.press("End")
    said.get_by_text("step 1000 of 1000: 0.000049 of the picture, 1.00 of the noise").wait_for()
    figure.evaluate(NOTE_STEPS)
    keys.press("Shift+Tab")  # to the button that plays,
    keys.press("Space")  # from the last step it begins anew
    lab.page.wait_for_function("steps.at(-1) === 1000")  # and comes to the end
    assert lab.page.evaluate("steps") == list(range(40, 1001, 40))
    assert figure.locator(".play").text_content() == "Play"
    lab.page.evaluate("pauseAt = 120")
    keys.press("Space")
    lab.page.wait_for_function("steps.slice(-3).join() === '40,80,120'")
    lab.page.wait_for_timeout(500)  # time for three more steps, were it not at rest
    assert figure.locator(".step").text_content() == "120"
    assert figure.locator(".play").text_content() == "Play"
    keys.press("Home")  # arrows, Home and End are at work wherever the focus is in the figure
    keys.press("Shift+Tab")  # to the third noise,
    keys.press("Enter")
    for _ in range(3):
        keys.press("Shift+Tab")  # and past the first to the fourth picture
    keys.press("Enter")
    keys.press("ArrowRight")
    check(lab, 3, 2, 80)
    assert faults_of_access(lab.page, ".nst-jump") == []


def test_the_jump_has_room_in_a_narrow_window_and_python_may_choose(lab):
    figure = lab.page.locator(".nst-jump")
    for width, rows in ((1400, 1), (900, 2)):
        lab.page.set_viewport_size({"width": width, "height": 1000})
        lab.page.wait_for_function("""rows => new Set([...document.querySelectorAll(".nst-jump .pictures canvas")].map(
            canvas => canvas.getBoundingClientRect().y)).size === rows""", arg=rows)
        assert figure.evaluate("""figure => [figure, figure.closest(".jp-OutputArea-output")].every(
            element => element.scrollWidth <= element.clientWidth)""")
    look = lab.cell('print("now"')
    look.locator(".cm-content").click()
    lab.page.keyboard.press("Control+Home")
    lab.page.keyboard.type("figure.level, figure.picture = 2, 1; ")
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    check(lab, 1, 0, 120)
