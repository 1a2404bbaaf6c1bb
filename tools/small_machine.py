"""Run a command as on the smallest machine that the course promises to run on: one core, and 2 GB for everything.

    python tools/small_machine.py binder/start python tools/run_notebooks.py --dry     every lesson, as on Binder
    python tools/small_machine.py --gigabytes 1.5 --without-server COMMAND ...

A JupyterLab server runs beside the command, and counts. The limit is hard: a control group of Linux, where this user
may make one (root may). A watchdog looks four times a second, too, and stops everything that is over it; it adds up
what is resident, so a page that two processes share counts twice. `ulimit -v` would not be fair: it counts addresses,
for each process alone, and TensorFlow reserves more than it uses. What may go here: limits, and looking at their use.
"""

import argparse
import contextlib
import os
from pathlib import Path
import re
import subprocess
import sys
import tempfile
import time

import psutil

SERVER = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root"]
# By version of the control groups: the file with the limit, and the file that counts the processes it has killed.
GROUP_FILES = {1: ("memory.limit_in_bytes", "memory.oom_control"), 2: ("memory.max", "memory.events")}


def memory_of(processes):
    """Bytes that are resident for all the processes together; one that has ended holds none."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def family(process):
    """A process and all that it has started; nothing if it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    return []


@contextlib.contextmanager
def memory_group(limit):
    """The folder and version of a new control group with this limit in bytes, or None where that is not allowed."""
    group = None
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        if group is None and controllers in ("", "memory"):
            version = 1 if controllers else 2
            folder = Path("/sys/fs/cgroup", controllers, path.strip("/"), f"small_machine_{os.getpid()}")
            try:
                folder.mkdir()
                (folder / GROUP_FILES[version][0]).write_text(str(limit))
                group = folder, version
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()
    try:
        yield group
    finally:
        with contextlib.suppress(OSError):
            if group:
                group[0].rmdir()


def kills(group):
    """How many processes the group has killed for their memory."""
    found = re.search(r"^oom_kill (\d+)", (group[0] / GROUP_FILES[group[1]][1]).read_text(), re.M)
    return int(found[1]) if found else 0


def start(command, group, log=None):
    """Start a command on one core and within the group."""

    def confine():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        if group:
            (group[0] / "cgroup.procs").write_text(str(os.getpid()))

    return subprocess.Popen(command, preexec_fn=confine, stdout=log, stderr=log)


@contextlib.contextmanager
def server(group):
    """An idle JupyterLab server, once it answers."""
    with tempfile.NamedTemporaryFile("r", suffix=".log") as log, open(log.name, "w") as writing:
        process = start([*SERVER, f"--ServerApp.root_dir={Path.cwd()}"], group, writing)
        try:
            while " is running at" not in log.read():
                if process.poll() is not None:
                    sys.exit("JupyterLab does not start; see what `jupyter lab --no-browser` says.")
                time.sleep(0.2)
            yield process
        finally:
            process.terminate()
            process.wait()


def watch(processes, limit):
    """Wait for the last of the processes; stop all if they get over the limit. The largest memory of all together."""
    peak = 0
    while processes[-1].poll() is None:
        everyone = [member for process in processes for member in family(process)]
        peak = max(peak, memory_of(everyone))
        if peak > limit:
            for member in everyone:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            processes[-1].wait()
        time.sleep(0.25)
    return peak


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0, help="limit for all processes together (1024³ bytes)")
    parser.add_argument("--without-server", action="store_true", help="no JupyterLab beside the command")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if not options.command or not hasattr(os, "sched_setaffinity"):
        parser.error("it needs a command, and Linux to run it on.")
    limit = int(options.gigabytes * 1024**3)
    with memory_group(limit) as group, contextlib.ExitStack() as stack:
        beside = [] if options.without_server else [stack.enter_context(server(group))]
        main_process = start(options.command, group)
        peak = watch([*beside, main_process], limit)
        killed = peak > limit or bool(group and kills(group))
    how = "control group" if group else "watchdog"
    print(f"One core, limit {options.gigabytes:g} GB ({how}): {'EXCEEDED' if killed else 'kept'}; "
          f"peak of all processes together {peak / 1e9:.2f} GB.", flush=True)
    return 137 if killed else main_process.returncode


if __name__ == "__main__":
    sys.exit(main())
