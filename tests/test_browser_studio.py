"""The studio in JupyterLab, as a visitor uses it: by mouse, by keys, with files, and with a page that is reloaded.

Needs Chromium, as test_browser. What may go here: what can only be seen with a real browser.
"""

from nst_helpers.images import load_image, save_image, to_bytes
from nst_helpers.records import read_record

import numpy as np
import pytest

pytestmark = pytest.mark.browser

STUDIO = ["from nst_helpers.studio import studio\nstudio()",
          """from nst_helpers.studio import studio
page = studio()
print(page.run["state"], page.settings["photo"], page.settings["strength"], len(page.results))"""]


@pytest.fixture
def studio(open_cells):
    """A Lab with the studio, which is there and quick: 256 px and 20 steps."""
    lab = open_cells(STUDIO)
    lab.menu("Run", "Run All Cells")
    here = lab.page.locator(".nst-studio")
    here.locator(".photos .thumb img").first.wait_for()
    here.locator("[data-choice=size]").select_option("256")
    here.locator("[data-choice=steps]").select_option("20")
    return lab


def element(lab, selector):
    return lab.page.locator(f".nst-studio {selector}").first


def changes(lab, selector):
    """Wait until a picture is another one than now; call what is given back after the act."""
    image = element(lab, selector).element_handle()
    before = image.get_attribute("src")
    return lambda: lab.page.wait_for_function("([image, before]) => image.src !== before", arg=[image, before])


def paint(lab):
    """Paint, and wait for one more result: on a busy machine the page may hear of the beginning and the end at once."""
    results = lab.page.locator(".nst-studio .last .result")
    before = results.count()
    element(lab, ".go").click()
    results.nth(before).wait_for()
    element(lab, ".go:enabled").wait_for()


def download(lab, folder):
    with lab.page.expect_download() as found:
        element(lab, ".save").click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def python_knows(lab):
    look = lab.cell('print(page.run["state"]')
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    lab.wait_until_settled()
    return look.locator(".jp-OutputArea-output").inner_text()


def test_from_a_file_of_ones_own_to_the_downloaded_picture(studio, tmp_path):
    path = tmp_path / "my holiday.png"
    save_image(load_image("dahlia", 320), path)
    element(studio, ".photos .own").click()
    element(studio, ".file").set_input_files(path)
    own = element(studio, '.photos .thumb[data-name="my_holiday.png"][aria-pressed=true]')
    own.wait_for()
    done = changes(studio, ".under")
    element(studio, '.paintings .thumb[data-name="great_wave"]').click()
    done()
    paint(studio)
    record = read_record(download(studio, tmp_path))
    assert record["arguments"]["content_image"] == "my_holiday.png" and record["arguments"]["steps"] == 20
    assert record["arguments"]["style_images"] == ["starry_night", "great_wave"]
    assert element(studio, ".wrong").inner_text() == "" and studio.faults() == []


DROP = """([selector, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name));
    for (const kind of ["dragover", "drop"]) {
        document.querySelector(selector).dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true,
                                                                            cancelable: true}));
    }
}"""


def test_files_are_dropped_where_they_belong(studio):
    for place, name in ((".stage", "face.jpg"), (".paintings", "wall.jpg")):
        data = list(to_bytes(load_image("dogs", 160), "jpg"))
        studio.page.evaluate(DROP, [f".nst-studio {place}", name, data])
        shelf = ".photos" if place == ".stage" else place
        element(studio, f'{shelf} .thumb[data-name="{name}"][aria-pressed=true]').wait_for()
    assert element(studio, '.photos .thumb[data-name="face.jpg"]').get_attribute("aria-pressed") == "true"
    assert "face.jpg" in python_knows(studio) and studio.faults() == []


def test_every_knob_reacts_to_keys_and_the_preview_follows(studio):
    for selector, key in (("[data-knob=strength]", "ArrowLeft"), ("[data-knob=strokes]", "ArrowRight"),
                          ("[data-check=keep_colors]", "Space"), ('.paintings .thumb[data-name="spring"]', "Enter"),
                          (".mix input", "ArrowLeft"), ('.photos .thumb[data-name="chelsea"]', "Enter")):
        done = changes(studio, ".under")
        element(studio, selector).focus()
        studio.page.keyboard.press(key)
        done()
    assert "chelsea 0.65 0" in python_knows(studio)
    handle = element(studio, ".handle")
    handle.focus()
    studio.page.keyboard.press("Shift+ArrowRight")
    assert handle.get_attribute("aria-valuenow") == "60"
    assert handle.get_attribute("aria-valuetext") == "60 per cent Photo, the rest Preview"
    # The wipe by mouse: to a quarter of the picture.
    frame = element(studio, ".frame").bounding_box()
    studio.page.mouse.move(handle.bounding_box()["x"], frame["y"] + 30)
    studio.page.mouse.down()
    studio.page.mouse.move(frame["x"] + frame["width"] / 4, frame["y"] + 40, steps=5)
    studio.page.mouse.up()
    assert abs(int(handle.get_attribute("aria-valuenow")) - 25) <= 1
    assert studio.faults() == []


def test_a_region_is_painted_with_the_mouse_or_chosen_by_keys(studio, tmp_path):
    element(studio, '.paintings .thumb[data-name="the_scream"]').click()
    element(studio, "[data-check=regions]").check()
    done = changes(studio, ".under")
    studio.drag_across(element(studio, ".paint"))
    done()
    paint(studio)
    record = read_record(download(studio, tmp_path))
    assert len(record["arguments"]["masks"]) == 2 and record["studio"]["regions"] is True
    done = changes(studio, ".under")  # which is the result now; the preview under it changes, too
    element(studio, ".views.right input[value=preview]").check(force=True)
    done()
    done = changes(studio, ".under")
    element(studio, ".shapes").select_option("mountains_sky")
    done()
    assert element(studio, ".wrong").inner_text() == "" and studio.faults() == []


def test_a_stroke_over_a_photo_that_is_gone_for_a_moment_ends(studio):
    element(studio, '.paintings .thumb[data-name="the_scream"]').click()
    element(studio, "[data-check=regions]").check()
    canvas, page = element(studio, ".paint"), studio.page
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    canvas.evaluate("""canvas => {
        canvas.style.width = 0;
        const move = { clientX: 60, clientY: 60 };
        setTimeout(() => canvas.dispatchEvent(new PointerEvent("pointermove", move)));
    }""")
    page.wait_for_timeout(500)
    page.wait_for_function("true", timeout=30_000)  # a page that hangs would be waited for without an end
    canvas.evaluate("canvas => canvas.style.width = null")
    page.mouse.up()
    assert canvas.bounding_box()["width"] == box["width"]


def test_a_painting_is_taken_away_and_a_saved_picture_brings_its_regions_back(studio, tmp_path):
    for name in ("the_scream", "great_wave"):
        element(studio, f'.paintings .thumb[data-name="{name}"]').click()
    element(studio, "[data-check=regions]").check()
    for brush, shape in ((1, "left"), (2, "bottom")):
        element(studio, f".brush button:nth-child({brush + 1})").click()
        done = changes(studio, ".under") if brush == 2 else lambda: None
        element(studio, ".shapes").select_option(shape)
        done()
    done = changes(studio, ".under")
    element(studio, '.paintings .thumb[data-name="the_scream"]').click()  # the left half goes to the first one
    done()
    assert element(studio, ".brush").inner_text().split("\n") == ["1 starry night", "2 great wave"]
    paint(studio)
    path = download(studio, tmp_path)
    element(studio, ".forget").click()
    element(studio, ".last .result").wait_for(state="detached")
    element(studio, "[data-check=regions]").uncheck()
    element(studio, ".load").click()
    element(studio, ".file").set_input_files(path)
    studio.page.wait_for_function("document.querySelector('.nst-studio [data-check=regions]').checked")
    paint(studio)
    again = download(studio, tmp_path)
    first, second = read_record(path), read_record(again)
    assert first["arguments"] == second["arguments"] and first["studio"] == second["studio"]
    np.testing.assert_array_equal(load_image(path), load_image(again))
    assert studio.faults() == []


def test_letters_typed_in_the_studio_are_not_jupyters(studio):
    element(studio, "[data-knob=strength]").focus()
    for key in "mxddb":
        studio.page.keyboard.press(key)
    element(studio, ".views.right input[value=photo]").check(force=True)
    assert "idle mountains 0.7 0" in python_knows(studio)


def test_a_kernel_that_is_gone_is_told_of(studio):
    studio.menu("Kernel", "Restart Kernel…")
    studio.page.locator(".jp-Dialog .jp-mod-accept").click()
    studio.page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for()
    element(studio, ".go").click()
    element(studio, ".wrong").get_by_text("Python does not answer").wait_for()


def test_a_broken_file_is_a_sentence_and_the_studio_goes_on(studio, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"nonsense" * 50)
    element(studio, ".photos .own").click()
    element(studio, ".file").set_input_files(tmp_path / "broken.jpg")
    element(studio, ".wrong").get_by_text("broken.jpg is not a picture that can be read here").wait_for()
    paint(studio)
    assert studio.faults() == []


def test_stop_and_the_kernels_interrupt_leave_a_picture_and_a_studio_that_works(studio):
    element(studio, "[data-choice=steps]").select_option("300")
    element(studio, "[data-choice=size]").select_option("512")
    element(studio, ".go").click()
    element(studio, ".time").get_by_text("left").wait_for()
    studio.interrupt()
    element(studio, ".stop").click()
    element(studio, ".go:enabled").wait_for()
    element(studio, ".caption").get_by_text("stopped").wait_for()
    element(studio, ".last .result").wait_for()
    assert "done mountains" in python_knows(studio)


def test_a_page_that_is_reloaded_in_the_middle_finds_its_run_and_its_results(studio, tmp_path):
    paint(studio)
    first = read_record(download(studio, tmp_path))
    element(studio, "[data-choice=steps]").select_option("160")
    element(studio, "[data-choice=size]").select_option("384")
    element(studio, ".go").click()
    element(studio, ".time").get_by_text("left").wait_for()
    studio.page.keyboard.press("Control+s")
    studio.page.reload()
    studio.page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for()
    studio.cell("studio()").locator(".jp-InputArea-prompt").click()
    studio.menu("Run", "Run Selected Cell and Do not Advance")
    element(studio, ".last .result").wait_for()
    element(studio, ".go:enabled").wait_for()
    studio.page.wait_for_function("document.querySelectorAll('.nst-studio .last .result').length === 2")
    second = read_record(download(studio, tmp_path))
    assert (first["arguments"]["steps"], second["arguments"]["steps"]) == (20, 160)
    # Back to the first one: its picture, and its settings.
    element(studio, ".last .result[aria-pressed=false]").click()
    studio.page.wait_for_function("document.querySelector('.nst-studio [data-choice=steps]').value === '20'")
    again = download(studio, tmp_path)
    assert read_record(again)["pictures"] == first["pictures"]
    element(studio, ".load").click()
    element(studio, ".file").set_input_files(again)
    np.testing.assert_array_equal(load_image(again).shape[1:3], (192, 256))
    assert studio.faults() == []


def test_axe_finds_no_serious_fault(studio, faults_of_access):
    assert faults_of_access(studio.page, ".nst-studio") == []
    element(studio, '.paintings .thumb[data-name="the_scream"]').click()
    element(studio, "[data-check=regions]").check()
    element(studio, ".code summary").click()
    element(studio, ".go").click()
    element(studio, ".wrong").get_by_text("Paint a region first").wait_for()
    assert faults_of_access(studio.page, ".nst-studio") == []
