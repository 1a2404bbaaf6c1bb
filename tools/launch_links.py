"""Write the repository and the hub of [tool.course] in pyproject.toml into every link that needs them.

    uv run tools/launch_links.py             writes; to be run after a change of these two settings
    uv run tools/launch_links.py --check     writes nothing; fails if a link names another repository or hub

Launch links (Binder, Colab, a JupyterHub with nbgitpuller) are known by their form. A plain link to the repository, or
to its site, is known by the name that it has now: the one in CITATION.cff, or OWNER/REPOSITORY. Links to other people's
repositories stay. What may go here: where these links are, and what they look like.
"""

import argparse
from pathlib import Path
import re
import sys
import tomllib

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = "OWNER/REPOSITORY"
PLACES = ["*.md", "*.cff", "docs/**/*.md", ".github/**/*.md", ".github/**/*.yml", "notebooks/**/*.md",
          "notebooks/**/*.ipynb", "nst_helpers/**/*.md", "tests/**/*.md", "benchmarks/**/*.md", "data/**/*.md"]
NAME = r"[\w.-]+"


def settings(root=ROOT):
    """Repository ("owner/name") and hub, as pyproject.toml has them; ends with a sentence if they are odd."""
    course = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["course"]
    if not re.fullmatch(f"{NAME}/{NAME}", course["repository"]):
        sys.exit(f"[tool.course] repository is {course['repository']!r}; give owner and name, as in ann/nst-course.")
    if not re.fullmatch(r"[\w.:-]+", course["hub"]):
        sys.exit(f"[tool.course] hub is {course['hub']!r}; give its name alone, as in hub.example.org.")
    return course["repository"], course["hub"]


def files(root=ROOT):
    """All files that may hold such links."""
    found = {path for pattern in PLACES for path in root.glob(pattern)}
    return sorted(path for path in found if path.is_file() and ".ipynb_checkpoints" not in path.parts)


def names_so_far(root=ROOT):
    """The names that plain links to the repository have now."""
    cited = re.search(rf"^repository-code: \"?https://github\.com/({NAME}/{NAME})\"?$",
                      (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    return [PLACEHOLDER, *([cited[1]] if cited else [])]


def linked(text, repository, hub, so_far):
    """The text with all its links to the given repository and hub. so_far: what plain links may be called now."""
    owner, name = repository.split("/")
    for pattern, link in [
        (rf"(mybinder\.org/v2/gh/){NAME}/{NAME}/", rf"\g<1>{repository}/"),
        (rf"(colab\.research\.google\.com/github/){NAME}/{NAME}/", rf"\g<1>{repository}/"),
        (rf"https://[\w.:-]+(/hub/user-redirect/git-pull\?repo=https%3A%2F%2Fgithub\.com%2F){NAME}%2F{NAME}",
         rf"https://{hub}\g<1>{owner}%2F{name}"),
        (rf"(%2F{re.escape(name)}&(?:amp;)?branch=\w+&(?:amp;)?urlpath=lab%2Ftree%2F){NAME}(?=%2F)", rf"\g<1>{name}"),
    ]:
        text = re.sub(pattern, link, text)
    for old in so_far:
        old_owner, old_name = map(re.escape, old.split("/"))
        ends = r"(?![\w-]|\.(?!git\b)\w)"  # the dot of a sentence is no part of a name
        text = re.sub(rf"(github\.com/){old_owner}/{old_name}{ends}", rf"\g<1>{repository}", text)
        text = re.sub(rf"https://{old_owner}\.github\.io/{old_name}{ends}", f"https://{owner}.github.io/{name}", text)
    return text


def differences(root=ROOT):
    """{file: its text as it should be}, for each file that is not so."""
    repository, hub = settings(root)
    so_far, found = names_so_far(root), {}
    for path in files(root):
        text = path.read_text("utf-8")
        if (new := linked(text, repository, hub, so_far)) != text:
            found[path] = new
    return found


def lines_that_differ(old, new):
    """The numbers of the lines in which two texts differ."""
    pairs = zip(old.splitlines(), new.splitlines())  # a link stays on its line
    return [place for place, (before, after) in enumerate(pairs, start=1) if before != after]


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    options = parser.parse_args(arguments)
    repository, hub = settings(root)
    found = differences(root)
    for path, new in found.items():
        lines = lines_that_differ(path.read_text("utf-8"), new)
        print(f"{path.relative_to(root).as_posix()}: {'line' if len(lines) == 1 else 'lines'} "
              f"{', '.join(map(str, lines))}")
        if not options.check:
            path.write_text(new, "utf-8", newline="\n")
    if options.check and found:
        sys.exit(f"These links do not lead to {repository} and {hub}. Run tools/launch_links.py, without --check.")
    print(f"All links lead to {repository} and {hub}.")
    if found:
        print("Now run tools/first_cell.py: the set-up cell of each notebook names the repository, too.")


if __name__ == "__main__":
    main()
