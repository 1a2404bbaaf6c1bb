"""The folder that students get: complete but for answers, and its tests can be collected.

What may go here: tools/hand_out.py. Packages are not fetched here; the command that does it is watched.
"""

import subprocess
import sys

import hand_out
import nbformat
import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("students") / "course"
    hand_out.main([str(folder)])
    return folder


def test_no_answer_is_handed_out(folder):
    assert not (folder / "notebooks" / "solutions").exists()
    assert sorted(p.name for p in (folder / "notebooks" / "exercises").glob("*.ipynb"))
    for path in folder.rglob("*.ipynb"):
        assert "BEGIN SOLUTION" not in path.read_text("utf-8"), path
    named = [p for p in (folder / "tests").rglob("*.py") if "check_cases" in p.read_text("utf-8")]
    assert named == []


def test_all_else_is_handed_out(folder):
    left_out = {p for p in hand_out.files_of_the_course() if not (folder / p).is_file()}
    assert left_out
    for path in left_out:
        assert path.parts[0] in ("tests", "tools") or path.parts[:2] == ("notebooks", "solutions"), path
    for name in ("README.md", "notebooks/00_start_here.ipynb", "nst_helpers/checks/lesson_00.py", "tests/conftest.py"):
        assert (folder / name).is_file()


def test_no_link_of_the_index_is_broken_by_it(folder):
    text = (folder / "notebooks" / "README.md").read_text("utf-8")
    assert "](solutions" not in text and "](exercises)" in text


def test_its_tests_can_be_collected(folder):
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "work.txt").write_text("mine")
    with pytest.raises(SystemExit, match="is not empty"):
        hand_out.main([str(tmp_path)])


def test_each_platform_gets_its_own_packages():
    pins = {name: hand_out.pins_for(markers) for name, (_, markers) in hand_out.PLATFORMS.items()}
    assert any(pin.startswith("tensorflow-cpu==") for pin in pins["linux"])
    assert any(pin.startswith("tensorflow==") for pin in pins["macos"])
    assert any(pin.startswith("colorama==") for pin in pins["windows"])
    assert not any(";" in pin for pins in pins.values() for pin in pins)


def test_the_stick_is_filled_for_each_platform(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(hand_out.subprocess, "run", lambda command, **_: commands.append(command) or Done())
    monkeypatch.setattr(hand_out, "pip", lambda: ["pip"])
    hand_out.fill_stick(tmp_path)
    assert [command[command.index("--dest") + 1] for command in commands] == [
        str(tmp_path / "packages" / name) for name in ("linux", "windows", "macos")]
    assert all("--only-binary=:all:" in command and "tqdm" in " ".join(command) for command in commands)
    assert "without the internet" in (tmp_path / "start_offline.py").read_text("utf-8")


class Done:
    returncode = 0


def test_exercises_are_the_ones_of_the_course(folder):
    for path in (folder / "notebooks" / "exercises").glob("*.ipynb"):
        assert nbformat.read(path, as_version=4).cells[0].source.startswith("# Exercises ")
