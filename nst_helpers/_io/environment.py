"""What runs here: versions and memory."""

from importlib.metadata import version
from pathlib import Path
import platform

import psutil

# Limit, use, and cached files that count as used, in version 2 and version 1 of Linux' control groups.
CGROUP_FILES = [("memory.max", "memory.current", "inactive_file"),
                ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")]


def describe_environment():
    """One line: Python, TensorFlow, Keras, the system, cores, memory used by this process and free."""
    found = versions()
    named = ", ".join(f"{name} {found[name]}" for name in ("Python", "TensorFlow", "Keras") if name in found)
    return (f"{named}, {platform.system()}, {psutil.cpu_count()} cores; "
            f"memory: {memory_used() / 1e9:.1f} GB used here, {memory_free() / 1e9:.1f} GB free")


def versions():
    """The versions of all that a picture may depend on, as a dictionary from name to text."""
    packages = {"nst-course": "nst_helpers", "tensorflow_cpu": "TensorFlow", "tensorflow": "TensorFlow",
                "keras": "Keras", "numpy": "NumPy", "scipy": "SciPy", "pillow": "Pillow"}
    found = {label: number for name, label in packages.items() if (number := _version(name))}
    return {"Python": platform.python_version(), **found}


def memory_used():
    """Bytes that this process holds in memory now."""
    return psutil.Process().memory_info().rss


def memory_free(cgroups="/sys/fs/cgroup", own="/proc/self/cgroup"):
    """Bytes that can still be had: what the machine has free, or what a container's limit leaves, if that is less.

    cgroups, own: where Linux keeps such limits, and where it says which group this process belongs to.
    """
    free = [psutil.virtual_memory().available]
    for folder, (limit, used, cache) in _cgroups(Path(cgroups), Path(own)):
        try:
            statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
            # Files that are cached count as used, although they give way to whoever needs memory.
            in_use = int((folder / used).read_text()) - int(statistics.get(cache, 0))
            free.append(max(0, int((folder / limit).read_text()) - in_use))
        except (OSError, ValueError):  # no limit here: the file is missing, or says "max"
            continue
    return min(free)


def _cgroups(root, own):
    """The folders of the groups this process is in, from its own one up, and what the files in them are called."""
    for line in own.read_text().splitlines() if own.is_file() else []:
        _, controllers, path = line.split(":", 2)
        names, top = CGROUP_FILES[controllers != ""], root / controllers
        if controllers in ("", "memory"):
            folder = top / path.strip("/")
            while folder != top.parent:
                yield folder, names
                folder = folder.parent


def _version(name):
    """The version of an installed package, or None: on Linux TensorFlow comes as tensorflow_cpu."""
    try:
        return version(name)
    except ImportError:
        return None
