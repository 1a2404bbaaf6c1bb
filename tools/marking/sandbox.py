"""A room without doors for a student's process: no network, no home, no classmates, no checks, nothing to write to.

Bubblewrap makes it (Debian: `apt install bubblewrap`), without rights of an administrator where the system allows
user namespaces. What may go here: what is visible inside, and starting a process in it.
"""

import contextlib
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
SYSTEM = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"]
HOME, WORK = "/student", "/student/work"


class NoSandbox(Exception):
    """This machine cannot make a sandbox; the text says why and what to do."""


def check():
    """NoSandbox unless a process can be started in a sandbox here."""
    if sys.platform != "linux" or not shutil.which("bwrap"):
        raise NoSandbox("There is no sandbox here: bubblewrap is missing. On Debian and Ubuntu: apt install "
                        "bubblewrap. Elsewhere, run this in a container or a virtual machine with Linux.")
    command = [*bubblewrap([], 2**20), sys.executable, "-c", "print(40 + 2)"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.stdout.strip() != "42":
        raise NoSandbox(f"Bubblewrap cannot make a sandbox here: {done.stderr.strip()[:200]}. In a container, user "
                        "namespaces have to be allowed.")


def bubblewrap(beside, disk):
    """The command up to the program. beside: files that the student handed in with the notebook; bytes of disk."""
    visible = [*SYSTEM, sys.base_prefix, sys.prefix, ROOT / "nst_helpers", ROOT / "data"]
    visible += [sys.pycache_prefix] if sys.pycache_prefix else []
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
               "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
    for folder in ("/dev/shm", "/tmp", HOME):
        command += ["--size", str(disk), "--tmpfs", folder]
    for path in visible:
        command += ["--ro-bind-try", str(path), str(path)]
    laid_over = [(HERE / "stand_in", ROOT / "nst_helpers" / "checks"), (HERE / "wire.py", "/marking/wire.py"),
                 (HERE / "inside.py", "/marking/inside.py"),
                 (ROOT / "nst_helpers" / "checks" / "errors.py", "/marking/errors.py")]
    laid_over += [(path, f"{HOME}/.matplotlib/{path.name}") for path in fonts()]
    laid_over += [(path, f"{WORK}/{path.name}") for path in beside]
    for source, target in laid_over:
        command += ["--ro-bind", str(source), str(target)]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    # What bubblewrap made to hang all this on lies in memory, too, without a limit.
    return [*command, "--dir", WORK, "--remount-ro", "/", "--chdir", WORK]


def fonts():
    """Matplotlib's list of fonts, which takes seconds to make anew."""
    import matplotlib.font_manager  # noqa: F401  it makes the list

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


def environment():
    """All variables that a student's process has."""
    own = {"HOME": HOME, "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": "/tmp",
           "MPLCONFIGDIR": f"{HOME}/.matplotlib", "MPLBACKEND": "Agg", "IPYTHONDIR": f"{HOME}/.ipython",
           "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1",
           "TF_CPP_MIN_LOG_LEVEL": "3"}
    if sys.pycache_prefix:
        own["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    return own


def start(beside, disk, sandboxed=True):
    """A process that runs inside.py in the sandbox, or, if not sandboxed, as it is; and two pipes to it.

    Returns (process, stream to write to it, stream to read from it). What it prints comes out of process.stdout.
    """
    to_student, requests = os.pipe()
    answers, from_student = os.pipe()
    room = bubblewrap(beside, disk) if sandboxed else []
    path = "/marking/inside.py" if sandboxed else str(HERE / "inside.py")
    command = [*room, sys.executable, path, str(to_student), str(from_student)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               pass_fds=(to_student, from_student), start_new_session=True)
    os.close(to_student)
    os.close(from_student)
    return process, os.fdopen(requests, "wb"), os.fdopen(answers, "rb")


def kill(process):
    """End the whole group: in the sandbox nothing outlives its first process."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
