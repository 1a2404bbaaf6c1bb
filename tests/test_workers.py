"""Work shared out to two worker processes on this machine: the same as done here, whatever happens to a worker."""

from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import signal
import subprocess
import sys
import threading
import time

from nst_helpers.workers import check_client, clients, dashboard, each_done, local_client, sharing
from nst_helpers.workers.sharing import AT_HAND

import cloudpickle
import distributed
import numpy as np
import pytest


@pytest.fixture(scope="module")
def cluster():
    with local_client(2) as client:
        yield client


@pytest.fixture
def client(cluster):
    """Two workers that have imported all they need: one that was killed before is back."""
    cluster.wait_for_workers(2, timeout=180)
    assert len(cluster.run(pid_of, 0)) == 2
    return cluster


@pytest.fixture
def interrupts_arrive():
    """A shell that starts the suite in the background makes it deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def halves(number, *more):
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return np.full(3, number / 2, "float32") + sum(more)


def at_leisure(item):
    """Takes a while; who did it is told, and each beginning leaves a file."""
    number, folder, seconds = item
    Path(folder, f"{number} {time.monotonic()}").touch()
    time.sleep(seconds)
    return number, os.getpid()


def pid_of(_):
    return os.getpid()


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_here_each_is_done_in_order_and_only_when_asked_for():
    taken = []
    items = (taken.append(item) or item for item in [4, -1, 6])
    done = each_done(halves, items)
    assert taken == []
    number, result, error = next(done)
    assert (number, error, taken) == (0, None, [4]) and np.array_equal(result, [2, 2, 2])
    number, result, error = next(done)
    assert (number, result) == (1, None) and isinstance(error, ValueError) and str(error) == "-1 is below 0"
    assert [number for number, *_ in done] == [2]


@pytest.mark.parametrize("shared", [(), (10, 0.5)])
def test_workers_give_the_same_as_is_done_here(client, shared):
    items = [3, -2, 5, 0, 1, 7, -4, 9]
    there = sorted(each_done(halves, items, client, shared), key=lambda each: each[0])
    for number, (place, result, error) in enumerate(there):
        assert place == number
        if items[number] < 0:
            assert result is None and type(error) is ValueError and str(error) == f"{items[number]} is below 0"
        else:
            assert error is None and result.dtype == "float32"
            np.testing.assert_array_equal(result, np.full(3, items[number] / 2 + sum(shared), "float32"))
    assert len(there) == len(items)


def test_both_workers_take_part_and_none_of_them_is_this_process(client, tmp_path):
    pids = {result[1] for _, result, _ in each_done(at_leisure, [(n, tmp_path, 0.2) for n in range(6)], client)}
    assert len(pids) == 2 and os.getpid() not in pids


def test_a_function_that_is_made_on_the_spot_travels_too(client):
    assert sorted(each_done(lambda item: item + 1, [1, 2], client)) == [(0, 2, None), (1, 3, None)]


def test_a_worker_that_is_killed_loses_nothing(client, tmp_path):
    items, found = [(number, tmp_path, 0.5) for number in range(6)], {}
    victim = next(iter(client.run(os.getpid).values()))
    for number, result, error in each_done(at_leisure, items, client):
        assert error is None and number not in found
        found[number] = result
        if len(found) == 1:
            time.sleep(0.2)  # both are in the middle of the next one
            os.kill(victim, signal.SIGKILL)
    assert {number: result[0] for number, result in found.items()} == {number: number for number in range(6)}
    began = [int(file.name.split()[0]) for file in tmp_path.iterdir()]
    assert len(began) > len(set(began)) == 6, "something was in the hands of the worker that died"


def test_what_kills_every_worker_is_told_and_the_others_come(client):
    def allow(failures):
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", failures))

    allow(0)  # of a worker; there are three in the beginning, and each takes seconds to come back
    try:
        (number, result, error), = each_done(die, [0], client)
    finally:
        allow(3)
    assert (number, result) == (0, None) and str(error).startswith("Every worker that took this up died")
    client.wait_for_workers(2, timeout=180)
    assert len(list(each_done(pid_of, range(3), client))) == 3


class Odd:
    """Can be packed, and not unpacked."""

    def __reduce__(self):
        return int, ("no number",)


def odd_for(item):
    return Odd() if item else "even"


def test_what_cannot_be_unpacked_is_an_error_and_harms_no_worker(client):
    before = client.run(os.getpid)
    outcomes = {number: (result, type(error)) for number, result, error in each_done(odd_for, [0, 1, 0], client)}
    assert outcomes == {0: ("even", type(None)), 1: (None, ValueError), 2: ("even", type(None))}
    for items, shared in (([Odd(), 1], ()), ([1, 2], [Odd()])):
        errors = {number: type(error) for number, _, error in each_done(halves, items, client, shared)}
        assert errors == {0: ValueError, 1: ValueError if shared else type(None)}
    assert client.run(os.getpid) == before


def test_when_all_workers_are_gone_the_rest_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(sharing, "PATIENCE", 1.0)
    with local_client(1) as lonely:
        found = []
        for number, result, error in each_done(at_leisure, [(n, tmp_path, 0.1) for n in range(9)], lonely):
            found.append((number, result and result[0], str(error)))
            if len(found) == 2:
                lonely.cluster.scale(0)
    done = [each for each in found if each[2] == "None"]
    assert 2 <= len(done) < 9 and sorted(number for number, *_ in found) == list(range(9))
    assert all(each in done or each[1:] == (None, sharing.GONE) for each in found)


def test_only_a_few_items_are_with_the_workers_at_a_time(client, tmp_path):
    taken = []
    items = ((taken.append(number) or number, tmp_path, 0.05) for number in range(20))
    for count, _ in enumerate(each_done(at_leisure, items, client), start=1):
        assert len(taken) <= count - 1 + 2 * AT_HAND
    assert taken == list(range(20))


def test_an_interrupt_gives_what_is_done_and_calls_off_the_rest(client, tmp_path, interrupts_arrive):
    items, found = [(number, tmp_path, 0.4) for number in range(12)], []
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        for number, result, error in each_done(at_leisure, items, client):
            found.append((number, result[0], error))
            if len(found) == 1:
                timer.start()  # and it ends while the next one is waited for
    timer.join()
    assert 1 <= len(found) < 12 and all(number == result and error is None for number, result, error in found)
    time.sleep(0.6)
    began = len(list(tmp_path.iterdir()))
    time.sleep(0.8)
    assert len(list(tmp_path.iterdir())) == began < 12, "nothing begins after the interrupt"


def test_workers_do_not_answer_ctrl_c(client):
    before = client.run(os.getpid)
    for pid in before.values():
        os.kill(pid, signal.SIGINT)
    time.sleep(0.3)
    assert client.run(os.getpid) == before


def test_leaving_early_calls_off_the_rest(client, tmp_path):
    done = each_done(at_leisure, [(number, tmp_path, 0.2) for number in range(12)], client)
    next(done)
    done.close()
    time.sleep(0.5)
    began = len(list(tmp_path.iterdir()))
    time.sleep(0.5)
    assert len(list(tmp_path.iterdir())) == began < 12


def test_threads_of_all_workers_are_as_many_as_the_cores(client):
    there = client.run(os.getenv, "TF_NUM_INTRAOP_THREADS").values()
    assert list(there) == [str(max(1, clients._cores() // 2))] * 2
    assert list(client.nthreads().values()) == [1, 1]


def test_the_cluster_listens_to_this_machine_only(client):
    assert {address.split(":")[1] for address in [client.scheduler.address, *client.nthreads()]} == {"//127.0.0.1"}


@pytest.mark.parametrize("wrong", ["a cluster", 3, ThreadPoolExecutor])
def test_what_is_no_client_is_refused_at_once(wrong):
    for call in (check_client, lambda client: each_done(halves, [1], client)):
        with pytest.raises(ValueError, match=r"give a distributed.Client .* or None to do all the work here\.$"):
            call(wrong)


def test_none_is_a_client_that_needs_no_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    check_client(None)
    assert len(list(each_done(halves, [1]))) == 1
    for call in (lambda: check_client("a cluster"), local_client):
        with pytest.raises(ImportError, match=r"needs Dask.*: python3 -m pip install 'nst-course\[dask\]'$"):
            call()


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"workers": 1.5}, {"workers": True}, {"threads": 0}])
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match="give a whole number of 1 or more"):
        local_client(**wrong)


def test_a_closed_client_and_a_cluster_without_workers_are_refused(monkeypatch):
    monkeypatch.setattr(clients, "WAITING", 0.2)
    empty = distributed.Client(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0")
    with empty, pytest.raises(ValueError, match="has no workers"):
        check_client(empty)
    with pytest.raises(ValueError, match="is closed: make a new client"):
        check_client(empty)


def test_workers_with_other_versions_or_without_the_course_are_refused():
    here = clients.installed()
    clients.check_worker("tcp://there", dict(here), here)
    with pytest.raises(ValueError, match="tcp://there has no nst_helpers: install this course"):
        clients.check_worker("tcp://there", None, here)
    with pytest.raises(ValueError, match=r"has NumPy 1\.0, and here it is \d"):
        clients.check_worker("tcp://there", {**here, "NumPy": "1.0"}, here)
    with pytest.raises(ValueError, match="has the text of nst_helpers abc, and here"):
        clients.check_worker("tcp://there", {**here, "the text of nst_helpers": "abc"}, here)


def test_a_worker_without_the_course_can_be_asked(tmp_path):
    """The question is answered where nst_helpers cannot be imported: -S leaves out the editable installation."""
    (tmp_path / "question").write_bytes(cloudpickle.dumps(clients._question()))
    code = "import asyncio, cloudpickle; print(asyncio.run(cloudpickle.load(open('question', 'rb'))()))"
    packages = Path(cloudpickle.__file__).parents[1]
    answer = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True,
                            env={**os.environ, "PYTHONPATH": str(packages)})
    assert answer.stdout == "None\n", answer.stderr


def test_the_dashboard_is_told_where_there_is_one(client, monkeypatch):
    monkeypatch.setattr(clients, "find_spec", lambda _: None)
    assert dashboard(client) is None
    monkeypatch.setattr(clients, "find_spec", lambda _: "bokeh")
    assert dashboard(client).startswith("http://127.0.0.1:")
