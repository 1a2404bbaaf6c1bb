"""What several benchmarks share: processes of their own, peak memory, counting, and clocks that stand a busy machine.

What may go here: how to measure. What is measured stands in the benchmarks themselves.
"""

from collections import defaultdict
import contextlib
import datetime
import json
import os
from pathlib import Path
import platform
import re
import resource
import subprocess
import sys
import time

import numpy as np


def in_own_process(file, *arguments, python=sys.executable, **environment):
    """Run `file`, so that its peak memory is its own. Returns what it prints in its last line, read as JSON."""
    command = [str(part) for part in (python, file, *arguments)]
    # Without TensorFlow's log; what goes wrong is still shown.
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stderr}\n{' '.join(command)} failed.")
    return json.loads(done.stdout.splitlines()[-1])


def peak_memory():
    """The most memory that this process has held so far, in MB; with TensorFlow on a graphics card also that one's."""
    status = Path("/proc/self/status")
    # Linux: not ru_maxrss, which begins with what the parent held; both are in kB.
    own = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    peaks = {"memory": (int(own[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024}
    tf = sys.modules.get("tensorflow")
    if tf and tf.config.list_physical_devices("GPU"):
        peaks["graphics memory"] = tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    return peaks


def machine():
    """One line: date, processor, cores, how busy it is, graphics cards."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else [platform.processor()]
    try:
        cards = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True,
                               text=True).stdout.split("\n")[:-1]
    except OSError:
        cards = []
    return (f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {names[0]}, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f}, {', '.join(cards) or 'no graphics card'}")


def multiply_adds(extract, height, width):
    """Multiplications (each with its addition) of one forward pass, by layer; a gradient takes as many again.

    extract: a model of the course: 3x3 convolutions at full resolution, 2x2 pooling. Preprocessing is not counted.
    """
    counts = {}
    for layer in extract.layers:
        if layer.name.endswith("_pool"):
            height, width = height // 2, width // 2
        elif layer.name.startswith("block"):
            counts[layer.name] = height * width * int(np.prod(layer.kernel.shape))
    return counts


class Observer:
    """For the `observer` of `minimize`: when each part began and ended, in seconds, in `moments`."""

    def __init__(self):
        self.moments = defaultdict(list)

    @contextlib.contextmanager
    def __call__(self, part):
        begin = time.perf_counter()
        yield
        self.moments[part].append((begin, time.perf_counter()))

    def evaluations(self):
        """Begin and end of each evaluation, copies included: two arrays (N,)."""
        copies = np.reshape(self.moments["copies"], (-1, 4))  # one before and one after each
        return copies[:, 0], copies[:, 3]


def matrix_product(size=1024):
    """A function that multiplies two square matrices in TensorFlow: the most arithmetic this machine can do.

    Returns it and its number of multiply-adds.
    """
    import tensorflow as tf

    matrices = [tf.random.uniform((size, size)) for _ in range(2)]
    return lambda: tf.matmul(*matrices), size**3


def alternate(functions, rounds):
    """Call every function once a round, so that a busy minute hits all alike.

    functions: a dictionary; each gives tensors. Returns {name: (seconds, processor seconds)}, the shortest of each.
    """
    times = defaultdict(list)
    for turn in range(rounds + 1):
        for name, function in functions.items():
            begin = time.perf_counter(), time.process_time()
            result = function()
            np.asarray(result[0] if isinstance(result, (tuple, list)) else result)  # waits until it is there
            if turn:  # the first round compiles
                times[name].append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
    return {name: tuple(np.min(pairs, axis=0).tolist()) for name, pairs in times.items()}
