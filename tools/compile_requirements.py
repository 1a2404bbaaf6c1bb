# /// script
# requires-python = ">=3.11"
# dependencies = ["packaging"]
# ///
"""Pin every version once, for uv, pip and conda alike. To be run after a change of dependencies in pyproject.toml.

    uv run tools/compile_requirements.py              pins what is new and keeps all other pins
    uv run tools/compile_requirements.py --upgrade    takes the newest versions that fit
    uv run tools/compile_requirements.py --check      changes nothing, needs no internet: do all files agree?

It writes requirements.txt, the conda files (one of them for Binder), and the constraints in pyproject.toml. Through
these uv obeys the pins, although its own uv.lock is not kept. Binder gets what lessons and the studio as an application
need, and nothing for tests.
What may go here: resolving, writing and comparing pins.
"""

import argparse
import os
from pathlib import Path
import re
import subprocess
import sys
import tempfile
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NOTE = "# Written by tools/compile_requirements.py from pyproject.toml; changes by hand are lost."
DEV = "# From here on: only for tests and maintainers."
STUDIO = "studio"  # the extra that Binder has, too: its packages stand with those of the lessons
BEGIN, END = "# pins begin: " + NOTE[2:], "# pins end"
# Conda file -> Python, and the project's folder as seen from it (pip runs there). Without a folder the file is for
# Binder: Linux on x86-64, lessons only; Python is CI's there, so that CI can try it.
CONDA_FILES = {"environment.yml": ("3.12", "."), "binder/environment.yml": ("3.11", None)}
# A name, an exact version, perhaps a marker; never an address or a hash.
PIN = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^#@/]+)?")
# The machines that TensorFlow is published for.
MACHINES = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]
PYTHONS = ["3.11", "3.12", "3.13"]


def read_pins(text):
    """The pins in the text of a requirements file: its lines without comments and blank lines."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def lesson_pins(text):
    """The pins that lessons need: those above the line DEV of requirements.txt."""
    return read_pins(text.partition(DEV)[0])


def render_requirements(pins, lessons):
    """The text of requirements.txt; `lessons` are those of `pins` that lessons need."""
    return "\n".join([NOTE, *lessons, DEV, *(pin for pin in pins if pin not in lessons), ""])


def render_conda(pins, lessons, python, project):
    """The text of a conda file: Python comes from conda, all else from pip, so that the versions are the same."""
    head = [NOTE, "name: nst-course", "channels: [conda-forge]", "dependencies:"]
    binder = next(environment for environment in environments() if environment["python_version"] == python)
    on_binder = [pin for pin in lessons if applies(Requirement(pin), binder)]
    lines = [f"-e {project}", *pins] if project else on_binder
    return "\n".join([*head, f"  - python={python}", "  - pip", "  - pip:", *(f"    - {line}" for line in lines), ""])


def with_constraints(pyproject, pins):
    """The text of pyproject.toml with `pins` as uv's constraints, between the two marker comments."""
    if pyproject.count(BEGIN) != 1 or pyproject.count(END) != 1:
        sys.exit(f"pyproject.toml needs these two lines once each, below [tool.uv]:\n{BEGIN}\n{END}")
    before, rest = pyproject.split(BEGIN)
    lines = [BEGIN, "constraint-dependencies = [", *(f'    "{pin}",' for pin in pins), "]", END]
    return before + "\n".join(lines) + rest.split(END)[1]


def render_all(root, pins, lessons):
    """The text that each file should have, by its name; all but the pins stays as it is."""
    pyproject = with_constraints((root / "pyproject.toml").read_text("utf-8"), pins)
    texts = {"requirements.txt": render_requirements(pins, lessons), "pyproject.toml": pyproject}
    return texts | {name: render_conda(pins, lessons, *where) for name, where in CONDA_FILES.items()}


def resolve(root, upgrade):
    """Ask uv for one version of every package, for all Pythons and machines at once: pins, and those for lessons."""
    with tempfile.TemporaryDirectory() as folder:
        # A copy without the old constraints, which would forbid every change.
        copy = with_constraints((root / "pyproject.toml").read_text("utf-8"), [])
        Path(folder, "pyproject.toml").write_text(copy, "utf-8")
        old = root / "requirements.txt"
        if old.exists() and not upgrade:  # uv keeps the versions it finds there
            Path(folder, "requirements.txt").write_text(old.read_text("utf-8"), "utf-8")
        pins = compile_pins(folder, "requirements.txt", "--group=dev")
        # Their versions are fixed now; this run only tells which of them the lessons and the studio need.
        needed = compile_pins(folder, "lessons.txt", "--constraint=requirements.txt", f"--extra={STUDIO}")
        names = {Requirement(pin).name for pin in needed}
        lessons = [pin for pin in pins if Requirement(pin).name in names]
        return [*lessons, *(pin for pin in pins if pin not in lessons)], lessons


def compile_pins(folder, output, *options):
    """Let uv resolve the folder's pyproject.toml into the file `output`; its pins."""
    uv = os.environ.get("UV", "uv")  # uv run says here where uv is
    fixed = ["--universal", f"--python-version={PYTHONS[0]}", "--no-header", "--no-annotate", "--no-emit-find-links",
             f"--output-file={output}", "--quiet"]
    if subprocess.run([uv, "pip", "compile", "pyproject.toml", *fixed, *options], cwd=folder).returncode:
        sys.exit("uv found no set of versions that fits; its reason stands above. Nothing was changed.")
    return read_pins(Path(folder, output).read_text("utf-8"))


def check(root):
    """What disagrees, one sentence each; an empty list: all files carry the same pins, and these fit pyproject.toml."""
    text = (root / "requirements.txt").read_text("utf-8")
    pins, lessons = read_pins(text), lesson_pins(text)
    if strange := [pin for pin in pins if not PIN.fullmatch(pin)]:
        return [f"requirements.txt: {pin!r} is not of the form name==version ; marker." for pin in strange]
    problems = [f"{name} does not carry the pins of requirements.txt."
                for name, text in render_all(root, pins, lessons).items()
                if not (root / name).exists() or (root / name).read_text("utf-8") != text]
    for_lessons, for_tests = direct_dependencies(root)
    problems += unmet(for_lessons, [Requirement(pin) for pin in lessons])
    return problems + unmet(for_tests, [Requirement(pin) for pin in pins])


def direct_dependencies(root):
    """The requirements named in pyproject.toml: a list of those of lessons and studio, and one of those of tests."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    project = pyproject["project"]
    lists = project["dependencies"] + project["optional-dependencies"][STUDIO], pyproject["dependency-groups"]["dev"]
    return [[Requirement(line) for line in lines] for lines in lists]


def unmet(requirements, pins):
    """The direct dependencies that are not pinned to one version in their range, on some Python and machine."""
    problems = []
    for environment in environments():
        for requirement in [r for r in requirements if applies(r, environment)]:
            versions = [str(pin.specifier)[2:] for pin in pins if applies(pin, environment)
                        and canonicalize_name(pin.name) == canonicalize_name(requirement.name)]
            if len(versions) != 1 or versions[0] not in requirement.specifier:
                problems.append(f"pyproject.toml asks for {requirement}, requirements.txt pins {versions or 'nothing'} "
                                f"(Python {environment['python_version']}, {environment['sys_platform']}).")
    return problems


def environments():
    """The values of the markers on each supported Python and machine; of each Python, Linux on x86-64 comes first."""
    return [{"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform,
             "platform_machine": machine, "os_name": "nt" if platform == "win32" else "posix"}
            for python in PYTHONS for platform, machine in MACHINES]


def applies(requirement, environment):
    """Does the requirement count in this environment?"""
    return requirement.marker is None or requirement.marker.evaluate(environment)


def main(arguments=None, root=ROOT):
    """The command; ends with a message where files disagree or uv finds no solution."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    options = parser.parse_args(arguments)
    if not options.check:
        for name, text in render_all(root, *resolve(root, options.upgrade)).items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, "utf-8", newline="\n")
    if problems := check(root):
        sys.exit("\n".join([*problems, "Run tools/compile_requirements.py, without --check."]))
    print("requirements.txt, pyproject.toml and the conda files carry the same pins.")


if __name__ == "__main__":
    main()
