"""Clients of a Dask cluster: one for this machine, and whether the workers of any can do the course's work."""

import hashlib
from importlib.util import find_spec
import numbers
from pathlib import Path

from nst_helpers._io.environment import versions

import psutil

INSTALL = "python3 -m pip install 'nst-course[dask]'"
# A terminal sends Ctrl+C to every process, and JupyterLab its stop: this one alone answers, the workers go on.
NO_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
WAITING = 10  # seconds, for a cluster that has just begun
COURSE = Path(__file__).parents[1]


def local_client(workers=2, threads=None):
    """A distributed.Client with a cluster of its own on this machine: `workers` processes, for `client=`.

    threads: of TensorFlow in each of them; None: such that all of them together have as many as there are cores.
    Use it in a `with` statement, or call its close(): both end the processes. With bokeh installed, the address of
    Dask's dashboard is printed. Dask's own limits of memory are off: a worker at 80 % of them would wait for ever.
    In a script (not in a notebook) it belongs under `if __name__ == "__main__":`, for each process imports the script.
    Raises ImportError without Dask, and ValueError for numbers below 1.
    """
    distributed = _distributed()
    for name, number in {"workers": workers, "threads": 1 if threads is None else threads}.items():
        if not isinstance(number, numbers.Integral) or isinstance(number, bool) or number < 1:
            raise ValueError(f"{name} is {number!r}; give a whole number of 1 or more.")
    if threads is None:
        threads = max(1, _cores() // workers)
    # One piece of work at a time in each process: it holds a picture, and TensorFlow's threads do the rest.
    client = distributed.Client(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", memory_limit=0,
        dashboard_address="127.0.0.1:0", preload=NO_INTERRUPTS,  # 0: any port that is free
        env={"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": 1})
    if dashboard(client):
        print(f"Dask's dashboard: {dashboard(client)}")
    return client


def dashboard(client):
    """The address of the client's dashboard, or None where there is none, as without bokeh."""
    try:
        return client.dashboard_link if find_spec("bokeh") else None
    except (AttributeError, KeyError, ValueError):
        return None


def check_client(client):
    """Refuse, in one sentence, what is neither None nor a distributed.Client whose workers can do what is done here.

    Each worker needs this course and the versions of packages that this process has: otherwise results would differ.
    Raises ValueError, and ImportError where Dask is missing.
    """
    if client is None:
        return
    distributed = _distributed()
    if not isinstance(client, distributed.Client) or client.asynchronous:
        raise ValueError(f"client is {client!r}; give a distributed.Client (not an asynchronous one), such as "
                         "nst_helpers.workers.local_client() makes, or None to do all the work here.")
    if client.status != "running":
        raise ValueError(f"The client's connection is {client.status}: make a new client.")
    try:
        client.wait_for_workers(1, timeout=WAITING)
    except TimeoutError:
        raise ValueError("The client's cluster has no workers: start one at least.") from None
    here = installed()
    for address, there in client.run(_question()).items():
        check_worker(address, there, here)


def check_worker(address, there, here):
    """Refuse a worker that is not as this process is. there, here: what `installed` gives; None: no course at all."""
    if there is None:
        raise ValueError(f"The worker {address} has no nst_helpers: install this course where it runs.")
    for name in here:
        if there.get(name) != here[name]:
            raise ValueError(f"The worker {address} has {name} {there.get(name, 'not at all')}, and here it is "
                             f"{here[name]}: install the same course on all machines, and start the worker anew.")


def installed():
    """Versions of all that a picture may depend on, and of this course's own text, as a dictionary of texts."""
    digest = hashlib.sha256()
    for file in sorted(COURSE.rglob("*.py")):
        digest.update(file.read_text(encoding="utf-8").encode())  # the same with any system's ends of lines
    return {**versions(), "the text of nst_helpers": digest.hexdigest()[:8]}


def _question():
    """`installed` as a function that travels whole: one that travels by its name needs nst_helpers on arrival."""
    def ask():
        from importlib.util import find_spec
        if find_spec("nst_helpers") is None:
            return None
        from nst_helpers.workers.clients import installed
        return installed()

    async def answer():
        import asyncio
        # The import takes seconds; in a thread, so that the worker still answers its scheduler.
        return await asyncio.to_thread(ask)

    return answer


def _cores():
    """Cores that this process may use."""
    try:
        return len(psutil.Process().cpu_affinity())
    except AttributeError:  # macOS has no such thing
        return psutil.cpu_count()


def _distributed():
    try:
        import distributed
    except ImportError:
        raise ImportError(f"client= needs Dask, which is not installed: {INSTALL}") from None
    return distributed
