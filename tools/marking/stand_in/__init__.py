"""What stands in for nst_helpers.checks in the sandbox: it says nothing, since verdicts are made outside.

It is laid over the real folder, so that a student's code cannot ask the checks which answer is right.
"""

import contextlib
import importlib.machinery
import sys

refused = {}


class Checks:
    """Any lesson's checks: all calls are heard and none is answered."""

    @contextlib.contextmanager
    def calm(self, name):
        refused.pop(name, None)
        try:
            yield
        except Exception as error:
            kind = "" if isinstance(error, (ValueError, OSError)) else f"{type(error).__name__}: "
            refused[name] = f"{kind}{error}"[:300]

    def passed(self, name):
        return False

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *answers: None


class Lessons:
    """Finds `nst_helpers.checks.lesson_NN` for whoever imports it."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name.startswith(f"{__name__}.lesson_") else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        checks = Checks()
        module.__getattr__ = lambda name: getattr(checks, name)


sys.modules[f"{__name__}.stand_in"] = sys.modules[__name__]
sys.meta_path.append(Lessons())
