"""The site, built once for all tests of a session, without a network where the machine can cut it off.

What may go here: fixtures that test_site and test_browser_site share.
"""

from pathlib import Path
import shutil
import subprocess
import sys
import time

from course_site.places import ROOT
import pytest

PATIENCE = 900  # seconds: two cores that others use, too


def without_network(command):
    """The command, in a network of its own that leads nowhere; as it is where Linux does not offer one."""
    unshare = shutil.which("unshare")
    alone = [unshare, "--user", "--map-root-user", "--net"] if unshare else []
    works = alone and subprocess.run([*alone, "true"], capture_output=True).returncode == 0
    return [*alone, *command] if works else command


def build(folder):
    """Build the site as a maintainer does; what it said."""
    command = [sys.executable, str(ROOT / "tools" / "build_site.py"), str(folder)]
    return subprocess.run(without_network(command), capture_output=True, text=True, timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """The folder of the built site. Of several test processes the first one builds it, and the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, said = shared / "site", shared / "site.txt"
    try:
        (shared / "site.lock").mkdir()
    except FileExistsError:
        began = time.monotonic()
        while not said.exists() and time.monotonic() - began < PATIENCE:
            time.sleep(0.5)
    else:
        began = time.monotonic()
        result = build(folder)
        text = f"{result.stdout}{result.stderr}{time.monotonic() - began:.0f} seconds"
        Path(f"{said}.part").write_text(text, encoding="utf-8")
        Path(f"{said}.part").rename(said)
    assert (folder / "index.html").exists(), said.read_text(encoding="utf-8")
    print(said.read_text(encoding="utf-8"))
    return folder
