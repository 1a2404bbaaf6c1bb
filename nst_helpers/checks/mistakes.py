"""What a check raises: that an answer is missing, or the mistake in it, with a short name for tables."""


class NotAttempted(Exception):
    """The exercise still has its three dots."""


class Mistake(str):
    """The sentence that names a mistake, with a short name of it for tables: `Mistake.called("sum", "this is …")`."""

    name = ""

    @classmethod
    def called(cls, name, sentence):
        """name: a few words joined by underscores, the same for every learner. sentence: what the learner reads."""
        mistake = cls(sentence)
        mistake.name = name
        return mistake

    def format(self, *values, **named):
        return type(self).called(self.name, super().format(*values, **named))


mistake = Mistake.called


class NotYet(Exception):
    """The answer is wrong; the text names the probable mistake, and `mistake` is its short name, or ""."""

    @property
    def mistake(self):
        return getattr(self.args[0], "name", "") if self.args else ""


class Raised(NotYet):
    """What a learner wrote raises an error."""
