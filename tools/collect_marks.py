"""Run the exercise notebooks that a class has handed in, each in a sandbox, and say what the checks say of each.

    python tools/collect_marks.py FOLDER                                 every notebook in it and its subfolders
    python tools/collect_marks.py FOLDER --csv marks.csv --page marks.html --jobs 2

Each notebook runs anew, alone, without network, home or classmates, with its given cells put back; the verdicts are
computed in a process in which no student code runs (tools/marking/). Who handed in is the name of the subfolder, or of
the file. Files in a student's subfolder are visible to the notebook, read-only. What may go here: the command line.
"""

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import multiprocessing
from pathlib import Path
import sys

from marking import page, sandbox, table
from marking.verdicts import mark


def handed_in(folder):
    """[(path of the notebook, student, files beside it)] in a folder: of each student in the order of the names."""
    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts and p.is_file()]
    several = Counter(path.parent for path in paths)
    return [(path, student(path.relative_to(folder), several[path.parent] > 1), beside(path, folder)) for path in paths]


def student(path, several):
    """Who handed in: the subfolder, with the file's name where it holds several notebooks; or the file itself."""
    return path.with_suffix("").as_posix() if several or path.parent == Path() else path.parent.as_posix()


def beside(path, folder):
    """The files that a student handed in with a notebook: those of a subfolder, which is one student's."""
    if path.parent == folder:
        return []
    return [p for p in sorted(path.parent.iterdir())
            if p.is_file() and not p.is_symlink() and p.suffix != ".ipynb" and not p.name.startswith(".")]


def mark_one(submission, sandboxed):
    path, student, files = submission
    return mark(path, student, sandboxed=sandboxed, beside=files)


def mark_class(submissions, jobs=1, sandboxed=True):
    """Yield what each notebook earns (Marked), in order."""
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(mark_one, sandboxed=sandboxed), submissions)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, help="write the table to this file")
    parser.add_argument("--page", type=Path, help="write a page for reading to this file: verdicts, defences, pictures")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at once; about 1.5 GB of memory for each")
    parser.add_argument("--without-sandbox", action="store_true", help="run students' code with all your rights")
    options = parser.parse_args(arguments)
    submissions = handed_in(options.folder)
    if not submissions:
        sys.exit(f"There is no notebook in {options.folder}.")
    if not options.without_sandbox:
        try:
            sandbox.check()
        except sandbox.NoSandbox as reason:
            sys.exit(f"{reason}\nNothing was run. --without-sandbox runs students' code with all your rights, and says "
                     "so in the table.")
    print("| student | lesson | exercises | stars | remarks |\n|---|---|---|---|---|")
    class_ = []
    for marked in mark_class(submissions, options.jobs, not options.without_sandbox):
        class_.append(marked)
        print(table.line(marked), flush=True)
    for lesson, exercise, name, _, count, of in table.mistakes(class_):
        print(f"{count} of {of}: {name} (lesson {lesson}, {exercise})")
    if options.csv:
        table.write(class_, options.csv)
    if options.page:
        page.write(class_, options.page)


if __name__ == "__main__":
    main()
