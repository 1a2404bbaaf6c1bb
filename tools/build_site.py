"""Build the website of the course from the files of the repository, offline; no notebook is run.

    uv run tools/build_site.py [FOLDER] [--pdf FOLDER] [--slides FOLDER]

The site goes to FOLDER (results/site); open index.html there, or put the folder on any web server. It asks no other
server for anything. What tools/print_lessons.py and tools/make_slides.py have written can be taken along. Links between
files become links between pages, pictures of outputs become files, and what is no page (code, solutions) is linked on
GitHub. Every warning of Sphinx ends the build. What may go here: the order of the steps; each step is in
tools/course_site, the looks are in docs/conf.py and docs/_static.
"""

import argparse
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

from course_site.launching import on_paper_and_wall
from course_site.links import Links
from course_site.notebooks import PICTURES, stage_notebook, title_of, without_outputs
from course_site.pictures import MissingAlt
from course_site.places import BELOW, EXERCISES, ROOT, found, parts
from course_site.reference import Reference
from printing.assets import mathjax_folder

MATHJAX_FILES = ["tex-chtml.js", "output/chtml/fonts/woff-v2/*.woff", "input/tex/extensions/*.js"]
MARK = ".nojekyll"  # tells GitHub to leave the files alone, and this program that the folder is its own


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=ROOT / "results" / "site")
    arguments.add_argument("--pdf", type=Path, help="what tools/print_lessons.py wrote")
    arguments.add_argument("--slides", type=Path, help="what tools/make_slides.py wrote")
    options = arguments.parse_args()
    folder, beside = options.folder.resolve(), {"pdf": options.pdf, "slides": options.slides}
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        sys.exit(f"{folder} holds something else than a site. Name another folder.")
    with tempfile.TemporaryDirectory() as scratch:
        source, built = Path(scratch, "source"), Path(scratch, "site")
        try:
            broken = stage(source, **beside)
        except MissingAlt as error:
            sys.exit(str(error))
        if broken:
            sys.exit("\n".join(broken))
        run_sphinx(source, built, Path(scratch, "doctrees"))
        for name, taken in beside.items():
            if taken:
                shutil.copytree(taken, built / name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(built, folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder / 'index.html'}: {len(list(folder.rglob('*.html')))} pages, {size / 1e6:.1f} MB")


def stage(source, pdf=None, slides=None):
    """Write the source folder of the site, pages where they are in the repository; sentences about broken links."""
    links = Links()
    for name, place in links.pages.items():
        if name.endswith(".ipynb"):
            stage_notebook(name, source, links, on_paper_and_wall(name, pdf, slides))
        else:
            write(source / place, links.rewrite((ROOT / name).read_text(encoding="utf-8"), name))
    for name in links.pictures:
        write(source / name, (ROOT / name).read_bytes())
    for name, text in Reference().pages().items():
        write(source / name, text)
    write(source / EXERCISES, exercises())
    start = (source / "index.md").read_text(encoding="utf-8")
    write(source / "index.md", start + "".join(contents(title, names) for title, names in parts().items()))
    return links.broken


def write(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def contents(caption, names):
    """A part of the table of contents."""
    lines = [f"{title_of(name)} </{name}>" if name.endswith(".ipynb") else f"/{name}" for name in names]
    return "\n".join(["\n```{toctree}", ":hidden:", f":caption: {caption}", "", *lines, "```\n"]) if names else ""


def exercises():
    """The page above the exercise notebooks."""
    lines = [f"{title_of(name)} </{name}>" for name in found(BELOW[EXERCISES])]
    return "\n".join(["# Exercises", "", "About half an hour for each lesson: three to five tasks, each with a hint "
                      "and a check that names the probable mistake. They are worked on in a notebook: open one, and "
                      "run it beside its lesson.", "", "```{toctree}", ":maxdepth: 1", "", *lines, "```", ""])


def run_sphinx(source, built, doctrees):
    """Build the pages, and lay beside them what Sphinx does not: pictures of outputs, notebooks, MathJax."""
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-c", ROOT / "docs", "-d", doctrees, "-q",
               "--fail-on-warning", "--keep-going", source, built]
    if subprocess.run(command).returncode:
        sys.exit("Sphinx was not content; what it says above has to be mended.")
    shutil.copytree(source / PICTURES, built / PICTURES)
    for page in built.rglob("*.html"):
        notebook = ROOT / page.relative_to(built).with_suffix(".ipynb")
        if notebook.exists():
            write(page.with_suffix(".ipynb"), without_outputs(notebook))
    mathjax = mathjax_folder()
    for pattern in MATHJAX_FILES:
        for file in mathjax.glob(pattern):
            write(built / "_static" / "mathjax" / file.relative_to(mathjax), file.read_bytes())
    (built / ".buildinfo").unlink(missing_ok=True)
    (built / MARK).touch()


if __name__ == "__main__":
    main()
