"""Many pieces of work, done by the workers of a client, or here: each result as it comes.

What the work is, is no business of this file.
"""

from itertools import islice
import pickle
import time
import warnings

from nst_helpers.workers.attempts import attempt, attempt_packed, packed
from nst_helpers.workers.clients import check_client

# Pieces of work that are with the workers at a time, for each of their threads: one in work, one at hand. All of them
# at once would lie in the scheduler's memory, pictures and all.
AT_HAND = 2
POLL, PATIENCE = 0.02, 60  # seconds: between two looks; until a cluster without workers is given up
GONE = "All workers of the cluster are gone: start others, and call again for what is missing."


def each_done(function, items, client=None, shared=()):
    """Call `function` for each of `items`, and give (number, result, error) as each is done; numbers from 0.

    error: None, or the exception that the call raised (result is None then). shared: further arguments, the same in
    every call; they travel to each worker once.
    client: None: all is done here, in order, each when it is asked for. Or a distributed.Client: what its workers are
    doing comes as it gets done, in any order; `items` are taken a few at a time. What a worker had in hand when it
    died is done again by another one. `function` has to be one that workers can import, or be defined in a notebook.
    An interrupt: what is done is given still, the rest is called off, and KeyboardInterrupt goes on. A worker ends what
    it has in hand, and nobody waits for it. When all workers have been gone for a minute, the rest comes with an error.
    Raises ValueError or ImportError for a client that cannot be used, at once.
    """
    check_client(client)
    return _here(function, items, shared) if client is None else _there(function, items, client, shared)


def _here(function, items, shared):
    for number, item in enumerate(items):
        yield number, *attempt(function, item, shared)


def _there(function, items, client, shared):
    from distributed import as_completed
    # Results of tasks, and not scattered data: what a worker takes with it when it dies is made again.
    shared = [_submit(client, packed, packed(each)) for each in shared]
    numbered, done, waiting = enumerate(items), as_completed(loop=client.loop), {}
    try:
        while True:
            room = AT_HAND * max(1, _threads(client)) - len(waiting)
            for number, item in islice(numbered, max(0, room)):
                future = _submit(client, attempt_packed, packed((function, item)), shared, priority=-number)
                waiting[future] = number
                done.add(future)
            if not waiting:
                return
            if not _wait(done, client):
                yield from ((number, None, RuntimeError(GONE)) for number in sorted(waiting.values()))
                yield from ((number, None, RuntimeError(GONE)) for number, _ in numbered)
                return
            future = next(done)
            outcome = _outcome(future)
            yield waiting.pop(future), *outcome
            del future, outcome  # a worker forgets a result that nobody holds
    except KeyboardInterrupt:
        for future in [future for future in waiting if future.done()]:
            outcome = _outcome(future)
            yield waiting.pop(future), *outcome
        raise
    finally:
        if waiting and client.status == "running":
            client.cancel(list(waiting))


def _wait(done, client):
    """Whether anything is done, as soon as it is; False when there has been no worker for PATIENCE seconds."""
    checked = seen = time.monotonic()
    while not done.has_ready():
        time.sleep(POLL)
        now = time.monotonic()
        if now > checked + PATIENCE / 10:
            checked, seen = now, now if _threads(client) else seen
            if now > seen + PATIENCE:
                return False
    return True


def _threads(client):
    """Threads of all workers of the cluster; 0 where it cannot be asked."""
    try:
        return sum(client.nthreads().values()) if client.status == "running" else 0
    except (OSError, ValueError):
        return 0


def _outcome(future):
    """What `attempt` gave, or what Dask says in its place, of a future that is done."""
    from distributed import KilledWorker
    try:
        return pickle.loads(future.result())
    except KilledWorker:
        return None, RuntimeError("Every worker that took this up died, most likely for lack of memory: take fewer "
                                  "workers, or smaller pictures.")
    except Exception as error:
        return None, error


def _submit(client, function, *arguments, priority=0):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Dask advises against large arguments; pictures are large
        return client.submit(function, *arguments, pure=False, priority=priority)
