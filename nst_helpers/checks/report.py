"""What every check has in common: its three answers, and a safe way to call what a learner wrote.

A check is a function of the learner's answers. It raises NotYet with the probable mistake, or returns one sentence on
what it has tried. A Sheet turns that into one of three answers, prints it and remembers it. What an error says stands
in errors.py, comparing numbers in compare.py, the exercises in lesson_NN.py.
"""

import contextlib
import copy
import dis
import functools
import inspect

from nst_helpers.checks.elsewhere import Elsewhere
from nst_helpers.checks.errors import one_line, own_line
from nst_helpers.checks.mistakes import NotAttempted, NotYet, Raised, mistake

import numpy as np

NOT_ATTEMPTED, NOT_YET, PASS = "not attempted yet", "not yet", "these checks pass"
# All that is left of a function whose body has not been written.
STUB = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class Sheet:
    """The exercises of one lesson in their order, and what the checks have said of each so far."""

    def __init__(self):
        self.stars, self.verdicts, self.refused = {}, {}, {}
        self.mistakes = {}  # {exercise: short name of the mistake that was last named, or ""}

    def exercise(self, stars):
        """Make a check out of a function that raises NotYet or returns what it has tried. stars: difficulty, 1 to 3."""

        def decorate(check):
            self.stars[check.__name__], self.verdicts[check.__name__] = stars, NOT_ATTEMPTED

            @functools.wraps(check)
            def run(*answers):
                self.verdicts[check.__name__], text = judge(check, answers, self.refused.get(check.__name__))
                self.mistakes[check.__name__] = getattr(text, "name", "")
                print(text)

            return run

        return decorate

    @contextlib.contextmanager
    def calm(self, name):
        """A block that makes a picture from a learner's settings for the exercise of this name.

        If they are refused, one sentence is printed, without a traceback; the check says it, too.
        """
        self.refused.pop(name, None)
        try:
            yield
        except Exception as error:
            kind = "" if isinstance(error, (ValueError, OSError)) else f"{type(error).__name__}: "
            self.refused[name] = kind + one_line(error)
            print(f"Nothing is made yet: {self.refused[name]}")

    def passed(self, name):
        """Whether the exercise of this name has passed when it was last checked."""
        return self.verdicts[name] == PASS

    def summary(self):
        """Print what the checks have said so far, and the stars earned: a teacher can use them as points."""
        for name, verdict in self.verdicts.items():
            print(f"{'★' * self.stars[name]:4}{name:24}{verdict}")
        earned = sum(stars for name, stars in self.stars.items() if self.passed(name))
        count = sum(map(self.passed, self.stars))
        print(f"{count} of {len(self.stars)} exercises pass: {earned} of {sum(self.stars.values())} stars.")


def judge(check, answers, refused=None):
    """One of the three verdicts, and the text for the learner, perhaps a Mistake. refused: why nothing is judged."""
    try:
        # A picture can be measured before it is defended.
        names = inspect.signature(check).parameters
        if any(unfinished(answer) for name, answer in zip(names, answers) if name != "defence"):
            raise NotAttempted
        tried = check(*answers)
    except NotAttempted:
        if refused:
            return NOT_YET, mistake("refused", f"Not yet: {refused}")
        return NOT_ATTEMPTED, "Not attempted yet."
    except NotYet as fault:
        return NOT_YET, mistake(fault.mistake, f"Not yet: {fault}")
    except Exception as error:  # an answer that nobody thought of must not end in a traceback from in here
        name, message = type(error).__name__, one_line(error)
        text = f"Not yet: the check cannot make sense of this answer ({name}: {message})."
        return NOT_YET, mistake("makes_no_sense", text)
    return PASS, f"These checks pass. {tried}"


def unfinished(answer):
    """Whether an answer is missing, or still has three dots in it."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    return answer is None or answer is ... or (isinstance(answer, (list, tuple)) and any(a is ... for a in answer))


def call(function, *arguments):
    """What the learner's function gives for copies of these arguments; NotYet if it raises or changes them."""
    if not callable(function):
        raise NotYet(mistake("not_a_function", f"the check needs the function itself, not {type(function).__name__}: "
                             "give its name without ()."))
    given = copy.deepcopy(arguments)
    try:
        answer = function(*given)
    except Exception as error:
        raise Raised(mistake("raises", own_line(function, error))) from None
    if unfinished(answer):
        if answer is None and not is_stub(function):
            raise NotYet(mistake("gives_none", "your function gives back None: is there a `return` at its end?"))
        raise NotAttempted
    if any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in zip(given, arguments)):
        raise NotYet(mistake("changes_its_input", "your function changes the array that it is given. Compute a new "
                             "one: x = x + 1, not x += 1."))
    return answer


def is_stub(function):
    """Whether there is nothing in a function but `...`, `pass` or a docstring."""
    if isinstance(function, Elsewhere):
        return function.empty
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and {step.opname for step in dis.get_instructions(code)} <= STUB
