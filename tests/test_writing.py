"""Files that arrive whole or not at all: many writers at once, odd names, and nothing that is left behind."""

from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import stat
import threading

from nst_helpers._io import atomic
from nst_helpers._io.atomic import check_can_be_written, write_whole

import pytest

TOO_LONG = "n" * 400 + ".png"
NO_NAME = "\ud800.png"  # half a character: no file system of ours has a name for it


def test_many_threads_write_into_one_folder_without_spoiling_each_other(tmp_path):
    contents = {tmp_path / f"{n}.png": bytes([n]) * 200_000 for n in range(100)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_whole, contents, contents.values()))  # raises what a thread has raised
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == contents


def test_many_threads_write_one_file_and_one_of_them_has_it_whole(tmp_path):
    path, contents = tmp_path / "file", [bytes([n]) * 200_000 for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_whole, [path] * len(contents), contents))
    assert path.read_bytes() in contents and list(tmp_path.iterdir()) == [path]


def test_two_parts_at_the_same_time_are_two_hidden_files(tmp_path, monkeypatch):
    """Both writers are held between writing and moving into place, whatever the scheduler does."""
    replace, both, seen = os.replace, threading.Barrier(2, timeout=10), []

    def held(part, path):
        both.wait()
        seen.extend(part.name for part in tmp_path.iterdir())
        both.wait()
        replace(part, path)

    monkeypatch.setattr(atomic.os, "replace", held)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write_whole, [tmp_path / "a", tmp_path / "b"], [b"a", b"b"]))
    assert (tmp_path / "a").read_bytes() == b"a" and (tmp_path / "b").read_bytes() == b"b"
    assert len(set(seen)) == 2 and all(name.startswith(".") and name.endswith(".part") for name in seen)


@pytest.mark.skipif(os.name != "posix", reason="permissions as on Linux and macOS")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_are_those_of_any_new_file(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "ours", b"x")
        (tmp_path / "any").write_bytes(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE((tmp_path / "any").stat().st_mode)


@pytest.mark.parametrize("name", [TOO_LONG, NO_NAME, "nul\0.png"])
def test_a_name_that_no_file_can_have_is_told_early_and_late_and_leaves_nothing(tmp_path, name):
    for attempt in (check_can_be_written, lambda path: write_whole(path, b"x")):
        with pytest.raises(OSError, match=r"could not be written \(.*\): choose another") as told:
            attempt(tmp_path / name)
        assert "\n" not in str(told.value) and told.value.__suppress_context__
        str(told.value).encode()  # can be printed, whatever the name holds
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="names of bytes, as on Linux")
def test_a_name_that_is_not_utf_8_is_a_name(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    try:
        (tmp_path / name).touch()
    except OSError:
        pytest.skip("This file system keeps names in UTF-8 only; left out.")
    check_can_be_written(tmp_path / name)
    write_whole(tmp_path / name, b"x")
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.png"]
    assert (tmp_path / name).read_bytes() == b"x"


@pytest.mark.parametrize("path", [Path(), Path("/")])
def test_a_path_without_a_name_is_told(path):
    for attempt in (check_can_be_written, lambda path: write_whole(path, b"x")):
        with pytest.raises(OSError, match="is a folder: name a picture file inside it|could not be written"):
            attempt(path)
