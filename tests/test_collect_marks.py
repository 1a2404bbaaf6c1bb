"""The command that marks a class: who handed in what, what it prints and writes, and that it refuses without a sandbox.

What may go here: tools/collect_marks.py. What earns a star stands in test_marking.py.
"""

import csv

import collect_marks
from marking import sandbox
from marking.marked import NOT_YET, PASS, Exercise, Marked
import pytest


@pytest.fixture
def class_(tmp_path, monkeypatch):
    """A folder in which three have handed in, and marks as if they had been run."""
    folder = tmp_path / "class"
    for name in ("ada/02.ipynb", "ada/photo.jpg", "ada/.hidden", "ben.ipynb", "cyd/.ipynb_checkpoints/02.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    (folder / "ada" / "passwords").symlink_to("/etc/passwd")
    wrong = Exercise("gram_matrix", 2, "", NOT_YET, "Not yet: this is the sum.", "sum_not_mean")
    marks = [Marked("ada", "02", [Exercise("twice_as_wide", 1, "", PASS, "Tried."), wrong], defence="=cmd()"),
             Marked("ben", remarks=["this is no notebook that can be read"])]
    monkeypatch.setattr(collect_marks, "mark_class", lambda submissions, jobs, sandboxed: iter(marks))
    monkeypatch.setattr(sandbox, "check", lambda: None)
    return folder


def test_who_handed_in_and_what_lies_beside(class_):
    found = collect_marks.handed_in(class_)
    names = [(student, [p.name for p in files]) for _, student, files in found]
    assert names == [("ada", ["photo.jpg"]), ("ben", [])]


def test_table_map_and_page(class_, tmp_path, capsys):
    collect_marks.main([str(class_), "--csv", str(tmp_path / "marks.csv"), "--page", str(tmp_path / "marks.html")])
    printed = capsys.readouterr().out
    assert "| ada | 02 | ✓✗ | 1 of 3 |" in printed and "| ben |" in printed
    assert "1 of 2: sum_not_mean" not in printed and "1 of 1: sum_not_mean (lesson 02, gram_matrix)" in printed
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["stars"] for row in rows] == ["1", "0"] and rows[0]["defence"] == "'=cmd()"
    assert rows[0]["2 sentence"] == "Not yet: this is the sum." and rows[1]["remarks"].endswith("can be read")
    assert "sum not mean" in (tmp_path / "marks.html").read_text("utf-8")


def test_without_a_sandbox_nothing_runs_unless_told(class_, monkeypatch, capsys):
    def missing():
        raise sandbox.NoSandbox("There is no sandbox here.")

    monkeypatch.setattr(sandbox, "check", missing)
    with pytest.raises(SystemExit, match="There is no sandbox here.\nNothing was run"):
        collect_marks.main([str(class_)])
    collect_marks.main([str(class_), "--without-sandbox"])
    assert "ada" in capsys.readouterr().out


@pytest.mark.parametrize("platform, program", [("darwin", "/usr/bin/bwrap"), ("linux", None)])
def test_a_machine_without_bubblewrap_is_told_what_to_do(monkeypatch, platform, program):
    monkeypatch.setattr(sandbox.sys, "platform", platform)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: program)
    with pytest.raises(sandbox.NoSandbox, match="bubblewrap is missing. On Debian"):
        sandbox.check()


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(SystemExit, match="no notebook in"):
        collect_marks.main([str(tmp_path)])
