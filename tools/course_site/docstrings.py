"""Docstrings and signatures as Markdown. What may go here: what becomes of the text of one function or class."""

import ast
import re

ITEM = re.compile(r"^([\w*]+(?:, [\w*]+)*): ")
CODE = re.compile(r"(`[^`\n]+`)")


class Prose:
    """Turns plain words into Markdown. known: {name: full name} of what code between backticks is linked to."""

    def __init__(self, known):
        self.known = known

    def described(self, text):
        """A docstring as Markdown: its lines "name: what" become a list, up to an empty line."""
        blocks = []
        for line in text.splitlines():
            item = ITEM.match(line)
            if item:
                blocks.append(f"- **{self.plain(item[1])}**: {self.plain(line[item.end():])}")
            elif not line.strip():
                blocks.append("")
            elif blocks and blocks[-1]:
                blocks[-1] += " " + self.plain(line.strip())
            else:
                blocks += ["", self.plain(line.strip())]
        return "\n".join(blocks)

    def plain(self, text):
        """Words with code between backticks, safe in Markdown; known names are links."""
        parts = CODE.split(text)
        parts[::2] = [re.sub(r"([\\*_\[\]<>$|{}~#])", r"\\\1", part) for part in parts[::2]]
        parts[1::2] = [self._linked(part.strip("`")) for part in parts[1::2]]
        return "".join(parts)

    def _linked(self, code):
        return f"{{py:obj}}`{code} <{self.known[code]}>`" if code in self.known else f"`{code}`"


def signature(node):
    """What a function is called with as it is written; of a class that of __init__, or the fields of a dataclass."""
    if isinstance(node, ast.FunctionDef):
        return f"{node.name}({ast.unparse(node.args)})"
    start = next((part for part in node.body if getattr(part, "name", "") == "__init__"), None)
    if start:
        return f"{node.name}({without_self(start.args)})"
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    words = (part.target.id + (f"={ast.unparse(part.value)}" if part.value else "") for part in fields)
    return f"{node.name}({', '.join(words)})"


def without_self(arguments):
    """The arguments of a method, as one who calls it sees them."""
    return re.sub(r"^\w+(, |$)", "", ast.unparse(arguments))
