"""The papers of the house: what they name is there, forms can be read, and the index lists everything.

What may go here: CONTRIBUTING, CHANGELOG, CODE_OF_CONDUCT, the forms for reports and changes, notebooks/README.md.
Citation and workflows have tests of their own.
"""

from datetime import date
import re
import tomllib

from make_exercises import SOLUTIONS
from notebook_reading import ROOT
import pytest
import yaml

PAPERS = ["CONTRIBUTING.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", ".github/PULL_REQUEST_TEMPLATE.md",
          "notebooks/README.md"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]_*.yml"))
# What a reader will make.
EXAMPLES = re.compile(r"\b(15_my_lesson|lesson_15|15)\b|water_lilies|harbour|\b(FILE|FOLDER)\b")
FOLDERS = "notebooks|nst_helpers|data|tests|tools|docs|benchmarks|binder|app"
COMMAND = re.compile(r"(?:^|`)((?:python3 -m )?(?:uv run|pip|python) .+?)(?:`|$| {2,}#)", re.MULTILINE)
VERSION = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", re.MULTILINE)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text):
    """Commands between backticks or on lines of their own, without `python3 -m pip install uv &&` before them."""
    return [command.rpartition("&& ")[2].removeprefix("python3 -m ") for command in COMMAND.findall(text)]


def paths(text):
    """Files and folders of the course that a text names, in code or in prose, but those of its examples."""
    found = re.findall(rf"(?<![\w/.])((?:{FOLDERS})/[\w./-]*\w|[A-Z_]+\.(?:md|cff)|pyproject\.toml)", text)
    return [path for path in found if not EXAMPLES.search(path)]


@pytest.mark.parametrize("name", PAPERS)
def test_each_path_that_is_named_is_there(name):
    folder = (ROOT / name).parent
    for path in paths(text_of(name)):
        assert (ROOT / path).exists() or (folder / path).exists(), path


@pytest.mark.parametrize("name", PAPERS)
def test_each_link_leads_somewhere(name):
    text = text_of(name)
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
        file, _, anchor = "".join(link).partition("#")
        if file.startswith("https://") or EXAMPLES.search(file):
            continue
        target = (ROOT / name).parent / file if file else ROOT / name
        assert target.exists(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE) if anchor else []
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, link


def test_each_command_is_one_that_there_is():
    found = {command for name in PAPERS for command in commands(text_of(name))}
    assert len(found) >= 8
    scripts = tomllib.loads(text_of("pyproject.toml"))["project"]["scripts"]
    for command in found:
        program, *rest = command.removeprefix("uv run ").split()
        ours = program.startswith(("tools/", "benchmarks/"))
        known = (ROOT / program).is_file() if ours else program in {"pytest", "ruff", *scripts}
        assert known or rest[:2] == ["-m", "nst_helpers"], command
        for option in re.findall(r"--(?!help)\w+", command) if ours else []:
            assert option in text_of(program), command
    assert "uv run python -m nst_helpers" in found and (ROOT / "nst_helpers" / "__main__.py").is_file()


def test_commands_and_paths_are_found():
    text = "`uv run tools/x.py 15` or\npython3 -m pip install uv && python3 -m uv run course\n`data/a.md`, tests/b"
    assert commands(text) == ["uv run tools/x.py 15", "uv run course"]
    assert paths(text + " data/photos/harbour.jpg LICENSE.md") == ["tools/x.py", "data/a.md", "tests/b", "LICENSE.md"]


def test_names_that_a_lesson_is_entered_under_are_there():
    """CONTRIBUTING sends its readers to lists inside files."""
    text = text_of("CONTRIBUTING.md")
    for name, file in re.findall(r"`([A-Z_]{5,})`\s+(?:of|in)\s+`([\w/.]+)`", text):
        assert re.search(rf"^{name} = ", text_of(file), re.MULTILINE), f"{file} has no {name}"


def test_each_part_of_contributing_fits_on_a_screen():
    for part in re.split(r"^## ", text_of("CONTRIBUTING.md"), flags=re.MULTILINE):
        assert len(part.splitlines()) <= 40, part.splitlines()[0]


def test_the_newest_version_is_that_of_the_project():
    versions = VERSION.findall(text_of("CHANGELOG.md"))
    assert versions[0][0] == tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert [date.fromisoformat(day) for _, day in versions] == sorted((date.fromisoformat(day) for _, day in versions),
                                                                      reverse=True)
    for version, _ in versions:
        assert re.search(rf"^\[{re.escape(version)}\]: https://", text_of("CHANGELOG.md"), re.MULTILINE)


# Forms

@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_github_reads_and_asks_for_versions(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(form) <= {"name", "description", "body", "labels", "title"}
    names = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert names and len(names) == len(set(names))
    for part in form["body"]:
        assert part["type"] in {"markdown", "input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"].get("value" if part["type"] == "markdown" else "label")
        assert ("options" in part["attributes"]) == (part["type"] in {"dropdown", "checkboxes"})
        assert set(part) <= {"type", "id", "attributes", "validations"}
    [versions] = [part for part in form["body"] if part.get("id") == "versions"]
    assert "python -m nst_helpers" in str(versions["attributes"])
    assert versions["validations"]["required"] == path.stem.endswith("fault")


def test_there_are_forms_and_the_one_for_changes_asks_for_versions_too():
    assert len(FORMS) == 3 and "`python -m nst_helpers`" in text_of(".github/PULL_REQUEST_TEMPLATE.md")
    chooser = yaml.safe_load(text_of(".github/ISSUE_TEMPLATE/config.yml"))
    assert all(set(link) == {"name", "url", "about"} for link in chooser["contact_links"])


# The index

def test_the_index_lists_everything_that_is_in_the_folder():
    text, folder = text_of("notebooks/README.md"), ROOT / "notebooks"
    there = {path.name for path in folder.iterdir() if not path.name.startswith((".", "README"))}
    linked = {link.partition("/")[0] for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert there <= linked, there - linked
    assert SOLUTIONS.name in linked
