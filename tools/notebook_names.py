"""Which names the code cells of a notebook make and take, and so which cells another cell needs.

What may go here: what can be said about names without running anything.
"""

import ast
import builtins
import re
import symtable

from IPython.core.inputtransformer2 import TransformerManager
from notebook_reading import statements

SKIP = "> **May be skipped at first reading.**"
# Calls that change what their name holds: a cell with such a call makes the name as much as an assignment does.
CHANGING = {"add", "append", "assign", "clear", "extend", "insert", "observe", "pop", "set_seed", "set_weights", "sort",
            "update"}


def made_and_taken(cell):
    """Two sets for a code cell: global names that it binds, and global names that it reads, its functions' included."""
    try:
        table = symtable.symtable(TransformerManager().transform_cell(cell.source), "cell", "exec")
    except SyntaxError:
        return set(), set()
    made, taken, tables = set(), set(), [table]
    while tables:
        scope = tables.pop()
        tables += scope.get_children()
        for symbol in scope.get_symbols():
            is_global = scope is table or symbol.is_global()
            if is_global and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                made.add(symbol.get_name())
            if is_global and symbol.is_referenced():
                taken.add(symbol.get_name())
    taken |= changed(cell) & made  # x += 1, which the table does not count as reading
    return made, taken - set(dir(builtins))


def changed(cell):
    """Names whose content a code cell changes in place: x[0] = 1, x.y = 1, x += 1, x.append(1)."""
    names = set()
    for node in ast.walk(statements(cell)):
        targets = {ast.Assign: "targets", ast.AugAssign: "target", ast.For: "target"}.get(type(node))
        found = getattr(node, targets) if targets else []
        places = found if isinstance(found, list) else [found]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            places = [node.func]
        for place in (part for whole in places for part in getattr(whole, "elts", [whole])):
            is_part = isinstance(place, (ast.Subscript, ast.Attribute))
            while isinstance(place, (ast.Subscript, ast.Attribute)):
                place = place.value
            if isinstance(place, ast.Name) and (is_part or isinstance(node, ast.AugAssign)):
                names.add(place.id)
    return names


def needed(cells, sources):
    """The places, in order, of the code cells that make or change a name which the cells in `sources` need.

    cells: all cells of a notebook. sources: cells, perhaps of other code. A place too many does no harm.
    """
    code = {place: cell for place, cell in enumerate(cells) if cell.cell_type == "code"}
    makes = {place: made_and_taken(cell)[0] | changed(cell) for place, cell in code.items()}
    wanted, chosen = set().union(*(made_and_taken(cell)[1] for cell in sources)), set()
    while more := {place for place in code if place not in chosen and makes[place] & wanted}:
        chosen |= more
        wanted |= set().union(*(made_and_taken(code[place])[1] for place in more))
    return sorted(chosen)


def may_be_skipped(cells):
    """For each cell whether it lies in a section that carries the SKIP mark."""
    inside, level, answers = None, 1, []
    for cell in cells:
        if cell.cell_type == "markdown":
            for line in re.sub(r"```.*?```", "", cell.source, flags=re.S).splitlines():
                if heading := re.match(r"(#{1,6}) ", line):
                    level = len(heading[1])
                    inside = None if inside is None or level <= inside else inside
                elif line.startswith(SKIP) and inside is None:
                    inside = level
        answers.append(inside is not None)
    return answers
