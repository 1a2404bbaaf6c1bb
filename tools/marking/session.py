"""The marking side of the boundary: a student's process that can be asked for values and functions.

    with Session([], Limits()) as student:
        student.run("x = 2")
        (x,), refused = student.values(["x"])

What may go here: asking, and ending what does not answer. No student code runs in this process.
"""

import contextlib
import threading

from nst_helpers.checks.elsewhere import Elsewhere, Told

from marking import sandbox, wire
from marking.limits import Watch


class Stopped(Exception):
    """The student's process has ended before its answer; the text says why, as the end of a sentence about the cell."""


class Session:
    """One process for one notebook. beside: files to be seen in its folder. read: Sources.borrowed."""

    def __init__(self, beside, limits, sandboxed=True, read=None):
        self._process, self._requests, self._answers = sandbox.start(beside, limits.disk, sandboxed)
        self._watch = Watch(self._process, limits, self._kill)
        self._read, self._functions, self.alive = read, [], True
        threading.Thread(target=self._drain, daemon=True).start()
        self._hear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._watch.end()
        self._kill()
        self._process.wait()
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                stream.close()

    def run(self, source):
        """Run a cell. The error that it raised in one sentence, or ""; Stopped if the process did not survive it."""
        self._watch.begin()
        failed = str(self._ask("run", source=source).get("failed", ""))[:300]
        if self._watch.over():  # what it leaves behind is its own, not the next cell's
            raise self._stopped()
        return failed

    def values(self, expressions):
        """([what each expression is worth], {name: why a picture was refused})."""
        self._watch.begin()
        answer = self._ask("values", expressions=expressions)
        if not isinstance(answer.get("values"), list) or len(answer["values"]) != len(expressions):
            raise Stopped("gives no answer that can be read")
        refused = answer.get("refused")
        found = [self._unpacked(value, text) for value, text in zip(answer["values"], expressions)]
        return found, {str(k): str(v) for k, v in refused.items()} if isinstance(refused, dict) else {}

    def put(self, values):
        """Give names to values: {name: value}, without functions."""
        self._watch.begin()
        self._ask("put", values={name: wire.pack(value, self._keep) for name, value in values.items()})

    def _call(self, number, arguments):
        """What a function of theirs gives; what it changed in the arguments is changed here, too."""
        self._watch.begin()
        try:
            return self._answer_of(number, arguments)
        except Stopped as reason:
            raise Told(f"your function {reason}.") from None

    def _answer_of(self, number, arguments):
        answer = self._ask("call", number=number, arguments=[wire.pack(a, self._keep) for a in arguments])
        if "error" in answer:
            raise Told(str(answer["error"])[:500])
        changed = answer.get("changed")
        for place, value in changed.items() if isinstance(changed, dict) else ():
            if place.isdigit() and int(place) < len(arguments):
                old, new = arguments[int(place)], self._unpacked(value)
                if isinstance(new, wire.np.ndarray) and old.shape == new.shape:
                    old[...] = new
        return self._unpacked(answer.get("result"))

    def _ask(self, what, **fields):
        try:
            wire.write(self._requests, {"ask": what, "with": fields})
        except OSError:
            raise self._stopped() from None
        return self._hear()

    def _hear(self):
        """The next answer; on the way their code may call functions of ours."""
        while True:
            try:
                message = wire.read(self._answers)
            except (wire.Broken, OSError) as error:
                raise self._stopped(error) from None
            if "call" not in message:
                return message
            try:
                function = self._functions[message["call"]]
                result = function(*[self._unpacked(a) for a in message["with"]])
                reply = {"result": wire.pack(result, self._keep)}
            except Stopped:
                raise
            except Exception as error:  # what they asked makes no sense: their code hears it
                reply = {"error": f"{type(error).__name__}: {error}"[:300]}
            try:
                wire.write(self._requests, reply)
            except OSError:
                raise self._stopped() from None

    def _unpacked(self, packed, expression=None):
        def function(content):
            number, empty, name = content
            return Elsewhere(lambda *arguments: self._call(int(number), arguments), bool(empty), str(name)[:80],
                             self._read and (lambda borrowed: self._read(expression or str(name), borrowed)))

        try:
            return wire.unpack(packed, function)
        except wire.Broken as error:
            raise self._stopped(error) from None

    def _keep(self, function):
        self._functions.append(function)
        return len(self._functions) - 1

    def _stopped(self, error="its process has ended"):
        self.alive = False
        self._kill()
        self._process.wait()
        if self._watch.reason:
            return Stopped(self._watch.reason)
        ended = str(error) == "its process has ended"
        return Stopped("ends Python" if ended else f"spoils the talk with the marks: {error}")

    def _kill(self):
        sandbox.kill(self._process)

    def _drain(self):
        while data := self._process.stdout.read1(2**16):
            self._watch.printed += len(data)
