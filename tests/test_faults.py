"""A hostile computer: no internet, a home that cannot be written, a full disk, a kernel that is killed.

What may go here: faults that take a process of their own. Each script below is what a notebook would run.
"""

import json
import os
import signal
import subprocess
import sys
import time

from nst_helpers.images import load_image
from nst_helpers.records import read_record
from nst_helpers.transfer import stylize

import numpy as np
import pytest

CUT_OFF = """
import socket

def refuse(*_, **__):
    raise OSError("the internet is cut off")

socket.socket.connect = socket.getaddrinfo = refuse
"""

PAINT = CUT_OFF + """
import hashlib, json, sys
from nst_helpers.networks import load_network
from nst_helpers.notebook.plots import show_images
from nst_helpers.transfer import stylize

result = stylize("chelsea", "great_wave", size=64, start="noise", seed=3, steps=8, progress=False)
show_images([result.image])
try:
    load_network("vgg19")
except FileNotFoundError as error:
    told = str(error)
print(json.dumps({"picture": hashlib.sha256(result.image.tobytes()).hexdigest(), "told": told}))
"""

FULL_DISK = """
import json, resource, signal, sys, warnings
from nst_helpers._run import autosave
from nst_helpers.transfer import stylize

autosave.EVERY = 0.0
options = {"size": 64, "style_layers": ["block1_conv1"], "content_layers": ["block2_conv1"], "progress": False}
first = stylize("chelsea", "great_wave", steps=1, autosave="last.png", **options)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # a file may not grow longer
told = []
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    result = stylize("chelsea", "great_wave", steps=8, autosave="last.png", **options)
    told += [str(warning.message) for warning in caught if "last.png" in str(warning.message)]
try:
    result.save("mine.png")
except OSError as error:
    told.append(str(error))
print(json.dumps({"steps": result.steps, "first": first.image.shape, "told": told}))
"""

LONG_RUN = """
from nst_helpers._run import autosave
from nst_helpers.transfer import stylize

autosave.EVERY = 0.2
stylize("chelsea", "great_wave", size=64, start="noise", steps=1_000_000, progress=False, autosave="results/last.png")
"""


def environment(**changes):
    """This process' environment without what would spare Keras and matplotlib the home folder."""
    return {name: value for name, value in os.environ.items() if name not in ("KERAS_HOME", "MPLCONFIGDIR")} | changes


def run(script, folder, **changes):
    """The last line that `script` prints, read as JSON, and what it writes to the error output."""
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment(**changes), capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_without_internet_and_home_it_paints_and_the_same_picture_each_time(tmp_path):
    (tmp_path / "file").write_text("below a file no folder can be made, not even by the administrator")
    nowhere = str(tmp_path / "file" / "home")
    (tmp_path / "home").mkdir()
    answers = []
    for home in (nowhere, str(tmp_path / "home")):
        answer, errors = run(PAINT, tmp_path, HOME=home, USERPROFILE=home, MPLBACKEND="agg", PYTHONHASHSEED="random")
        assert "Traceback" not in errors
        assert "could not be fetched: connect to the internet once, or put the file vgg19_" in answer["told"]
        assert 'load_network("pocket"), which needs no download.' in answer["told"]
        assert os.path.join(home, ".keras", "models") in answer["told"] and "\n" not in answer["told"]
        answers.append(answer)
    assert answers[0]["picture"] == answers[1]["picture"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the length of files as Linux does")
def test_full_disk_costs_neither_the_run_nor_the_older_picture(tmp_path):
    answer, _ = run(FULL_DISK, tmp_path)
    assert answer["steps"] == 8
    assert [text.split(" (")[0] for text in answer["told"]] == [
        "The run went on without saving: last.png could not be written", "mine.png could not be written"]
    assert [file.name for file in tmp_path.iterdir()] == ["last.png"]
    assert load_image(tmp_path / "last.png").shape == tuple(answer["first"])
    assert read_record(tmp_path / "last.png")["result"]["steps"] == 1


@pytest.mark.skipif(os.name != "posix", reason="kills a process as Linux and macOS do")
def test_killed_kernel_leaves_a_picture_to_go_on_from(tmp_path):
    last = tmp_path / "results" / "last.png"
    process = subprocess.Popen([sys.executable, "-c", LONG_RUN], cwd=tmp_path, env=environment(),
                               stderr=subprocess.DEVNULL)
    try:
        begin = time.monotonic()
        while not last.exists() and process.poll() is None and time.monotonic() - begin < 120:
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    record = read_record(last)
    assert record["result"]["message"] == "still running" and record["result"]["steps"] >= 1
    result = stylize(**{**record["arguments"], "start": last, "steps": 3}, progress=False)
    assert result.losses["total"][0] < 1.5 * record["result"]["losses"]["total"]
    assert result.losses["total"].min() < result.losses["total"][0]
    assert np.abs(result.image - load_image(last)).mean() < 0.1
