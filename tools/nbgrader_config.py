"""nbgrader's settings for this course. Change what you like: tools/make_nbgrader.py does not overwrite this file."""

from pathlib import Path
import sys

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from nbgrader_placeholders import without_solution  # noqa: E402 (it lies beside this file)


class Placeholders(ClearSolutions):
    """Three dots in place of a solution. nbgrader's own stub raises, and no cell below it would run."""

    def preprocess_cell(self, cell, resources, index):
        cell.source = without_solution(cell.source)
        return cell, resources


c = get_config()  # noqa: F821 (nbgrader defines it)
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.course_id = "nst"
c.GenerateAssignment.preprocessors = [
    Placeholders if step is ClearSolutions else step for step in GenerateAssignment.preprocessors.default()
]
# Seconds that a cell may take. nbgrader's 30 are too few for a large picture on a busy machine.
c.Execute.timeout = 120
