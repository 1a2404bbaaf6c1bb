"""The workflows: only the README's commands, each action at one version, and the monthly report says what broke.

What may go here: .github/workflows. GitHub itself is not asked; its command `gh` is played by a script.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import compile_requirements
from notebook_reading import ROOT
import pytest
import yaml

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yml"))}
README = (ROOT / "README.md").read_text("utf-8")
each_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def steps(name):
    return [step for job in WORKFLOWS[name]["jobs"].values() for step in job["steps"]]


def course_commands(name):
    """The lines of a workflow that install or run the course."""
    return [line.strip() for step in steps(name) for line in step.get("run", "").splitlines() if "pip install" in line]


def test_there_are_three():
    assert list(WORKFLOWS) == ["monthly", "site", "tests"]


def test_tests_run_by_the_readmes_commands_on_every_system_and_python_that_it_names():
    [job] = WORKFLOWS["tests"]["jobs"].values()
    pythons = job["strategy"]["matrix"]["python"]
    assert pythons == compile_requirements.PYTHONS
    required = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert required == f">={pythons[0]},<3.{int(pythons[-1].split('.')[1]) + 1}"
    assert [system.split("-")[0] for system in job["strategy"]["matrix"]["os"]] == ["ubuntu", "macos", "windows"]
    assert [step["run"] in README.splitlines() for step in job["steps"] if "run" in step] == [True, True]
    assert job["env"]["UV_PYTHON"] == job["env"]["PY_PYTHON"] == "${{ matrix.python }}"


@each_workflow
def test_each_command_begins_as_the_readmes_do_and_runs_what_there_is(name):
    beginnings = {line.partition("uv run")[0] for line in README.splitlines() if "pip install uv" in line}
    found = course_commands(name)
    assert found
    for command in found:
        before, _, program = command.partition("uv run ")
        assert before in beginnings
        assert program.strip('"') == "pytest" or (ROOT / program.split()[0]).is_file(), program


@each_workflow
def test_each_action_has_one_version_and_nobody_may_do_more_than_needed(name):
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+\.\d+\.\d+", action) for action in used)
    assert WORKFLOWS[name]["permissions"]["contents"] == "read"
    assert all("timeout-minutes" in job or name == "site" for job in WORKFLOWS[name]["jobs"].values())


def test_one_action_has_the_same_version_everywhere():
    used = {step["uses"] for name in WORKFLOWS for step in steps(name) if "uses" in step}
    assert len({action.split("@")[0] for action in used}) == len(used)


def test_the_site_that_is_built_is_the_one_that_is_published():
    build, publish = WORKFLOWS["site"]["jobs"].values()
    [upload] = [step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    [command] = course_commands("site")
    assert command.endswith(f"tools/build_site.py {upload['with']['path']}")
    assert "pull_request" in publish["if"] and publish["permissions"] == {"pages": "write", "id-token": "write"}


# The monthly report

@pytest.fixture
def month(tmp_path):
    """A repository in which one pin changed, what pytest said there, and a `gh` that keeps what it is told."""
    def write(path, text):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    write("requirements.txt", "keras==3.15.1\nnumpy==2.5.5\n")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b.c commit -qm x"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    write("requirements.txt", "keras==4.0.0\nnumpy==2.5.5\n")
    write("results/monthly.txt", "...F\nFAILED tests/test_x.py::test_y - AssertionError\n1 failed, 3 passed\n")
    write("bin/gh", '#!/bin/sh\necho "$@" >> calls.txt\n[ "$2" = list ] && printf "%s" "$OPEN"\nexit 0\n')
    write("bin/python3", "#!/bin/sh\necho tensorflow 2.21.0 2.30.0\n")
    for program in ("gh", "python3"):
        (tmp_path / "bin" / program).chmod(0o755)
    return tmp_path


def run_step(folder, name, **variables):
    [step] = [step for step in steps("monthly") if step.get("name", "").startswith(name)]
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                   "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **variables}
    command = ["bash", "-e", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True).returncode


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("git"), reason="needs bash and git; left out.")
@pytest.mark.parametrize("number, told", [("", "issue create --title"), ("17", "issue comment 17")])
def test_the_report_says_what_broke_and_what_was_new(month, number, told):
    assert run_step(month, "What broke") == 0
    report = (month / "results" / "report.md").read_text("utf-8")
    assert report == (month / "summary.md").read_text("utf-8")
    for part in ("FAILED tests/test_x.py::test_y", "1 failed, 3 passed", "-keras==3.15.1\n+keras==4.0.0", "2.30.0"):
        assert part in report
    assert "numpy" not in report and report.count("```") % 2 == 0
    assert run_step(month, "Open an issue", OPEN=number) == 0
    calls = (month / "calls.txt").read_text("utf-8")
    assert told in calls and "--body-file results/report.md" in calls


@pytest.mark.skipif(sys.platform == "win32", reason="needs bash; left out.")
@pytest.mark.parametrize("name", ["Take the newest", "Tests"])
@pytest.mark.parametrize("code", [0, 1])
def test_what_is_said_is_kept_and_a_failure_fails_the_step(month, name, code):
    (month / "bin" / "python3").write_text(f"#!/bin/sh\necho \"$@\"\n[ $2 = uv ] && exit {code}\nexit 0\n", "utf-8")
    assert run_step(month, name) == code
    assert "-m pip install uv\n-m uv run" in (month / "results" / "monthly.txt").read_text("utf-8")


def test_the_issue_is_opened_only_where_something_failed():
    *_, report, issue = steps("monthly")
    assert (report["if"], issue["if"]) == ("always()", "failure()")
    assert WORKFLOWS["monthly"]["permissions"]["issues"] == "write"
