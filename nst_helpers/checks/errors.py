"""What a learner's error says, in one sentence: which of their lines, and plain words for what NumPy complains of."""

import inspect
import re
import traceback

# What NumPy says when arrays do not fit, and how a learner understands it.
PLAIN = [
    (r".*inhomogeneous shape.*", "pieces of different shapes cannot become one array."),
    (r"operands could not be broadcast together with shapes \((.*?)\) \((.*?)\).*",
     r"arrays of the shapes (\1) and (\2) do not fit together."),
]


def own_line(function, error):
    """One sentence: what was raised, and in which line of the learner's own."""
    if hasattr(error, "told"):  # in another process, which has said all this (elsewhere.Told)
        return error.told
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code and f.filename == code.co_filename or "ipykernel_" in f.filename]
    where = f" in line {own[-1].lineno} of its cell, `{own[-1].line}`" if own and own[-1].line else ""
    return f"your function raises {type(error).__name__}{where}: {one_line(error)}"


def one_line(error):
    """The message of an error, in plain words where there are some, without the inner names TensorFlow puts around."""
    text = " ".join(re.sub(r"\{\{.*?\}\}|\[Op:\w+\].*|\x1b\[\d*m", "", str(error)).split())
    for pattern, plain in PLAIN:
        text = re.sub(pattern, plain, text)
    return text[:200]
