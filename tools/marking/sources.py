"""What can only be read off the source: whether a course function, or `einsum`, has done the work.

A function is followed through everything that a student's cells say of the names in it: definitions, assignments,
methods called on their data. Code that cannot be read from outside (`eval`, `getattr`, `__code__`) is named as such:
then the exercise waits for a person. What may go here: reading source, never running it.
"""

import ast

from marking.words import DEFINED, TRICKS, attributes_of, bare, defines, globals_of, is_unreadable, parsed, public

CONTAINERS = {"list", "dict", "set"}


class Sources:
    """The cells of a notebook, given ones and written ones. files: {module: source} of what was handed in beside it."""

    def __init__(self, given, written, files=None):
        self.files = files or {}
        self.given = [statement for source in given for statement in parsed(source)]
        self.written = [statement for source in [*written, *self.files.values()] for statement in parsed(source)]
        self.own_functions = {node.name for s in self.written for node in ast.walk(s) if isinstance(node, DEFINED)}
        self.imports = {}
        for node in (node for statement in self.given + self.written for node in ast.walk(statement)):
            self._note_import(node)

    def _note_import(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and node.module not in self.files:
            for alias in node.names:
                for name in public(node.module) if alias.name == "*" else [alias.name]:
                    self.imports[alias.asname or name] = f"{node.module}.{name}"

    def borrowed(self, expression, names):
        """The sentence that says what has done the work of a function, or cannot be read; None if all is its own."""
        found = self.closure(expression)
        for name in sorted(found):
            full = self.imports.get(name, name)
            if f"{full}.".startswith("nst_helpers.") or any(bare(own) in bare(part) for own in names
                                                            for part in (name, full.split(".")[-1])):
                return f"the numbers are right, but {name} has done the work. Write it yourself."
        for name in sorted(found | self.tricks()):
            if is_unreadable(name) or is_unreadable(self.imports.get(name, name).split(".")[0]):
                return (f"the numbers are right, but whose work it is cannot be read from code with `{name}`. Write it "
                        "plainly, or show it to your teacher.")
        return None

    def closure(self, expression):
        """All names and attributes that a function can reach, by what the cells say of them."""
        return set().union(*self.reached([ast.parse(expression, mode="eval").body]))

    def reached(self, nodes):
        """(names of the notebook that pieces of code can reach, all other words in what they reach)."""
        todo, found, attributes = (set().union(*map(of, nodes)) for of in (globals_of, lambda node: (), attributes_of))
        while todo - found:
            name = (todo - found).pop()
            found.add(name)
            concerned = [s for s in self.given + self.written if defines(s, name)]
            if name not in self.imports and name not in self.own_functions:
                concerned += [s for s in self.written if self._may_change(s, name)]
            for statement in concerned:
                todo |= globals_of(statement)
                attributes |= attributes_of(statement)
                if not isinstance(statement, ast.ImportFrom) or statement.module in self.files:
                    todo |= attributes_of(statement) & self.own_functions  # of files handed in, and of own classes
        return found, attributes

    def _may_change(self, statement, name):
        """Whether a statement of the student's hands data of this name on to something that can change them."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                function, handed = node.func, [*node.args, *(k.value for k in node.keywords)]
                if isinstance(function, ast.Attribute):
                    base = function.value.id if isinstance(function.value, ast.Name) else None
                    if base == name:
                        return True
                    changes = base in CONTAINERS or base in self.files
                else:
                    changes = not isinstance(function, ast.Name) or function.id in self.own_functions
                if changes and any(isinstance(part, ast.Name) and part.id == name for part in handed):
                    return True
        return False

    def tricks(self):
        """Names anywhere in the student's cells with which functions can be changed from outside."""
        everywhere = {name for s in self.written for name in attributes_of(s)}
        return {name for name in everywhere if name.startswith("__") or name in TRICKS}
