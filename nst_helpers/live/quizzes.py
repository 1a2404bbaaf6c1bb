"""Questions that answer back: each choice is told why it is right or wrong, and may be followed by another.

The questions stand in data/quizzes/, a file a lesson, for teachers to edit (quiz_files.py reads them). quizzes.js and
quizzes.css show them. What may go here: what a cell asks for, and what a page shows in which nothing runs.
"""

from html import escape
import re

from nst_helpers.live.figure import LiveFigure, page_side
from nst_helpers.live.quiz_files import LETTERS, QUIZ_FOLDER, load_quiz

import traitlets

LIVE = "Where this notebook runs, choose an answer by a click, or by Tab and Enter; it says why."


def quiz(lesson, folder=QUIZ_FOLDER):
    """The questions of a lesson, answered by clicking; `quiz("02")`. The figure's `score` counts first answers.

    Raises ValueError, in a sentence, for a lesson without questions and for a fault in the file of its questions.
    """
    return QuizFigure(load_quiz(lesson, folder)["question"])


def predict(name, folder=QUIZ_FOLDER):
    """A question before a run, answered after it: `predict("02.grow")` asks what lesson 02's file calls "grow".

    A choice is kept, and judged when the learner has seen the run and asks for it. Raises ValueError for no such name.
    """
    lesson, _, key = name.partition(".")
    entries = {entry["key"]: entry for entry in load_quiz(lesson, folder)["predict"]}
    if key not in entries:
        raise ValueError(f"there is no prediction {name!r}; lesson {lesson} has {', '.join(entries) or 'none'}.")
    return QuizFigure([entries[key]], predicts=True)


class QuizFigure(LiveFigure):
    """Made by `quiz` and `predict`. tries: for each question, the numbers of the choices taken, in order."""

    _esm, _css = page_side("quizzes")
    questions = traitlets.List().tag(sync=True)
    tries = traitlets.List().tag(sync=True)
    predicts = traitlets.Bool().tag(sync=True)  # a choice is kept until it is asked what happened,
    revealed = traitlets.Bool().tag(sync=True)  # and this is whether it was

    def __init__(self, questions, predicts=False):
        super().__init__(questions=questions, predicts=predicts, tries=[[] for _ in questions])

    @property
    def score(self):
        """How many questions were answered right at the first try."""
        return sum(question["choice"][tries[0]]["right"]
                   for question, tries in zip(self.questions, self.tries) if tries)

    def describe(self):
        """Questions and choices, and at the end which are right."""
        lines, right = [], []
        for number, question in enumerate(self.questions, start=1):
            lines.append(f"{number}. {question['ask']}")
            for letter, choice in zip(LETTERS, question["choice"]):
                lines.append(f"   {letter}. {choice['say']}")
                right += [f"{number} {letter}"] * choice["right"]
        return "\n".join([*lines, LIVE, f"Right: {', '.join(right)}."])

    def static_page(self):
        """The questions as HTML without a script, the answers folded away."""
        asked = "".join(self._static_question(question) for question in self.questions)
        return f"<p><em>{LIVE}</em></p><ol>{asked}</ol>"

    def _static_question(self, question):
        says, whys = "", ""
        for letter, choice in zip(LETTERS, question["choice"]):
            says += f"<li>{as_html(choice['say'])}</li>"
            whys += f"<p><b>{letter}: {'right' if choice['right'] else 'no'}.</b> {as_html(choice['why'])}</p>"
        title = "What happens" if self.predicts else "Answers"
        return (f'<li><p>{as_html(question["ask"])}</p><ol type="a">{says}</ol>'
                f"<details><summary>{title}</summary>{whys}</details></li>")

    def _repr_mimebundle_(self, **_):
        """The live questions, and beside them the page that a stored notebook keeps: no picture is needed."""
        data, metadata = super(LiveFigure, self)._repr_mimebundle_()
        return {**data, "text/html": self.static_page(), "text/plain": self.describe()}, metadata


def as_html(text):
    """A text as HTML; what stands between two backticks is code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
