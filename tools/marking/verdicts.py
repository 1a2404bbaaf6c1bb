"""One notebook, marked: its cells run in a sandbox, its exercises are judged here.

A cell that ends its process (an endless loop, a crash, a flood) is left out, and all is run again without it: so it
costs what stands in it, and nothing else.
"""

import contextlib
from dataclasses import dataclass, field
from functools import cache
import hashlib
import importlib
import inspect
import io
import itertools
import time

import numpy as np

from marking import submission
from marking.limits import Limits
from marking.session import Session, Stopped
from marking.sources import Sources
from marking.submission import ANSWER, CHECKED, GIVEN, OWN, Unreadable

RESTARTS = 8
PASS, NOT_YET, NOT_ATTEMPTED = "pass", "not yet", "not attempted"


@dataclass
class Exercise:
    """What the check says of one exercise."""

    name: str
    stars: int
    verdict: str = NOT_ATTEMPTED
    sentence: str = ""
    mistake: str = ""


@dataclass
class Marked:
    """One notebook that was handed in."""

    student: str
    lesson: str = ""
    exercises: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    defence: str = ""
    picture: np.ndarray | None = None
    minutes: float = 0.0

    @property
    def stars(self):
        return sum(e.stars for e in self.exercises if e.verdict == PASS)


def mark(path, student, limits=None, sandboxed=True, beside=()):
    """What a notebook earns (Marked). beside: the files that were handed in with it."""
    limits, begun, marked = limits or Limits(), time.monotonic(), Marked(student)
    try:
        cells = submission.read(path)
        template = submission.lesson_of(cells, path.name)
    except Unreadable as reason:
        marked.remarks.append(str(reason))
        return marked
    marked.lesson = template.name[:2]
    if not sandboxed:
        marked.remarks.append("marked without a sandbox")
    checks = importlib.import_module(f"nst_helpers.checks.lesson_{marked.lesson}")
    marked.exercises = [Exercise(name, stars) for name, stars in checks.sheet.stars.items()]
    parts = submission.put_back(submission.read(template), cells)
    files = {file.stem: file.read_text(errors="replace") for file in beside if file.suffix == ".py"}
    job = Job(marked, checks, parts, limits, sandboxed, list(beside), given_values(template, sandboxed), files)
    job.key = hashlib.sha256(repr(parts).encode()).digest()
    job.work(begun)
    marked.minutes = (time.monotonic() - begun) / 60
    return marked


class Job:
    """The work on one notebook. given: {expression: what it is worth before a student has written anything}."""

    def __init__(self, marked, checks, parts, limits, sandboxed, beside, given, files):
        self.marked, self.checks, self.parts, self.limits, self.given = marked, checks, parts, limits, given
        self.sheet = checks.sheet
        sources = {kind: [p.source for p in parts if p.kind in kind] for kind in ((GIVEN, CHECKED), (ANSWER, OWN))}
        self.session = lambda: Session(beside, limits, sandboxed, Sources(*sources.values(), files).borrowed)
        self.left_out, self.judged, self.key = set(), set(), b""

    def work(self, begun):
        """Run all cells, and again without those that end the process."""
        for _ in range(RESTARTS):
            if self._once(begun):
                return
            if time.monotonic() - begun > self.limits.all_clock:
                break
        for exercise in self.marked.exercises:
            if exercise.name not in self.judged:
                exercise.verdict, exercise.sentence = NOT_YET, "not marked: the notebook has used up its time"

    def _once(self, begun):
        """One way through the notebook; whether it came to its end."""
        try:
            with self.session() as student:
                for place, part in enumerate(self.parts):
                    if part.kind == CHECKED:
                        name, expressions = part.check
                        if name in self.sheet.stars and name not in self.judged:
                            self._judge(student, name, expressions)
                            if not student.alive:
                                return False
                        if len(self.judged) == len(self.sheet.stars):
                            return True
                    elif place not in self.left_out:
                        self._run(student, place, part)
                    if time.monotonic() - begun > self.limits.all_clock:
                        return False
        except Stopped:
            return False
        return True

    def _run(self, student, place, part):
        where = f"cell {part.place}" if part.place else "a cell"
        try:
            error = student.run(part.source)
        except Stopped as reason:
            self.left_out.add(place)
            self.marked.remarks.append(f"{where} {reason}; it is left out")
            raise
        remark = f"{where} raises {error}"
        if error and part.kind in (ANSWER, OWN) and remark not in self.marked.remarks:
            self.marked.remarks.append(remark)

    def _judge(self, student, name, expressions):
        """Ask for the answers to one exercise, and let its check say what it thinks of them."""
        self.judged.add(name)
        exercise = next(e for e in self.marked.exercises if e.name == name)
        check = getattr(self.checks, name)
        try:
            answers, refused = student.values(expressions)
        except Stopped as reason:
            exercise.verdict, exercise.sentence = NOT_YET, f"the answer {reason}"
            return
        answers = [self.given.get(text, answer) for text, answer in zip(expressions, answers)]
        self.sheet.refused.clear()
        self.sheet.refused.update({name: refused[name]} if name in refused else {})
        with drawn_from(self.key + name.encode()), contextlib.redirect_stdout(io.StringIO()) as said:
            check(*answers)
        exercise.sentence = said.getvalue().strip()
        exercise.mistake = self.sheet.mistakes.get(name, "")
        exercise.verdict = {"these checks pass": PASS, "not yet": NOT_YET}.get(self.sheet.verdicts[name], NOT_ATTEMPTED)
        self._note_picture(check, answers)

    def _note_picture(self, check, answers):
        for name, answer in zip(inspect.signature(check).parameters, answers):
            answer = getattr(answer, "image", answer)
            if name == "defence" and isinstance(answer, str):
                self.marked.defence = answer
            elif isinstance(answer, np.ndarray) and answer.ndim == 4 and answer.shape[-1] == 3 and answer.size < 2**24:
                self.marked.picture = answer


@cache
def given_values(template, sandboxed):
    """{expression: its value} for what the checks get from given cells, such as the photo that was to be painted.

    They come from a run of the untouched exercise, so that a student cannot change the question.
    """
    parts = submission.put_back(submission.read(template), submission.read(template))
    theirs = set().union(*(submission.defined(part.source) for part in parts if part.kind == ANSWER))
    asked = {text for part in parts if part.kind == CHECKED for text in part.check[1]} - theirs
    with Session([], Limits(), sandboxed) as untouched:
        for part in parts:
            if part.kind != CHECKED:
                untouched.run(part.source)
        values, _ = untouched.values(sorted(asked))
    return {text: value for text, value in zip(sorted(asked), values)
            if value is not None and value is not ... and not callable(value)}


@contextlib.contextmanager
def drawn_from(key):
    """Inside, NumPy's generators without a seed follow from these bytes: the same notebook is asked the same twice."""
    unseeded, draws = np.random.default_rng, itertools.count()

    def seeded(seed=None):
        return unseeded([*key, next(draws)] if seed is None else seed)

    np.random.default_rng = seeded
    try:
        yield
    finally:
        np.random.default_rng = unseeded
