"""The questions of the lessons in JupyterLab: answered by mouse and by keys, told why, tried again, counted.

What may go here: what can only be seen of quizzes with a real browser.
"""

from nst_helpers.live import quiz
from nst_helpers.live.quiz_files import load_quiz

import nbformat
from nbformat import v4
from notebook_cleaning import clean
import pytest

pytestmark = pytest.mark.browser

QUESTIONS = load_quiz("02")["question"]
PREDICTION = load_quiz("02")["predict"][0]
RIGHT = [[choice["right"] for choice in question["choice"]].index(True) for question in QUESTIONS]
QUIZ = ['from nst_helpers.live import quiz\nshown = quiz("02")\nshown', 'print("now", shown.score, shown.tries)']
PREDICT = ['from nst_helpers.live import predict\nshown = predict("02.random")\nshown',
           'print("now", shown.revealed, shown.tries)']


@pytest.fixture
def open_quiz(open_cells):
    """A function: sources to the page with what they show, and a list of faults of the page."""
    def open_quiz(sources):
        lab = open_cells(sources)
        lab.faults_of_page = []
        lab.page.on("pageerror", lambda error: lab.faults_of_page.append(str(error)))
        lab.menu("Run", "Run All Cells")
        lab.page.locator(".nst-quizzes").wait_for()
        lab.wait_until_settled()
        return lab

    return open_quiz


def check_python(lab, text):
    """That Python knows what was clicked, and that nothing has gone wrong."""
    look = lab.cell('print("now"')
    look.locator(".jp-InputArea-prompt").click()
    lab.menu("Run", "Run Selected Cell and Do not Advance")
    look.get_by_text(f"now {text}", exact=True).wait_for()
    assert lab.faults() == lab.faults_of_page == []


def plain(text):
    return text.replace("`", "")


def test_questions_are_answered_by_mouse_and_wrong_choices_tried_again(open_quiz, faults_of_access):
    lab = open_quiz(QUIZ)
    fields = lab.page.locator(".nst-quizzes fieldset").all()
    assert [field.locator("legend").text_content() for field in fields] == [
        f"{number}. {plain(question['ask'])}" for number, question in enumerate(QUESTIONS, start=1)]
    for question, field in zip(QUESTIONS, fields):
        says = [plain(choice["say"]) for choice in question["choice"]]
        assert field.locator("button").all_text_contents() == [f"{x}. {say}" for x, say in zip("abcd", says)]
    assert faults_of_access(lab.page, ".nst-quizzes") == []
    score, tries = lab.page.locator(".nst-quizzes .score"), []
    for number, (question, field, right) in enumerate(zip(QUESTIONS, fields, RIGHT)):
        wrong, button = (right + 1) % len(question["choice"]), field.locator("button")
        order = [right] if number % 2 else [wrong, right]
        for choice in order:
            button.nth(choice).click()
            field.locator(".answer", has_text=plain(question["choice"][choice]["why"])).wait_for()
            verdict = "Right. " if choice == right else "Not right. "
            assert field.locator(".answer").text_content().startswith(verdict)
            assert button.nth(choice).get_attribute("class") == ("right" if choice == right else "wrong")
        tries.append(order)
        assert score.text_content() == ("" if number < 4 else "2 of 5 right at the first try.")
    fields[0].locator("button").nth(tries[0][0]).click()  # its why, once more; nothing else changes
    fields[0].locator(".answer", has_text=plain(QUESTIONS[0]["choice"][tries[0][0]]["why"])).wait_for()
    check_python(lab, f"2 {tries}")
    assert faults_of_access(lab.page, ".nst-quizzes") == []
    lab.page.get_by_role("button", name="Begin again").click()
    assert not any(lab.page.locator(".nst-quizzes .answer").all_text_contents())
    check_python(lab, f"0 {[[]] * 5}")


def test_questions_are_answered_by_keys(open_quiz):
    lab = open_quiz(QUIZ)
    keys, first = lab.page.keyboard, lab.page.locator(".nst-quizzes fieldset").first
    button = first.locator("button")
    button.first.focus()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    assert button.nth(1).evaluate("button => button === document.activeElement")
    assert button.nth(1).evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    keys.press("Enter")
    first.locator(".answer", has_text="Right. ").wait_for()
    for _ in range(len(QUESTIONS[0]["choice"]) - 1):
        keys.press("Tab")  # past the last choice to the next question
    second = lab.page.locator(".nst-quizzes fieldset").nth(1)
    assert second.locator("button").first.evaluate("button => button === document.activeElement")
    keys.press("x")  # in JupyterLab this would cut the cell
    keys.press("Space")
    second.locator(".answer", has_text="Not right. ").wait_for()
    assert second.locator(".answer").get_attribute("role") == "status"
    check_python(lab, "1 [[1], [0], [], [], []]")


def test_a_prediction_is_kept_until_it_is_asked_what_happened(open_quiz, faults_of_access):
    lab = open_quiz(PREDICT)
    field, asked = lab.page.locator(".nst-quizzes fieldset"), lab.page.get_by_role("button", name="What happened?")
    answer, choices = field.locator(".answer"), PREDICTION["choice"]
    assert not asked.is_visible()
    field.locator("button").nth(1).click()
    answer.get_by_text("Kept: b.").wait_for()
    field.locator("button").first.click()  # another thought
    answer.get_by_text("Kept: a.").wait_for()
    assert not any(choice["why"] in lab.page.locator(".nst-quizzes").text_content() for choice in choices)
    check_python(lab, "False [[0]]")
    asked.click()
    answer.get_by_text("It is c.").wait_for()
    assert choices[2]["why"] in answer.text_content() and choices[0]["why"] in answer.text_content()
    states = [button.get_attribute("class") for button in field.locator("button").all()]
    assert states == ["wrong", "", "right"] and not asked.is_visible()
    assert faults_of_access(lab.page, ".nst-quizzes") == []
    check_python(lab, "True [[0]]")


def test_the_questions_have_room_in_a_narrow_window(open_quiz):
    lab = open_quiz(QUIZ)
    lab.page.set_viewport_size({"width": 640, "height": 900})
    lab.page.wait_for_function("""() => {
        const quiz = document.querySelector('.nst-quizzes');
        return quiz.clientWidth < 600 && quiz.scrollWidth <= quiz.clientWidth;
    }""")
    assert lab.faults() == lab.faults_of_page == []


def test_a_stored_quiz_is_read_and_its_answers_unfolded_without_a_run(open_notebook, server):
    data = {"text/html": quiz("02").static_page(), "text/plain": "questions"}
    cell = v4.new_code_cell(QUIZ[0], outputs=[v4.new_output("display_data", data)])
    nbformat.write(clean(v4.new_notebook(cells=[cell])), server.folder / "stored_quiz.ipynb")
    page = open_notebook("stored_quiz.ipynb").page
    why = page.get_by_text(plain(QUESTIONS[1]["choice"][0]["why"]))
    assert page.locator(".jp-RenderedHTMLCommon details").count() == 5 and not why.is_visible()
    page.locator(".jp-RenderedHTMLCommon summary").nth(1).click()
    why.wait_for()
