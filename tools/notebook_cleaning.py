"""`clean` takes out of a notebook what depends on machine or moment, and what shows nothing when it is only read.

What may go here: the one form in which notebooks are stored. What is merely forbidden belongs into notebook_rules.
"""

import nbformat

WIDGETS = {"application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"}
# No version of Python in here: it would differ from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py", "mimetype": "text/x-python",
        "name": "python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3",
    },
}
# All else (timings, folded outputs, an editor's notes) is of one machine or one moment.
CELL_METADATA = {"alt", "deletable", "editable", "jupyter", "nbgrader", "slideshow", "tags"}


def without_widgets(output):
    """The output without its live widgets, which a stored notebook knows by name only; None if nothing is left."""
    data = output.get("data", {})
    if not WIDGETS & data.keys():
        return output
    if not data.keys() - WIDGETS - {"text/plain"}:  # the plain text is the widget's repr
        return None
    kept = {part: {m: v for m, v in output[part].items() if m not in WIDGETS} for part in ("data", "metadata")}
    return nbformat.from_dict({**output, **kept})


def clean(notebook):
    """Bring a notebook into the form in which it is stored, in place, and return it."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type == "code":
            cell.outputs = [output for output in map(without_widgets, cell.outputs) if output]
    return notebook
