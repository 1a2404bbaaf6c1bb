"""Render a stored notebook to pictures of its pages, so that maintainers can look at what learners see.

    python tools/render_notebook.py NOTEBOOK OUT_FOLDER [--mathjax node_modules/mathjax]

It writes OUT_FOLDER/NAME-1.png and so on, and NAME.pdf. It needs Chromium and pdftoppm (Debian: chromium and
poppler-utils) and no internet. Formulas are typeset with a copy of MathJax 2, made by `npm install mathjax@2.7.9`;
without it they are shown as they are written. What may go here: turning notebooks into pictures.
"""

import argparse
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

from nbconvert import HTMLExporter

# nbconvert makes the page; Chromium prints it by a line of ours: nbconvert's webpdf takes neither the @page size
# below nor an installed Chromium. Playwright takes both, but pictures of pages would need pdftoppm all the same.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND",  # not a byte from the internet
         "--allow-file-access-from-files", "--virtual-time-budget=30000", "--no-pdf-header-footer"]
PAGE = "<style>@page { size: 1000px 1400px; margin: 20px } .jp-OutputArea-output img { break-inside: avoid }</style>"


def find_program(*names, package):
    """The path of the first of these programs that is installed; the process ends with a sentence if none is."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit(f"{names[0]} is not installed; rendering needs it (Debian: apt-get install {package}).")


def to_html(notebook, mathjax=None):
    """The notebook as one HTML page with its pictures inside; `mathjax` is a folder with MathJax 2, or None."""
    script = Path(mathjax, "MathJax.js").resolve() if mathjax else None
    if script and not script.is_file():
        sys.exit(f"There is no MathJax.js in {mathjax}; npm install mathjax@2.7.9 makes node_modules/mathjax.")
    exporter = HTMLExporter(
        template_name="lab", embed_images=True, require_js_url="", jquery_url="",
        mathjax_url=f"{script.as_uri()}?config=TeX-AMS_SVG-full,Safe" if script else "")
    page, _ = exporter.from_filename(str(notebook))
    return page.replace("</head>", PAGE + "</head>", 1)


def run_program(*command):
    """Run a program; the process ends with the last lines of what it says if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if result.returncode:
        sys.exit(f"{Path(command[0]).name} failed:\n" + "\n".join(result.stderr.splitlines()[-5:]))


def render(notebook, folder, mathjax=None):
    """Write the pages of a notebook as pictures 1000 px wide; their paths. Pages of an earlier time are replaced."""
    chromium = find_program(*CHROMIUM, package="chromium")
    pdftoppm = find_program("pdftoppm", package="poppler-utils")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{notebook.stem}-[0-9]*.png"):
        old.unlink()
    pdf = folder / f"{notebook.stem}.pdf"
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch, "page.html")
        page.write_text(to_html(notebook, mathjax), encoding="utf-8")
        run_program(chromium, *FLAGS, f"--user-data-dir={scratch}/profile", f"--print-to-pdf={pdf}", page.as_uri())
    run_program(pdftoppm, "-png", "-scale-to-x", "1000", "-scale-to-y", "-1", str(pdf), str(folder / notebook.stem))
    return sorted(folder.glob(f"{notebook.stem}-[0-9]*.png"))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("out_folder", type=Path)
    parser.add_argument("--mathjax", type=Path, help="folder with MathJax 2, for formulas")
    options = parser.parse_args(arguments)
    if not options.notebook.is_file():
        sys.exit(f"There is no notebook {options.notebook}.")
    for page in render(options.notebook, options.out_folder.resolve(), options.mathjax):
        print(page)


if __name__ == "__main__":
    main()
