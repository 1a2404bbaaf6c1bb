"""The set-up cell at work: silent where the course is; where it is not, the course comes.

A place without the course is a Python that finds all packages but this one, in an empty folder; the repository is a
small one on this machine, to which git is sent instead of to GitHub.
"""

import os
from pathlib import Path
import shutil
import subprocess
import sys

import first_cell
import install_here
from launch_links import PLACEHOLDER
from notebook_reading import ROOT
import numpy as np
from packaging.requirements import Requirement
import pytest

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="There is no git here.")
CELL = first_cell.source("notebooks", "ann/toy")
MODULE = "HERE = 'the clone'"
INSTALLED = """
import course.tools.install_here as place
print(place.sort_out(place.requirements())[0])
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A function that runs code, after the set-up cell, in an empty folder without the course; what it printed."""
    python = tmp_path / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", python], check=True)
    packages = next(python.rglob("site-packages"))
    # By the line of a .pth file packages are found and their own .pth files are not: the course is not.
    (packages / "others.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    folder = tmp_path / "content"
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{tmp_path / 'toy'}.insteadOf",
                    "GIT_CONFIG_VALUE_0": "https://github.com/ann/toy"}

    def run(cell, code="print(open('name').read())"):
        program = f"{cell}\nimport nst_helpers\nprint(nst_helpers.HERE)\n{code}"
        name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return subprocess.run([python / name, "-c", program], cwd=folder, env=environment, capture_output=True,
                              text=True)

    run.folder = folder
    return run


@pytest.fixture
def repository(tmp_path):
    """A small course that git clones instead of GitHub's."""
    toy = tmp_path / "toy"
    for name, text in {"nst_helpers/__init__.py": MODULE, "notebooks/name": "notebooks/ is here"}.items():
        (toy / name).parent.mkdir(parents=True)
        (toy / name).write_text(text)
    (toy / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "install_here.py", toy / "tools")
    shutil.copy(ROOT / "pyproject.toml", toy)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=toy, check=True)


@needs_git
def test_where_the_course_is_not_it_comes_and_again_after_a_restart(elsewhere, repository):
    for _ in range(2):
        done = elsewhere(CELL, "print(open('name').read())" + INSTALLED)
        assert done.returncode == 0, done.stderr
        assert done.stdout == "the clone\nnotebooks/ is here\n[]\n" and (elsewhere.folder / "course").is_dir()


@needs_git
def test_processes_that_are_started_find_the_course_too(elsewhere, repository):
    done = elsewhere(CELL, "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import nst_helpers'], "
                           "cwd='/', check=True)")
    assert done.returncode == 0, done.stderr


def test_without_the_setting_one_sentence_says_so(elsewhere):
    done = elsewhere(first_cell.source("notebooks", PLACEHOLDER))
    assert done.stderr.splitlines()[-1] == ("ModuleNotFoundError: The course cannot be fetched: `repository` in its "
                                            "pyproject.toml is not set.")
    assert "During handling" not in done.stderr and not any(elsewhere.folder.iterdir())


@pytest.mark.parametrize("here", ["nst_helpers", "../nst_helpers"])
def test_where_the_course_lies_and_the_kernel_lacks_it_nothing_is_fetched(elsewhere, here):
    (elsewhere.folder / here).mkdir()
    (elsewhere.folder / here / "__init__.py").write_text("import a_package_that_is_missing")
    done = elsewhere(CELL)
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: This kernel has not got the course: choose .venv's."
    assert not (elsewhere.folder / "course").exists()


def test_where_the_course_is_nothing_happens(elsewhere):
    (elsewhere.folder / "nst_helpers.py").write_text("HERE = 'installed'")
    (elsewhere.folder / "name").write_text("the same folder")
    done = elsewhere(CELL, "print(open('name').read(), [name for name in dir() if not name.startswith('_')])")
    assert (done.stdout, done.stderr) == ("installed\nthe same folder ['nst_helpers']\n", "")


# What is installed

def test_only_what_is_missing_is_installed(monkeypatch):
    here = {"tensorflow": "2.99", "keras": "3.0", "pillow": "11.2"}
    monkeypatch.setattr(install_here, "installed", here.get)
    needs = [Requirement(text) for text in ("tensorflow-cpu==2.21.*", "keras>=3.12,<4", "pillow>=11.1", "tqdm>=4.67")]
    assert install_here.sort_out(needs) == (["tqdm>=4.67"], ["tensorflow-cpu 2.99", "keras 3.0"])


def test_what_the_place_has_of_its_own_is_not_asked_for():
    names = {need.name for need in install_here.requirements()}
    assert {"keras", "ipycanvas"} < names and not names & {"ipykernel", "jupyterlab"}
    assert len(names & {"tensorflow", "tensorflow-cpu"}) == 1


@pytest.mark.parametrize("after, told", [({"tqdm": "4.67"}, ""), ({"numpy": "2.3"}, "pip has changed numpy. Restart")])
def test_a_restart_is_asked_for_where_pip_has_changed_what_was_there(monkeypatch, capsys, after, told):
    here, calls = {"numpy": "2.0", "six": "1"}, []

    def run(command, check):
        calls.append(command)
        here.update(after)

    monkeypatch.setattr(install_here, "everything", lambda: dict(here))
    monkeypatch.setattr(install_here.subprocess, "run", run)
    install_here.install(["tqdm>=4.67"])
    said = capsys.readouterr().out
    assert calls[0][-1] == "tqdm>=4.67" and calls[0][:3] == [sys.executable, "-m", "pip"]
    assert said.startswith("Installing tqdm>=4.67 ...\n") and (told in said if told else said.count("\n") == 1)
