"""`write_exhibition`: the pictures of a folder as one HTML file that needs nothing else.

exhibition.html, exhibition.css and exhibition.js beside this file are put into it: it works from a memory stick.
What may go here: putting the page together and writing it.
"""

import base64
import hashlib
from html import escape
from pathlib import Path
import re
from string import Template

from nst_helpers._io.atomic import write_whole
from nst_helpers.exhibition.captions import CAPTIONS_FILE
from nst_helpers.exhibition.entries import read_entries
from nst_helpers.exhibition.markup import article
from nst_helpers.exhibition.questions import questions_about

HERE = Path(__file__).parent
FILE = "exhibition.html"


def write_exhibition(folder="results", file=None, title="Exhibition"):
    """Write the pictures of `folder`, with their records, into one HTML file; (its path, sentences worth telling).

    file: where to; None: exhibition.html in that folder. A page that is there is replaced.
    Raises FileNotFoundError for a folder that is not there, ValueError for one without pictures, and OSError.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: name the one with the pictures.")
    entries, sentences = read_entries(folder)
    if not entries:
        raise ValueError(" ".join([f"{folder} holds no picture that can be shown: save some with result.save(...).",
                                   *sentences]))
    file = Path(file).expanduser() if file else folder / FILE
    questions = questions_about([entry.record for entry in entries])
    titles, given_away = titles_of(entries, questions)
    without = [str(entry.path) for entry in entries if entry.record is None]
    if without:
        given_away.append(f"Without a record, so nothing is told of how they were made: {', '.join(without)}.")
    # A name may hold bytes that are no text, and a record half a character: neither may stop the page.
    write_whole(file, page_of(entries, titles, questions, title).encode("utf-8", "replace"))
    return file, sentences + given_away


def titles_of(entries, questions):
    """(titles, sentences): a file's name is no title where it gives away what is to be guessed."""
    titles, sentences = [], []
    for number, entry in enumerate(entries):
        told = None if entry.caption.is_chosen else _told_by(entry.caption.title, number, questions)
        titles.append(f"Picture {number + 1}" if told else entry.caption.title)
        if told:
            sentences.append(f"{entry.path} hangs as Picture {number + 1}, because its name tells the {told}: "
                             f"{CAPTIONS_FILE} can give it a title.")
    return titles, sentences


def _told_by(title, number, questions):
    """The name of a question about the picture `number` whose answer stands in `title`; None for none."""
    for question in questions:
        for answer in question.answers.get(number, "").lower().split(" and "):
            if answer and re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", title.lower()):
                return question.name
    return None


def page_of(entries, titles, questions, title):
    """The whole page as text."""
    style, script = ((HERE / f"exhibition.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    # Only these very words may run: whatever came in with a name or a record would not, even if it were not escaped.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    pictures = "\n".join(article(number, *each, questions) for number, each in enumerate(zip(entries, titles)))
    template = Template((HERE / "exhibition.html").read_text(encoding="utf-8"))
    return template.substitute(title=escape(title), style=style, script=script, digest=digest, pictures=pictures,
                               count=f"{len(entries)} pictures" if len(entries) > 1 else "One picture")
