"""What a student handed in, with the given cells put back: the notebook that is run for marks.

Cells are known by their id; in a file that has lost its ids, given cells are known by their text and answers by the
names that they define. What may go here: reading a submission, and no running.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
import re

import nbformat

EXERCISES = Path(__file__).resolve().parents[2] / "notebooks" / "exercises"
CHECK = re.compile(r"^check\.(\w+)\((.*)\)$")
LARGEST = 50 * 2**20  # bytes of a file
GIVEN, ANSWER, OWN, CHECKED = "given", "answer", "own", "check"


class Unreadable(Exception):
    """No notebook that can be marked; the text says why."""


@dataclass(frozen=True)
class Part:
    """A code cell of the notebook that is run. kind: given, answer (to be written), own (the student's), check."""

    kind: str
    source: str
    place: int = 0  # in the file that was handed in, from 1; 0: put back

    @property
    def check(self):
        """(name of the exercise, the expressions that are handed to its check)."""
        name, arguments = CHECK.match(self.source).groups()
        call = ast.parse(f"f({arguments})", mode="eval").body
        return name, [ast.unparse(argument) for argument in call.args]


def read(path):
    """The notebook in a file; Unreadable if it is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"the file is larger than {LARGEST / 2**20:.0f} MB")
        notebook = nbformat.read(path, as_version=4)
        return [(str(c.get("id")), str(c.cell_type), str(c.source)) for c in notebook.cells]
    except Unreadable:
        raise
    except Exception:  # nbformat and json have many ways to refuse a file
        raise Unreadable("this is no notebook that can be read") from None


def lesson_of(cells):
    """The exercise notebook (Path) that a submission was made from; Unreadable if none can be recognised."""
    ids, sources = {cell[0] for cell in cells}, {cell[2] for cell in cells}

    def in_common(path):
        return sum(given[0] in ids or (given[2] in sources and len(given[2]) > 40) for given in read(path))

    best = max(sorted(EXERCISES.glob("*.ipynb")), key=in_common)
    if in_common(best) < 5:
        raise Unreadable("this is none of the exercise notebooks: most of its cells are gone")
    return best


def put_back(template, cells):
    """The parts to be run: the teacher's given cells and checks, the student's answers, own cells where they stand."""
    kinds = {cell[0]: kind_of(cell) for cell in template if cell[1] == "code"}
    found, own, last = {}, {None: []}, None
    for place, cell in enumerate(cells, 1):
        known = recognised(cell, template, found)
        if known is not None:
            found[known], last = (cell, place), known
            own.setdefault(known, [])
        elif cell[1] == "code":
            own[last].append(Part(OWN, cell[2], place))
    adopt(template, kinds, found, own)
    parts = list(own[None])
    for cell in template:
        if cell[0] in kinds:
            kind, (handed_in, place) = kinds[cell[0]], found.get(cell[0], (cell, 0))
            parts.append(Part(kind, handed_in[2] if kind == ANSWER else cell[2], place))
        parts += own.get(cell[0], [])
    return parts


def kind_of(cell):
    if CHECK.match(cell[2]):
        return CHECKED
    return ANSWER if re.search(r"# your (code|answer) here", cell[2]) else GIVEN


def recognised(cell, template, found):
    """The id of the template's cell that this is, or None."""
    for given in template:
        if given[0] not in found and given[1] == cell[1] and (given[0] == cell[0] or given[2] == cell[2]):
            return given[0]
    return None


def adopt(template, kinds, found, own):
    """Without its id an answer is known by what it defines: the last of the student's cells that does."""
    for cell in template:
        if kinds.get(cell[0]) == ANSWER and cell[0] not in found:
            wanted = defined(cell[2])
            for cells in reversed(own.values()):
                fitting = [part for part in cells if wanted and wanted <= defined(part.source)]
                if fitting:
                    cells.remove(fitting[-1])
                    found[cell[0]] = (cell[0], "code", fitting[-1].source), fitting[-1].place
                    break


def titles(path):
    """{exercise: its heading} of an exercise notebook, without stars and minutes."""
    found, heading = {}, ""
    for _, kind, source in read(path):
        if kind == "markdown" and (match := re.search(r"^## (\d\. .+?)(?: \(★.*)?$", source, re.MULTILINE)):
            heading = match[1]
        elif kind == "code" and (match := CHECK.match(source)):
            found[match[1]] = heading
    return found


def defined(source):
    """The names that a cell defines at its top."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return names | {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
