"""tools/small_machine.py: one core, and a limit that holds for all processes together, by either of its two ways."""

import contextlib
import os
import sys

import pytest

if not hasattr(os, "sched_setaffinity"):
    pytest.skip("tools/small_machine.py needs Linux; left out.", allow_module_level=True)
import small_machine

# The given number of processes, started by one more, hold 80 MB each for a moment.
EAT = """import subprocess, sys, time
eaters = [subprocess.Popen([sys.executable, "-c", "x = bytearray(b'x' * 80_000_000); import time; time.sleep(1.5)"])
          for _ in range(int(sys.argv[1]))]
sys.exit(sum(eater.wait() for eater in eaters))"""


@pytest.fixture(params=["control group", "watchdog"])
def way(request, monkeypatch):
    if request.param == "watchdog":
        monkeypatch.setattr(small_machine, "memory_group", lambda limit: contextlib.nullcontext())
    else:
        with small_machine.memory_group(10**9) as group:
            if not group:
                pytest.skip("No control group may be made here; left out.")
    return request.param


@pytest.mark.parametrize("eaters, code, word", [(1, 0, "kept"), (4, 137, "EXCEEDED")])
def test_the_limit_counts_all_processes_together(way, capfd, eaters, code, word):
    command = [sys.executable, "-c", EAT, str(eaters)]
    assert small_machine.main(["--gigabytes=0.22", "--without-server", *command]) == code
    says = capfd.readouterr().out.splitlines()[-1]
    assert f"({way}): {word}" in says
    assert float(says.split()[-2]) >= 0.08  # an eater's bytes, at least


def test_the_command_has_one_core_and_its_exit_code_is_passed_on():
    look = "import os, sys; sys.exit(10 + len(os.sched_getaffinity(0)))"
    assert small_machine.main(["--without-server", sys.executable, "-c", look]) == 11


def test_without_a_command_it_says_so(capsys):
    with pytest.raises(SystemExit):
        small_machine.main([])
    assert "it needs a command" in capsys.readouterr().err
