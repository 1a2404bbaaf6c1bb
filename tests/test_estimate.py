"""What a run will take: against maps counted by hand, a clock of our own, and made-up limits of memory."""

import itertools
import json
import re
import subprocess
import sys
import types

from nst_helpers._io.environment import memory_free, memory_used
from nst_helpers._run import estimate
from nst_helpers._run.estimate import amount, check_memory, memory_needed, style_memory_needed
from nst_helpers._run.forecast import Forecast, duration
from nst_helpers.networks import feature_extractor
from nst_helpers.optimize.minimizer import METHODS
from nst_helpers.style_losses import CLOUD_LOSSES
from nst_helpers.transfer import stylize

import numpy as np
import psutil
import pytest

IMAGE = np.random.default_rng(0).random((1, 48, 64, 3), "float32")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """As in a fresh process, whatever other tests have run."""
    monkeypatch.setattr(estimate, "kept", 0)
    monkeypatch.setattr(estimate, "counting", False)


# Memory


def test_needed_memory_grows_by_the_maps_of_every_layer(random_pocket):
    """Counted by hand: floats for each pixel, down to block2_conv1: what is put in, scaled, mirrored; 16 maps twice;
    then, at a quarter of the positions, 16 maps pooled and 32 maps."""
    extract = feature_extractor(random_pocket, ["block1_conv2", "block2_conv1"])
    maps = 3 + 3 + 3 + 16 + 16 + 16 / 4 + 32 / 4
    for method, arrays in estimate.ARRAYS.items():
        pixel = memory_needed(extract, 100, 101, method) - memory_needed(extract, 100, 100, method)
        assert pixel == pytest.approx(100 * 4 * (estimate.MAPS * maps + 3 * 16 + 3 * arrays))
    assert memory_needed(extract, 0, 0) == estimate.FIXED + 0.7 * 4 * sum(v.numpy().size for v in extract.weights)
    asked = 16 + 32 / 4
    assert style_memory_needed(extract, 10, 10) - style_memory_needed(extract, 0, 0) == pytest.approx(
        400 * (3.5 * 16 + asked))
    patches = memory_needed(extract, 10, 10, patches=True) - memory_needed(extract, 10, 10)
    assert patches == pytest.approx(estimate.PATCHES)
    more = memory_needed(extract, 10, 10, regions=3) - memory_needed(extract, 10, 10, regions=1)
    assert more == pytest.approx(2 * 4 * 400 * asked)
    assert memory_needed(extract, 10, 10, regions=1) == memory_needed(extract, 10, 10)
    assert set(estimate.ARRAYS) == set(METHODS)
    for name, (copies, fixed) in estimate.STYLE_MEMORY.items():
        besides = memory_needed(extract, 10, 10, style_loss=name) - memory_needed(extract, 10, 10, style_loss="gram")
        assert besides == pytest.approx(fixed + 100 * 4 * copies * asked)
    assert set(estimate.STYLE_MEMORY) == set(CLOUD_LOSSES)


@pytest.mark.parametrize("height, width", [(3000, 4000), (4000, 3000), (500, 4000), (2000, 2000)])
@pytest.mark.parametrize("free", [0.1e9, 0.7e9, 2e9])
def test_size_that_is_named_fits_and_is_hardly_too_small(random_pocket, monkeypatch, height, width, free):
    extract = feature_extractor(random_pocket, ["block4_conv2"])
    monkeypatch.setattr(estimate, "memory_free", lambda: free)

    def needed(height, width):
        return memory_needed(extract, height, width)

    with pytest.raises(ValueError, match=f"{height}x{width} pixels needs about .* are free: take size=") as told:
        check_memory(needed, height, width)
    size = int(re.search(r"size=(\d+) or less", str(told.value))[1])
    shape = np.array([height, width]) / max(height, width)
    assert needed(*(size * shape)) <= free < needed(*((size + 20) * shape))
    assert check_memory(needed, *(size * shape)) == needed(*(size * shape))


@pytest.mark.parametrize("height, width", [(3000, 4000), (500, 4000)])
def test_size_that_is_named_leaves_room_for_the_margin(monkeypatch, height, width):
    monkeypatch.setattr(estimate, "memory_free", lambda: 0.7e9)

    def needed(height, width):
        return 50e6 + 2000 * height * width

    with pytest.raises(ValueError, match="are free: take size=") as told:
        check_memory(needed, height, width, margin=16)
    size = int(re.search(r"size=(\d+) or less", str(told.value))[1])
    height, width = np.array([height, width]) / max(height, width)
    assert needed(size * height + 32, size * width + 32) <= 0.7e9 < needed((size + 20) * height + 32, (size + 20) + 32)


def test_a_block_within_a_block_is_counted_once(monkeypatch):
    used = iter([100e6, 400e6])
    monkeypatch.setattr(estimate, "memory_used", lambda: next(used))
    with estimate.count_kept_memory(), estimate.count_kept_memory():
        pass
    assert estimate.kept == 300e6


MEASURE = """
import json, re, sys
from nst_helpers._io.environment import memory_used
from nst_helpers.networks import load_network
from nst_helpers.transfer import stylize

network, before = load_network(weights="random"), memory_used()
options = json.loads(sys.argv[1])
result = stylize("chelsea", "great_wave", network=network, progress=False, **options)
# Not ru_maxrss: that one begins with what the parent held.
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(result.record["foretold"]["memory"] - before, peak - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a peak as Linux gives it")
@pytest.mark.parametrize("options", [
    {"size": 384, "steps": 12, "patch_weight": 0.01},
    {"size": 128, "steps": 3, "style_size": 1400},  # the style image takes more than the run
])
def test_memory_that_is_foretold_is_the_memory_that_is_taken(options):
    """Processors differ: those with AVX-512 take down to two thirds."""
    command = [sys.executable, "-c", MEASURE, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    foretold, real = map(float, done.stdout.split())
    assert 0.8 < foretold / real < 2.5


AGAIN = """
from nst_helpers import transfer
from nst_helpers._run import estimate
from nst_helpers._io.environment import memory_used
from nst_helpers.networks import load_network

network = load_network(weights="random")
options = {"network": network, "size": 128, "style_size": 1400, "steps": 2, "progress": False}
before = memory_used()
# A machine with hardly more than such a run needs, 549 MB, and what TensorFlow loads once besides, up to 40 MB.
estimate.memory_free = lambda: 620e6 - (memory_used() - before)
transfer.stylize("chelsea", "great_wave", **options)
print(transfer.stylize("chelsea", "great_wave", **options).steps)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is given back in another way elsewhere")
def test_an_equal_second_run_is_not_refused():
    done = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr


def test_where_nothing_fits_no_size_is_named(monkeypatch):
    monkeypatch.setattr(estimate, "memory_free", lambda: 1e6)
    with pytest.raises(ValueError, match="100x100 pixels needs about 60 MB of memory, and 1 MB are free: close other"):
        check_memory(lambda height, width: 50e6 + 1000 * height * width, 100, 100)


def test_memory_kept_by_an_earlier_run_counts_as_free(monkeypatch):
    used = iter([600e6, 900e6, 900e6, 850e6, 850e6, 100e6])
    monkeypatch.setattr(estimate, "memory_used", lambda: next(used))
    monkeypatch.setattr(estimate, "memory_free", lambda: 50e6)
    for kept in (300e6, 250e6, 0):
        with estimate.count_kept_memory():
            pass
        assert estimate.kept == kept
        needed = kept + 50e6
        assert check_memory(lambda *_, needed=needed: needed, 10, 10) == needed
        with pytest.raises(ValueError, match="are free"):
            check_memory(lambda height, width, needed=needed: needed * 0.5 * (1 + height * width), 10, 10)


@pytest.mark.parametrize("options, words", [
    ({}, r"A picture of 48x64 pixels needs about .*take size=\d+ or less"),
    ({"content_image": "chelsea", "size": 400}, r"A picture of 266x400 pixels .*take size=\d+ or less"),
    ({"style_images": np.full((1, 2000, 1000, 3), 0.5)}, r"A picture of 2000x1000 .*take style_size=\d+ or less"),
])
def test_stylize_refuses_before_anything_is_computed(random_pocket, monkeypatch, options, words):
    monkeypatch.setattr("nst_helpers._run.tiling.transfer_objective", lambda *_, **__: pytest.fail("it computes"))
    monkeypatch.setattr(estimate, "memory_free", lambda: 84e6)
    with pytest.raises(ValueError, match=words) as told:
        options = {"content_image": IMAGE, "style_images": IMAGE, **options}
        stylize(network=random_pocket, progress=False, **options)
    assert "\n" not in str(told.value)


# Free memory


@pytest.fixture
def group(tmp_path):
    """Writes the files of Linux' control groups, and gives what memory_free makes of them."""
    def make(own, files):
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "groups" / name).write_text(text)
        return memory_free(tmp_path / "groups", tmp_path / "own")
    return make


def test_limit_of_a_container_counts(group):
    """Version 2, as in Docker and on Binder: 500 of 800 kB are used, of which 100 are cached files."""
    files = {"memory.max": "800000\n", "memory.current": "500000\n", "memory.stat": "anon 1\ninactive_file 100000\n"}
    assert group("0::/\n", files) == 400_000


def test_limit_of_version_1(group):
    files = {"memory/memory.limit_in_bytes": "800000", "memory/memory.usage_in_bytes": "500000",
             "memory/memory.stat": "inactive_file 7\ntotal_inactive_file 100000\n"}
    assert group("5:cpu:/\n4:memory:/docker/0815\n0::/\n", files) == 400_000


def test_smallest_limit_on_the_way_up_counts(group):
    """As on a server where each learner's notebooks are a service with a limit of its own."""
    files = {"users/ada/memory.max": "max", "users/ada/memory.current": "100", "users/ada/memory.stat": "",
             "users/memory.max": "9000", "users/memory.current": "2000", "users/memory.stat": "inactive_file 500\n"}
    assert group("0::/users/ada\n", files) == 7500
    assert group("0::/users/ada\n", {"users/ada/memory.max": "50"}) == 0  # used more than allowed: nothing is free


@pytest.mark.parametrize("own", ["", "0::/\n", "3:pids:/\n"])
def test_without_a_limit_the_machine_counts(group, own):
    assert group(own, {"memory.max": "max\n"}) == pytest.approx(psutil.virtual_memory().available, rel=0.3)
    assert 50e6 < memory_used() < psutil.virtual_memory().total


# Time


class Clock:
    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr("nst_helpers._run.forecast.time.perf_counter", lambda: self.now)


def run(monkeypatch, plan, step_seconds, start_up):
    """`plan` on a made-up clock. Returns the forecast, the real seconds, the step it came at, and texts."""
    clock, told = Clock(monkeypatch), []
    forecast, number, known = Forecast(plan, 1.5e9, told.append), 0, None
    for height, width, steps in plan:
        clock.now += start_up + step_seconds(height, width)  # compiling and the evaluation of the start
        for _ in range(steps):
            clock.now += step_seconds(height, width)
            number += 1
            forecast(number, 1.0, np.zeros((1, height, width, 3)))
            known = known or (forecast.seconds and number)
    return forecast, clock.now, known, told


def test_first_steps_that_need_two_evaluations_do_not_count_double(monkeypatch):
    moments = iter([0.0, 10.0, 12.0, 13.0, 15.0, 16.0, 17.0])
    monkeypatch.setattr("nst_helpers._run.forecast.time.perf_counter", lambda: next(moments))
    forecast = Forecast([(8, 8, 40)], 1e9)
    for step in range(1, 7):
        forecast(step, 1.0, np.zeros((1, 8, 8, 3)))
    assert forecast.seconds == 10 - 2 + 41  # 8 seconds to compile, then 1 second for each evaluation


@pytest.mark.parametrize("seconds", [0.03, 0.2, 5.0])
def test_time_at_one_size(monkeypatch, seconds):
    forecast, real, known, _ = run(monkeypatch, [(48, 64, 150)], lambda *_: seconds, 2.0)
    assert forecast.seconds == pytest.approx(real)
    assert (known - 1) * seconds == pytest.approx(max(0.3, 0.03 * real, 5 * seconds), abs=1.01 * seconds)


def test_time_from_coarse_to_fine(monkeypatch):
    def seconds(height, width):
        return 0.01 + 0.59e-6 * height * width  # as measured with pocket on two cores

    forecast, real, known, _ = run(monkeypatch, [(192, 256, 80), (384, 512, 40), (768, 1024, 30)], seconds, 1.5)
    assert known < 25
    assert forecast.seconds == pytest.approx(real, rel=0.05)


def test_a_size_in_tiles_takes_longer(monkeypatch):
    def foretold(is_whole):
        moments = itertools.count(step=0.1)
        monkeypatch.setattr("nst_helpers._run.forecast.time.perf_counter", lambda: next(moments))
        forecast = Forecast([(192, 256, 50), (1536, 2048, 8)], 1e9, is_whole=is_whole)
        for step in range(1, 50):
            forecast(step, 1.0, np.zeros((1, 192, 256, 3)))
        return forecast.seconds

    whole, tiled = foretold(lambda *_: True), foretold(lambda height, _: height < 1000)
    share = 8 * 1536 * 2048 / (8 * 1536 * 2048 + 50 * 192 * 256)  # of the large size, nearly
    assert tiled / whole == pytest.approx(1 + 0.9 * share, rel=0.03)


def test_only_long_runs_are_announced(monkeypatch):
    assert run(monkeypatch, [(48, 64, 100)], lambda *_: 0.2, 1.0)[3] == []
    told = run(monkeypatch, [(48, 64, 100)], lambda *_: 2.0, 1.0)[3]
    assert told == ["About 3 minutes and 1.5 GB of memory. Interrupt the kernel to stop earlier; the best picture "
                    "so far is kept."]


def test_runs_too_short_to_foretell(monkeypatch):
    assert run(monkeypatch, [(48, 64, 3)], lambda *_: 0.05, 1.0)[0].seconds is None


def test_numbers_in_words():
    assert [duration(s) for s in (4.4, 89, 90, 3000, 9000)] == [
        "4 seconds", "89 seconds", "2 minutes", "50 minutes", "2.5 hours"]
    assert [amount(size) for size in (64e6, 0.9996e9, 1.26e9)] == ["64 MB", "1000 MB", "1.3 GB"]


def test_forecast_is_on_record_and_shown(random_pocket, monkeypatch, capsys):
    clock = itertools.count(step=0.02)  # whatever the machine, and each look at it takes as long
    monkeypatch.setattr("nst_helpers._run.forecast.time", types.SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr("nst_helpers._run.forecast.LONG", 0.0)
    options = {"content_layers": "block1_conv1", "style_layers": "block1_conv1", "network": random_pocket, "size": 32}
    before = memory_used()
    result = stylize(IMAGE, IMAGE, steps=60, **options)
    foretold = result.record["foretold"]
    assert foretold["memory"] > before and foretold["seconds"] > 0
    assert f"About {duration(foretold['seconds'])} and {amount(foretold['memory'])}" in capsys.readouterr().err
