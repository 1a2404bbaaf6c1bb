"""What all checks share: three answers, a learner's own line in an error, comparing without a constant to copy.

What may go here: nst_helpers/checks/ without the lessons.
"""

from nst_helpers.checks.compare import choose, expect, numbers, own_work, picture
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import apart, at_least, at_most
from nst_helpers.checks.report import NotAttempted, NotYet, Sheet, call, mistake

from judging import says
import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture
def sheet():
    """Two exercises: a number that has to be 7, and a function that has to double."""
    sheet = Sheet()

    @sheet.exercise(1)
    def seven(answer):
        expect(answer, 7)
        return "Tried nothing else."

    @sheet.exercise(3)
    def double(function):
        for x in np.random.default_rng().random(3):
            expect(call(function, x), 2 * x, [(x**2, mistake("squared", "you square."))])
        return "Tried three numbers."

    sheet.seven, sheet.double = seven, double
    return sheet


def test_there_are_three_answers(sheet):
    assert says(sheet.seven, ...) == says(sheet.seven, None) == "Not attempted yet."
    assert says(sheet.seven, 8) == "Not yet: your result is 1.143 times what it should be. " \
                                   "Which factor is missing, or there twice?"
    assert says(sheet.seven, 7) == "These checks pass. Tried nothing else."


def test_the_summary_counts_what_was_last_said(sheet, capsys):
    def summary():
        sheet.summary()
        return capsys.readouterr().out

    assert "0 of 2 exercises pass: 0 of 4 stars." in summary()
    sheet.double(lambda x: x + x)
    sheet.seven(6)
    text = summary()
    assert "★★★ double                  these checks pass\n" in text and "★   seven                   not yet\n" in text
    assert "1 of 2 exercises pass: 3 of 4 stars." in text and sheet.passed("double") and not sheet.passed("seven")
    sheet.double(lambda x: x)
    assert "0 of 2 exercises pass: 0 of 4 stars." in summary() and not sheet.passed("double")


def test_a_sheet_remembers_the_short_name_of_the_mistake(sheet):
    def named(exercise, answer):
        getattr(sheet, exercise)(answer)
        return sheet.mistakes[exercise]

    assert sheet.mistakes == {}
    assert [named("seven", answer) for answer in (..., 8, 7.01, [7, 7], "7", 7, None)] == [
        "", "factor", "nearly_right", "wrong_shape", "not_a_number", "", ""]
    assert named("double", lambda x: x**2) == "squared" and "you square." in says(sheet.double, lambda x: x**2)
    assert [named("double", answer) for answer in (2.0, lambda x: 1 / 0, lambda x: np.nan, lambda x: 2 * x)] == [
        "not_a_function", "raises", "not_finite", ""]
    with sheet.calm("seven"):
        raise ValueError("A guide is 0 everywhere.")
    assert named("seven", ...) == "refused"


def test_an_answer_that_nobody_thought_of_is_counted_by_name():
    sheet = Sheet()

    @sheet.exercise(1)
    def broken(answer):
        return answer["nothing"]

    broken(3)
    assert sheet.mistakes == {"broken": "makes_no_sense"}


def test_a_short_name_outlives_its_numbers():
    for limit, value in ((at_most, 2), (at_least, 0.5)):
        with pytest.raises(NotYet, match=f"{value} is not 1") as fault:
            limit(value, 1, mistake("off_limits", "{value} is not {limit}"))
        assert fault.value.mistake == "off_limits"
    with pytest.raises(NotYet) as fault:
        expect(1.0, 3.0, zip([2.0, 1.0], [mistake("two", "two"), mistake("one", "one")]))
    assert fault.value.mistake == "one"
    assert NotYet().mistake == NotYet("a sentence").mistake == ""


def test_what_has_dots_left_is_not_attempted(sheet):
    def half_written(x):
        y = 2 * x  # noqa: F841
        return ...

    def only_a_docstring(x):
        """What it does."""

    for answer in (half_written, only_a_docstring, lambda x: None):
        assert says(sheet.double, answer) == "Not attempted yet."
    for answer in ([1, ...], (..., 2), {"a": ...}):
        assert says(sheet.seven, answer) == "Not attempted yet."


def test_a_forgotten_return_is_named(sheet):
    def without_return(x):
        result = 2 * x  # noqa: F841

    assert "gives back None" in says(sheet.double, without_return)


def test_an_error_shows_the_own_line_and_no_other(sheet):
    def deep(x):
        return helper(x)

    def helper(x):
        return np.linalg.inv(np.zeros((2, 2)))  # raises far below, in NumPy

    text = says(sheet.double, deep)
    assert text.startswith("Not yet: your function raises LinAlgError in line ")
    assert text.endswith("`return np.linalg.inv(np.zeros((2, 2)))  # raises far below, in NumPy`: Singular matrix")


def test_an_error_of_tensorflow_is_one_line(sheet):
    text = says(sheet.double, lambda x: tf.matmul(tf.zeros((2, 3)), tf.zeros((2, 3))))
    assert "InvalidArgumentError" in text and "Matrix size-incompatible" in text
    assert "\n" not in text and "{{" not in text and "[Op" not in text


def test_wrong_arguments_and_no_function_are_named(sheet):
    assert "raises TypeError: " in says(sheet.double, lambda: 1)
    assert "needs the function itself, not float" in says(sheet.double, 2.0)


def test_an_interrupt_is_no_wrong_answer(sheet):
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sheet.double(interrupted)


def test_the_learner_gets_copies():
    array = np.zeros(3)

    def in_place(x):
        x += 1
        return x

    with pytest.raises(NotYet, match="changes the array"):
        call(in_place, array)
    assert not array.any()
    with pytest.raises(NotAttempted):
        call(lambda x: ..., array)


@pytest.mark.parametrize("right", [np.float64(3), np.arange(6.0).reshape(2, 3) - 2, np.zeros(4)])
def test_expect_takes_lists_tensors_and_float32(right):
    for form in (np.float32, np.ndarray.tolist, tf.constant, lambda a: tf.constant(a, tf.float32)):
        expect(form(np.asarray(right)), right)
    expect([right * (1 + 1e-5)] if right.shape == () else right * (1 + 1e-5), right)


@pytest.mark.parametrize("answer, words", [
    ([[1.0, 2.0, 4.0]], "sum for mean"),
    ([[1.0], [2.0]], r"has the shape \(2, 1\), but it should be \(1, 3\)"),
    ([[2.0, 4.0, 6.0]], "every number in your result is 2 times what it should be. Which factor"),
    ([[-1.0, -2.0, -3.0]], "-1 times what it should be"),
    ([[1.01, 2.02, 3.03]], "is 1.01 times what it should be. It is nearly right"),
    ([[1.0, 2.0, 9.0]], r"the number at \[0, 2\] in your result is 9 for a random input, and should be 3"),
    ([[1.0, 2.0, 3.0049]], r"is 3.005 for a random input, and should be 3\."),
    ([[0.0, 0.0, 0.0]], r"the number at \[0, 2\] in your result is 0 "),
    ([[1.0, 2.0, np.nan]], "not finite"),
    ("1, 2, 3", "is not a number or an array of numbers, but str"),
    ([[1, 2], [3]], "but list"),
])
def test_expect_says_what_is_wrong(answer, words):
    with pytest.raises(NotYet, match=words):
        expect(answer, np.array([[1.0, 2.0, 3.0]]), [(np.array([[1.0, 2.0, 4.0]]), "sum for mean")])


def test_of_two_mistakes_that_are_nearly_the_same_here_the_nearer_is_named():
    """A random input can bring them within the tolerance of each other."""
    with pytest.raises(NotYet, match="the second"):
        expect(3.00000001, 2.0, [(3.0001, "the first"), (3.0, "the second")])


def test_a_mistake_that_gives_the_right_number_is_none():
    expect(2.0, 2.0, [(2.0, "wrong")])
    assert numbers(True) == 1


def test_words_and_pictures():
    assert choose(" The  Same", ["half", "the same"]) == "the same"
    with pytest.raises(NotYet, match="choose one of 'half', 'the same', in quotes"):
        choose(0.5, ["half", "the same"])
    with pytest.raises(NotYet, match="texture has the shape"):
        picture(np.zeros((3, 4)), "texture")
    with pytest.raises(NotYet, match="texture has 8x64 pixels; take at least 32"):
        picture(np.zeros((1, 8, 64, 3)), "texture")
    assert picture(np.ones((1, 40, 40, 3)), "texture").dtype == "float32"


@pytest.mark.parametrize("value, limit, percent, texts", [
    (0.3004, 0.3, False, ["0.3004", "0.3"]), (0.1004, 0.1, True, ["10.04%", "10%"]),
    (0.5999, 0.6, True, ["59.99%", "60%"]),
    (1.49, 1.5, False, ["1.49", "1.5"]), (7.3, 2, False, ["7.3", "2"]), (0.29999999, 0.3, False, ["0.29999999", "0.3"]),
    (1234.5, 1.5, False, ["1200", "1.5"]), (0, 0.05, True, ["0%", "5%"]), (0.00001, 0.05, False, ["1e-05", "0.05"]),
])
def test_a_value_and_its_limit_never_look_alike(value, limit, percent, texts):
    assert apart(value, limit, percent=percent) == texts


def test_limits_are_told_and_may_be_met():
    at_most(0.3, 0.3, "")
    at_least(0.3, 0.3, "")
    with pytest.raises(NotYet, match="it is 0.3001, at most 0.3"):
        at_most(0.3001, 0.3, "it is {value}, at most {limit}")
    with pytest.raises(NotYet, match="it is 69.9%, at least 70%"):
        at_least(0.699, 0.7, "it is {value}, at least {limit}", percent=True)
    with pytest.raises(NotYet):
        at_most(float("nan"), 1, "")


@pytest.mark.parametrize("text", [
    "The weight of 0.25 keeps the rim of the cup, and strokes stay large.",
    "I left block 1 out since it only knows colours.",
    "Ich wollte große Striche, darum bekommt Block 1 nichts und Block 5 das Doppelte.",
    "J'ai choisi un poids de 0,2 pour que la tour reste visible.",
    "Elegí un peso de 0.05 porque así se ve la pintura y no la foto.",
    "Вес 0,1 оставляет свет фотографии, а мазки видны сразу.",
    "Το βάρος 0,1 κρατά το φως της φωτογραφίας και τις πινελιές.",
    "第1层只知道颜色，深层知道笔触，所以我没有用它。",
    "ブロック1は色だけを知っているので使いませんでした。",
    "블록 1은 색만 알고 있어서 나는 그것을 쓰지 않고 깊은 층을 골랐다.",
    "اخترت الوزن 0.1 لأن ضوء الصورة يبقى والضربات تظهر بوضوح تام هنا.",
    "मैंने भार 0.1 चुना क्योंकि रंग वही रहते हैं और स्ट्रोक दिखते हैं.",
    "ชั้น 1 รู้แค่สี ชั้นลึกรู้ฝีแปรง จึงไม่ใช้มัน",
    "Strč prst skrz krk: váha 0,1 stačí, aby fotka zůstala vidět.",
])
def test_a_short_honest_defence_is_accepted_in_any_language(text):
    defended(text, ["weight", "block"])


@pytest.mark.parametrize("text, words", [
    ("", "defend it"), ("  ", "defend it"), (8, "defend it"), ("because I like it", "defend it"),
    ("weight", "1 is there"), ("0.1 0.2 0.3", "Now defend it: a sentence"),
    ("a b c d e f g h", "only 0 different words"), ("block " * 20, "only 1 different"),
    ("block weight block weight block weight block weight", "only 2 different"),
    ("It is so as it is, or so it is to me", "different words"),
    ("asdf asdg asdh asdj hjkl qwer zxcv uiop weight", "hardly made of words"),
    ("sdkfj weight fjdkl ghsdf kdjfh lskdj wrtpl mnbvc", "hardly made of words"),
    ("aaaa bbbb cccc dddd eeee ffff gggg hhhh block", "hardly made of words"),
    ("的" * 20 + "1", "only 1 different"),
    ("ааааа ббббб ввввв ггггг ддддд еееее жжжжж ззззз 1", "hardly made of words"),
    ("one two three four five six seven eight", "such as a number, or one of these: weight, block"),
    ("The picture is as asked. Now defend it: a sentence of at least 8 words, in quotes.", "Now defend it: a sentence"),
    ("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "could stand under any picture"),
])
def test_what_is_no_defence(text, words):
    with pytest.raises(NotYet, match=words):
        defended(text, ["weight", "block"])


def test_what_numpy_says_of_shapes_becomes_plain(sheet):
    assert says(sheet.double, lambda x: np.array([np.zeros(2), np.zeros(3)])).endswith(
        "pieces of different shapes cannot become one array.")
    assert says(sheet.double, lambda x: np.zeros((2, 3)) + np.zeros((2, 2))).endswith(
        "arrays of the shapes (2,3) and (2,2) do not fit together.")


def test_what_is_refused_is_told_calmly(sheet, capsys):
    with sheet.calm("seven"):
        raise ValueError("A guide is 0 everywhere.")
    assert capsys.readouterr().out == "Nothing is made yet: A guide is 0 everywhere.\n"
    assert says(sheet.seven, ...) == "Not yet: A guide is 0 everywhere."
    assert says(sheet.seven, 7).startswith("These checks pass")
    with sheet.calm("seven"):
        pass
    assert says(sheet.seven, ...) == "Not attempted yet."
    with sheet.calm("seven"):
        _ = 1 + "0.02"
    assert "TypeError: unsupported operand" in capsys.readouterr().out
    with pytest.raises(KeyboardInterrupt), sheet.calm("seven"):
        raise KeyboardInterrupt


def test_who_did_the_work():
    def own(x):
        return helper(x)

    def borrows(x):
        from nst_helpers.losses import gram_matrix
        return gram_matrix(x)

    def inside(x):
        return [np.einsum("i,i", row, row) for row in x]

    for function in (own, np.einsum, len, lambda x: np.sum(x)):
        own_work(function, ["einsum"])
    for function in (borrows, lambda x: apart(x, 1)):
        with pytest.raises(NotYet, match="has done the work"):
            own_work(function)
    with pytest.raises(NotYet, match="einsum has done the work"):
        own_work(inside, ["einsum"])


def helper(x):
    return x
