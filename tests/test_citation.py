"""CITATION.cff keeps to the Citation File Format 1.2.0, and says what pyproject.toml says.

The schema itself is not stored here; what is used of it is written out below, more strictly. What may go here: citing.
"""

from datetime import date
import re
import tomllib

from notebook_reading import ROOT
import pytest
import yaml

TEXT = (ROOT / "CITATION.cff").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
URL, DOI = r"https://\S+", r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+"
TEXTS = {"title", "message", "abstract", "version", "journal", "collection-title"}
INTEGERS = {"year", "start", "end", "volume", "month"}
REQUIRED = {"authors", "cff-version", "message", "title"}
KEYS = REQUIRED | {"abstract", "type", "version", "date-released", "license", "repository-code", "url", "keywords",
                   "references"}
REFERENCE = {"authors", "title", "type"}
REFERENCE_KEYS = REFERENCE | {"journal", "collection-title", "year", "month", "volume", "start", "end", "doi", "url"}
PERSON, ENTITY = {"family-names", "given-names", "name-particle", "affiliation", "orcid"}, {"name", "website"}


def value_problem(key, value):
    """What is wrong with the value of a key, or None."""
    if key in INTEGERS:
        return None if type(value) is int else f"{key}: {value!r} is no whole number"
    if key in TEXTS:
        return None if isinstance(value, str) and value.strip() else f"{key}: {value!r} is no text"
    pattern = {"url": URL, "repository-code": URL, "doi": DOI, "cff-version": r"1\.2\.0",
               "date-released": r"\d{4}-\d\d-\d\d"}.get(key, "")
    if pattern and not (isinstance(value, str) and re.fullmatch(pattern, value)):
        return f"{key}: {value!r} is not of the right form"
    if key in {"license", "keywords"} and not (value and isinstance(value, list) and len(set(value)) == len(value)):
        return f"{key}: {value!r} is no list of different texts"
    return None


def author_problem(author):
    """A person, or an entity with a name; all values are texts."""
    is_person = set(author) <= PERSON and "family-names" in author
    is_entity = set(author) <= ENTITY and "name" in author
    if not (is_person or is_entity) or not all(isinstance(value, str) and value for value in author.values()):
        return f"authors: {author!r} is neither a person nor an entity"
    return None


def problems(citation, required=REQUIRED, keys=KEYS, types=("software", "dataset")):
    """All that is wrong with a citation or a reference."""
    found = [f"{key} is missing" for key in sorted(required - set(citation))]
    found += [f"{key} is no key" for key in sorted(set(citation) - keys)]
    found += [value_problem(key, value) for key, value in citation.items()]
    found += [author_problem(author) for author in citation.get("authors") or [{}]]
    if citation.get("type", types[0]) not in types:
        found.append(f"type: {citation['type']!r}")
    for reference in citation.get("references", []):
        found += problems(reference, REFERENCE, REFERENCE_KEYS, ("article", "conference-paper", "book"))
    return [sentence for sentence in found if sentence]


def test_the_file_keeps_to_the_format():
    assert problems(yaml.safe_load(TEXT)) == []


@pytest.mark.parametrize("old, new, sentence", [
    ("message:", "massage:", "message is missing"), ("keywords:", "tags:", "tags is no key"),
    ('version: "1.0.0"', "version: 1.0", "version: 1.0 is no text"),
    ('date-released: "2026-11-28"', "date-released: 2026-11-28", "is not of the right form"),
    ('date-released: "2026-11-28"', 'date-released: "28 November"', "is not of the right form"),
    ('- name: "The', '- nam: "The', "neither a person nor an entity"), ("type: software", "type: course", "type: 'cou"),
    ("start: 2414", 'start: "2414"', "no whole number"), ('doi: "10.', 'doi: "https://doi.org/10.', "right form"),
    ("type: article", "type: paper", "type: 'paper'"), ("  - CC-BY-4.0\n", "  - MIT\n", "no list of different"),
])
def test_a_slip_is_found(old, new, sentence):
    assert old in TEXT
    assert any(sentence in problem for problem in problems(yaml.safe_load(TEXT.replace(old, new, 1))))


def test_it_says_what_the_project_says():
    citation = yaml.safe_load(TEXT)
    assert citation["version"] == PROJECT["project"]["version"]
    assert " AND ".join(citation["license"]) == PROJECT["project"]["license"]
    assert citation["repository-code"] == f"https://github.com/{PROJECT['tool']['course']['repository']}"
    assert citation["title"] == PROJECT["tool"]["course"]["title"]
    assert (ROOT / "README.md").read_text("utf-8").startswith(f"# {citation['title']}\n")
    assert date.fromisoformat(citation["date-released"]) and citation["date-released"] in (
        ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [author["family-names"] for author in citation["references"][0]["authors"]] == ["Gatys", "Ecker", "Bethge"]
