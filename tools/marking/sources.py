"""What can only be read off the source: whether a course function, or `einsum`, has done the work.

A function is followed through everything that a student's cells say of the names in it: definitions, assignments,
methods called on their data. Code that cannot be read from outside (`eval`, `getattr`, `__code__`) is named as such:
then the exercise waits for a person. What may go here: reading source, never running it.
"""

import ast
import importlib
import symtable

from IPython.core.inputtransformer2 import TransformerManager

UNREADABLE = {
    "eval", "exec", "compile", "getattr", "setattr", "delattr", "vars", "globals", "locals", "importlib", "builtins",
    "sys", "inspect", "ctypes", "gc", "marshal", "pickle", "dill", "cloudpickle", "runpy", "types", "operator",
    "get_ipython", "allow_pickle", "load_model", "subprocess", "os", "open", "codecs", "code", "attrgetter",
    "methodcaller", "frame", "f_globals", "f_locals", "exec_module", "import_module", "custom_objects",
}
TRICKS = {"setattr", "exec", "eval", "ctypes", "gc", "builtins"}
PLAIN = {"__name__", "__version__", "__doc__", "__init__", "__call__", "__len__", "__getitem__", "__iter__", "__main__",
         "__future__"}
MAGICS = {"timeit", "time", "matplotlib", "config", "who", "whos", "pip", "precision", "prun", "memit"}
DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
            if f"{full}.".startswith("nst_helpers.") or any(own.lower() in part.lower() for own in names
                                                            for part in (name, full.split(".")[-1])):
                return f"the numbers are right, but {name} has done the work. Write it yourself."
        for name in sorted(found | self.tricks()):
            if is_unreadable(name) or is_unreadable(self.imports.get(name, name).split(".")[0]):
                return (f"the numbers are right, but whose work it is cannot be read from code with `{name}`. Write it "
                        "plainly, or show it to your teacher.")
        return None

    def closure(self, expression):
        """All names and attributes that a function can reach, by what the cells say of them."""
        tree = ast.parse(expression, mode="eval").body
        todo, found, attributes = globals_of(tree), set(), set()
        while todo - found:
            name = (todo - found).pop()
            found.add(name)
            concerned = [s for s in self.given + self.written if defines(s, name)]
            if name not in self.imports and name not in self.own_functions:
                concerned += [s for s in self.written if self._may_change(s, name)]
            for statement in concerned:
                todo |= globals_of(statement)
                attributes |= attributes_of(statement)
                todo |= attributes_of(statement) & self.own_functions  # of files handed in, and of own classes
        return found | attributes

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
        everywhere = {name for s in self.written for name in {*identifiers(s), *attributes_of(s)}}
        return {name for name in everywhere if name.startswith("__") or name in TRICKS}


def defines(statement, name):
    """Whether a statement defines a name, or writes into what is behind it."""
    for node in ast.walk(statement):
        if isinstance(node, DEFINED) and node.name == name:
            return True
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if name in {alias.asname or alias.name.split(".")[0] for alias in node.names}:
                return True
        elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            base = node
            while isinstance(base, (ast.Attribute, ast.Subscript)):
                base = base.value
            if isinstance(base, ast.Name) and base.id == name:
                return True
    return False


def globals_of(node):
    """The names that a piece of code takes from the notebook: not those of its functions' own variables."""
    source = ast.unparse(node)
    tables, found = [symtable.symtable(source, "cell", "exec")], set()
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if (s.is_referenced() if top else s.is_global())}
        tables += table.get_children()
    return found


def attributes_of(node):
    """The attributes in a piece of code, the names of arguments, and what it imports."""
    found = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    found |= {part.arg for part in ast.walk(node) if isinstance(part, ast.keyword) and part.arg}
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.split(".")[0] for alias in part.names}
    return found


def identifiers(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def is_unreadable(name):
    return name in UNREADABLE or (name.startswith("__") and name.endswith("__") and name not in PLAIN)


def parsed(source):
    """The statements of a cell; none where it cannot be read, since then it cannot run. Magics become calls."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [statement for statement in tree.body if magic_of(statement) not in MAGICS]


def magic_of(statement):
    """The name of a line magic that stands alone, or None."""
    call = getattr(statement, "value", None)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run_line_magic":
        return getattr(call.args[0], "value", None) if call.args else None
    return None


def public(module):
    """What `from module import *` brings."""
    try:
        content = importlib.import_module(module) if module.split(".")[0] in ("nst_helpers", "numpy") else None
    except ImportError:
        return []
    return getattr(content, "__all__", None) or [name for name in dir(content) if not name.startswith("_")]
