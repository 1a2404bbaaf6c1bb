"""The command `course`: JupyterLab at the root of the course, with lesson 00 open; `course studio`: the studio alone;
`course exhibition FOLDER`: the pictures of a folder on one page.

`jupyter lab notebooks/FILE` would make notebooks/ the root of the file list, and data/ and results/ would lie outside.
Other arguments go on to JupyterLab, as in `course --no-browser`, or to Voilà, which serves the studio to several
visitors: `course studio --visitors 5 --Voila.ip=0.0.0.0`. Voilà reads voila.json at the root, finds the page in app/,
and takes Places from here, also where it is started as `voila notebooks/studio.ipynb`.

This is no part of nst_helpers, because importing that brings TensorFlow along, which a server does not need. (The
exhibition imports it only when it is asked for.) What may go here: how the course is started.
"""

import asyncio
from datetime import UTC, datetime
import os
from pathlib import Path
import sys

from jupyter_core.paths import jupyter_config_path
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyterlab.labapp import LabApp
from tornado.web import HTTPError
from traitlets import Integer

ROOT = Path(__file__).resolve().parent
FIRST = "/lab/tree/notebooks/00_start_here.ipynb"
ABANDONED = 60  # seconds that a kernel is kept whose page is gone and did not say so
PATIENCE = 2  # seconds until one visitor too many is told so: a page that is loaded anew frees its place meanwhile

# Voilà looks for pages in Jupyter's folders only; app/ becomes one of them.
folders = [str(ROOT / "app"), *filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))]
os.environ["JUPYTER_PATH"] = os.pathsep.join(dict.fromkeys(folders))


class Places(AsyncMappingKernelManager):
    """Kernels for a few visitors at a time: each takes about 0.6 GB."""

    visitors = Integer(3, min=1, help="How many visitors may be there at once; one more waits.").tag(config=True)

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.coming, self.leaving = 0, set()

    async def start_kernel(self, **arguments):
        """As the base class does, or an error 503, whose page tries again by itself."""
        for _ in range(PATIENCE * 10):
            if self.is_free:
                break
            await asyncio.sleep(0.1)
        if not self.is_free:
            places = "The one place is" if self.visitors == 1 else f"All {self.visitors} places are"
            raise HTTPError(503, f"{places} taken. This page tries again by itself.")
        self.coming += 1  # before anything is awaited: two visitors never get one place
        try:
            arguments["env"] = {"OPENBLAS_NUM_THREADS": "1", **(arguments.get("env") or os.environ)}
            return await super().start_kernel(**arguments)
        finally:
            self.coming -= 1

    @property
    def is_free(self):
        """Whether there is a place for one more."""
        return len(set(self.list_kernel_ids()) - self.leaving) + self.coming < self.visitors

    async def shutdown_kernel(self, kernel_id, *arguments, **options):
        """As the base class does; the place is free as soon as this is asked for."""
        self.leaving.add(kernel_id)
        try:
            return await super().shutdown_kernel(kernel_id, *arguments, **options)
        finally:
            self.leaving.discard(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id):
        """As the base class does, and sooner where no page is there: it was closed before it had come."""
        kernel, pages = self._kernels[kernel_id], self._kernel_connections.get(kernel_id)  # None: it only begins
        if pages != 0 or kernel.execution_state == "busy":
            return await super().cull_kernel_if_idle(kernel_id)
        if (datetime.now(UTC) - kernel.last_activity).total_seconds() > ABANDONED:
            await self.shutdown_kernel(kernel_id)


def studio(arguments):
    """Serve notebooks/studio.ipynb with Voilà until it is stopped."""
    try:
        from voila.app import Voila
    except ImportError:
        sys.exit("The studio needs Voilà: install the course with its extra `studio`, as in pip install -e .[studio]")

    class Studio(Voila):
        classes = [*Voila.classes, Places]
        aliases = {**Voila.aliases, "visitors": "Places.visitors"}

    Studio.launch_instance([str(ROOT / "notebooks" / "studio.ipynb"), *arguments],
                           config_file_paths=[str(ROOT), *jupyter_config_path()])


def exhibition(arguments):
    """Write the exhibition page."""
    from nst_helpers.exhibition.command import main
    main(arguments)


def main():
    """Start what is asked for; the arguments of the command line come last, so that they win."""
    subcommand = {"studio": studio, "exhibition": exhibition}.get(next(iter(sys.argv[1:]), None))
    if subcommand:
        return subcommand(sys.argv[2:])
    LabApp.launch_instance([f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={FIRST}", *sys.argv[1:]])


if __name__ == "__main__":
    main()
