"""Turning aside what C libraries print: put back in the end by threads, blocks within blocks, and odd processes."""

from concurrent.futures import ThreadPoolExecutor
import os
import subprocess
import sys
import threading

from nst_helpers._io.error_output import error_output_dropped, error_output_into
from nst_helpers.images import load_image

import numpy as np
from PIL import Image
import pytest


def printed(text):
    """As a C library prints: to the descriptor."""
    os.write(2, text.encode())


def test_what_is_printed_goes_into_the_file_and_afterwards_to_the_screen(tmp_path, capfd):
    printed("before ")
    with open(tmp_path / "outer", "wb") as outer, open(tmp_path / "inner", "wb") as inner, error_output_into(outer):
        printed("one ")
        with error_output_into(inner):
            printed("two ")
        printed("three ")
        with error_output_dropped():
            printed("nobody sees this")
        printed("four")
    printed("after")
    assert (tmp_path / "outer").read_text() == "one three four" and (tmp_path / "inner").read_text() == "two "
    assert capfd.readouterr().err == "before after"


def test_python_text_that_waits_is_printed_where_it_belongs(tmp_path, capfd):
    with open(2, "w", closefd=False) as screen, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", screen)
        with open(tmp_path / "file", "wb") as file:
            screen.write("outside")  # without an end of line it waits in Python's buffer
            with error_output_into(file):
                screen.write("inside")
    assert (tmp_path / "file").read_text() == "inside" and capfd.readouterr().err == "outside"


def test_two_blocks_that_overlap_put_back_the_screen(tmp_path, capfd):
    """The first one in is the first one out, as only threads can be."""
    first_in, second_in, first_out = (threading.Event() for _ in range(3))

    def first():
        with open(tmp_path / "first", "wb") as file, error_output_into(file):
            first_in.set()
            assert second_in.wait(10)
        first_out.set()

    def second():
        assert first_in.wait(10)
        with open(tmp_path / "second", "wb") as file, error_output_into(file):
            second_in.set()
            assert first_out.wait(10)
            printed("still aside")

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(first), pool.submit(second)]:
            job.result()
    printed("screen")
    assert capfd.readouterr().err == "screen"
    assert (tmp_path / "second").read_text() == "still aside" and (tmp_path / "first").read_text() == ""


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_pictures_loaded_by_many_threads_leave_the_screen_as_it_was(tmp_path, capfd, kind):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype="uint8")).save(tmp_path / "p", kind)
    opened = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    with ThreadPoolExecutor(8) as pool:
        shapes = set(pool.map(lambda _: load_image(tmp_path / "p").shape, range(200)))
    assert shapes == {(1, 40, 50, 3)}
    printed("seen")
    assert capfd.readouterr().err == "seen"
    assert opened is None or len(os.listdir("/proc/self/fd")) == opened


def test_the_screen_comes_back_after_an_error(capfd):
    with pytest.raises(KeyError), error_output_dropped():
        raise KeyError
    printed("seen")
    assert capfd.readouterr().err == "seen"


# What a process may have done to its error output, before the module is imported or after it. Number 2 is then free
# for the next file that is opened, which may be the picture itself.
PROCESSES = {
    "no sys.stderr": ("", "sys.stderr = None"),
    "sys.stderr closed": ("", "sys.stderr.close()"),
    "closed from the start, as in a daemon": ("os.close(2); sys.stderr = None", ""),
    "closed later": ("", "os.close(2)"),
}


@pytest.mark.parametrize("before, after", PROCESSES.values(), ids=PROCESSES)
def test_a_good_picture_is_good_without_error_output(tmp_path, before, after):
    colours = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype="uint8")
    files = {tmp_path / f"good.{kind}": kind for kind in ("png", "tif")}
    for file in files:
        Image.fromarray(colours).save(file, **({"compression": "tiff_lzw"} if file.suffix == ".tif" else {}))
    Image.fromarray(colours).save(tmp_path / "good.jpg")
    # Importing TensorFlow takes seconds, and only what comes before it can spoil it.
    program = f"""import os, sys
{before or 'sys.modules["tensorflow"] = None'}
from nst_helpers.images import load_image
{after}
for kind in ("jpg", "png", "tif", "tif"):
    image = load_image(os.path.join(sys.argv[1], "good." + kind))
    print(image.shape, round(255 * float(image.mean()), 1))
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 4, done.stderr + done.stdout
    assert lines[1:] == [f"(1, 40, 50, 3) {colours.mean():.1f}"] * 3 and lines[0].startswith("(1, 40, 50, 3)")
