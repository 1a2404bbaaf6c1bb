"""JupyterLab driven like a learner drives it: a server on a copy of the notebooks, and a page in headless Chromium.

What may go here: the moves of a hand (open, run, interrupt, drag) and looks at the screen. What has to be seen there
is judged in test_browser.
"""

import contextlib
import json
import os
from pathlib import Path
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # not a byte from the internet
PATIENCE = 300_000  # milliseconds: a slow machine is slow, not broken
SETTLED = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map(p => p.textContent);
    return prompts.some(p => /[0-9]/.test(p)) && !prompts.some(p => p.includes('*'));
}"""


def start_command():
    """What the README says after `uv run` to start JupyterLab, from the environment that runs the tests."""
    name, *arguments = shlex.split(re.search(r"uv run (.+)", (ROOT / "README.md").read_text("utf-8"))[1])
    program = shutil.which(name, path=Path(sys.executable).parent)
    assert program, f"{name} is not in this environment. Install the course anew, in editable mode."
    return [program, *arguments]


def copy_of_the_course(folder):
    """Notebooks without outputs, so that every picture on the screen was made there, and what they need."""
    for name in ("data", "nst_helpers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "course.py", folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for path in (folder / "notebooks").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.update(outputs=[], execution_count=None)
        nbformat.write(notebook, path)


@contextlib.contextmanager
def jupyterlab(folder):
    """Serve the course in `folder` as the README says, with settings of its own; its address, and the token."""
    config = folder / ".config" / "labconfig"
    config.mkdir(parents=True)
    news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "page_config.json").write_text(json.dumps(news), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {"JUPYTER_CONFIG_DIR": folder / ".config", "JUPYTER_DATA_DIR": folder / ".data", "PYTHONPATH": folder,
           "JUPYTERLAB_SETTINGS_DIR": folder / ".settings", "JUPYTERLAB_WORKSPACES_DIR": folder / ".workspaces",
           "JUPYTER_TOKEN": token}
    command = [*start_command(), "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
               "--ServerApp.port_retries=0"]
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log,
                                  env={**os.environ, **{name: str(value) for name, value in own.items()}})
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, folder / "server.log")
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()  # it stops its kernels, too
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(address, server, log, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Lab:
    """One notebook, open in JupyterLab; without a path the one that it opens by itself."""

    def __init__(self, page, server, path=None):
        self.page, (self.address, self.token) = page, server
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.address}/{f'lab/tree/{path}' if path else ''}?token={self.token}&reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        # Before its kernel is there, JupyterLab answers "Run" with the question which kernel to take.
        page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for()

    def menu(self, name, entry):
        """Choose an entry of a menu in the menu bar."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def cell(self, text):
        """The code cell whose source holds this text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".jp-InputArea", has_text=text)).first

    def run_up_to(self, cell):
        """Run everything above a cell, and the cell."""
        cell.locator(".jp-InputArea-prompt").click()
        self.menu("Run", "Run All Above Selected Cell")
        cell.locator(".jp-InputArea-prompt").click()
        self.menu("Run", "Run Selected Cell and Do not Advance")

    def wait_until_settled(self):
        """Until something has run and nothing waits to run."""
        self.page.wait_for_function(SETTLED)

    def interrupt(self):
        self.page.locator('jp-button[data-command="notebook:interrupt-kernel"], '
                          '[data-jp-item-name="interrupt"]').first.click()

    def restart_and_run_all(self):
        self.menu("Kernel", "Restart Kernel and Run All Cells…")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def in_file_list(self, *names):
        """From the root of the file list, go into each folder named; the entry with the last name."""
        self.page.locator(".jp-BreadCrumbs-home").click()
        for name in names:
            entry = self.page.locator(".jp-DirListing-item", has=self.page.get_by_text(name, exact=True))
            entry.wait_for()
            if name != names[-1]:
                entry.dblclick()
        return entry

    def drag_across(self, element):
        """Press the mouse at the left of an element, draw it through the middle to the right, and let go."""
        element.scroll_into_view_if_needed()
        box, mouse = element.bounding_box(), self.page.mouse
        right, down = box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2
        mouse.move(right, down)
        mouse.down()
        mouse.move(right + box["width"] * 0.6, down, steps=20)
        mouse.up()

    def faults(self):
        """The texts of tracebacks and of what was written to stderr."""
        kinds = ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr")
        found = [text for kind in kinds
                 for text in self.page.locator(f'.jp-OutputArea-output[data-mime-type="{kind}"]').all_inner_texts()]
        return [text for text in found if text.strip()]  # an empty one comes and goes on a busy machine

    def close(self):
        """Stop all kernels, so that the next notebook has the memory to itself; also where the page hangs."""
        kernels, token = f"{self.address}/api/kernels", {"Authorization": f"token {self.token}"}
        for kernel in self.page.request.get(kernels, headers=token).json():
            self.page.request.delete(f"{kernels}/{kernel['id']}", headers=token)
