"""Make the folder that students get: the course without solutions, and without what only teachers need.

    uv run tools/hand_out.py FOLDER            a folder to copy to a shared drive
    uv run tools/hand_out.py FOLDER --stick    and in it the packages for Linux, Windows and macOS, and a start offline

What is left out: the solutions, answers to exercises and tasks, and each test or tool that mentions one of them. The
README's commands work in the folder. On a stick, `python3 start_offline.py` installs and starts without the internet.
The checks know right answers and can be read: the marks do not depend on that (FOR_TEACHERS.md).
"""

import argparse
import importlib.util
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ["notebooks/solutions", "tests/check_cases", "tests/your_turn", "tests/judging.py", "tools/marking",
            "tools/stick", "tools/collect_marks.py", "tools/make_exercises.py", "tools/hand_out.py",
            "tools/make_nbgrader.py", "tools/nbgrader_cells.py", "tools/nbgrader_config.py",
            "tools/nbgrader_placeholders.py"]
NAMES = "|".join(re.escape(Path(name).stem) for name in LEFT_OUT if name.startswith(("tests/", "tools/")))
# A file under tests/ or tools/ that imports one of them, or names their folder, needs what is left out.
NEEDS = re.compile(rf"^\s*(from|import) ({NAMES})\b|import_module\(.*({NAMES})|/ \"({NAMES}|solutions)\"", re.MULTILINE)
# What pages say of what is left out, and what stands there instead; rows with a command that is gone go, too.
SENTENCES = {"notebooks/README.md": [("Solutions are in [`solutions`](solutions). ", "")],
             "docs/maintaining.md": [("`exercises/` and `solutions/`; the studio", "`exercises/`; the studio"),
                                     (", to hand out; `solutions/` beside it", "")]}
# What work leaves in a folder that was downloaded, not cloned.
OWN = re.compile(r"(^|/)(\.venv|\.git|\.\w+_cache|\.ipynb_checkpoints|results|__pycache__|[^/]*\.egg-info)/")
PYTHON = "3.12"
# folder: (tags of wheels that it takes, which pip wants named one by one; what markers are asked for)
PLATFORMS = {
    "linux": (["manylinux2014_x86_64", *(f"manylinux_2_{minor}_x86_64" for minor in range(5, 32))],
              {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux", "os_name": "posix"}),
    "windows": (["win_amd64"],
                {"sys_platform": "win32", "platform_machine": "AMD64", "platform_system": "Windows", "os_name": "nt"}),
    "macos": ([f"macosx_{version}_{kind}" for kind in ("arm64", "universal2")
               for version in ("10_9", "10_12", "10_13", "10_15", "11_0", "12_0", "13_0", "14_0")],
              {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin", "os_name": "posix"}),
}


def files_of_the_course():
    """The paths, relative to the root, of what a clone would hold, with changes that are not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):  # a copy that was downloaded: all but what work leaves behind
        paths = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [path for path in paths if not OWN.search(path.as_posix())]


def is_for_students(path):
    """Whether a file of the course (relative path) goes into the students' folder."""
    if any(path.is_relative_to(folder) for folder in LEFT_OUT):
        return False
    if path.suffix == ".py" and path.parts[0] in ("tests", "tools"):
        return not NEEDS.search((ROOT / path).read_text("utf-8"))
    return True


def hand_out(folder):
    """Write the students' folder; it must not exist, or be empty."""
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty. Name a folder that does not exist yet.")
    for path in filter(is_for_students, files_of_the_course()):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    for page, sentences in SENTENCES.items():
        text = (folder / page).read_text("utf-8")
        for sentence, instead in sentences:
            if sentence not in text:
                sys.exit(f"{page} no longer says {sentence!r}: mend SENTENCES in tools/hand_out.py.")
            text = text.replace(sentence, instead)
        kept = [line for line in text.splitlines(keepends=True) if not any(name in line for name in LEFT_OUT)]
        (folder / page).write_text("".join(kept), "utf-8", newline="\n")


def pins_for(markers):
    """The lines of requirements.txt that hold on a platform, without their markers, and what builds the course."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    asked = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "implementation_name": "cpython",
             "platform_python_implementation": "CPython", "extra": "", **markers}
    needed = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    pins = [f"{r.name}{r.specifier}" for r in needed if not r.marker or r.marker.evaluate(asked)]
    return [*pins, "setuptools>=77", "wheel", "pip"]


def pip():
    """The command for pip; uv makes environments without it."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    uv = os.environ.get("UV") or shutil.which("uv") or sys.exit("Neither pip nor uv is here.")
    return [uv, "run", "--no-project", "--with", "pip", "python", "-m", "pip"]


def fill_stick(folder, platforms=PLATFORMS):
    """Download the packages for each platform, and lay the start command beside the course."""
    for name, (tags, markers) in platforms.items():
        target = folder / "packages" / name
        only = ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}"]
        command = [*pip(), "download", "--quiet", "--dest", str(target), *only,
                   *(f"--platform={tag}" for tag in tags), *pins_for(markers)]
        if subprocess.run(command).returncode:
            sys.exit(f"The packages for {name} could not be fetched; pip's message stands above.")
    shutil.copy(ROOT / "tools" / "stick" / "start_offline.py", folder / "start_offline.py")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stick", action="store_true", help="with the packages, about 1.5 GB, and a start offline")
    options = parser.parse_args(arguments)
    hand_out(options.folder)
    if options.stick:
        fill_stick(options.folder)
    print(f"{options.folder} is ready: {sum(p.stat().st_size for p in options.folder.rglob('*')) / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
