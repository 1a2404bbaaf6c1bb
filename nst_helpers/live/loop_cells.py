"""What a live loop asks of the kernel: to be called on its main thread, and to end with the cell that made it."""

import threading
import weakref

from IPython import get_ipython

_of_cells = {}  # the loops that a cell made in its last execution: {id of the cell: (id of the execution, loops)}


def on_main_thread(function, *arguments):
    """Call a function where cells and loops run, as soon as nothing else runs there.

    JupyterLab has the kernel hear a page on a thread of its own (a subshell), while a slice of work is going on.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or threading.current_thread() is threading.main_thread():
        function(*arguments)
    else:
        kernel.io_loop.asyncio_loop.call_soon_threadsafe(function, *arguments)


def end_older_of_this_cell(loop):
    """End the loops that the same cell made when it was run before; their figures are no longer on the screen."""
    parent = getattr(get_ipython(), "get_parent", dict)() or {}
    cell, execution = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if cell is None:  # not every page says which cell it is
        return
    made_by, loops = _of_cells.get(cell, (execution, weakref.WeakSet()))
    if made_by != execution:
        for old in list(loops):
            old.end()
        loops = weakref.WeakSet()
    loops.add(loop)
    _of_cells[cell] = execution, loops
