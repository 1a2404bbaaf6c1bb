"""tools/mutate.py: its table is up to date, and a fork tells passing tests from failing and endless ones."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="Windows cannot fork; mutation testing is left out.")
mutate = pytest.importorskip("mutate")
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("module", mutate.MODULES)
def test_files_of_the_table_exist_and_the_page_tells_what_was_found(module):
    path, *tests = mutate.MODULES[module]
    assert tests and all((ROOT / name).is_file() for name in (path, *tests))
    assert f"| `{module}` |" in (ROOT / "tests" / "README.md").read_text("utf-8")


def test_the_changed_line_is_shown():
    assert mutate.changed_line("a = 1\nb = a + 1\n", "a = 1\nb = a - 1\n") == (2, "b = a + 1  ->  b = a - 1")


def test_a_fork_runs_the_tests_of_the_copy(tmp_path):
    (tmp_path / "toy.py").write_text("one = 1", "utf-8")
    tests = {
        "passes": "from toy import one; assert one == 1",
        "fails": "from toy import one; assert one == 2",
        "imports": "import nothing_of_this_name",
        "hangs": "while True: pass",
        "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "eats": "memory = bytearray(9 * 2**30)",
    }
    for name, line in tests.items():
        (tmp_path / f"test_{name}.py").write_text(f"def test_toy():\n    {line}\n", "utf-8")
    program = """import mutate, pathlib, pytest, sys
for name in sys.argv[2:]:
    seconds = 5 if name == "hangs" else 300
    if mutate.tests_pass(pathlib.Path(sys.argv[1]), [f"test_{name}.py"], seconds):
        print(name)"""
    says = subprocess.run([sys.executable, "-c", program, tmp_path, *tests], cwd=ROOT / "tools", capture_output=True,
                          text=True)
    assert says.stdout == "passes\n", says.stderr
