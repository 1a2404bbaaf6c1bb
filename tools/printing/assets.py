"""What pages and slides need beside the lesson: MathJax, Reveal.js and a typeface, all from installed packages.

What may go here: where such files lie, and how they are written into a page. Nothing comes from another server.
"""

import base64
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
import json
from pathlib import Path
import shutil
import sys

HERE = Path(__file__).resolve().parent
TEMPLATES = {"extra_template_basedirs": [str(HERE / "templates")], "extra_template_paths": [str(HERE / "templates")]}
# The five files that formulas in TeX need, of the hundreds that MathJax has. SVG needs no fonts of its own.
MATHJAX_FILES = ("startup.js", "core.js", "input/tex.js", "output/svg.js", "output/svg/fonts/tex.js")
MATHJAX_SETTINGS = {
    "loader": {"load": ["input/tex", "output/svg"]},
    "tex": {"inlineMath": [["$", "$"]], "displayMath": [["$$", "$$"]], "packages": {"[-]": ["autoload", "require"]}},
    "options": {"ignoreHtmlClass": "no-math", "skipHtmlTags": {"[+]": ["code"]}},
    "svg": {"fontCache": "none"},  # formulas in slides that are not shown would miss a cache that they share
}
REVEAL_FILES = ("LICENSE", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
FACES = {"regular": ("normal", 400), "italic": ("italic", 400), "semibold": ("normal", 600),
         "semibolditalic": ("italic", 600)}


def mathjax_folder():
    """Where MathJax lies; the process ends with a sentence if it is not installed."""
    try:
        found = distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static/mathjax")
    except PackageNotFoundError:
        sys.exit("sphinx-mathjax-offline is not installed; formulas need it (uv sync).")
    return Path(found)


def reveal_folder():
    """Where Reveal.js lies; the process ends with a sentence if it is not installed."""
    spec = find_spec("sphinx_revealjs")
    if not spec:
        sys.exit("sphinx-revealjs is not installed; slides and their typeface need it (uv sync).")
    return Path(spec.submodule_search_locations[0], "_static", "revealjs")


def mathjax_tags(address):
    """The two script elements that typeset a page, with MathJax at this address."""
    settings = json.dumps(MATHJAX_SETTINGS)
    return f'<script>window.MathJax = {settings};</script>\n<script src="{address}/startup.js"></script>'


def typeface():
    """Source Sans Pro as rules of CSS with the files inside, so that a page looks the same on every computer."""
    folder = reveal_folder() / "dist" / "theme" / "fonts" / "source-sans-pro"
    rules = []
    for name, (style, weight) in FACES.items():
        data = base64.b64encode((folder / f"source-sans-pro-{name}.woff").read_bytes()).decode()
        rules.append(f"@font-face {{ font-family: 'Source Sans Pro'; font-style: {style}; font-weight: {weight}; "
                     f"src: url(data:font/woff;base64,{data}) format('woff'); }}")
    return "\n".join(rules)


def copy_for_slides(folder):
    """Put Reveal.js, the part of MathJax that slides need, and the typeface into `folder`."""
    parts = [(reveal_folder(), name, folder / name) for name in REVEAL_FILES]
    parts += [(mathjax_folder(), name, folder / "mathjax" / name) for name in MATHJAX_FILES]
    for source, name, target in parts:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)
    (folder / "typeface.css").write_text(typeface(), encoding="utf-8")
