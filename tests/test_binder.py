"""Binder, without Docker: its recipe is the one meant, and what the recipe installs runs the first lesson.

Both tests need uv and PyPI; without them each says in one line that it was left out. `pytest -m "not binder"` leaves
them out, too. What may go here: what mybinder.org does with this repository.
"""

import os
from pathlib import Path
import re
import shutil
import subprocess
import sys

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
# What uv says where there is no internet, or not the Python that is asked for.
MISSING = re.compile(r"Failed to fetch|Failed to download|network was disabled|No interpreter found", re.I)
pytestmark = [
    pytest.mark.binder,
    pytest.mark.skipif(sys.platform != "linux", reason="Binder's scripts run on Linux only; left out."),
]


def environment_file():
    return yaml.safe_load((ROOT / "binder" / "environment.yml").read_text("utf-8"))


def run(*command, **options):
    """Run a command; what it prints. It has to succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}"
    return done.stdout


def run_uv(*arguments):
    """Run uv; what it prints. Without uv, the internet or the right Python, the test is left out."""
    uv = os.environ.get("UV") or shutil.which("uv")  # uv run says here where uv is
    if not uv:
        pytest.skip("uv is not installed; left out.")
    # A Python that is not here is not fetched: that would test another thing, slowly.
    done = subprocess.run([uv, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})
    if done.returncode and (found := MISSING.search(done.stdout)):
        pytest.skip(f"uv {arguments[0]}: {found[0]}; left out.")
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def copy_of_the_repository(folder):
    """What a clone would hold, with the changes that are not committed yet."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("This copy is no git repository; left out.")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_repo2docker_makes_the_recipe_that_is_meant():
    run_uv("tool", "run", "--from", REPO2DOCKER, "repo2docker", "--version")
    recipe = run_uv("tool", "run", "--from", REPO2DOCKER, "repo2docker", "--no-build", "--debug", str(ROOT))
    python = next(line for line in environment_file()["dependencies"] if str(line).startswith("python="))
    # It knows this Python, so JupyterLab and the kernel share one environment.
    assert f"environment.py-{python.partition('=')[2]}-" in re.sub(
        "-([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), recipe)
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in recipe
    assert "RUN ./binder/postBuild" in recipe and 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in recipe


def test_the_environment_installs_and_runs_the_first_lesson(tmp_path):
    python, _, pip = environment_file()["dependencies"]
    venv, pins = tmp_path / "venv", tmp_path / "pins.txt"
    pins.write_text("\n".join(pip["pip"]), "utf-8")
    run_uv("venv", "--seed", "--python", python.partition("=")[2], str(venv))
    run_uv("pip", "install", "--python", str(venv), "-r", str(pins))
    # As on Binder, no variable of ours; no index either, so postBuild can fetch nothing.
    ours = ("UV", "PIP_", "VIRTUAL_ENV", "PYTHON", "PYTEST", "KERAS", "TF_", "MPL")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}", "PIP_NO_INDEX": "1"}
    here = {"cwd": copy_of_the_repository(tmp_path / "home"), "env": environment}
    run("binder/postBuild", **here)
    run("python", "-m", "pip", "check", **here)
    table = run("binder/start", "python", "tools/run_notebooks.py", "--dry", "notebooks/00_start_here.ipynb", **here)
    assert re.search(r"^\| 00_start_here \| \d+ s \|", table, re.M)


@pytest.mark.parametrize("limit, threads", [(None, "1"), ("0.5", "1"), ("1.0", "1"), ("4.0", "4"), ("3", "3")])
def test_start_asks_for_as_many_threads_as_the_session_has_cores(limit, threads):
    environment = {name: value for name, value in os.environ.items() if name != "CPU_LIMIT"}
    environment |= {"CPU_LIMIT": limit} if limit else {}
    says = run(ROOT / "binder" / "start", "env", env=environment).splitlines()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        assert f"{name}={threads}" in says
    assert run(ROOT / "binder" / "start", "printf", "%s|", "a b", "c") == "a b|c|"
