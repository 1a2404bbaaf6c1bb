"""What a report of an error should say: versions, the machine, which networks are here, where pictures go.

    python -m nst_helpers

It asks the list of installed packages and imports none of them, so it is quick, and answers where one is missing, too.
What may go here: what helps somebody elsewhere to understand a machine, and nothing about whose machine it is.
"""

from importlib.metadata import PackageNotFoundError, version
import os
from pathlib import Path
import platform
import re
import subprocess
import tomllib

from nst_helpers._io.keras_cache import vgg_file

__all__ = ["report"]

ROOT = Path(__file__).resolve().parents[1]
# On Linux TensorFlow comes as tensorflow_cpu.
PACKAGES = {"TensorFlow": ["tensorflow", "tensorflow-cpu"], "Keras": ["keras"],
            "NumPy": ["numpy"], "Pillow": ["pillow"], "JupyterLab": ["jupyterlab"], "ipykernel": ["ipykernel"]}


def report():
    """All that there is to say, as text of one line for each thing."""
    rows = {"course": course(), "Python": platform.python_version(),
            **{name: installed(*names) for name, names in PACKAGES.items()},
            "system": f"{platform.system()} {platform.release()}", "processor": processor(),
            "cores": f"{cores()} usable of {os.cpu_count()}", "memory": memory(), **networks(),
            "pictures": "lessons save them in the course's folder results/"}
    return "\n".join(f"{name:<11}{said}" for name, said in rows.items())


def course():
    """The version of the files here, and their commit: what was noted when they were installed may be older."""
    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] + commit()
    except (OSError, ValueError, KeyError):
        return installed("nst-course")


def commit(root=None):
    """" (commit 1234abc)" in a clone, and nothing in a folder that was downloaded."""
    root = root or ROOT
    if not (root / ".git").exists():
        return ""
    try:
        done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True)
    except OSError:  # no git here
        return ""
    return f" (commit {done.stdout.strip()})" if done.returncode == 0 else ""


def installed(*names):
    """The version of the first of these packages that is installed."""
    for name in names:
        try:
            return version(name) or "not known"
        except PackageNotFoundError:
            continue
    return "not installed"


def processor():
    """Its architecture, and its name where the system tells."""
    try:
        model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, ValueError):
        model = None
    name = model[1] if model else platform.processor()
    return ", ".join(dict.fromkeys(filter(None, [platform.machine(), name])))


def cores():
    """Those that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows have no such thing
        return os.cpu_count()


def memory():
    """What is free, a container's limit included, and what the machine has."""
    try:
        from nst_helpers._io.environment import memory_free

        import psutil
    except ImportError:
        return "not known without psutil"
    return f"{memory_free() / 1e9:.1f} GB free of {psutil.virtual_memory().total / 1e9:.1f} GB"


def networks(data=ROOT / "data" / "networks", home=None):
    """{name: where its weights are}. data: the course's own folder. home: Keras' folder, if it is another."""
    places = {"pocket": (data / "pocket.npz", "missing in data/networks: get a fresh copy of the course"),
              **{name: (vgg_file(name, home), "not here; Keras fetches it on first use")
                 for name in ("vgg19", "vgg16")}}
    return {name: f"here, {file.stat().st_size / 1e6:.1f} MB" if file.is_file() else otherwise
            for name, (file, otherwise) in places.items()}
