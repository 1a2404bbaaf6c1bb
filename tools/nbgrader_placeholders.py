"""What stands in an exercise in place of its solution: a line with three dots, so that it runs untouched, too.

tools/make_exercises.py uses it, and so does nbgrader: tools/make_nbgrader.py copies this file into the teacher's
course folder. So it needs nothing but Python. What may go here: cutting solutions out of the source of a cell.
"""

import ast
import re
import textwrap

BLOCK = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"(BEGIN|END) SOLUTION")


def placeholder(block):
    """The line that stands in place of a solution (a match of BLOCK)."""
    indent, source = block.groups()
    # Inside a function, because a return needs one.
    function = ast.parse("def f():\n" + textwrap.indent(textwrap.dedent(source), " "))
    last = function.body[0].body[-1]
    if isinstance(last, ast.Return):
        return f"{indent}return ...  # your code here"
    if isinstance(last, (ast.Assign, ast.AugAssign)):
        name = last.targets[0] if isinstance(last, ast.Assign) else last.target
        return f"{indent}{ast.unparse(name)} = ...  # your answer here"
    return f"{indent}...  # your code here"


def without_solution(source):
    """The source of a cell with placeholders for its solutions; ValueError if a marker has no partner."""
    source = BLOCK.sub(placeholder, source)
    if MARKER.search(source):
        raise ValueError(f"BEGIN SOLUTION and END SOLUTION do not come in pairs in this cell:\n{source}")
    return source
