"""Make the course run where it was cloned a moment ago, as on Colab: what the first cell of a lesson imports.

    import course.tools.install_here     (course: the clone, in the working directory)

Only what is missing is installed. What is there stays, whatever its version: Colab's TensorFlow fits Colab's graphics
card, and its kernel runs already. Nothing is written into the list of installed packages for the course itself: after
a restart the first cell comes here again, and the working directory has to be set again anyway.
What may go here: the standard library and `packaging`, which every kernel has.
"""

from importlib.metadata import PackageNotFoundError, distributions, version
import os
from pathlib import Path
import subprocess
import sys
import tomllib

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# A place that has a kernel needs no second one, and shows notebooks by a page of its own.
NOT_NEEDED = {"ipykernel", "jupyterlab"}
ONE_OF = {"tensorflow-cpu": "tensorflow", "tensorflow": "tensorflow-cpu"}  # either will do


def requirements(root=ROOT):
    """What the course asks for on this system."""
    listed = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    asked = map(Requirement, listed)
    return [need for need in asked if need.name not in NOT_NEEDED and (need.marker is None or need.marker.evaluate())]


def installed(name):
    """The version of a package that is here, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def sort_out(needs):
    """(what has to be installed, what is here in a version that the course was not tried with)."""
    here = {need: installed(need.name) or installed(ONE_OF.get(need.name, need.name)) for need in needs}
    return ([f"{need.name}{need.specifier}" for need, found in here.items() if not found],
            [f"{need.name} {found}" for need, found in here.items() if found and found not in need.specifier])


def install(missing):
    """By pip; says so where something that was here before is another version now: it may be in use already."""
    print("Installing", ", ".join(missing), "...", flush=True)
    before = everything()
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--root-user-action=ignore", *missing], check=True)
    changed = sorted(name for name, found in everything().items() if before.get(name, found) != found)
    if changed:
        print("pip has changed", ", ".join(changed) + ". Restart the session now, then run all cells.")


def everything():
    """{package: version} of all that is installed."""
    return {package.name: package.version for package in distributions()}


def enable_widgets():
    """Colab shows figures that answer under the mouse only where they are asked for."""
    try:
        from google.colab import output
    except ImportError:
        return
    output.enable_custom_widget_manager()


def main():
    missing, untried = sort_out(requirements())
    if missing:
        install(missing)
    if untried:
        print("The course was tried with other versions of what is here:", ", ".join(untried) + ". Should a cell fail, "
              "this may be why.")
    enable_widgets()
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))  # for workers
    os.chdir(ROOT / "notebooks")  # lessons name files from there


if __name__ == "course.tools.install_here":  # a first cell imports it; a test calls it install_here
    main()
