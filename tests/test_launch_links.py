"""One setting names the repository in every link; a change of it reaches all of them, and back.

What may go here: tests of tools/launch_links.py, and of the links in the files as they are stored.
"""

import re
import shutil
import tomllib

import launch_links
from launch_links import PLACEHOLDER, ROOT, files, linked, settings
import pytest

LINKS = re.compile(r"https://mybinder\.org/v2/gh/\S+|https://\S+/git-pull\?repo=\S+|https://colab\.\S+")


@pytest.fixture
def copy(tmp_path):
    """A folder with every file of the course that may hold a link, and the settings."""
    for path in [*files(), ROOT / "pyproject.toml"]:
        there = tmp_path / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    return tmp_path


def set_course(root, repository, hub):
    path, (old, old_hub) = root / "pyproject.toml", settings(root)
    text = path.read_text("utf-8")
    assert text.count(f'repository = "{old}"') == text.count(f'hub = "{old_hub}"') == 1
    text = text.replace(f'repository = "{old}"', f'repository = "{repository}"')
    path.write_text(text.replace(f'hub = "{old_hub}"', f'hub = "{hub}"'), "utf-8")


def texts(root):
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files(root)}


def test_all_links_are_those_of_the_setting():
    launch_links.main(["--check"])


def test_a_new_setting_reaches_every_place_and_the_old_one_comes_back(copy, capsys):
    before, (repository, hub) = texts(copy), settings(copy)
    written = re.compile(rf"(github\.com|/gh|/github)(/|%2F){repository.replace('/', '(/|%2F)')}")
    mine = {name for name, text in before.items() if written.search(text)}
    assert {"CITATION.cff", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "CONTRIBUTING.md", "notebooks/README.md",
            ".github/ISSUE_TEMPLATE/config.yml"} <= mine
    set_course(copy, "ann/art.course", "hub.example.org:8000")
    with pytest.raises(SystemExit, match=r"do not lead to ann/art.course and hub.example.org:8000. Run tools/launch"):
        launch_links.main(["--check"], copy)
    assert texts(copy) == before
    launch_links.main([], copy)
    after = texts(copy)
    assert {name for name in after if after[name] != before[name]} == mine
    assert "CITATION.cff: line" in capsys.readouterr().out
    for text in after.values():
        assert not re.search(rf"github\.com(/|%2F){repository.split('/')[0]}\b", text)
        for link in LINKS.findall(text):
            assert "art.course" in link and "ann" in link and ("/hub/" not in link or "hub.example.org:8000" in link)
            assert repository.split("/")[1] not in link
    launch_links.main(["--check"], copy)
    set_course(copy, repository, hub)
    launch_links.main([], copy)
    assert texts(copy) == before


BINDER = "https://mybinder.org/v2/gh/a/b/main?urlpath=lab%2Ftree%2Fnotebooks%2F00_start_here.ipynb"
HUB = "https://x.y/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fa%2Fb&branch=main&urlpath=lab%2Ftree%2Fb%2Fn"


@pytest.mark.parametrize("old, new", [
    (BINDER, BINDER.replace("/a/b/", "/ann/art/")),
    ("https://colab.research.google.com/github/a/b/blob/main/x.ipynb",
     "https://colab.research.google.com/github/ann/art/blob/main/x.ipynb"),
    (HUB, HUB.replace("x.y", "hub").replace("%2Fa%2Fb&", "%2Fann%2Fart&").replace("tree%2Fb", "tree%2Fart")),
    (HUB.replace("&", "&amp;"), HUB.replace("x.y", "hub").replace("%2Fa%2Fb&", "%2Fann%2Fart&")
     .replace("tree%2Fb", "tree%2Fart").replace("&", "&amp;")),
    ("https://github.com/me/mine/issues", "https://github.com/ann/art/issues"),
    ("at github.com/me/mine. So", "at github.com/ann/art. So"),
    ("git+https://github.com/me/mine.git", "git+https://github.com/ann/art.git"),
    (f"https://github.com/{PLACEHOLDER}", "https://github.com/ann/art"),
    ("https://me.github.io/mine/notebooks", "https://ann.github.io/art/notebooks"),
    # Other people's
    ("https://github.com/a/b/issues", None), ("https://github.com/me/mine-too", None),
    ("https://github.com/me/mine.js", None), ("https://me.github.io/minerals", None), ("me/mine", None),
])
def test_a_link_is_known_and_other_peoples_stay(old, new):
    assert linked(f"({old})", "ann/art", "hub", [PLACEHOLDER, "me/mine"]) == f"({new or old})"


@pytest.mark.parametrize("repository, hub, message", [
    ("ann", "HUB", "give owner and name"), ("https://github.com/ann/art", "HUB", "give owner and name"),
    ("ann/art", "https://hub.example.org", "give its name alone"),
])
def test_an_odd_setting_is_told_in_one_sentence(copy, repository, hub, message):
    set_course(copy, repository, hub)
    with pytest.raises(SystemExit, match=message):
        launch_links.main([], copy)


def test_no_file_but_the_settings_and_a_few_programs_holds_the_name():
    """Elsewhere the name stands in links that the tool writes; in programs it is read from pyproject.toml."""
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]["repository"]
    programs = [path for folder in ("docs", "tools", "nst_helpers") for path in (ROOT / folder).rglob("*.py")]
    holding = [path.name for path in programs if repository in path.read_text("utf-8")]
    assert set(holding) <= {"launch_links.py"}
