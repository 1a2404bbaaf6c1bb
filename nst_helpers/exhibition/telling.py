"""A record in words and in code: what the page tells after the guess.

What may go here: text of one record. It is escaped where it is put into the page.
"""

import inspect
import json

from nst_helpers.records import plain
from nst_helpers.transfer import stylize

DEEPEST, LONGEST_TEXT, MOST_ITEMS = 8, 200, 40
DEFAULTS = {name: parameter.default for name, parameter in inspect.signature(stylize).parameters.items()}


def short(value, depth=0):
    """`value` as a page can hold it: long texts and lists are cut, and what is nested too deeply."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}… ({len(value):,} characters)"
    if isinstance(value, (dict, list)) and depth == DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {short(key): short(item, depth + 1) for key, item in list(value.items())[:MOST_ITEMS]}
    if isinstance(value, list):
        more = [f"… {len(value) - MOST_ITEMS:,} more"] if len(value) > MOST_ITEMS else []
        return [short(item, depth + 1) for item in value[:MOST_ITEMS]] + more
    return value


def whole(record):
    """The record as JSON text, to be read."""
    return json.dumps(short(record), indent=1, ensure_ascii=False)


def call(record):
    """The call of `stylize` that made the picture, without what is at its default; None where it cannot be written.

    That is so where pictures went in as arrays, of which a record keeps the hash only.
    """
    arguments = record.get("arguments") if isinstance(record, dict) else None
    if not isinstance(arguments, dict) or not {"content_image", "style_images"} <= set(arguments):
        return None
    given = {name: arguments[name] for name in DEFAULTS if name in arguments}
    if any(_holds_an_array(value) for value in given.values()):
        return None
    positional = [repr(short(given.pop(name))) for name in ("content_image", "style_images")]
    named = [f"{name}={short(value)!r}" for name, value in given.items() if value != plain(DEFAULTS[name])]
    return f"stylize({', '.join([*positional, *named])})"


def _holds_an_array(value):
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict) and "sha256" in item for item in items)
