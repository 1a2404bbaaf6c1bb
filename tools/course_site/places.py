"""Which files of the repository become pages of the site, and in which part of it.

What may go here: what can be said about files by their names.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START = "docs/index.md"  # its page is the start page of the site
EXERCISES = "notebooks/exercises/index.md"  # written by the builder, like the next one
REFERENCE = "reference/index.md"
# The parts of the table of contents, with their files in order. What is not there is left out.
PARTS = {
    "Start": ["docs/installation.md", "notebooks/README.md", "docs/time_and_memory.md"],
    "Lessons": ["notebooks/basics.ipynb", "notebooks/[0-9][0-9]_*.ipynb"],
    "To look up": ["notebooks/symptoms.ipynb", "notebooks/GLOSSARY.md", "notebooks/CHEAT_SHEET.md",
                   "notebooks/SYMBOLS.md"],
    "Pictures": ["notebooks/studio.ipynb", "notebooks/GALLERY.md", "notebooks/LICENCES_OF_PICTURES.md",
                 "data/SOURCES.md"],
    "Exercises and project": [EXERCISES, "notebooks/PROJECT.md", "notebooks/project/*"],
    "For teachers": ["notebooks/FOR_TEACHERS.md", "notebooks/GOALS.md"],
    "The module": [REFERENCE, "nst_helpers/README.md"],
    "Networks and measurements": ["data/networks/*.md", "benchmarks/README.md"],
    "About the course": ["docs/*.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md",
                         "tests/README.md"],
}
# Pages below a page of the table of contents, and what a link to the folder leads to.
BELOW = {EXERCISES: ["notebooks/exercises/*.ipynb"], REFERENCE: []}
FOLDERS = {"notebooks/exercises": EXERCISES, "nst_helpers": REFERENCE}


def found(patterns):
    """The files that fit one of the patterns, in order, relative to the repository; written pages are kept."""
    names = []
    for pattern in patterns:
        here = sorted(ROOT.glob(pattern)) if pattern not in BELOW else [ROOT / pattern]
        names += [file.relative_to(ROOT).as_posix() for file in here if file.suffix in (".md", ".ipynb")]
    return [name for name in dict.fromkeys(names) if name != START]


def parts():
    """{title: files} of the table of contents; a file that fits two parts is in the first."""
    told, taken = {}, set()
    for title, patterns in PARTS.items():
        told[title] = [name for name in found(patterns) if name not in taken]
        taken.update(told[title])
    return told


def pages():
    """{file in the repository: file in the source folder of the site} of all pages that lie in the repository."""
    names = [name for files in parts().values() for name in files]
    names += [name for patterns in BELOW.values() for name in found(patterns)]
    return {START: "index.md"} | {name: name for name in names if name not in BELOW}
