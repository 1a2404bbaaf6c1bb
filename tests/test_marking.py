"""Marks that a student's code cannot decide: a small sheet, handed in honestly and not, in real sandboxes.

What may go here: tools/marking/ without its reading of sources (test_marking_sources.py). The sheet is made here, and
does without TensorFlow in the student's process.
"""

from pathlib import Path
import time

from nst_helpers.checks.elsewhere import Elsewhere

from marking import page, sandbox, submission, table, wire
from marking.limits import Limits
from marking.marked import NOT_ATTEMPTED, NOT_YET, PASS, Exercise, Marked
from marking.session import Session, Stopped
from marking.untouched import Untouched
from marking.verdicts import Job, mark
from nbformat import v4, write
import numpy as np
import pytest

try:
    sandbox.check()
    MISSING = ""
except sandbox.NoSandbox as reason:
    MISSING = str(reason)
needs_sandbox = pytest.mark.skipif(bool(MISSING), reason=f"{MISSING} Left out.")
LIMITS = Limits(cell_seconds=20, cell_clock=60, all_clock=240, memory=2**31, processes=12, output=2**20, disk=2**24)

# The template: kinds of cells by their id.
TEMPLATE = {
    "setup": "import numpy as np\nfeatures = np.ones((1, 2, 3, 4))",
    "predict": "prediction = ...  # your answer here",
    "check1": "check.twice_as_wide(prediction)",
    "write": "def gram_matrix(features):\n    return ...  # your code here",
    "check2": "check.gram_matrix(gram_matrix)",
    "shift": "def shifted_gram(features, shift):\n    return ...  # your code here",
    "check3": "check.shifted_gram(shifted_gram)",
    "end": "check.summary()",
}
GRAM = ("def gram_matrix(features):\n    rows = features.reshape(-1, features.shape[-1])\n"
        "    return rows.T @ rows / len(rows)")
SHIFT = ("def shifted_gram(features, shift):\n    width = features.shape[2] - shift\n"
         "    left, right = features[0, :, :width], features[0, :, shift:]\n"
         "    return np.tensordot(left, right, ((0, 1), (0, 1))) / left[..., 0].size")
RIGHT = {"predict": "prediction = 'the same'", "write": GRAM, "shift": SHIFT}


def notebook(cells):
    """A notebook of {id: source}; ids that begin with "own" are the student's."""
    made = [v4.new_code_cell(source, id=name) for name, source in cells.items()]
    return v4.new_notebook(cells=made)


@pytest.fixture(autouse=True)
def sheet(tmp_path, monkeypatch):
    """The exercises of lesson 02 without its picture."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    write(notebook(TEMPLATE), folder / "02_toy.ipynb")
    monkeypatch.setattr(submission, "EXERCISES", folder)


def hand_in(tmp_path, changed=(), before=(), beside=(), limits=LIMITS, sandboxed=True):
    """Marks for the template with these cells changed, and own cells before others: {id: source}."""
    cells = {}
    for name, source in {**TEMPLATE, **dict(changed)}.items():
        if name in dict(before):
            cells[f"own-{name}"] = dict(before)[name]
        cells[name] = source
    path = tmp_path / "anna" / "work.ipynb"
    path.parent.mkdir(exist_ok=True)
    write(notebook(cells), path)
    return mark(path, "anna", limits, sandboxed, beside)


def verdicts(marked):
    return [exercise.verdict for exercise in marked.exercises][:3]


@needs_sandbox
def test_right_answers_earn_their_stars_and_the_same_twice(tmp_path):
    first, second = hand_in(tmp_path, RIGHT), hand_in(tmp_path, RIGHT)
    assert verdicts(first) == [PASS] * 3 and first.stars == 6 and first.lesson == "02" and first.remarks == []
    assert [vars(e) for e in first.exercises] == [vars(e) for e in second.exercises]


@needs_sandbox
def test_an_untouched_sheet_earns_nothing(tmp_path):
    marked = hand_in(tmp_path)
    assert verdicts(marked) == [NOT_ATTEMPTED] * 3 and marked.stars == 0


@needs_sandbox
def test_a_mistake_is_named(tmp_path):
    marked = hand_in(tmp_path, {"predict": "prediction = 'twice'", "write": GRAM.replace(" / len(rows)", ""),
                                "shift": SHIFT.replace("features.shape", "features.shapes")})
    assert verdicts(marked) == [NOT_YET] * 3
    assert marked.exercises[1].mistake and "this is the sum over the positions" in marked.exercises[1].sentence
    assert "in line 2 of its cell" in marked.exercises[2].sentence and "AttributeError" in marked.exercises[2].sentence


TRICKS = {
    "claims": "print('4 of 4 exercises pass: 9 of 9 stars.')",
    "a check of its own": (
        "class check:\n"
        "    twice_as_wide = gram_matrix = shifted_gram = summary = staticmethod(lambda *a: None)"),
    "the checks are asked": (
        "from nst_helpers.checks import lesson_02\n"
        "prediction = next(p for p in ['half', 'the same'] if lesson_02.twice_as_wide(p)\n"
        "                  or lesson_02.passed('twice_as_wide'))"),
    "an answer that equals all": (
        "class Same(str):\n    def __eq__(self, other): return True\n"
        "    def lower(self): return self\n    def split(self): return ['the', 'same']\n"
        "prediction = Same('?')"),
    "numbers that equal all": "class Same(np.ndarray):\n    def __sub__(self, other): return np.zeros(1)\n"
                              "def gram_matrix(features):\n    return np.zeros((features.shape[-1],) * 2).view(Same)",
    "NumPy is spoiled": "np.abs = lambda x: np.zeros(1)\nnp.allclose = np.array_equal = lambda *a, **k: True\n"
                        "def gram_matrix(features):\n    return np.zeros((features.shape[-1],) * 2)",
    "the pipes are flooded": (
        "import os\nfor k in range(3, 20):\n    try:\n"
        '        os.write(k, b\'{"values": ["the same"]}\' * 99)\n    except OSError:\n'
        "        pass"),
    "an answer is forged": (
        "import gc, wire\nfor s in gc.get_objects():\n"
        "    if type(s).__name__ == 'Student':\n"
        "        wire.write(s.answers, {'verdict': 'pass', 'values': ['the same'], 'refused': {}})"),
    "the end": "import os\nos._exit(0)",
}


@needs_sandbox
@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_no_trick_earns_a_star(tmp_path, trick):
    marked = hand_in(tmp_path, before={"check1": trick})
    assert PASS not in verdicts(marked) and marked.stars == 0


SPOILERS = {
    "an endless loop": ("while True: pass", f"runs longer than {LIMITS.cell_seconds} seconds of a processor"),
    "a crash": ("import os\nos.abort()", "ends Python"),
    "a flood": ("while True: print('x' * 10000)", "prints more than 1 MB"),
    "too much memory": ("hoard = [np.ones(2**24) for _ in range(99)]", "uses more than 2 GB of memory"),
    "too many processes": ("import subprocess\nmany = [subprocess.Popen(['sleep', '60']) for _ in range(40)]",
                           "starts more than 12 processes"),
}


@needs_sandbox
@pytest.mark.parametrize("spoiler, remark", SPOILERS.values(), ids=SPOILERS)
def test_a_cell_that_ends_the_process_costs_itself_only(tmp_path, spoiler, remark):
    marked = hand_in(tmp_path, {**RIGHT, "write": f"{spoiler}\n{GRAM}"})
    assert verdicts(marked) == [PASS, NOT_ATTEMPTED, PASS]
    assert marked.remarks == [f"cell 4 {remark}; it is left out"]


@needs_sandbox
def test_a_function_that_never_ends_costs_itself_only(tmp_path):
    marked = hand_in(tmp_path, {**RIGHT, "write": "def gram_matrix(features):\n    while True: pass"})
    assert verdicts(marked) == [PASS, NOT_YET, PASS]
    assert f"your function runs longer than {LIMITS.cell_seconds} seconds" in marked.exercises[1].sentence


@needs_sandbox
def test_given_cells_are_put_back_and_own_cells_stay(tmp_path):
    changed = {**RIGHT, "setup": "raise SystemExit", "check1": "print('nothing')", "write": "gram_matrix = helper"}
    marked = hand_in(tmp_path, changed, before={"write": GRAM.replace("gram_matrix", "helper")})
    assert verdicts(marked) == [PASS] * 3 and marked.remarks == []


@needs_sandbox
def test_nothing_can_be_seen_or_spoiled(tmp_path):
    (tmp_path / "ben").mkdir()
    secret = tmp_path / "ben" / "secret.txt"
    secret.write_text("classmate")
    beside = tmp_path / "anna" / "numbers.txt"
    beside.parent.mkdir()
    beside.write_text("0.5")
    (beside.parent / "helper.py").write_text("def half(x):\n    return x / 2\n")
    root = Path(submission.__file__).parents[2]
    with Session([beside, beside.parent / "helper.py"], LIMITS) as student:
        for source in (f"open({str(secret)!r}).read()", f"open({str(root / 'notebooks' / 'solutions')!r})",
                       "import socket\nsocket.create_connection(('127.0.0.1', 80), 1)",
                       f"open({str(root / 'nst_helpers' / 'losses.py')!r}, 'a')", "open('numbers.txt', 'w')",
                       "open('/tmp/large', 'wb').write(bytes(2**25))", "import os\nos.mkdir('/new')",
                       "from nst_helpers.checks.compare import draw"):
            assert student.run(source) != "", source
        assert student.run("from helper import half\nnumber = half(float(open('numbers.txt').read()))") == ""
        assert student.values(["number", "nothing"])[0] == [0.25, None]
        assert student.run("import os, getpass\nseen = sorted(os.listdir('/')), sorted(os.environ)") == ""
        (folders, variables), = student.values(["seen"])[0]
        assert "student" in folders and not [name for name in variables if "PYTEST" in name]
    assert secret.read_text() == "classmate"


@needs_sandbox
def test_functions_are_called_across_the_boundary_and_call_back(tmp_path):
    source = ("def walk(loss, start, steps):\n    start = start.copy()\n    for _ in range(steps):\n"
              "        value, slope = loss(start)\n        start = start - 0.25 * slope\n"
              "    return start, {'value': value}\n"
              "def spoil(x):\n    x += 1\n    return x")
    with Session([], LIMITS) as student:
        assert student.run(source) == ""
        walk, spoil = student.values(["walk", "spoil"])[0]
        assert isinstance(walk, Elsewhere)
        end, told = walk(lambda x: (float(np.sum(x**2)), 2 * x), np.array([4.0, -2.0]), 3)
        assert end.tolist() == [0.5, -0.25] and told == {"value": 1.25}
        given = np.zeros(2)
        assert spoil(given).tolist() == [1, 1] == given.tolist()


def test_without_a_sandbox_it_is_said(tmp_path):
    marked = hand_in(tmp_path, {**RIGHT, "shift": SHIFT.replace("features.shape", "features.shapes")}, sandboxed=False)
    assert verdicts(marked) == [PASS, PASS, NOT_YET] and marked.remarks == ["marked without a sandbox"]
    assert "in line 2 of its cell" in marked.exercises[2].sentence


@needs_sandbox
def test_time_is_up_for_the_rest(tmp_path):
    limits = Limits(cell_seconds=3, cell_clock=60, all_clock=1)
    marked = hand_in(tmp_path, RIGHT, before={"predict": "while True: pass"}, limits=limits)
    assert marked.stars == 0 and "used up its time" in marked.exercises[2].sentence


def test_an_answer_without_its_id_is_known_by_what_it_defines():
    template = [(name, "code", source) for name, source in TEMPLATE.items()]
    lost = [(f"new{k}", "code", {**TEMPLATE, **RIGHT}[name]) for k, name in enumerate(TEMPLATE)]
    parts = submission.put_back(template, [("x", "code", "y = 1"), *lost])
    assert [part.source for part in parts] == ["y = 1", *({**TEMPLATE, **RIGHT}.values())]


@pytest.mark.parametrize("text, remark", [("my homework", "no notebook that can be read"),
                                          ('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
                                           "none of the exercise notebooks")])
def test_what_is_no_exercise_is_told(tmp_path, text, remark):
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    assert remark in mark(path, "x", LIMITS).remarks[0]


@pytest.mark.parametrize("value", [None, True, 3, -0.5, "é", ..., [1, ["a"]], (1, ...), {"a": (2,), 3: None}])
def test_plain_values_cross(value):
    assert wire.unpack(wire.pack(value, None), None) == value


def test_arrays_cross_and_objects_do_not():
    array = np.arange(6, dtype="float32").reshape(1, 2, 3)
    crossed = wire.unpack(wire.pack(array, None), None)
    assert crossed.dtype == array.dtype and np.array_equal(crossed, array)
    thing = wire.unpack(wire.pack(np.array([object()]), None), None)
    assert isinstance(thing, wire.Thing) and thing.type_name == "ndarray"


@pytest.mark.parametrize("form", [{}, [], {"array": ["|O", [1], ""]}, {"array": ["<f8", [9], "AAAA"]}, {"list": 3},
                                  {"function": None}, {"code": "x"}, {"dict": [[{"list": []}, 1]]}])
def test_what_is_no_value_is_refused(form):
    with pytest.raises(wire.Broken):
        wire.unpack(form, lambda content: 1 / len(content))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =x", "|calc"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(cell):
    assert table.harmless(cell) == f"'{cell}" and table.harmless("plain") == "plain" and table.harmless(3) == 3


def test_the_table_and_the_page_hold_what_was_said(tmp_path):
    picture = np.zeros((1, 40, 60, 3), "float32")
    wrong = Exercise("gram_matrix", 2, "2. A matrix", NOT_YET, "Not yet: <b>sum</b>", "sum_not_mean")
    right = Exercise("twice_as_wide", 1, "1. Twice", PASS, "Tried.")
    class_ = [Marked("ann|a\n", "02", [right, wrong], ["=cell"], "<script>", [picture]),
              Marked("ben", "02", [Exercise("twice_as_wide", 1), wrong]), Marked("cyd", remarks=["no notebook"])]
    assert table.mistakes(class_) == [("02", "gram_matrix", "sum_not_mean", "<b>sum</b>", 2, 2)]
    assert table.line(class_[0]) == "| ann/a | 02 | ✓✗ | 1 of 3 | =cell |"
    table.write(class_, tmp_path / "marks.csv")
    assert (tmp_path / "marks.csv").read_text("utf-8-sig").startswith("student,lesson,exercises,of,stars")
    page.write(class_, tmp_path / "marks.html")
    text = (tmp_path / "marks.html").read_text("utf-8")
    assert "<script>" not in text and "&lt;script&gt;" in text and "data:image/jpeg" in text and "2 of 2" in text


def test_a_process_that_says_nothing_is_given_up():
    if MISSING:
        pytest.skip(MISSING)
    begun = time.monotonic()
    with Session([], Limits(cell_clock=2)) as student, pytest.raises(Stopped, match="is not done after 2 seconds"):
        student.run("import time\ntime.sleep(60)")
    assert time.monotonic() - begun < 60


MADE = {"00": {"faithful", "free"}, "02": {"repainted"}, "03": {"poster"}, "04": {"repainted"}, "05": {"paper"},
        "06": {"moods"}, "07": {"first", "second"}, "08": {"painted"}, "09": {"my_picture"}, "10": {"pictures"},
        "11": {"ring"}, "13": {"sheet"}}


@pytest.mark.parametrize("lesson", MADE)
def test_pictures_are_made_of_answers_where_no_student_code_runs(lesson):
    [path] = (Path(__file__).parents[1] / "notebooks" / "exercises").glob(f"{lesson}_*.ipynb")
    template = submission.read(path)
    untouched = Untouched(template)
    made = set().union(*(untouched.made_by(source) for source in untouched.given
                         if untouched.chosen & untouched.words[source]))
    assert MADE[lesson] <= made and not any(map(untouched.is_theirs, MADE[lesson]))
    assert not made & (untouched.chosen | untouched.written)


@needs_sandbox
def test_what_a_given_cell_makes_of_an_answer_cannot_be_changed_afterwards(tmp_path):
    given = "doubled = ...\nif prediction is not ...:\n    doubled = np.abs([2.0]) * (prediction == 'the same')"
    template = {**TEMPLATE, "made": given, "check4": "check.two_painters(doubled, prediction)"}
    write(notebook(template), submission.EXERCISES / "02_toy.ipynb")
    handed_in = {**template, **RIGHT, "made": "doubled = 5"}
    cells = {}
    for name, source in handed_in.items():
        cells[name] = source
        if name == "predict":
            cells["own-1"] = "np.abs = lambda x: np.array([7.0])"
        if name == "made":
            cells["own-2"] = "doubled = np.array([9.0])"
    parts = submission.put_back(*([(k, "code", v) for k, v in each.items()] for each in (template, cells)))
    asked = []

    class Checks:
        sheet = type("Sheet", (), {"stars": {"two_painters": 1}, "verdicts": {"two_painters": "these checks pass"},
                                   "mistakes": {}, "refused": {}})

        @staticmethod
        def two_painters(image, colours):
            asked.append((image.tolist(), colours))

    marked = Marked("anna", "02", [Exercise("two_painters", 1)])
    toy = submission.read(submission.EXERCISES / "02_toy.ipynb")
    Job(marked, Checks, parts, toy, LIMITS, True, []).work(time.monotonic())
    assert asked == [([2.0], "the same")] and marked.exercises[0].verdict == PASS
