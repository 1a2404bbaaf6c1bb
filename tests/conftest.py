"""What several test files share. What may go here: fixtures that more than one file uses, and who runs which."""

import ipaddress
import signal
import socket

from nst_helpers.images import save_image  # before anything that imports TensorFlow, to keep it quiet
from nst_helpers.networks import load_network
from nst_helpers.workers import local_client

from browser_fixtures import browser, faults_of_access, open_cells, open_notebook, server  # noqa: F401
import numpy as np
import pytest
import tensorflow as tf
from xdist.scheduler import LoadFileScheduling


class ByFile(LoadFileScheduling):
    """Each file to one worker; but the tasks of each lesson, together half an hour, on their own."""

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        return nodeid if file.endswith("test_your_turn.py") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """What --dist loadfile does, with this difference."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture
def faces(tmp_path):
    """A folder of five pictures."""
    rng = np.random.default_rng(0)
    for number in range(5):
        save_image(rng.random((1, 16, 16, 3), "float32"), tmp_path / "faces" / f"{number}.png")
    return tmp_path / "faces"


@pytest.fixture(autouse=True)
def no_internet(monkeypatch):
    """Every test runs with the internet cut off; this machine can still talk to itself."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def local_connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise OSError("the internet is cut off")
        return connect(self, address)

    def local_look_up(host, *arguments, **options):
        if not _is_local(host):
            raise socket.gaierror("the internet is cut off")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", local_connect)
    monkeypatch.setattr(socket, "getaddrinfo", local_look_up)


def _is_local(host):
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def random_pocket():
    """The pocket network's form with random weights: what is tested with it does not depend on training."""
    return load_network("pocket", weights="random")


@pytest.fixture
def interrupts_arrive():
    """A shell that starts the suite in the background makes it deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "the handler is given back"
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def client():
    """A Dask cluster of two processes."""
    with local_client(2) as client:
        yield client


@pytest.fixture(scope="session")
def check_gradient():
    """A function (loss, start, directions=None, step=1e-6): TensorFlow's gradient against central differences.

    loss: tensor to scalar tensor. start: float64 array. It is compared along every coordinate, or, where that would
    take too long, along so many random directions.
    """

    def check(loss, start, directions=None, step=1e-6):
        assert start.dtype == "float64"
        variable = tf.constant(start)
        with tf.GradientTape() as tape:
            tape.watch(variable)
            value = loss(variable)
        assert value.dtype == "float64"
        gradient = tape.gradient(value, variable).numpy().ravel()
        if directions is None:
            moves = np.eye(start.size)
        else:
            moves = np.random.default_rng(0).normal(size=(directions, start.size))
        differences = []
        for move in moves:
            ahead, back = (float(loss(tf.constant(start + s * move.reshape(start.shape)))) for s in (step, -step))
            differences.append((ahead - back) / (2 * step))
        assert np.any(gradient != 0)
        scale = np.abs(differences).max()
        np.testing.assert_allclose(moves @ gradient, differences, rtol=1e-5, atol=1e-6 * scale)

    return check
