"""What stands beside a picture: title, maker and a description, from captions.toml or from the file's name.

What may go here: words about a picture that a person chose. What its record says is the business of `questions`.
"""

from dataclasses import dataclass
import tomllib

CAPTIONS_FILE = "captions.toml"
FIELDS = ("title", "maker", "description")


@dataclass(frozen=True)
class Caption:
    """title, maker: what is written on the label; an empty maker is not named. description: for those who cannot see.

    is_chosen: whether a person gave the title, rather than the file's name.
    """

    title: str
    maker: str = ""
    description: str = ""
    is_chosen: bool = False


def read_captions(folder):
    """({path inside the folder, with "/": {field: text}}, [sentences about what is wrong]) of its captions.toml.

    Without such a file both are empty. A file that cannot be read costs its captions, and nothing else.
    """
    file = folder / CAPTIONS_FILE
    if not file.is_file():
        return {}, []
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError, RecursionError) as error:  # tomllib's own errors, and text that is not UTF-8
        return {}, [f"{CAPTIONS_FILE} cannot be read, so titles come from the files' names: {_one_line(error)}"]
    captions, wrong = {}, []
    for name, table in tables.items():
        fields = table if isinstance(table, dict) else {}
        captions[name] = {field: fields[field] for field in FIELDS if isinstance(fields.get(field), str)}
        if not isinstance(table, dict) or len(captions[name]) < len(fields):
            wrong.append(f'{CAPTIONS_FILE}: ["{name}"] may hold texts called {", ".join(FIELDS)}, and nothing else.')
    missing = [name for name in captions if not (folder / name).is_file()]
    wrong += [f"{CAPTIONS_FILE} has a caption for {name!r}, and there is no such file." for name in missing]
    return captions, wrong


def caption_of(path, captions):
    """The Caption of a picture. path: inside the folder, as a PurePosixPath.

    "Anna - Night over mountains.png" has maker and title in its name; in a folder of its own, that is the maker.
    """
    maker, dash, title = _words(path.stem).partition(" - ")
    if not dash:
        maker, title = _words(path.parent.name), maker
    given = captions.get(str(path), {})
    return Caption(given.get("title") or title[:1].upper() + title[1:] or "Untitled", given.get("maker", maker),
                   given.get("description", ""), bool(given.get("title")))


def _words(name):
    return " ".join(name.replace("_", " ").split())


def _one_line(error):
    return " ".join(str(error).split()).rstrip(".") + "."
