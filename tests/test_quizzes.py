"""The questions of the lessons: whether they are fair, belong to their lessons, and what a teacher's slip is told.

Long because of the table of slips. What may go here: tests of data/quizzes, of quiz_files.py, and of quizzes.py as far
as no browser is needed.
"""

import re

from nst_helpers.live import predict, quiz
from nst_helpers.live.quiz_files import QUIZ_FOLDER, load_quiz

from jupyterlab_page import ROOT
from nbclient import NotebookClient
import nbformat
from nbformat import v4
from notebook_cleaning import clean
import pytest

LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
GOOD = """[[question]]
goal = 2
ask = "Why <not>?"
[[question.choice]]
say = "Because of `a < b`."
why = "It is."
right = true
[[question.choice]]
say = "Who knows."
why = "We do."
[[predict]]
key = "rain"
ask = "Rain?"
[[predict.choice]]
say = "Yes."
why = "It rained."
[[predict.choice]]
say = "No."
why = "It did not."
right = true
"""


@pytest.fixture
def teachers(tmp_path):
    """A function: a file's text to the folder that holds it as the quiz of lesson 02."""
    def teachers(text, encoding="utf-8"):
        (tmp_path / "02.toml").write_text(text, encoding=encoding)
        return tmp_path

    return teachers


def entries(lesson):
    return [entry for section in load_quiz(lesson).values() for entry in section]


def place_of_right(entry):
    return [choice["right"] for choice in entry["choice"]].index(True)


def test_every_lesson_has_its_quiz_and_there_is_no_other():
    assert len(LESSONS) == 15 and list(LESSONS) == sorted(file.stem for file in QUIZ_FOLDER.iterdir())


@pytest.mark.parametrize("lesson", LESSONS)
def test_five_questions_of_which_each_asks_about_a_goal_of_the_lesson(lesson):
    questions = load_quiz(lesson)["question"]
    first = nbformat.read(LESSONS[lesson], as_version=4).cells[0].source
    goals = re.findall(r"^- ", first.split("After this lesson you can")[1].split("\n\n**")[0], re.MULTILINE)
    assert len(questions) == 5 and 3 <= len(goals) <= 6
    assert all(question["goal"] <= len(goals) for question in questions)
    assert len({question["goal"] for question in questions}) >= 3  # the tasks ask about the others


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_choice_has_a_why_of_its_own(lesson):
    for entry in entries(lesson):
        whys = [choice["why"] for choice in entry["choice"]]
        assert 3 <= len(whys) <= 4 and len(set(whys)) == len(whys)
        assert all(20 <= len(why) <= 200 for why in whys)
        assert not any(re.search(r"\b(all|none|both) of (the above|these|them)\b", choice["say"], re.IGNORECASE)
                       for choice in entry["choice"])


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_right_choice_can_be_guessed_neither_by_its_length_nor_by_its_place(lesson):
    questions = load_quiz(lesson)["question"]
    longest = shortest = 0
    for question in questions:
        lengths = [len(choice["say"]) for choice in question["choice"]]
        right = lengths.pop(place_of_right(question))
        longest, shortest = longest + (right > max(lengths)), shortest + (right < min(lengths))
    assert longest <= 2 and shortest <= 2
    places = [place_of_right(question) for question in questions]
    assert len(set(places)) >= 3 and max(map(places.count, places)) <= 3


def test_all_places_come_up_about_equally_often():
    places = [place_of_right(question) for lesson in LESSONS for question in load_quiz(lesson)["question"]]
    assert all(places.count(place) >= 15 for place in range(3))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_file_says_how_it_is_edited_and_has_no_long_lines(lesson):
    text = (QUIZ_FOLDER / f"{lesson}.toml").read_text(encoding="utf-8")
    assert text.startswith(f"# The questions of lesson {lesson}.") and max(map(len, text.splitlines())) <= 120
    assert ("[[predict]]" in text.split("\n\n")[0]) == bool(load_quiz(lesson)["predict"])


@pytest.mark.parametrize("old, new, message", [
    ('why = "We do."', "", r'^02.toml, question 1, choice b: "why" is missing; it has to be a text'),
    ('why = "We do."', 'why = " "', 'choice b: "why" is missing'),
    ('why = "We do."', "why = 3", 'choice b: "why" is missing'),
    ('why = "We do."', 'why = "We do."\nright = true', "question 1: a and b are right; give exactly one choice"),
    ('why = "It is."\nright = true', 'why = "It is."', "question 1: no choice is right; give exactly one choice"),
    ("right = true\n[[question", 'right = "yes"\n[[question', 'choice a: "right" is true or false, without'),
    ('why = "We do."', 'wy = "We do."', 'choice b holds the unknown key "wy"; known are say, why, right'),
    ("goal = 2", 'gaol = 2', 'question 1 holds the unknown key "gaol"; known are goal, ask, choice'),
    ("goal = 2", "goal = 0", 'question 1: "goal" has to be the number of one of'),
    ("goal = 2", 'goal = "two"', 'question 1: "goal" has to be the number of one of'),
    ("goal = 2", "", 'question 1: "goal" has to be the number of one of'),
    ('ask = "Why <not>?"', "", 'question 1: "ask" is missing'),
    ('say = "Who knows."', 'say = "Because of `a < b`."', "question 1: two choices say the same"),
    ('ask = "Rain?"', 'ask = "Rain?', r"^02.toml cannot be read: .* \(at line 13, .*straight quotation marks"),
    ("[[predict]]", "[predict]", "02.toml: each predict begins with a line"),
    ("[[question]]", "[[questions]]", '^02.toml holds the unknown key "questions"; known are question, predict'),
    ('key = "rain"', "", 'predict 1: "key" is missing'),
])
def test_a_slip_is_answered_in_one_sentence(teachers, old, new, message):
    assert GOOD.count(old) == 1
    with pytest.raises(ValueError, match=message) as refused:
        load_quiz("02", teachers(GOOD.replace(old, new)))
    assert "\n" not in str(refused.value)


def test_what_else_a_teacher_is_told(teachers):
    one = GOOD.split("[[predict]]")[0]
    with pytest.raises(ValueError, match="there is no quiz '99'; there are 00, 01, .*14"):
        quiz("99")
    with pytest.raises(ValueError, match="there is no quiz 2; "):
        quiz(2)
    with pytest.raises(ValueError, match=r"holds no \[\[question\]\]"):
        load_quiz("02", teachers(""))
    with pytest.raises(ValueError, match="question 1 has 1 choices; give 2 to 6"):
        load_quiz("02", teachers(one.rsplit("[[", 1)[0]))
    with pytest.raises(ValueError, match="two .* have the same key"):
        load_quiz("02", teachers(GOOD + "[[predict]]" + GOOD.split("[[predict]]")[1]))
    with pytest.raises(ValueError, match="there is no prediction '02.snow'; lesson 02 has rain"):
        predict("02.snow", teachers(GOOD))
    with pytest.raises(ValueError, match="there is no prediction '02'; lesson 02 has none"):
        predict("02", teachers(one))


def test_lines_may_be_broken_and_a_mark_at_the_start_is_no_fault(teachers):
    broken = GOOD.replace('"We do."', '"""\nWe\n  do."""')
    folder = teachers(broken, "utf-8-sig")
    assert load_quiz("02", folder)["question"][0]["choice"][1]["why"] == "We do."


def test_the_score_counts_first_answers():
    figure = quiz("02")
    assert figure.score == 0
    right = [place_of_right(question) for question in figure.questions]
    figure.tries = [[right[0]], [(right[1] + 1) % 3, right[1]], [right[2], (right[2] + 1) % 3], [], []]
    assert figure.score == 2


def test_a_page_in_which_nothing_runs_has_the_questions_and_the_folded_answers(teachers):
    data, _ = quiz("02", teachers(GOOD))._repr_mimebundle_()
    page = data["text/html"]
    assert "<p>Why &lt;not&gt;?</p>" in page and "<li>Because of <code>a &lt; b</code>.</li><li>Who knows.</li>" in page
    assert "<details><summary>Answers</summary><p><b>a: right.</b> It is.</p><p><b>b: no.</b> We do.</p>" in page
    assert "   a. Because of `a < b`.\n   b. Who knows." in data["text/plain"]
    assert data["text/plain"].endswith("Right: 1 a.")
    asked = predict("02.rain", teachers(GOOD)).static_page()
    assert "<summary>What happens</summary>" in asked and "b: right." in asked


def test_a_stored_notebook_keeps_page_and_text_and_stays_small():
    cell = v4.new_code_cell('from nst_helpers.live import quiz\nquiz("02")')
    notebook = clean(NotebookClient(v4.new_notebook(cells=[cell]), kernel_name="python3").execute())
    [output] = notebook.cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"} and len(str(notebook)) < 12_000
    assert output.data["text/html"].count("<details>") == 5


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_stored_lesson_ends_with_its_questions_as_they_are_today(lesson):
    stored = nbformat.read(LESSONS[lesson], as_version=4)
    cells = [cell for cell in stored.cells if re.match(r"(quiz|predict)\(", cell.source)]
    assert cells[-1].source == f'quiz("{lesson}")'
    names = [entry["key"] for entry in load_quiz(lesson)["predict"]]
    assert [cell.source for cell in cells[:-1]] == [f'predict("{lesson}.{name}")' for name in names]
    figures = [*(predict(f"{lesson}.{name}") for name in names), quiz(lesson)]
    for cell, figure in zip(cells, figures):
        assert cell.outputs[0].data["text/html"] == figure.static_page()
