"""One notebook, marked: its cells run in a sandbox, its exercises are judged here.

A cell that ends its process (an endless loop, a crash, a flood) is left out, and all is run again without it: so it
costs what stands in it, and nothing else.
"""

import contextlib
import hashlib
import importlib
import inspect
import io
import itertools
import time

import numpy as np

from marking import submission
from marking.limits import Limits
from marking.marked import NOT_ATTEMPTED, NOT_YET, PASS, Exercise, Marked
from marking.session import Session, Stopped
from marking.sources import Sources
from marking.submission import ANSWER, CHECKED, GIVEN, OWN, Unreadable
from marking.untouched import Untouched, not_foreign

RESTARTS = 8


def mark(path, student, limits=None, sandboxed=True, beside=()):
    """What a notebook earns (Marked). beside: the files that were handed in with it."""
    limits, begun, marked = limits or Limits(), time.monotonic(), Marked(student)
    try:
        cells = submission.read(path)
        template = submission.lesson_of(cells)
    except Unreadable as reason:
        marked.remarks.append(str(reason))
        return marked
    marked.lesson = template.name[:2]
    if not sandboxed:
        marked.remarks.append("marked without a sandbox")
    checks = importlib.import_module(f"nst_helpers.checks.lesson_{marked.lesson}")
    titles = submission.titles(template)
    marked.exercises = [Exercise(name, stars, titles.get(name, "")) for name, stars in checks.sheet.stars.items()]
    parts = submission.put_back(submission.read(template), cells)
    Job(marked, checks, parts, submission.read(template), limits, sandboxed, beside).work(begun)
    marked.minutes = (time.monotonic() - begun) / 60
    return marked


class Job:
    """The work on one notebook: the student's process, and beside it one in which only given cells run.

    What a given cell makes of a student's numbers and names, such as a picture of a recipe, is made in the second: no
    code of the student can touch it there. The same holds for what checks get from given cells.
    """

    def __init__(self, marked, checks, parts, template, limits, sandboxed, beside):
        self.marked, self.checks, self.parts, self.limits = marked, checks, parts, limits
        self.sheet, self.untouched = checks.sheet, Untouched(template)
        given, written = ([p.source for p in parts if p.kind in kinds] for kinds in ((GIVEN, CHECKED), (ANSWER, OWN)))
        files = {file.stem: file.read_text(errors="replace") for file in beside if file.suffix == ".py"}
        read = Sources(given, written, files).borrowed
        self.session = lambda read=read: Session(list(beside), limits, sandboxed, read)
        self.left_out, self.judged, self.key = set(), set(), hashlib.sha256(repr(parts).encode()).digest()

    def work(self, begun):
        """Run all cells, and again without those that end the process."""
        for _ in range(RESTARTS):
            if self._once(begun):
                return
            if time.monotonic() - begun > self.limits.all_clock:
                break
        for exercise in self.marked.exercises:
            if exercise.name not in self.judged:
                exercise.verdict = NOT_YET
                exercise.sentence = "not marked: the notebook has used up its time or its tries"

    def _once(self, begun):
        """One way through the notebook; whether it came to its end."""
        with contextlib.suppress(Stopped), self.session() as student, self.session(None) as clean:
            for place, part in enumerate(self.parts):
                if time.monotonic() - begun > self.limits.all_clock:
                    return False
                if part.kind == CHECKED:
                    self._judge(student, clean, *part.check)
                    if not student.alive:
                        return False
                    if len(self.judged) == len(self.sheet.stars):
                        return True
                elif place not in self.left_out:
                    self._run(student, clean, place, part)
            return True
        return False

    def _run(self, student, clean, place, part):
        where = f"cell {part.place}" if part.place else "a cell"
        try:
            if part.kind == GIVEN:
                self._give(student, clean, part.source)
                return
            error = student.run(part.source)
        except Stopped as reason:
            self.left_out.add(place)
            self.marked.remarks.append(f"{where} {reason}; it is left out")
            raise
        remark = f"{where} raises {error}"
        if error and remark not in self.marked.remarks:
            self.marked.remarks.append(remark)

    def _give(self, student, clean, source):
        """Run a given cell in both processes; what it makes of the student's answers is made in the clean one only."""
        used = sorted(self.untouched.chosen & self.untouched.words.get(source, set()))
        if used:
            chosen = dict(zip(used, student.values(used)[0]))
            clean.put({name: value for name, value in chosen.items() if not_foreign(value)})
        clean.run(source)
        made = sorted(self.untouched.made_by(source))
        if used and made:
            values = dict(zip(made, clean.values(made)[0]))
            student.put({name: value for name, value in values.items() if not_foreign(value)})
        else:
            student.run(source)

    def _judge(self, student, clean, name, expressions):
        """Ask for the answers to one exercise, and let its check say what it thinks of them."""
        if name not in self.sheet.stars or name in self.judged:
            return
        self.judged.add(name)
        exercise = next(e for e in self.marked.exercises if e.name == name)
        try:
            answers, refused = student.values(expressions)
            ours, ours_refused = clean.values(expressions)
        except Stopped as reason:
            exercise.verdict, exercise.sentence = NOT_YET, f"the answer {reason}"
            return
        theirs = [self.untouched.is_theirs(text) for text in expressions]
        answers = [answer if their else own for answer, own, their in zip(answers, ours, theirs)]
        by_their_code = any(their and text not in self.untouched.chosen for text, their in zip(expressions, theirs))
        refused = refused if by_their_code else {**refused, **ours_refused}  # where it was made
        self.sheet.refused.clear()
        self.sheet.refused.update({name: refused[name]} if name in refused else {})
        with drawn_from(self.key + name.encode()), contextlib.redirect_stdout(io.StringIO()) as said:
            getattr(self.checks, name)(*answers)
        exercise.sentence = said.getvalue().strip()
        exercise.mistake = self.sheet.mistakes.get(name, "")
        exercise.verdict = {"these checks pass": PASS, "not yet": NOT_YET}.get(self.sheet.verdicts[name], NOT_ATTEMPTED)
        self._note_pictures(getattr(self.checks, name), expressions, answers)

    def _note_pictures(self, check, expressions, answers):
        for name, text, answer in zip(inspect.signature(check).parameters, expressions, answers):
            answer = getattr(answer, "image", answer)
            if name == "defence" and isinstance(answer, str):
                self.marked.defence = answer
            elif text in self.untouched.pictures and isinstance(answer, np.ndarray) and answer.ndim == 4:
                self.marked.pictures += [answer] if answer.shape[-1] == 3 and answer.size < 2**24 else []


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
