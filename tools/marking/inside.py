"""The student's side of the boundary: run in a sandbox, it runs cells, and answers for the names that they define.

Started by session.py with two pipes: messages come in by the first, answers go out by the second. Nothing that is
said here is believed outside: an answer is compared, never trusted.
"""

import copy
import dis
import inspect
import os
import resource
import sys

import wire


class Functions:
    """Functions of one side, by number."""

    def __init__(self):
        self.kept = []

    def keep(self, function):
        self.kept.append(function)
        code = getattr(inspect.unwrap(function), "__code__", None)
        stub = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
        empty = code is not None and {step.opname for step in dis.get_instructions(code)} <= stub
        return [len(self.kept) - 1, empty, str(getattr(function, "__name__", ""))]


class Student:
    def __init__(self, requests, answers):
        from IPython.core.interactiveshell import InteractiveShell

        self.requests, self.answers, self.functions = requests, answers, Functions()
        self.shell = InteractiveShell.instance()
        self.shell.run_line_magic("xmode", "Minimal")

    def serve(self):
        """Answer requests until there are no more."""
        while True:
            request = wire.read(self.requests)
            if request["ask"] == "end":
                return
            self.answer(request)

    def answer(self, request):
        try:
            reply = getattr(self, request["ask"])(**request["with"])
        except BaseException as error:  # whatever it is, the other side has to hear of it
            reply = {"error": told(error)}
        wire.write(self.answers, reply)

    def run(self, source):
        """Run a cell; whether it failed, and the error in one sentence."""
        import matplotlib.pyplot as plt

        try:
            result = self.shell.run_cell(source, store_history=False)
            error = result.error_before_exec or result.error_in_exec
            return {"failed": told(error) if error else ""}
        finally:
            plt.close("all")

    def values(self, expressions):
        """What expressions are worth, in order; what cannot be evaluated is None."""
        found = []
        for expression in expressions:
            try:
                value = eval(expression, self.shell.user_ns)
            except Exception:
                value = None
            found.append(wire.pack(value, self.functions.keep))
        refused = getattr(sys.modules.get("nst_helpers.checks.stand_in"), "refused", {})
        return {"values": found, "refused": {str(name): str(text)[:300] for name, text in refused.items()}}

    def put(self, values):
        """Give names to values."""
        self.shell.user_ns.update({name: wire.unpack(value, self.outside) for name, value in values.items()})
        return {}

    def call(self, number, arguments):
        """What a function gives, and the arguments that it has changed."""
        function = self.functions.kept[number]
        given = [wire.unpack(argument, self.outside) for argument in arguments]
        before = copy.deepcopy(given)
        try:
            result = function(*given)
        except BaseException as error:
            return {"error": own_line(function, error)}
        changed = {str(k): wire.pack(new, self.functions.keep) for k, (old, new) in enumerate(zip(before, given))
                   if wire.as_array(old) is not None and not wire.np.array_equal(old, new)}
        return {"result": wire.pack(result, self.functions.keep), "changed": changed}

    def outside(self, number):
        """A function of the other side, such as a loss that an optimiser gets."""

        def ask(*arguments):
            wire.write(self.answers, {"call": number, "with": [wire.pack(a, self.functions.keep) for a in arguments]})
            while True:  # it may ask for a function of ours before it answers
                request = wire.read(self.requests)
                if "result" in request:
                    return wire.unpack(request["result"], self.outside)
                if "error" in request:
                    raise ValueError(request["error"])
                self.answer(request)

        return ask


def told(error):
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def own_line(function, error):
    """What the learner would read: the error, and in which line of their own it was."""
    try:
        import errors  # nst_helpers/checks/errors.py, laid beside this file: the checks themselves are not here
    except ImportError:  # without a sandbox
        from nst_helpers.checks import errors

    return errors.own_line(function, error)[:500]


def main():
    requests, answers = os.fdopen(int(sys.argv[1]), "rb"), os.fdopen(int(sys.argv[2]), "wb")
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_NPROC, (2000, 2000))  # threads, of which TensorFlow has many
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.insert(0, "")  # the folder of the notebook, as in Jupyter
    student = Student(requests, answers)
    wire.write(answers, {"ready": True})
    student.serve()


if __name__ == "__main__":
    main()
