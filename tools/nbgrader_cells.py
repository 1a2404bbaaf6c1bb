"""What nbgrader has to know of each cell of an exercise notebook: which are to be written, given, and worth points.

A cell with a solution is the learner's to write. A check is a test, worth the stars of its exercise. All other cells
are given: nbgrader puts them back as they were before it marks. What may go here: the metadata that nbgrader reads
(its schema, version 3). tools/make_nbgrader.py makes a teacher's course folder out of it.
"""

import hashlib
import re

CHECK = re.compile(r"^check\.(?!summary\b)(\w+)\(")
STARS = re.compile(r"^## \d\. .+ \((★{1,3}), \d+ min\)$", re.MULTILINE)
GIVEN = {"schema_version": 3, "grade": False, "solution": False, "locked": True, "task": False}


def for_teachers_only(cell):
    return "solution-only" in cell.metadata.get("tags", [])


def check_in(cell):
    """The name of the check that a cell calls, or None. The summary is no check: it earns nothing."""
    match = CHECK.match(cell.source) if cell.cell_type == "code" else None
    return match and match[1]


def marks(cell, stars):
    """What nbgrader is told of one cell; stars: those of the exercise in which it stands."""
    if "### BEGIN SOLUTION" in cell.source:
        return {**GIVEN, "grade_id": cell.id, "solution": True, "locked": False}
    if name := check_in(cell):
        return {**GIVEN, "grade_id": name, "grade": True, "points": stars}
    return {**GIVEN, "grade_id": cell.id}


def stamp(solution):
    """Tell nbgrader of every cell of a notebook with solutions, in place, and return it."""
    stars = 0
    for cell in solution.cells:
        if heading := cell.cell_type == "markdown" and STARS.search(cell.source):
            stars = len(heading[1])
        cell.metadata.pop("nbgrader", None)
        if not for_teachers_only(cell):
            cell.metadata["nbgrader"] = marks(cell, stars)
    return solution


def seal(exercise):
    """Add the checksums by which nbgrader sees what was changed, in place, to a stamped notebook; and return it."""
    for cell in exercise.cells:
        cell.metadata["nbgrader"] |= {"cell_type": cell.cell_type, "checksum": checksum(cell)}
    return exercise


def checksum(cell):
    """As nbgrader computes it."""
    mark = cell.metadata["nbgrader"]
    parts = [cell.source, cell.cell_type, mark["grade"], mark["solution"], mark["locked"], mark["grade_id"]]
    if mark["grade"]:
        parts.append(float(mark["points"]))
    return hashlib.md5("".join(map(str, parts)).encode()).hexdigest()
