"""`python -m nst_helpers`: it answers where packages or networks are missing, and names no person."""

import importlib.metadata
import os
from pathlib import Path
import re
import subprocess
import sys

from nst_helpers import about

import pytest

ROOT = Path(about.__file__).resolve().parents[1]
BROKEN = "raise ModuleNotFoundError('No module named ' + __name__, name=__name__)"


def rows(text):
    """{name: what is said of it}."""
    return dict(line.split(maxsplit=1) for line in text.splitlines())


def told(folder, without=(), **changes):
    """What the command prints; `without`: modules that cannot be imported, as if they were not there."""
    for name in without:
        (folder / f"{name}.py").write_text(BROKEN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), **changes}
    done = subprocess.run([sys.executable, "-m", "nst_helpers"], capture_output=True, text=True, cwd=folder,
                          env=environment)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return rows(done.stdout)


def test_it_says_what_a_report_needs_without_tensorflow_psutil_keras_and_numpy(tmp_path):
    said = told(tmp_path, without=["tensorflow", "psutil", "keras", "numpy"], KERAS_HOME=str(tmp_path / "none"))
    assert list(said) == ["course", "Python", "TensorFlow", "Keras", "NumPy", "Pillow", "JupyterLab", "ipykernel",
                          "system", "processor", "cores", "memory", "pocket", "vgg19", "vgg16", "pictures"]
    assert said["memory"] == "not known without psutil"
    assert said["pocket"].startswith("here, ") and said["vgg19"] == said["vgg16"] == "not here; Keras fetches it on " \
        "first use"


def test_it_counts_memory_and_cores(tmp_path):
    said = told(tmp_path, without=["tensorflow"])
    free, total = (float(word) for word in said["memory"].split() if word[0].isdigit())
    assert 0 < free <= total
    usable, of = (int(word) for word in said["cores"].split() if word.isdigit())
    assert 1 <= usable <= of


def test_a_package_that_is_not_installed_is_said_to_be_so(monkeypatch):
    def version(name):
        if name in ("keras", "tensorflow"):
            raise importlib.metadata.PackageNotFoundError(name)
        return {"tensorflow-cpu": "2.99"}.get(name, "1")

    monkeypatch.setattr(about, "version", version)
    said = rows(about.report())
    assert said["Keras"] == "not installed" and said["TensorFlow"] == "2.99" and said["NumPy"] == "1"


@pytest.mark.parametrize("name, file", [
    ("pocket", "data/pocket.npz"), ("vgg19", "models/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    ("vgg16", "models/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")])
def test_networks_are_found_and_missed(tmp_path, name, file):
    def networks():
        return about.networks(tmp_path / "data", tmp_path)

    assert not any(said.startswith("here") for said in networks().values())
    assert networks()["pocket"].startswith("missing in data/networks")
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_bytes(bytes(1_500_000))
    assert networks()[name] == "here, 1.5 MB"
    assert [said for said in networks().values() if said.startswith("here")] == ["here, 1.5 MB"]


def test_kerass_own_folder_is_looked_into(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5").write_bytes(b"weights")
    assert about.networks()["vgg19"].startswith("here")


def test_no_folder_of_the_machine_is_named(tmp_path, monkeypatch):
    assert str(ROOT) not in about.report() and str(Path.home()) not in about.report()
    monkeypatch.setattr(about, "ROOT", tmp_path / "course")
    assert str(tmp_path) not in about.report()
    assert rows(about.report())["course"] == about.installed("nst-course")  # there is no pyproject.toml


def test_a_clone_says_which_commit_it_is(tmp_path):
    assert about.commit(tmp_path) == ""
    somebody = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *somebody, *command], cwd=tmp_path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True).stdout
    said = re.fullmatch(r" \(commit ([0-9a-f]{7,})\)", about.commit(tmp_path))
    assert said and head.startswith(said[1])


def test_the_version_is_that_of_the_files_here(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "7.8"\n')
    monkeypatch.setattr(about, "ROOT", tmp_path)
    assert rows(about.report())["course"] == "7.8"
