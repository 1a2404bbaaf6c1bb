"""The reference of nst_helpers, out of its docstrings: a page for each room, and one for the names of the facade.

The files are read, not imported: TensorFlow would take longer than all the rest. What may go here: which names are on
which page.
"""

import ast

from course_site.docstrings import Prose, signature, without_self
from course_site.places import ROOT

PACKAGE = ROOT / "nst_helpers"
# What exercises are judged by gives their answers away; it is no part of what learners call.
LEFT_OUT = ("checks",)
START = """# Reference of `nst_helpers`

What lessons use most comes from the module itself: `from nst_helpers import load_image, stylize`.

| Name | What it does |
| --- | --- |
"""
ROOMS = """
All else is imported from its room, as in `from nst_helpers.color import match_colors`.
[The map](../nst_helpers/README.md) says what is in each.

```{toctree}
:maxdepth: 1

"""


def modules():
    """{room: [(module's name, syntax tree)]} of all modules, those behind an underscore included."""
    rooms = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = [part for part in file.relative_to(PACKAGE).with_suffix("").parts if part != "__init__"]
        if parts and parts[0] not in LEFT_OUT:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            rooms.setdefault(parts[0], []).append((".".join(["nst_helpers", *parts]), tree))
    return rooms


def public(body):
    """The functions and classes of a module or class that have no underscore, and a docstring."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node for node in body
            if isinstance(node, kinds) and not node.name.startswith("_") and ast.get_docstring(node)]


def homes():
    """{name: room or file} of the names that `from nst_helpers import ...` offers."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    table = next(node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "_HOMES")
    return {name: home for home, names in ast.literal_eval(table).items() for name in names}


class Reference:
    """All pages; `pages` gives {file in the source folder: text}."""

    def __init__(self):
        rooms = modules()
        self.rooms = {room: files for room, files in rooms.items() if not room.startswith("_")}
        self.facade, defined = {}, []
        for files in rooms.values():
            for module, tree in files:
                defined += [(node.name, module, node) for node in public(tree.body)]
        for name, home in homes().items():
            self.facade[name] = self._definition(name, home, defined)
        self.prose = Prose(self._known(defined))

    @staticmethod
    def _definition(name, home, defined):
        """(module, syntax tree) of a name of the facade: in its home, or where its home has it from."""
        found = [(module, node) for one, module, node in defined if one == name]
        inside = [pair for pair in found if f"{pair[0]}.".startswith(f"nst_helpers.{home}.")]
        return (inside or found)[0]

    def _known(self, defined):
        """{name: full name}, of names that are defined once, and of those of the facade."""
        names = [name for name, module, _ in defined if "._" not in module]
        known = {name: f"{module}.{name}" for name, module, _ in defined if names.count(name) == 1}
        return known | {name: self._address(name) for name in self.facade}

    def _address(self, name):
        """The full name; what is defined behind an underscore has its place at the module itself."""
        module = self.facade[name][0]
        return f"nst_helpers.{name}" if "._" in module else f"{module}.{name}"

    def pages(self):
        rooms = {f"reference/{room}.md": text for room in self.rooms if (text := self.room(room))}
        return {"reference/index.md": self.index(rooms)} | rooms

    def index(self, rooms):
        """The page of the facade, and the list of all others."""
        rows, entries = [], []
        for name, (module, node) in sorted(self.facade.items()):
            summary = ast.get_docstring(node).split("\n\n")[0].replace("\n", " ")
            rows.append(f"| {self.prose.plain(f'`{name}`')} | {self.prose.plain(summary)} |\n")
            entries += [self.entry(node), ""] if "._" in module else []
        begin = ["", "```{py:module} nst_helpers", "```", ""]
        places = "\n".join(f"/{page.removesuffix('.md')}" for page in rooms)
        return START + "".join(rows) + "\n".join(begin + entries) + f"{ROOMS}{places}\n```\n"

    def room(self, room):
        """The page of a room; an empty text where it has nothing public."""
        lines = []
        for module, tree in self.rooms[room]:
            nodes = public(tree.body)
            if nodes:
                lines += ["", f"## `{module}`"] if module != f"nst_helpers.{room}" else []
                lines += ["", f"```{{py:module}} {module}", "```", ""]
                lines += [self.prose.plain(ast.get_docstring(tree) or "")]
                lines += [text for node in nodes for text in ("", self.entry(node))]
        return "\n".join([f"# `nst_helpers.{room}`", *lines, ""]) if lines else ""

    def entry(self, node, fence="`" * 6):
        """A function or class as a directive, a class with its methods inside."""
        is_class = isinstance(node, ast.ClassDef)
        inside = [self._method(part, fence[:-1]) for part in public(node.body)] if is_class else []
        kind = "class" if is_class else "function"
        text = self.prose.described(ast.get_docstring(node))
        return "\n\n".join([f"{fence}{{py:{kind}}} {signature(node)}", text, *inside, fence])

    def _method(self, node, fence):
        decorators = {getattr(part, "id", getattr(part, "attr", "")) for part in node.decorator_list}
        kind = "property" if decorators & {"property", "cached_property"} else "method"
        call = "" if kind == "property" else f"({without_self(node.args)})"
        text = self.prose.described(ast.get_docstring(node))
        return "\n\n".join([f"{fence}{{py:{kind}}} {node.name}{call}", text, fence])
