"""The files of the quizzes, data/quizzes/NN.toml: read, and each fault of an edit answered in one sentence.

What may go here: what a file of questions may hold. How questions look stands in quizzes.py.
"""

import tomllib

from nst_helpers.images import DATA_FOLDER

QUIZ_FOLDER = DATA_FOLDER / "quizzes"
LETTERS = "abcdef"  # of the choices, in the order of the file
SECTIONS = {"question": "goal", "predict": "key"}  # and what each entry names: a goal of the lesson, a key to ask by


def load_quiz(lesson, folder=QUIZ_FOLDER):
    """The questions of a lesson and its predictions: {"question": [...], "predict": [...]}.

    lesson: its two digits, "02". An entry has `ask` and a list `choice`, each of these with `say`, `why` and, once in
    an entry, `right`; a question has `goal`, a prediction `key`. Raises ValueError with a sentence for a teacher.
    """
    names = sorted(file.stem for file in folder.glob("*.toml"))
    if lesson not in names:
        raise ValueError(f"there is no quiz {lesson!r}; there are {', '.join(names)}.")
    file = folder / f"{lesson}.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))  # -sig: some editors put a mark at the start
    except ValueError as error:  # no TOML, or no UTF-8
        raise ValueError(f"{file.name} cannot be read: {error}. Does each text stand between two straight quotation "
                         'marks, " and "?') from None
    known(content, SECTIONS, file.name)
    quiz = {section: _entries(content.get(section, []), section, file.name) for section in SECTIONS}
    if not quiz["question"]:
        raise ValueError(f"{file.name} holds no [[question]].")
    keys = [entry["key"] for entry in quiz["predict"]]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{file.name}: two [[predict]] have the same key.")
    return quiz


def known(table, keys, where):
    """Refuse a key that is none of these."""
    for key in table:
        if key not in keys:
            raise ValueError(f'{where} holds the unknown key "{key}"; known are {", ".join(keys)}.')


def text_of(table, key, where):
    """A text that has to be there, on one line however it was broken."""
    value = table.get(key)
    if not isinstance(value, str) or not value.split():
        raise ValueError(f'{where}: "{key}" is missing; it has to be a text between quotation marks.')
    return " ".join(value.split())


def tables(value, name, where):
    """A list of tables, as [[name]] makes it."""
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ValueError(f"{where}: each {name.split('.')[-1]} begins with a line [[{name}]], with two brackets.")
    return value


def _entries(found, section, where):
    return [_entry(table, section, f"{where}, {section} {number}")
            for number, table in enumerate(tables(found, section, where), start=1)]


def _entry(table, section, where):
    named = SECTIONS[section]
    known(table, (named, "ask", "choice"), where)
    entry = {"ask": text_of(table, "ask", where)}
    if named == "key":
        entry["key"] = text_of(table, "key", where)
    else:
        entry["goal"] = goal = table.get("goal")
        if type(goal) is not int or goal < 1:
            raise ValueError(f'{where}: "goal" has to be the number of one of the lesson\'s goals, from 1 on.')
    choices = tables(table.get("choice", []), f"{section}.choice", where)
    if not 2 <= len(choices) <= len(LETTERS):
        raise ValueError(f"{where} has {len(choices)} choices; give 2 to {len(LETTERS)}, each [[{section}.choice]].")
    entry["choice"] = [_choice(*pair, where) for pair in zip(LETTERS, choices)]
    if len({choice["say"] for choice in entry["choice"]}) < len(choices):
        raise ValueError(f"{where}: two choices say the same.")
    right = [letter for letter, choice in zip(LETTERS, entry["choice"]) if choice["right"]]
    if len(right) != 1:
        raise ValueError(f"{where}: {' and '.join(right) or 'no choice'} {'are' if right else 'is'} right; give "
                         'exactly one choice the line "right = true".')
    return entry


def _choice(letter, table, where):
    where = f"{where}, choice {letter}"
    known(table, ("say", "why", "right"), where)
    right = table.get("right", False)
    if not isinstance(right, bool):
        raise ValueError(f'{where}: "right" is true or false, without quotation marks.')
    return {"say": text_of(table, "say", where), "why": text_of(table, "why", where), "right": right}
