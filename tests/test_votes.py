"""Votes on pairs of pictures: what is kept, what is counted, what the counts say, and the widget without a browser.

What may go here: nst_helpers/votes.py, nst_helpers/notebook/votes.py, tools/paint_pairs.py. Whether the pictures are
good is for eyes.
"""

from collections import Counter
import itertools
import json

from nst_helpers.images import load_image
from nst_helpers.notebook.votes import Ballot
from nst_helpers.votes import (
    PAIRS_FILE,
    QUESTIONS,
    VOTES_FILE,
    Vote,
    bradley_terry,
    count_wins,
    load_pairs,
    load_votes,
    save_votes,
)

import numpy as np
import paint_pairs
import pytest

VOTES = [Vote(1, "painting", "a", "b", "left", "2026-11-26T20:00:00+00:00", "me"),
         Vote(1, "same", "b", "a", "right", "2026-11-26T20:00:09+00:00", "me")]


# Files

def test_votes_survive_a_file(tmp_path):
    file = save_votes(tmp_path / "new" / "mine.json", VOTES, " by hand ")
    assert load_votes(file) == (VOTES, ["by hand"])
    assert save_votes(file, [], "none as yet") == file and load_votes(file) == ([], ["none as yet"])


def test_files_of_a_class_are_merged_and_no_vote_counts_twice(tmp_path):
    other = Vote(2, "same", "c", "a", "left", "2026-11-26T20:01:00+00:00", "you")
    files = [save_votes(tmp_path / "mine.json", VOTES, "at home"),
             save_votes(tmp_path / "yours.json", [VOTES[1], other], "at school"),
             save_votes(tmp_path / "again.json", VOTES, "at home")]
    assert load_votes(*files) == ([*VOTES, other], ["at home", "at school"])


def test_no_file_is_no_votes_and_what_ships_says_how_it_came_about(monkeypatch, tmp_path):
    monkeypatch.setattr("nst_helpers.votes.VOTES_FILE", tmp_path / "votes.json")
    assert load_votes() == ([], [])
    monkeypatch.undo()
    votes, how = load_votes()
    assert bool(how) == VOTES_FILE.exists() and all(sentence.strip() for sentence in how)
    pictures, pairs = load_pairs()
    for vote in votes:
        assert {vote.left, vote.right} == set(pairs[vote.pair - 1])
        assert pictures[vote.left]["photo"] == pictures[vote.right]["photo"]


@pytest.mark.parametrize("how", ["", "  ", None])
def test_votes_of_unknown_origin_are_not_written(tmp_path, how):
    with pytest.raises(ValueError, match="Say how the votes came about"):
        save_votes(tmp_path / "mine.json", VOTES, how)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", [
    lambda text: text[: len(text) // 2], lambda text: "", lambda text: "[]", lambda text: "3",
    lambda text: '{"votes": []}',
    lambda text: text.replace('"how"', '"who"'), lambda text: text.replace('"left": "a"', '"left": 7'),
    lambda text: text.replace('"choice": "left"', '"choice": "both"'), lambda text: text.replace('"painting"', '"x"'),
    lambda text: text.replace('"left": "a"', '"left": "b"'), lambda text: text.replace('"voter"', '"vote"'),
    lambda text: text.replace('"pair": 1', '"pair": "1"'), lambda text: "\x00\xff" * 40,
])
def test_a_damaged_file_is_told_in_one_sentence(tmp_path, damage):
    file = save_votes(tmp_path / "mine.json", VOTES, "by hand")
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.json is not a whole file of votes .*: save it again"):
        load_votes(file)


def test_a_file_that_is_not_there_is_no_empty_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_votes(tmp_path / "nowhere.json")


def test_wins_are_counted_by_method_and_question():
    method_of = {"a": "x", "b": "y", "c": "y"}
    np.testing.assert_array_equal(count_wins(VOTES, "painting", ["x", "y"], method_of), [[0, 1], [0, 0]])
    np.testing.assert_array_equal(count_wins(VOTES, "same", ["y", "x"], method_of), [[0, 0], [1, 0]])
    assert not count_wins([], "same", ["x", "y"], method_of).any()
    with pytest.raises(ValueError, match="'b', which is not among the pairs"):
        count_wins(VOTES, "same", ["x"], {"a": "x"})


# Bradley and Terry

def test_two_rivals_by_hand():
    """Three wins against one: the odds are 3, so the scores differ by ln 3; its variance is 1 / (4 * 3/4 * 1/4)."""
    scores, covariance = bradley_terry([[0, 3], [1, 0]], extra=0)
    np.testing.assert_allclose(scores, [np.log(3) / 2, -np.log(3) / 2], atol=1e-6)
    np.testing.assert_allclose([1, -1] @ covariance @ [1, -1], 4 / 3, rtol=1e-5)
    # Half a vote more to each side: 3.5 to 1.5.
    np.testing.assert_allclose(bradley_terry([[0, 3], [1, 0]])[0], [np.log(7 / 3) / 2, -np.log(7 / 3) / 2], atol=1e-6)


def test_no_votes_say_nothing():
    scores, covariance = bradley_terry(np.zeros((3, 3)))
    np.testing.assert_allclose(scores, 0, atol=1e-9)
    # Each pair has a half vote, of which half a quarter is curvature: 1/8 (3 I - 1) is the matrix to be inverted.
    np.testing.assert_allclose(covariance, 8 / 3 * (np.eye(3) - 1 / 3), atol=1e-9)


def test_who_won_always_keeps_a_score_and_is_refused_without_extra_votes():
    scores, covariance = bradley_terry([[0, 5, 5], [0, 0, 3], [0, 2, 0]])
    assert np.isfinite(scores).all() and scores[0] > scores[1] > scores[2] and covariance[0, 0] > covariance[1, 1]
    with pytest.raises(ValueError, match="a score would be infinite"):
        bradley_terry([[0, 5, 5], [0, 0, 3], [0, 2, 0]], extra=0)


@pytest.mark.parametrize("wins", [[1, 2], [[0, 1, 2], [1, 0, 1]], [[0, -1], [1, 0]], [[1, 2], [3, 0]]])
def test_what_is_no_table_of_wins_is_refused(wins):
    with pytest.raises(ValueError, match="square table of counts"):
        bradley_terry(wins)


def tossed(rng, scores, times):
    """A table of wins from coins that fall as the model says, each two rivals `times` often."""
    wins = np.zeros((len(scores),) * 2)
    for i, j in itertools.combinations(range(len(scores)), 2):
        wins[i, j] = rng.binomial(times, 1 / (1 + np.exp(scores[j] - scores[i])))
        wins[j, i] = times - wins[i, j]
    return wins


def test_known_scores_are_found_again():
    rng, true = np.random.default_rng(0), np.array([1.2, 0.3, 0, -0.5, -1.0])
    scores, _ = bradley_terry(tossed(rng, true, 20_000))
    np.testing.assert_allclose(scores, true, atol=0.06)


def test_intervals_hold_what_they_promise():
    rng, true, inside = np.random.default_rng(0), np.array([0.8, 0.2, -0.1, -0.9]), []
    for _ in range(300):
        scores, covariance = bradley_terry(tossed(rng, true, 12))
        difference = np.array([1, 0, 0, -1])
        error = difference @ scores - difference @ true
        inside.append(abs(error) < 1.96 * np.sqrt(difference @ covariance @ difference))
        inside += [*(np.abs(scores - true) < 1.96 * np.sqrt(np.diag(covariance)))]
    assert 0.93 < np.mean(inside) < 0.98


def test_the_scores_are_where_the_likelihood_has_no_slope():
    wins, extra = np.random.default_rng(1).integers(0, 6, (5, 5)) * (1 - np.eye(5)), 0.5
    scores, covariance = bradley_terry(wins, extra)

    def likelihood(values):
        total = 0.0
        for i, j in itertools.product(range(5), repeat=2):
            total += (wins[i, j] + extra / 4 * (i != j)) * np.log(1 / (1 + np.exp(values[j] - values[i])))
        return total

    steps = 1e-3 * np.eye(5)
    slopes = [(likelihood(scores + step) - likelihood(scores - step)) / 2e-3 for step in steps]
    np.testing.assert_allclose(slopes, 0, atol=1e-5)
    curvature = [[(likelihood(scores + a + b) - likelihood(scores + a - b) - likelihood(scores - a + b)
                   + likelihood(scores - a - b)) / 4e-6 for a in steps] for b in steps]
    np.testing.assert_allclose(covariance @ -np.array(curvature), np.eye(5) - 1 / 5, atol=1e-3)
    np.testing.assert_allclose([scores.sum(), *covariance.sum(0)], 0, atol=1e-9)


# The pairs that ship

def test_each_two_methods_meet_once_and_every_picture_is_there():
    pictures, pairs = load_pairs()
    assert (pictures, pairs) == paint_pairs.plan()
    methods = [tuple(sorted(pictures[name]["method"] for name in pair)) for pair in pairs]
    assert Counter(methods) == Counter(itertools.combinations(sorted(paint_pairs.CALLS), 2))
    assert sorted(pictures) == sorted(file.stem for file in PAIRS_FILE.parent.glob("*.jpg"))
    for pair in pairs:
        first, second = (load_image(PAIRS_FILE.parent / f"{name}.jpg") for name in pair)
        assert first.shape == second.shape and max(first.shape) == paint_pairs.SIZE
        assert {"photo", "painting", "method", "call"} == set(pictures[pair[0]])
    assert sum(file.stat().st_size for file in PAIRS_FILE.parent.iterdir()) < 900e3


def test_a_call_of_the_plan_paints():
    image = paint_pairs.paint("stylize_fast('coffee', 'night_cafe', size=64)")
    assert image.shape == (1, 43, 64, 3)
    assert paint_pairs.paint("stylize('coffee', 'night_cafe', size=32, steps=1)").shape == (1, 21, 32, 3)


# The widget

@pytest.fixture
def ballot(tmp_path):
    return Ballot(seed=0, voter="tester", path=tmp_path / "votes.json")


def test_all_questions_are_asked_once_and_sides_change(ballot):
    pictures, pairs = load_pairs()
    for _ in ballot.plan:
        ballot.choose_left()
    assert Counter((vote.pair, vote.question) for vote in ballot.votes) == Counter(
        itertools.product(range(1, len(pairs) + 1), QUESTIONS))
    for vote in ballot.votes:
        assert {vote.left, vote.right} == set(pairs[vote.pair - 1]) and vote.winner == vote.left
    swapped = {vote.pair for vote in ballot.votes if vote.left != pairs[vote.pair - 1][0]}
    assert 0 < len(swapped) < len(pairs)
    assert [vote.pair for vote in ballot.votes] != sorted(vote.pair for vote in ballot.votes)
    assert ballot.choices[0].disabled and "all questions are answered" in ballot.question.value
    ballot.choose_right()
    assert len(ballot.votes) == len(ballot.plan)
    ballot.undo()
    assert len(ballot.votes) == len(ballot.plan) - 1 and not ballot.choices[0].disabled


def test_buttons_cast_take_back_and_save(ballot):
    buttons = {button.description: button for button in ballot.widget.children[2].children}
    buttons["left"].click()
    buttons["right"].click()
    buttons["one back"].click()
    buttons["right"].click()
    assert [vote.choice for vote in ballot.votes] == ["left", "right"]
    assert ballot.votes[1].winner == ballot.votes[1].right and ballot.votes[1].loser == ballot.votes[1].left
    buttons["save"].click()
    votes, how = load_votes(ballot.path)
    assert votes == ballot.votes and "without being told" in how[0]
    assert ballot.told.value.startswith("2 votes are in")
    ballot.path = ballot.path / "no folder"
    buttons["save"].click()
    assert "could not be written" in ballot.told.value


def test_what_is_shown_tells_no_method(ballot):
    pictures, _ = load_pairs()
    _, _, left, right = ballot.plan[0]
    assert ballot.left.value == (PAIRS_FILE.parent / f"{left}.jpg").read_bytes()
    assert ballot.right.value == (PAIRS_FILE.parent / f"{right}.jpg").read_bytes()
    assert bytes(ballot.photo.value[:2]) == b"\xff\xd8"  # a JPEG
    words = ballot.question.value + ballot.told.value
    assert not any(entry["method"] in words for entry in pictures.values())


def test_a_seed_draws_the_same_order_and_none_another(tmp_path):
    assert Ballot(seed=3).plan == Ballot(seed=3).plan
    assert len({str(Ballot().plan) for _ in range(3)}) > 1


def test_the_file_of_votes_is_plain_json(ballot):
    ballot.choose_left()
    ballot.save()
    entry = json.loads(ballot.path.read_text(encoding="utf-8"))["votes"][0]
    assert set(entry) == {"pair", "question", "left", "right", "choice", "time", "voter"}
    assert entry["voter"] == "tester" and entry["time"].endswith("+00:00")
