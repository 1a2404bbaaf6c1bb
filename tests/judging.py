"""How the tests ask a check for its answer. What may go here: what test files about checks share."""

import contextlib
import importlib
import io
from pathlib import Path

import nst_helpers  # before TensorFlow, to keep it quiet

CHECKS = Path(nst_helpers.__file__).parent / "checks"
LESSONS = sorted(path.stem.removeprefix("lesson_") for path in CHECKS.glob("lesson_*.py"))


def says(check, *answers):
    """What a check prints for these answers."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check(*answers)
    return printed.getvalue().strip()


def checks_of(lesson):
    """The module with the checks of a lesson, such as "02"."""
    return importlib.import_module(f"nst_helpers.checks.lesson_{lesson}")


def cases_of(lesson):
    """The module with right and wrong answers to the exercises of a lesson."""
    return importlib.import_module(f"check_cases.lesson_{lesson}")


def given(answers):
    """A tuple of answers; a function without arguments makes it when it is needed."""
    return answers() if callable(answers) else answers
