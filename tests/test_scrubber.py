"""A run to go through, without a page: its numbers against NumPy, its pictures decoded again, what is stored and said.

What may go here: tests of nst_helpers.live.scrubber. That its sliders move is seen in test_browser_scrubber.
"""

import base64
import io
import json

from nst_helpers.images import load_image, resize_image
from nst_helpers.live.scrubber import frame_of, scrub
from nst_helpers.optimize.result import Result, Snapshot
from nst_helpers.transfer import stylize

from nbclient import NotebookClient
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import pytest

rng = np.random.default_rng(0)


def smooth(height=32, width=48):
    """A picture that JPEG keeps well."""
    return resize_image(rng.random((1, 8, 8, 3), dtype="float32"), (height, width))


def run_of(evaluations=(0, 3, 9), count=10, stages=(), pictures=None, **parts):
    """A Result made up: `parts` and their sum, and a snapshot at each of `evaluations`."""
    parts = parts or {"content": np.linspace(0, 0.2, count), "style": np.geomspace(1, 0.01, count)}
    losses = {"total": sum(parts.values()), **parts}
    pictures = pictures or [smooth() for _ in evaluations]
    shots = [Snapshot(2 * at, at, picture) for at, picture in zip(evaluations, pictures, strict=True)]
    return Result(smooth(), losses, 2 * count, count, 1.0, "", stages=list(stages), snapshots=shots)


def decoded(file):
    return np.asarray(Image.open(io.BytesIO(file)), "float64")[np.newaxis] / 255


def choice(figure, name):
    """The pictures (as files) and the texts of a choice, by position."""
    [(_, numbers, texts)] = [each for each in figure.choices if each[0] == name]
    return [figure.pictures[number] for number in numbers], texts


def from_the_page(figure, **state):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


def test_each_snapshot_has_the_losses_of_its_evaluation():
    result = run_of()
    figure = scrub(result)
    assert [curve["name"] for curve in figure.curves] == ["total", "content", "style"]
    for curve in figure.curves:
        values = result.losses[curve["name"]]
        assert curve["points"] == [[at, value] for at, value in enumerate(values)]
        assert curve["marks"] == [[at, values[at]] for at in (0, 3, 9)]
        assert curve["texts"] == [f"{values[at]:.4g}" for at in (0, 3, 9)]
    assert figure.places == [f"Snapshot {i} of 3: step {2 * at}, evaluation {at + 1} of 10"
                             for i, at in enumerate((0, 3, 9), start=1)]
    assert figure.position == 2 and "losses: total 0.21, content 0.2, style 0.01. Where" in figure.describe()


def test_a_part_that_is_zero_is_left_out_and_what_is_not_finite_is_said():
    style = np.array([1.0, np.inf, 0.5, np.nan])
    figure = scrub(run_of((0, 1, 2), 4, style=style, patches=np.zeros(4)))
    assert [curve["name"] for curve in figure.curves] == ["total", "style"]
    assert figure.curves[1]["points"] == [[0, 1.0], [1, None], [2, 0.5], [3, None]]
    assert figure.curves[1]["texts"] == ["1", "not finite", "0.5"]
    json.dumps(figure.curves, allow_nan=False)


def test_a_long_curve_is_thinned_but_its_minimum_and_its_snapshots_are_exact():
    style = 1 + rng.random(5001)
    style[777], at = 0.25, [0, 13, 1234, 5000]
    [total, _] = scrub(run_of(at, 5001, style=style)).curves
    places = [place for place, _ in total["points"]]
    assert 390 <= len(places) <= 400 and places == sorted(set(places)) and {777, *at} <= set(places)
    assert max(np.diff(places)) <= 20  # spread evenly
    for place, value in total["points"]:
        assert value == style[place]


def test_pictures_travel_once_as_small_jpeg_files():
    wave, photo = (load_image(name, 640)[:, :400] for name in ("great_wave", "summer_palace"))
    mixed = [(1 - share) * photo + share * wave for share in np.linspace(0, 1, 12)]
    result = run_of(range(12), 12, pictures=mixed)
    figure = scrub(result, photo)
    assert all(Image.open(io.BytesIO(file)).format == "JPEG" for file in figure.pictures)
    assert {Image.open(io.BytesIO(file)).size for file in figure.pictures} == {(512, 320)}
    assert len(figure.pictures) == 1 + 2 * 12  # content image, snapshots, differences
    assert sum(map(len, figure.pictures[1:13])) < 800_000 and sum(map(len, figure.pictures)) < 1_600_000  # unlike a run
    assert [each[0] for each in figure.choices] == ["Content image", "First snapshot", "This snapshot", "Final picture",
                                                    "Difference to the snapshot before"]
    assert [figure.choices[side][0] for side in figure.sides] == ["Content image", "This snapshot"]
    for name, wanted in {"Content image": [photo] * 12, "First snapshot": mixed[:1] * 12, "This snapshot": mixed,
                         "Final picture": mixed[-1:] * 12}.items():
        for file, picture in zip(choice(figure, name)[0], wanted, strict=True):
            assert np.abs(decoded(file) - resize_image(picture, 512)).mean() < 0.015
    assert choice(figure, "This snapshot")[1] == [f"step {2 * at}" for at in range(12)]
    assert choice(figure, "Final picture")[1] == ["step 22"] * 12


def test_differences_are_enlarged_until_the_largest_is_visible():
    first = smooth() * 0.5 + 0.25
    second = first + 0.05 * (smooth() - 0.5)
    third = resize_image(second, (64, 96)) * 0.9
    figure = scrub(run_of(pictures=[first, second, third]))
    files, texts = choice(figure, "Difference to the snapshot before")
    change = second.astype("float64") - first
    factor = 0.5 / np.abs(change).max()
    assert texts[:2] == ["nothing yet", f"times {factor:.2g}; grey: no change"]
    assert np.abs(decoded(files[1]) - (0.5 + factor * change)).mean() < 0.02
    assert np.ptp(decoded(files[0])) < 0.01
    change = third - resize_image(second, (64, 96)).astype("float64")  # at the size of the later one
    assert np.abs(decoded(files[2]) - (0.5 + 0.5 / np.abs(change).max() * change)).mean() < 0.02


def test_a_run_that_changes_nothing_and_a_run_of_one_snapshot():
    picture = smooth()
    files, texts = choice(scrub(run_of((0, 0), 1, pictures=[picture, picture])), "Difference to the snapshot before")
    assert np.ptp(decoded(files[1])) < 0.01 and texts[1] == "times 1; grey: no change"
    figure = scrub(run_of((0,), 1))
    assert figure.position == 0 and len(figure.places) == 1
    figure.draw()


def test_sizes_on_the_way_are_told_by_their_evaluations():
    sizes = [smooth(16, 24), smooth(16, 24), smooth(32, 48)]
    assert scrub(run_of(pictures=sizes, stages=[4, 6])).grown == [4]
    assert scrub(run_of()).grown == [] and scrub(run_of(stages=[10])).grown == []


def test_two_runs_stand_at_the_same_share_of_their_way():
    long, short = run_of((0, 10, 20, 30, 40), 41), run_of((0, 5, 12, 20), 21)
    figure = scrub({"L-BFGS": short, "Adam": long})
    assert [curve["name"] for curve in figure.curves] == ["L-BFGS", "Adam"]
    assert [at for at, _ in figure.curves[1]["marks"]] == [0, 10, 20, 30, 40]
    shares = np.array([0, 5, 12, 20]) / 20
    nearest = [int(np.argmin(np.abs(shares - share))) for share in np.array([0, 10, 20, 30, 40]) / 40]
    assert [at for at, _ in figure.curves[0]["marks"]] == [[0, 5, 12, 20][index] for index in nearest]
    for name, result in (("L-BFGS", short), ("Adam", long)):
        files, texts = choice(figure, name)
        curve = next(each for each in figure.curves if each["name"] == name)
        for file, text, (at, value) in zip(files, texts, curve["marks"], strict=True):
            [shot] = [shot for shot in result.snapshots if shot.evaluation == at]
            assert np.abs(decoded(file) - shot.image).mean() < 0.02 and value == result.losses["total"][at]
            assert text == f"step {2 * at}, evaluation {at + 1}"
    assert figure.places[2] == "Snapshot 3 of 5: 50 % of the run"
    assert [figure.choices[side][0] for side in figure.sides] == ["L-BFGS", "Adam"]
    with_content = scrub({"L-BFGS": short, "Adam": long}, smooth())
    assert [with_content.choices[side][0] for side in with_content.sides] == ["L-BFGS", "Adam"]
    assert with_content.choices[0][0] == "Content image"


def test_the_last_position_is_the_final_picture_of_both():
    early = run_of((0, 4, 4), 10)  # the best so far did not change any more
    figure = scrub({"a": run_of((0, 5, 9)), "b": early})
    assert np.abs(decoded(choice(figure, "b")[0][-1]) - early.snapshots[-1].image).mean() < 0.02


def test_the_frame_holds_the_total_and_is_not_pressed_flat():
    curves = [{"points": [[0, 1.0], [1, 500.0], [2, 0.1]]}, {"points": [[0, 0.0], [1, 1e-9], [2, None]]}]
    (low, high), ticks = frame_of(curves, [1.0, 500.0, 0.1])
    assert 1e-4 < low < 1e-3 and 10 < high < 20
    assert [text for _, text in ticks] == ["0.001", "0.01", "0.1", "1", "10"]
    assert [text for _, text in frame_of([{"points": [[0, 0.9], [1, 0.2]]}], [0.9, 0.2])[1]] == ["0.2", "0.5", "1"]
    for values in ([0.63, 0.62], [5.0], [-1.0, -2.0], [np.nan]):  # none of them may leave a frame without height
        (low, high), ticks = frame_of([{"points": list(enumerate(values))}], values)
        assert 0 < low < high and len(ticks) >= 1 and all(low < tick < high for tick, _ in ticks)


def test_the_position_comes_from_the_page_or_the_learner():
    figure = scrub(run_of())
    from_the_page(figure, position=1)
    assert figure.position == 1 and "Snapshot 2 of 3" in figure.describe() and "style 0.2154" in figure.describe()
    figure.position = 0
    with pytest.raises(ValueError, match="position is 3; give a whole number from 0 to 2"):
        figure.position = 3
    assert figure.position == 0


def test_what_stylize_gives(random_pocket):
    result = stylize("chelsea", "great_wave", network=random_pocket, content_layers="block1_conv1",
                     style_layers="block1_conv1", size=64, steps=6, snapshots=4, patch_weight=0.0, progress=False)
    figure = scrub(result, load_image("chelsea", 64))
    assert len(figure.places) == len(result.snapshots)
    assert figure.curves[0]["marks"][-1][1] == result.losses["total"].min()


@pytest.mark.parametrize("give, message", [
    (lambda: (run_of(evaluations=()),), r"This run has no snapshots: run stylize\(..., snapshots=12\)"),
    (lambda: ([1, 2],), r"This run has no snapshots: run stylize\(..., snapshots=12\) and give all that comes back"),
    (lambda: ({"a": run_of(), "b": None},), "The run 'b' has no snapshots"),
    (lambda: ({"a": run_of()},), "results holds 1 runs; give one Result, or a dictionary of two"),
    (lambda: (run_of((0, 10)),), r"This run has 10 evaluations, and snapshots at other ones: \[0, 10\]"),
    (lambda: (run_of(pictures=[smooth(), smooth(), 3 * smooth()]),), "snapshot 3 has values from"),
    (lambda: (run_of(), np.zeros((32, 48, 3))), r"content_image has the shape \(32, 48, 3\)"),
    (lambda: (run_of(), smooth(48, 48)), r"same proportions; heights and widths are \[\(32, 48\), \(48, 48\)\]"),
    (lambda: ({"a": run_of(), "b": run_of(pictures=[smooth(48, 32)] * 3)},), "need the same proportions")])
def test_bad_arguments_are_refused_in_a_sentence(give, message):
    with pytest.raises(ValueError, match=message) as refused:
        scrub(*give())
    assert "\n" not in str(refused.value)


def test_the_picture_beside_the_live_figure_shows_snapshots_above_curves():
    result = run_of(range(12), 12)
    figure = scrub(result)
    figure.position = 1
    *pictures, curves = sorted(figure.draw().axes, key=lambda axis: axis.get_yscale() == "log")
    assert [axis.get_title() for axis in pictures] == [f"evaluation {at}" for at in (1, 4, 7, 9, 12)]
    np.testing.assert_array_equal(pictures[1].images[0].get_array(), result.snapshots[3].image[0])
    lines = {line.get_label(): line for line in curves.lines}
    np.testing.assert_allclose(lines["style"].get_xydata(), np.c_[np.arange(1, 13), result.losses["style"]])
    assert curves.get_yscale() == "log" and len({line.get_linestyle() for line in curves.lines}) == 3
    two = scrub({"one $a$": result, "other": run_of(range(12), 12)}).draw()
    assert len(two.axes) == 9 and "one $a$" in [axis.get_ylabel() for axis in two.axes]


def test_a_stored_notebook_keeps_a_small_picture_and_the_sentence():
    source = """from nst_helpers import load_image
from nst_helpers.live.scrubber import scrub
from nst_helpers.optimize.result import Result, Snapshot
import numpy as np
wave, photo = (load_image(name, 256)[:, :160] for name in ("great_wave", "summer_palace"))
losses = {"total": np.geomspace(1, 0.1, 9)}
shots = [Snapshot(i, i, (photo * (8 - i) + wave * i) / 8) for i in range(9)]
scrub(Result(wave, losses, 9, 9, 1.0, "", snapshots=shots))"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    [output] = clean(notebook).cells[0].outputs
    assert set(output.data) == {"image/jpeg", "text/plain"} and len(output.data["image/jpeg"]) < 80_000  # in base64
    assert Image.open(io.BytesIO(base64.b64decode(output.data["image/jpeg"]))).width <= 800
    assert "total 0.1. Where this notebook runs, a slider goes through the snapshots." in output.data["text/plain"]
    assert output.metadata["image/jpeg"]["alt"] == output.data["text/plain"]
