"""What the teacher's copy of an exercise says of a student's: which names are theirs, and what is made of them.

What may go here: reading the untouched notebook. Nothing is run.
"""

import ast

from nst_helpers.checks.elsewhere import Elsewhere

from marking import submission
from marking.sources import Sources
from marking.submission import ANSWER, CHECKED, GIVEN
from marking.wire import Thing
from marking.words import DEFINED, defines, parsed


class Untouched:
    """chosen: names that students give to data. written: names of functions that they write.

    words: {given cell: all names that it uses, itself or through given functions}.
    """

    def __init__(self, template):
        parts = submission.put_back(template, template)
        answers = [part.source for part in parts if part.kind == ANSWER]
        # What waits for a check to pass shows something, and does not run for marks.
        self.given = [p.source for p in parts if p.kind == GIVEN and not p.source.startswith("if check.passed(")]
        self.written = {node.name for source in answers for node in parsed(source) if isinstance(node, DEFINED)}
        self.chosen = set().union(*map(submission.defined, answers)) - self.written
        self._sources = Sources(self.given, answers)
        self.words = {source: self._names(source) for source in self.given}
        # What a given cell leaves open until there is an answer: `poster = ...`.
        self.pictures = {name for source in self.given for name in submission.defined(source)
                         if any(left_open(statement, name) for statement in parsed(source))}
        self._asked = {text for part in parts if part.kind == CHECKED for text in part.check[1] if text.isidentifier()}

    def _names(self, source):
        defined = {node.name for node in parsed(source) if isinstance(node, DEFINED)}
        return self._sources.reached(parsed(source))[0] - defined

    def made_by(self, source):
        """What a given cell makes for a check out of data alone, without a function that students write."""
        if self.words.get(source, self.written) & self.written:
            return set()
        return {name for name in self._asked - self.chosen if any(defines(s, name) for s in parsed(source))}

    def is_theirs(self, expression):
        """Whether what a check is handed comes out of the student's process, since it needs their code."""
        names = self._sources.reached([ast.parse(expression, mode="eval").body])[0]
        return not expression.isidentifier() or expression in self.chosen or bool(names & self.written)


def left_open(statement, name):
    """Whether a statement is `name = ...`, or gives several names three dots each."""
    if not isinstance(statement, ast.Assign) or not defines(statement, name):
        return False
    values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
    return all(isinstance(value, ast.Constant) and value.value is ... for value in values)


def not_foreign(value):
    """Whether a value is data that one process can give to the other."""
    if isinstance(value, dict):
        return all(map(not_foreign, [*value, *value.values()]))
    if isinstance(value, (list, tuple)):
        return all(map(not_foreign, value))
    return not isinstance(value, (Elsewhere, Thing))
