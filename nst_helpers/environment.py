"""What runs here: versions and memory in one line. What may go here: questions to the machine, no work."""

from importlib.metadata import version
import platform

import psutil


def describe_environment():
    """One line: Python, TensorFlow, Keras, the system, cores, memory used by this process and free."""
    used, free = psutil.Process().memory_info().rss, psutil.virtual_memory().available
    packages = {"tensorflow_cpu": "TensorFlow", "tensorflow": "TensorFlow", "keras": "Keras"}
    found = {label: number for name, label in packages.items() if (number := _version(name))}
    versions = ", ".join(f"{label} {number}" for label, number in found.items())
    return (f"Python {platform.python_version()}, {versions}, {platform.system()}, {psutil.cpu_count()} cores; "
            f"memory: {used / 1e9:.1f} GB used here, {free / 1e9:.1f} GB free")


def _version(name):
    """The version of an installed package, or None: on Linux TensorFlow comes as tensorflow_cpu."""
    try:
        return version(name)
    except ImportError:
        return None
