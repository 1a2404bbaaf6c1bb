"""The rooms of nst_helpers: who may import whom, what the facade offers, and what is said of names that have moved."""

import ast
import importlib
from pathlib import Path
import subprocess
import sys

import nst_helpers
from nst_helpers._io.moved import MOVED

import pytest

FOLDER = Path(nst_helpers.__file__).parent
# From the ground up: a room imports only from itself and from rooms before it.
ROOMS = ["_io", "workers", "images", "records", "color", "masks", "networks", "shapes", "loss_weights", "losses",
         "patches", "style_losses", "objective", "tiles", "optimize", "votes", "notebook", "defaults", "_run", "fast",
         "transfer", "film", "many", "symptoms", "diffusion", "live", "studio", "exhibition",
         "checks", "about", "__main__"]
FILES = [file for file in sorted(FOLDER.rglob("*.py")) if file != FOLDER / "__init__.py"]


def room(file):
    return file.relative_to(FOLDER).parts[0].removesuffix(".py")


def imports(tree):
    """The rooms that a file names in an import of any form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "nst_helpers":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "a name with a dot before it"
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("nst_helpers."))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_no_import_runs_upwards(file):
    allowed = ROOMS[: ROOMS.index(room(file)) + 1]
    assert set(imports(ast.parse(file.read_text(encoding="utf-8")))) <= set(allowed)


def test_the_test_sees_imports_of_every_form():
    text = """
from nst_helpers import images, color as c
def later():
    from nst_helpers.fast.adain import moments
    import nst_helpers.checks.report as report
from . import masks
import numpy
"""
    assert list(imports(ast.parse(text))) == ["images", "color", "a name with a dot before it", "fast", "checks"] or \
        set(imports(ast.parse(text))) == {"images", "color", "a name with a dot before it", "fast", "checks"}


def test_the_map_names_every_room_and_file():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    missing = [name for name in ROOMS if f"`{name}" not in text]
    files = [file for file in FILES if file.name != "__init__.py" and room(file) != "checks"]
    missing += [str(file) for file in files if f"{file.stem}" not in text]
    assert not missing


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_no_file_is_long_without_a_reason(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150 or "Long because" in "\n".join(lines[:6])


def test_the_facade_gives_what_the_rooms_hold():
    for name in nst_helpers.__all__:
        home = importlib.import_module(f"nst_helpers.{nst_helpers._HOME[name]}")
        assert getattr(nst_helpers, name) is getattr(home, name)
        assert name in dir(nst_helpers) and getattr(nst_helpers, name).__doc__
    with pytest.raises(ImportError, match="stylise"):
        from nst_helpers import stylise  # noqa: F401
    with pytest.raises(AttributeError, match="has no 'stylise'. It offers .*stylize"):
        _ = nst_helpers.stylise


def test_the_facade_is_lazy():
    """A name is loaded when it is asked for: the first cell of a lesson waits for TensorFlow and little else."""
    code = "import sys, nst_helpers; print({'nst_helpers.notebook', 'ipywidgets', 'nst_helpers.fast'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize("old", MOVED)
def test_an_old_import_line_is_answered_by_the_new_one(old):
    with pytest.raises(ModuleNotFoundError, match=rf"nst_helpers.{old} is now nst_helpers.{MOVED[old]}. What lessons"):
        importlib.import_module(f"nst_helpers.{old}")
    importlib.import_module(f"nst_helpers.{MOVED[old]}")
