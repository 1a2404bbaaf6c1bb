"""Mutation testing: does a test fail when a line of the module is wrong? Linux and macOS.

    uv run --with cosmic-ray tools/mutate.py color guides     these modules; without names all of them

Cosmic Ray makes the mutants, each with one small mistake (another operator, a number one higher, a condition turned
round). All that is changed is a copy in a temporary folder. TensorFlow takes longer to import than most tests to run,
so it is imported once, and each mutant is tested in a fork: TensorFlow has started no thread by then. Mutants that were
found are remembered in results/mutation/: a second call, with new tests, tries only the survivors. What may go here:
which tests look after which module, and running them. What survives, and why, stands in tests/README.md.
"""

import argparse
from collections import Counter
import importlib
import json
import os
from pathlib import Path
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = Path(__file__).resolve().parent.parent
# Name: the file, and the tests that look after it, the quickest first: the first that fails ends the run.
MODULES = {
    "adain": ("nst_helpers/fast/adain.py", "tests/test_adain.py"),
    "color": ("nst_helpers/color.py", "tests/test_color.py"),
    "diffusion": ("nst_helpers/diffusion/schedules.py", "tests/test_diffusion.py"),
    "guides": ("nst_helpers/masks/guides.py", "tests/test_guides.py"),
    "lbfgs": ("nst_helpers/optimize/lbfgs.py", "tests/test_lbfgs.py", "tests/test_optimize.py"),
    "losses": ("nst_helpers/losses.py", "tests/test_losses.py", "tests/test_guides.py"),
    "masks": ("nst_helpers/masks/cover.py", "tests/test_masks.py", "tests/test_regions.py"),
    "methods": ("nst_helpers/optimize/methods.py", "tests/test_optimize.py"),
    "minimizer": ("nst_helpers/optimize/minimizer.py", "tests/test_optimize.py"),
    "multiscale": ("nst_helpers/optimize/multiscale.py", "tests/test_stages.py"),
}
# Of Cosmic Ray's operators, those that a programmer's mistake looks like: one or two for each sign, not eleven.
OPERATORS = re.compile(
    "core/(ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_Mul|Pow_Mul|BitOr_BitAnd|BitAnd_BitOr)"
    "|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt|Is_IsNot"
    "|IsNot_Is)|ReplaceUnaryOperator_Delete_.*|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr"
    "|ReplaceOrWithAnd|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ExceptionReplacer|NumberReplacer"
    "|ZeroIterationForLoop)")
HEAVY = ["numpy", "scipy.linalg", "scipy.ndimage", "scipy.optimize", "matplotlib.pyplot", "PIL.Image", "tensorflow",
         "keras", "h5py", "ipywidgets", "tqdm", "nbformat", "nbval.plugin", "xdist.plugin", "hypothesis", "pytest"]
MEMORY = 8 * 2**30  # bytes: a mutant that asks for more is stopped


def mutants(source):
    """The source with one mistake, for each mistake once."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    seen = {source}
    for operator in map(get_operator, filter(OPERATORS.fullmatch, operator_names())):
        occurrence = 0
        while mutant := mutate_code(source, operator(), occurrence):
            occurrence += 1
            if mutant not in seen:
                seen.add(mutant)
                yield mutant


def changed_line(source, mutant):
    """What a mutant changes: the number of the first line, and this line before and after."""
    lines = enumerate(zip(source.splitlines(), mutant.splitlines()), 1)
    return next((number, f"{old.strip()}  ->  {new.strip()}") for number, (old, new) in lines if old != new)


def copy_of_the_repository(folder):
    """What a clone would hold, with the changes that are not committed yet."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def import_what_is_heavy():
    """Import what every run needs, and nothing of the course: that is read anew, with its mistake, in each fork."""
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="2", OPENBLAS_NUM_THREADS="1", MPLBACKEND="agg")
    for name in HEAVY:
        importlib.import_module(name)
    assert "nst_helpers" not in sys.modules


def tests_pass(folder, tests, seconds=None):
    """Run pytest in a fork; True if every test passed. After so many seconds it is stopped, and has failed."""
    child = os.fork()
    if not child:
        _run_pytest(folder, tests)
    end = time.monotonic() + (seconds or 1e9)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.02)


def _run_pytest(folder, tests):
    """The life of a fork: the tests in the copy, their output into a file. It does not return."""
    code = 70
    try:
        os.setsid()
        log = os.open(folder / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        os.chdir(folder)
        sys.path.insert(0, str(folder))  # before the course that is installed
        sys.dont_write_bytecode = True  # two mutants of one second and one size would share it
        os.environ |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        import pytest

        code = pytest.main(["-n", "0", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", *tests])
        sys.stdout.flush()
    finally:
        os._exit(int(code))


def mutate(name, folder, fresh):
    """Test each mutant of one module in the copy `folder`; print those that survive, and how many there were."""
    path, *tests = MODULES[name]
    source = (folder / path).read_text("utf-8")
    memory = ROOT / "results" / "mutation" / f"{name}.json"
    found = set(json.loads(memory.read_text("utf-8"))) if memory.is_file() and not fresh else set()
    before = time.monotonic()
    if not tests_pass(folder, tests):
        raise SystemExit(f"{name}: the tests fail without any mistake.\n{(folder / 'pytest.log').read_text()[-3000:]}")
    patience = 30 + 5 * (time.monotonic() - before)
    (folder / path).write_text("raise RuntimeError", "utf-8")
    if tests_pass(folder, tests):
        raise SystemExit(f"{name}: these tests do not import {path} of the copy.")
    survivors, seen = [], Counter()
    for mutant in mutants(source):
        number, change = changed_line(source, mutant)
        seen[change] += 1
        key = f"{change} #{seen[change]}"  # the same where lines above have come or gone
        if key in found:
            continue
        (folder / path).write_text(mutant, "utf-8")
        if tests_pass(folder, tests, patience):
            survivors.append(mutant)
            print(f"  {name} {number}: {change}", flush=True)
        else:
            found.add(key)
            memory.parent.mkdir(parents=True, exist_ok=True)
            memory.write_text(json.dumps(sorted(found), indent=0), "utf-8")
    (folder / path).write_text(source, "utf-8")
    count = seen.total()
    print(f"| `{name}` | {count} | {count - len(survivors)} | {(count - len(survivors)) / count:.1%} | "
          f"{time.monotonic() - before:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; default: all")
    parser.add_argument("--fresh", action="store_true", help="forget which mutants were found before")
    arguments = parser.parse_args()
    if unknown := set(arguments.modules) - set(MODULES):
        parser.error(f"There is no {', '.join(sorted(unknown))} in the table. Choose of {', '.join(MODULES)}.")
    import_what_is_heavy()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        copy_of_the_repository(folder)
        for module in arguments.modules or MODULES:
            mutate(module, folder, arguments.fresh)


if __name__ == "__main__":
    main()
