"""Snapshots: pictures of a run on its way, where they belong in its losses, and displays of one's own."""

from nst_helpers._run import snapshots
from nst_helpers._run.arguments import style_pictures
from nst_helpers._run.snapshots import Snapshots
from nst_helpers.images import load_image
from nst_helpers.loss_weights import Weights
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize import multiscale
from nst_helpers.optimize.result import Result
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf

LAYERS = {"content_layers": "block1_conv1", "style_layers": "block1_conv1"}
QUICK = {**LAYERS, "size": 64, "start": "noise", "patch_weight": 0.0, "progress": False}


def test_each_snapshot_has_the_losses_that_stand_at_its_place(random_pocket):
    result = stylize("chelsea", "great_wave", network=random_pocket, steps=12, snapshots=5, **QUICK)
    taken = result.snapshots
    assert [each.step for each in taken] == [0, 1, 3, 7, 12]
    assert taken[0].evaluation == 0 and taken[-1].evaluation == result.best_evaluation()
    assert np.all(np.diff([each.evaluation for each in taken]) > 0)
    np.testing.assert_array_equal(taken[-1].image, result.image)
    extract = feature_extractor(random_pocket, ["block1_conv1"])
    content = load_image("chelsea", 64)
    [style] = style_pictures("great_wave", None, content)
    objective = transfer_objective(extract, content, [Style(style)],
                                   Weights(*LAYERS.values(), content_weight=0.02, total_variation_weight=0.1))
    for each in taken:
        total = float(tf.add_n(list(objective(tf.constant(each.image)).values())))
        assert result.losses["total"][each.evaluation] == pytest.approx(total, rel=0.2)  # a snapshot is clipped


def test_snapshots_of_several_sizes_grow_and_a_posters_are_small(random_pocket, monkeypatch):
    monkeypatch.setattr(multiscale, "SMALLEST", 48)
    monkeypatch.setattr(snapshots, "LARGEST", 80)
    result = stylize("chelsea", "great_wave", network=random_pocket, steps=10, snapshots=6, **QUICK | {"size": 96})
    sides = [max(each.image.shape) for each in result.snapshots]
    assert sides[1] == 48 and sides[-1] == 80 and max(result.image.shape) == 96
    places = [each.evaluation for each in result.snapshots]
    assert places == sorted(places) and places[-1] >= result.stages[0] > places[1]


def test_the_same_picture_with_and_without_and_nothing_of_it_in_the_record(random_pocket):
    without, with_them = (stylize("chelsea", "great_wave", network=random_pocket, steps=4, snapshots=count, **QUICK)
                          for count in (0, 4))
    np.testing.assert_array_equal(without.image, with_them.image)
    assert without.snapshots == [] and "snapshots" not in with_them.record["arguments"]


def test_a_run_of_few_steps_has_few():
    taken = Snapshots(12, 2, np.zeros((1, 8, 8, 3)))
    for step in (1, 2):
        taken(step, 3.0 - step, np.zeros((1, 8, 8, 3)))
    result = Result(np.zeros((1, 8, 8, 3)), {"total": np.array([3.0, 2.0, 1.0])}, 2, 3, 0.1, "")
    assert [each[:2] for each in taken.of(result)] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("number", [1, -2, 101, 2.5, True, "many", None])
def test_a_number_that_cannot_be_is_refused(random_pocket, number):
    with pytest.raises(ValueError, match=r"snapshots is .*; give a whole number from 2 to 100, or 0 for none\."):
        stylize("chelsea", "great_wave", network=random_pocket, steps=1, snapshots=number, **QUICK)


def test_a_display_of_ones_own_sees_each_step_and_can_end_the_run(random_pocket):
    class Display:
        def __init__(self, steps):
            self.seen, self.said = [steps], []
            displays.append(self)

        def __call__(self, step, loss, image):
            self.seen.append(step)
            if step == 3:
                raise KeyboardInterrupt

        def tell(self, text):
            raise AssertionError("no run is that long")

        def close(self, text):
            self.said.append(text)

    displays = []
    result = stylize("chelsea", "great_wave", network=random_pocket, steps=50, snapshots=4,
                     **QUICK | {"progress": Display})
    assert displays[0].seen == [50, 1, 2, 3] and result.steps == 3 and result.message == "interrupted"
    assert displays[0].said == [repr(result)] and result.snapshots[-1].step == 3
