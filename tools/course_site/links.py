"""Links between files of the repository, turned into links between pages of the site.

A link to a page stays a link to that page. Pictures come along. All else (code, folders, solutions) is reached on
GitHub. What may go here: what can be said about a link without building anything.
"""

import os.path
import posixpath
import re
from urllib.parse import quote, unquote

from launch_links import settings
from myst_parser.slugs import github_slugify

from course_site.places import FOLDERS, ROOT, pages

PICTURES = (".jpg", ".jpeg", ".png", ".svg", ".webp", ".gif")
CODE = re.compile(r"(^ *```.*?^ *```|^ *~~~.*?^ *~~~|(?<!`)`+[^`]+`+(?!`))", re.MULTILINE | re.DOTALL)
LINK = re.compile(r'(\]\(|(?:src|href)=")([^)"\s]+)')
OUTSIDE = re.compile(r"[a-z]+:", re.IGNORECASE)


def github(name):
    """The address of a file or folder of the repository on GitHub."""
    kind = "tree" if (ROOT / name).is_dir() else "blob"
    return f"https://github.com/{settings()[0]}/{kind}/main/{quote(name)}"


def slug(fragment):
    """The anchor of a heading as MyST makes it, of what JupyterLab or GitHub makes of the same heading."""
    return github_slugify(unquote(fragment))


class Links:
    """Rewrites the links of files.

    pages: {file in the repository: file in the source folder}. pictures: those that the site needs. broken: a
    sentence for each link that leads to nothing.
    """

    def __init__(self):
        self.pages = pages()
        self.pictures = set()
        self.broken = []

    def rewrite(self, text, name):
        """`text` of the file `name` with each link as the site needs it. Code is left alone."""
        parts = CODE.split(text)
        parts[::2] = [LINK.sub(lambda found: found[1] + self.target(found[2], name), part) for part in parts[::2]]
        return "".join(parts)

    def target(self, link, name):
        """Where a link of the file `name` leads to from its page."""
        if OUTSIDE.match(link):
            return link
        path, _, fragment = link.partition("#")
        anchor = f"#{slug(fragment)}" if fragment else ""
        if not path:
            return anchor
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
        place = self._place(wanted, anchor)
        if place:
            return self._relative(place, name) + anchor
        if wanted.startswith("..") or not (ROOT / wanted).exists():
            self.broken.append(f"{name} links to {link}, which is not there.")
        return github(wanted) + anchor

    def _place(self, wanted, anchor):
        """The file in the site that holds what is wanted; None where it is no part of the site."""
        if wanted == "README.md" and not anchor:
            return "index.md"
        if wanted in FOLDERS:
            return FOLDERS[wanted]
        if wanted.endswith(PICTURES) and (ROOT / wanted).is_file():
            self.pictures.add(wanted)
            return wanted
        return self.pages.get(wanted)

    def _relative(self, place, name):
        here = posixpath.dirname(self.pages.get(name, name))
        return quote(os.path.relpath(place, here or ".").replace(os.sep, "/"))
