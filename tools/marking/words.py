"""The words in a piece of code: which names it defines and uses, and which of them nobody can follow from outside.

What may go here: one cell or statement at a time. What follows from many of them stands in sources.py.
"""

import ast
import copy
import importlib
import io
import keyword
import re
import symtable
import tokenize

from IPython.core.inputtransformer2 import TransformerManager

# With these, code anywhere in the notebook can change what other code does.
TRICKS = {"setattr", "exec", "eval", "ctypes", "gc", "builtins", "setprofile", "settrace", "addaudithook", "_getframe",
          "monitoring", "get_ipython", "threading", "_thread", "Thread", "ThreadPoolExecutor", "signal", "Formatter",
          "get_field", "vformat", "importlib", "meta_path", "f_locals", "user_ns", "showwarning", "seterrcall"}
# In a function that is to be one's own work, these hide what is called.
UNREADABLE = TRICKS | {
    "compile", "getattr", "delattr", "vars", "globals", "locals", "sys", "inspect", "marshal", "pickle", "dill",
    "cloudpickle", "runpy", "types", "operator", "allow_pickle", "load_model", "subprocess", "os", "open", "codecs",
    "code", "attrgetter", "methodcaller", "frame", "f_globals", "exec_module", "import_module", "custom_objects",
}
PLAIN = {"__name__", "__version__", "__doc__", "__init__", "__call__", "__len__", "__getitem__", "__iter__", "__main__",
         "__future__"}
MAGICS = {"timeit", "time", "matplotlib", "config", "who", "whos", "pip", "precision", "prun", "memit", "pinfo",
          "pinfo2", "psearch", "pdoc", "psource"}
CELL_MAGICS = ("timeit", "time", "capture")
DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


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
    """All words in a piece of code that are no keywords: names, attributes, imports, and what its texts name."""
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(ast.unparse(without_docstrings(node))).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            found.add(token.string)
        elif token.type not in (tokenize.OP, tokenize.NUMBER, tokenize.COMMENT):
            found |= set(re.findall(r"[^\W\d]\w+", token.string))
    return found


def without_docstrings(node):
    """The same code; what is said in it of einsum is no use of it."""
    node = copy.deepcopy(node)
    for part in ast.walk(node):
        if isinstance(part, DEFINED) and ast.get_docstring(part) is not None:
            part.body[0] = ast.copy_location(ast.Pass(), part.body[0])
    return node


def bare(name):
    """A name as it is compared: einsum, Einsum and c_einsum are one, and so are avg_pool and AvgPool."""
    return name.lower().replace("_", "")


def is_unreadable(name):
    return name in UNREADABLE or (name.startswith("__") and name.endswith("__") and name not in PLAIN)


def parsed(source):
    """The statements of a cell; none where it cannot be read, since then it cannot run. Magics become calls."""
    if source.lstrip().startswith(tuple(f"%%{name}" for name in CELL_MAGICS)):
        source = source.lstrip().partition("\n")[2]
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
