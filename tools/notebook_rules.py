"""What a stored notebook has to look like: `problems` lists what is wrong with one.

tests/test_notebooks.py holds every lesson to it; tools/run_notebooks.py stores nothing that breaks a rule.
What may go here: rules that can be read off one notebook without running it. A rule is a function of the notebook that
yields one sentence for each breach; it belongs into RULES.
"""

import ast
from copy import deepcopy
import json
from pathlib import Path
import re
import sys
import tempfile

from notebook_cleaning import clean
from notebook_names import SKIP, made_and_taken, may_be_skipped
from notebook_pictures import is_figure, pictures_of
from notebook_reading import ROOT, Page, cells_of, read, statements, texts

BYTES, LINES = 1_000_000, 25
CAPTION = re.compile(r"\*[^*\s]")  # starts in italics; ** would be bold, "* " a list
_BEFORE = r"(?<![\w.~-])"  # "../data/photos" is not the folder /data
_FOLDERS = [ROOT, ROOT.parent, Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix)]
_OWN = {spelling for p in _FOLDERS if len(p.parts) > 1 for spelling in (str(p), p.as_posix())}
HERE = re.compile(_BEFORE + "(" + "|".join(map(re.escape, sorted(_OWN))) + r")\b")
ANYWHERE = re.compile(  # what a path on somebody else's machine looks like; IPython writes ~ for the home folder
    _BEFORE + r"(/home/|/Users/|/[r]oot/|/tmp/|[A-Z]:\\+Users)" + r"|site-packages|ipykernel_\d+|~[\\/][^\s:]+\.py")


def is_cleaned(notebook):
    cleaned = clean(deepcopy(notebook))
    if notebook.metadata != cleaned.metadata:
        yield "its metadata is not just that of the python3 kernel: store it by tools/run_notebooks.py"
    for index, (cell, tidy) in enumerate(zip(notebook.cells, cleaned.cells)):
        if cell.metadata != tidy.metadata or cell.get("outputs") != tidy.get("outputs"):
            yield f"cell {index} holds live widgets, timings or the like: store the notebook by tools/run_notebooks.py"


def is_run_in_order(notebook):
    for expected, (name, cell) in enumerate(cells_of(notebook, "code"), start=1):
        if cell.execution_count != expected:
            yield f"{name} has execution count {cell.execution_count}, not {expected}: run all from top to bottom"
            return  # the cells below it follow suit


def has_no_faults(notebook):
    for name, cell in cells_of(notebook, "code"):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"{name} ends in {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"{name} writes to stderr: {output.text.strip()[:200]}"


def has_short_cells(notebook):
    for name, cell in cells_of(notebook, "code"):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > LINES:
            yield f"{name} has {lines} lines: at most {LINES}, better 15"


def starts_with_its_title(notebook):
    if not (notebook.cells and notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")):
        yield "its first cell is not Markdown that starts with the title (# ...)"


def has_headings_in_order(notebook):
    above = 0
    for name, cell in cells_of(notebook, "markdown"):
        for level in Page(cell.source).levels:
            if level == 1 and above:
                yield f"{name} has a second heading of level 1: the title is the only one"
            elif level > above + 1:
                yield f"{name} has a heading of level {level} below one of level {above}: a level is left out"
            above = level


def has_alt_texts(notebook):
    for name, cell in cells_of(notebook, "markdown"):
        for source in Page(cell.source).without_alt:
            yield f"{name} shows {source} without alt text: say in words what is to be seen"


def has_words_under_figures(notebook):
    """A figure is followed by a sentence that says what to see in it, and carries alt text."""
    for place, cell in enumerate(notebook.cells):
        below = notebook.cells[place + 1 : place + 2]
        for output in cell.get("outputs", []):
            if not is_figure(output):
                continue
            if not (below and below[0].cell_type == "markdown" and CAPTION.match(below[0].source)):
                yield f"cell {place} shows a figure without a sentence under it (Markdown that begins with *...*)"
            if not all(alt.strip() for _, _, alt in pictures_of(output)):
                yield f"cell {place} stores a figure without alt text: import show_images and run it again"


def has_no_paths(notebook):
    for index, cell in enumerate(notebook.cells):
        seen = [HERE.search(cell.source)]
        for text in (text for output in cell.get("outputs", []) for text in texts(output)):
            seen.append(HERE.search(text) or ANYWHERE.search(text))
        for found in filter(None, seen):
            yield f"cell {index} shows a path of a machine ({found.string[found.start():][:60]!r})"


def imports_helpers_first(notebook):
    for name, cell in cells_of(notebook, "code"):
        nodes = [n for n in ast.walk(statements(cell)) if isinstance(n, (ast.Import, ast.ImportFrom))]
        for node in sorted(nodes, key=lambda node: node.lineno):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            for package in (module.split(".")[0] for module in modules):
                if package == "nst_helpers":
                    return
                if package in ("keras", "tensorflow"):
                    yield f"{name} imports {package} before nst_helpers, which keeps TensorFlow's noise off the page"


def can_be_read_without_what_may_be_skipped(notebook):
    """Who leaves out the marked sections can run all other cells, and gets the same values."""
    makers = {}  # name: is the last cell that made it in a marked section?
    for cell, skipped in zip(notebook.cells, may_be_skipped(notebook.cells)):
        if cell.cell_type != "code" and "skipped at first reading" in cell.source.replace(SKIP, ""):
            yield f"a mark is not written as {SKIP} at the beginning of a line"
        made, taken = made_and_taken(cell) if cell.cell_type == "code" else (set(), set())
        for name in sorted(taken - made):
            if makers.get(name) and not skipped:
                yield f"the cell {cell.source[:40]!r} needs {name!r}, made in a section that may be skipped"
        makers |= dict.fromkeys(made, skipped)


RULES = [is_cleaned, is_run_in_order, has_no_faults, has_short_cells, starts_with_its_title, has_headings_in_order,
         has_alt_texts, has_words_under_figures, has_no_paths, imports_helpers_first,
         can_be_read_without_what_may_be_skipped]


def problems(text):
    """All that is wrong with a notebook, given as the text of its file: a list of sentences, empty if all is well."""
    try:
        notebook = read(text)
    except ValueError as error:
        return [f"it is not a valid notebook: {str(error).splitlines()[0]}"]
    found = [sentence for rule in RULES for sentence in rule(notebook)]
    if (size := len(text.encode())) > BYTES:
        largest = max(range(len(notebook.cells)), key=lambda index: len(json.dumps(notebook.cells[index])))
        found.append(f"it has {size / 1e6:.1f} MB, more than {BYTES / 1e6:.0f}; the largest cell is {largest}")
    return found
