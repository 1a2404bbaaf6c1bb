"""The studio as an application: `course studio` as a process, and several visitors at once in headless Chromium.

What may go here: what visitors of one server see, what they must not see, and what the server takes and leaves. What
the page itself does belongs to the studio's own tests.
"""

import contextlib
import os
from pathlib import Path
import shutil
import socket
import sys
import threading
import time

from nst_helpers.images import load_image
from nst_helpers.records import read_record

from jupyterlab_page import PATIENCE, ROOT, copy_of_the_course
import nbformat
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import psutil
import pytest

pytestmark = pytest.mark.browser
PHOTOS = ["chelsea", "mountains", "coffee"]
QUIETLY = ["--no-browser", "--Voila.ip=127.0.0.1", "--port={port}", "--Voila.port_retries=0"]
FREE = 2e9, 0.6e9  # bytes that the studio may take for one visitor, and for each further one
pytest.importorskip("voila", reason="Voilà is not installed; the studio as an application left out.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the course."""
    folder = tmp_path_factory.mktemp("studio")
    copy_of_the_course(folder)
    shutil.copytree(ROOT / "app", folder / "app", dirs_exist_ok=True)
    shutil.copy(ROOT / "voila.json", folder)
    (folder / "tmp").mkdir()
    if not (folder / "notebooks" / "studio.ipynb").exists():
        code = v4.new_code_cell("from nst_helpers.studio import studio\nstudio()")
        cells = [v4.new_markdown_cell("# The studio"), code]
        nbformat.write(clean(v4.new_notebook(cells=cells)), folder / "notebooks" / "studio.ipynb")
    return folder


class Server:
    """A command that serves in `folder`; `peak` is the most memory (bytes) that it took with all its kernels."""

    def __init__(self, folder, *command, page=""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {"JUPYTER_CONFIG_DIR": folder / ".config", "JUPYTER_DATA_DIR": folder / ".data", "PYTHONPATH": folder,
               "TMPDIR": folder / "tmp"}
        environment = {**os.environ, **{key: str(value) for key, value in own.items()}}
        name, *arguments = (each.format(port=port) for each in command)
        program = shutil.which(name, path=Path(sys.executable).parent)
        with open(folder / "server.log", "w") as log:
            self.process = psutil.Popen([program, *arguments], cwd=folder, stdout=log, stderr=log, env=environment)
        self.address, self.log = f"http://127.0.0.1:{port}/{page}", folder / "server.log"
        self.peak, self.resident, self._ended = 0, 0, threading.Event()
        self._watch = threading.Thread(target=self._measure, daemon=True)
        self._watch.start()

    def wait(self):
        """Until it answers."""
        port = int(self.address.split(":")[2].split("/")[0])
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return self
            assert self.process.poll() is None, self.log.read_text("utf-8")[-2000:]
            time.sleep(0.2)
        raise AssertionError("It did not start.")

    def kernels(self):
        """Processes below the server."""
        return [child for child in self.process.children(recursive=True) if is_alive(child)]

    def _measure(self):
        while not self._ended.wait(0.25):
            with contextlib.suppress(psutil.Error):
                processes = [self.process, *self.kernels()]
                self.peak = max(self.peak, sum(map(memory, processes)))
                self.resident = max(self.resident, sum(process.memory_info().rss for process in processes))

    def stop(self):
        """End it as a terminal's Ctrl+C or a service manager does; processes that outlived it."""
        self._ended.set()
        self._watch.join()
        kernels = self.kernels()
        self.process.terminate()
        try:
            self.process.wait(60)
        except psutil.TimeoutExpired:
            self.process.kill()
        psutil.wait_procs(kernels, timeout=5)
        alive = [kernel for kernel in kernels if is_alive(kernel)]
        for each in alive:
            each.kill()
        return alive


def is_alive(process):
    """Whether it runs; one that has ended may wait for somebody to ask how."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def memory(process):
    """Bytes; what several processes share counts once, where the system tells."""
    found = process.memory_full_info()
    return getattr(found, "pss", found.rss)


@pytest.fixture
def serve(folder):
    """Start a server; at the end it and its kernels are gone."""
    servers = []

    def serve(*command, **options):
        servers.append(Server(folder, *command, **options))
        return servers[-1].wait()

    yield serve
    alive = [server.stop() for server in servers if server.process.is_running()]
    assert not any(alive)


class Visitor:
    """One browser of its own, with the page open; `foreign` are requests to other hosts, `faults` what went wrong."""

    def __init__(self, browser, server):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.foreign, self.faults, self.seen = [], [], []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(server.address)

    def _note(self, request):
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def find(self, selector):
        return self.page.locator(f".nst-studio {selector}")

    def wait(self):
        self.find(".photos .thumb").first.wait_for()
        return self

    def ask(self, photo, size="256", steps="20"):
        """Choose, click Paint, and wait until it paints or has painted: a busy page may hear of both at once."""
        before = self.find(".last .result").count()
        self.find(f".photos .thumb[data-name='{photo}']").click()
        self.find("[data-choice=size]").select_option(size)
        self.find("[data-choice=steps]").select_option(steps)
        self.find(".go").click()
        self.page.wait_for_function("""before => !document.querySelector(".nst-studio .going").hidden
            || document.querySelectorAll(".nst-studio .last .result").length > before""", arg=before)

    def is_done(self):
        """Whether the picture is there; what is said meanwhile is kept in `seen`."""
        self.seen.append(self.find(".time").inner_text() if self.find(".time").is_visible() else "")
        return self.find(".go").is_enabled() and self.find(".last .result").count() > 0

    def download(self, path):
        with self.page.expect_download() as waited:
            self.find(".save").click()
        waited.value.save_as(path)
        return path


@pytest.fixture
def visit(browser):
    visitors = []

    def visit(server):
        visitors.append(Visitor(browser, server))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.foreign for visitor in visitors] == [[]] * len(visitors)
    assert [visitor.faults for visitor in visitors] == [[]] * len(visitors)


def wait_until(what, seconds=PATIENCE / 1000):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.2)


def grey(image):
    """A small picture (1, H, W, 3) or a file, as a list of numbers to be compared."""
    picture = Image.open(image) if isinstance(image, Path) else Image.fromarray(np.uint8(image[0] * 255))
    return np.asarray(picture.convert("L").resize((24, 24)), "float64").ravel()


def test_three_visitors_paint_at_once_and_the_fourth_is_told_to_wait(serve, visit, folder, tmp_path):
    server = serve("course", "studio", *QUIETLY)
    visitors = [visit(server) for _ in PHOTOS]
    for visitor in visitors:
        visitor.wait()
    page = visitors[0].page
    assert page.title() == "The studio" and page.locator("body[data-jp-theme-light=true]").count()
    assert "nst_helpers" not in page.locator("body").inner_text()  # no source

    # A fourth gets one sentence, and nothing is started.
    fourth = visit(server)
    told = fourth.page.locator("body").inner_text().strip()
    assert told == "All 3 places are taken. This page tries again by itself."
    assert fourth.page.locator("meta[http-equiv=refresh]").count() and len(server.kernels()) == 3
    fourth.page.goto("about:blank")

    # What one visitor brings in is nobody else's.
    Image.effect_noise((1800, 1500), 90).save(tmp_path / "secret.png")
    assert (tmp_path / "secret.png").stat().st_size > 2_000_000  # it comes in several messages
    with page.expect_file_chooser() as chooser:
        visitors[0].find(".photos .own").click()
    chooser.value.set_files(tmp_path / "secret.png")
    visitors[0].find(".photos .thumb[data-name='secret.png']").wait_for()

    for visitor, photo in zip(visitors, PHOTOS):
        visitor.ask(photo)
    wait_until(lambda: sum(visitor.is_done() for visitor in visitors) == len(visitors))  # each is looked at
    assert any("before yours" in said for visitor in visitors for said in visitor.seen)
    for visitor in visitors[1:]:
        assert not visitor.find("[data-name='secret.png']").count() and not visitor.find("img[alt*=secret]").count()

    # Each has its own picture.
    photos = [grey(load_image(photo, 64)) for photo in PHOTOS]
    for number, (visitor, photo) in enumerate(zip(visitors, PHOTOS)):
        file = visitor.download(tmp_path / f"{photo}.png")
        record = read_record(file)
        assert record["arguments"]["content_image"] == record["studio"]["photo"] == photo
        assert (record["arguments"]["size"], record["arguments"]["steps"]) == (256, 20)
        alike = [np.corrcoef(grey(file), each)[0, 1] for each in photos]
        assert np.argmax(alike) == number, alike
        assert visitor.find(".last .result").count() == 1

    # A page that is loaded anew has a kernel of its own, gives the old one back, and finds its result in the browser.
    old = {kernel.pid for kernel in server.kernels()}
    visitors[1].page.reload()
    visitors[1].find(".last .result").first.wait_for()
    wait_until(lambda: len(server.kernels()) == 3 and len(old & {kernel.pid for kernel in server.kernels()}) == 2)
    visitors[0].find(f".photos .thumb[data-name='{PHOTOS[2]}'][aria-pressed=false]").click()
    visitors[0].find(f".photos .thumb[data-name='{PHOTOS[2]}'][aria-pressed=true]").wait_for()  # it still answers

    allowed = FREE[0] + FREE[1] * (len(visitors) - 1)
    print(f"\nThe server and three kernels took {server.peak / 1e9:.2f} GB at most, of {allowed / 1e9:.1f} GB; "
          f"{server.resident / 1e9:.2f} GB where shared pages count in each process.")
    assert server.peak < allowed
    assert list((folder / "tmp").glob("nst-studio-*/secret.png"))
    assert server.stop() == []
    # The folder of the queue may stay; nobody stands in it. Python may keep what TensorFlow writes there.
    assert [left for left in (folder / "tmp").rglob("*") if left.is_file() and left.suffix != ".pyc"] == []
    assert len(list((folder / "tmp").glob("nst-studio-*"))) == 1


def test_a_place_that_is_not_used_is_given_to_others(serve, visit):
    server = serve("course", "studio", "--visitors", "1", "--Places.cull_idle_timeout=3", "--Places.cull_interval=1",
                   *QUIETLY)
    first = visit(server).wait()
    first.ask("chelsea", steps="80")  # takes longer than a page may be idle
    kernel, = server.kernels()
    second = visit(server)
    assert "The one place is taken." in second.page.locator("body").inner_text()
    wait_until(first.is_done)
    assert is_alive(kernel)
    first.page.locator("#ended").wait_for()
    assert "Your last results are kept" in first.page.locator("#ended").inner_text() and not is_alive(kernel)
    second.wait()  # its page has tried again by itself


@pytest.mark.parametrize("page, command", [
    ("", ["voila", "notebooks/studio.ipynb", *QUIETLY]),
    ("voila/render/notebooks/studio.ipynb",  # as on Binder: JupyterLab's server with Voilà beside it
     ["course", "--no-browser", "--ip=127.0.0.1", "--port={port}", "--allow-root", "--IdentityProvider.token="]),
])
def test_other_ways_to_start_it_show_the_same_page(serve, visit, page, command):
    visitor = visit(serve(*command, page=page)).wait()
    assert visitor.page.title() == "The studio"
    visitor.find(".photos .thumb[data-name='coffee']").click()
    visitor.find(".photos .thumb[data-name='coffee'][aria-pressed=true]").wait_for()
