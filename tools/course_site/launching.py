"""The line under a notebook's title: where it can be run, and the file itself."""

import html
import os.path
from pathlib import PurePosixPath
from urllib.parse import quote

from launch_links import PLACEHOLDER, settings


def launch_links(name):
    """{words: address} for the notebook `name`, a path in the repository."""
    repository, hub = settings()
    lab = quote(f"lab/tree/{name}", safe="")
    pull = quote(f"lab/tree/{repository.split('/')[-1]}/{name}", safe="")
    source = quote(f"https://github.com/{repository}", safe="")
    return {
        "Binder": f"https://mybinder.org/v2/gh/{repository}/main?urlpath={lab}",
        "JupyterHub": f"https://{hub}/hub/user-redirect/git-pull?repo={source}&branch=main&urlpath={pull}",
        "Colab": f"https://colab.research.google.com/github/{repository}/blob/main/{name}",
    }


def on_paper_and_wall(name, pdf=None, slides=None):
    """{words: address from the page} of what the folders of tools/print_lessons.py and make_slides.py hold of it."""
    place = PurePosixPath(name)
    up = os.path.relpath(".", place.parent).replace(os.sep, "/")
    found = {}
    if pdf and place.parent.name == "notebooks" and (pdf / f"{place.stem.lower()}.pdf").is_file():
        found["PDF"] = f"{up}/pdf/{place.stem.lower()}.pdf"
    if slides and place.parent.name == "notebooks" and (slides / place.stem[:2] / "index.html").is_file():
        found["Slides"] = f"{up}/slides/{place.stem[:2]}/index.html"
    return found


def launch_line(name, further=None):
    """One paragraph of HTML; the notebook lies beside the page. further: {words: address} of more to be had."""
    elsewhere = launch_links(name).items() if settings()[0] != PLACEHOLDER else ()  # they would lead nowhere
    links = [f'<a href="{html.escape(address)}">{words}</a>' for words, address in elsewhere]
    begin = f"Open in {' · '.join(links)}. " if links else ""
    links = [f'<a href="{quote(PurePosixPath(name).name)}" download>Download the notebook</a>']
    links += [f'<a href="{html.escape(address)}">{words}</a>' for words, address in (further or {}).items()]
    return f'<p class="launch">{begin}{" · ".join(links)}</p>'
