"""Parts of a lesson by their names: a whole cell `ID`, its blocks `ID:2-3`, or sentences of a block `ID:2/1-2`.

What may go here: from such a name to the cell, or the piece of its words. Blocks are what empty lines part, counted
from 1, headings included. The blocks of a code cell are its outputs.
"""

import copy
import re

NAME = re.compile(r"(?P<id>[^:/]+)(:(?P<blocks>\d+(-\d+)?)(/(?P<sentences>\d+(-\d+)?))?)?")
END_OF_SENTENCE = re.compile(r'(?<=[.?!][)"*])\s+(?=["(*A-Z])|(?<=[.?!])\s+(?=["(*A-Z])')


def part(notebook, name):
    """A copy of the named cell, with only the named blocks or sentences. ValueError if the lesson has no such part."""
    found = NAME.fullmatch(name)
    cell = next((cell for cell in notebook.cells if found and cell.id == found["id"]), None)
    if cell is None:
        raise ValueError(f"the lesson has no cell {name}")
    cell = copy.deepcopy(cell)
    if cell.cell_type == "code" and found["blocks"]:
        cell.outputs = some(cell.outputs, found["blocks"], name)
    elif found["blocks"]:
        blocks = some(blocks_of(cell.source), found["blocks"], name)
        if found["sentences"]:
            blocks = [closed(" ".join(some(END_OF_SENTENCE.split(blocks[0]), found["sentences"], name)))]
        cell.source = "\n\n".join(blocks)
    return cell


def blocks_of(source):
    """What empty lines part."""
    return re.split(r"\n\s*\n", source.strip())


def some(pieces, numbers, name):
    """Those with numbers such as "2" or "2-3"."""
    first, last = (int(number) for number in (numbers.split("-") * 2)[:2])
    if not 1 <= first <= last <= len(pieces):
        raise ValueError(f"{name}: there are {len(pieces)} pieces")
    return pieces[first - 1:last]


def closed(words):
    """A caption stands between stars. A piece of one gets back what it lost."""
    single = len(re.findall(r"(?<!\*)\*(?!\*)", words))
    if single % 2 == 0:
        return words
    return words + "*" if re.match(r"\*(?!\*)", words) else "*" + words
