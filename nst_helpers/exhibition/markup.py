"""One picture of the exhibition as HTML: the picture, the guess, what is told after it, and a line for the critique.

Every text that comes from a file goes through `escape`. The page works without a script, too: then nothing counts the
guesses, and the viewer opens the settings by hand.
"""

import base64
from html import escape

from nst_helpers.exhibition.questions import settings_of
from nst_helpers.exhibition.telling import call, whole

NO_RECORD = ("This file holds no record, so nobody can say here how it was made: it comes from another program, or one "
             "has saved it anew.")
NOTHING_TO_GUESS = "In what can be guessed it does not differ from the others."


def article(number, entry, title, questions):
    """The picture `entry`, the `number`-th from 0, under its title; questions: those of the whole exhibition."""
    asked = [question for question in questions if number in question.answers]
    maker = f'<p class="maker">{escape(entry.caption.maker)}</p>' if entry.caption.maker else ""
    return f"""
<article class="picture" id="picture-{number + 1}" aria-labelledby="title-{number + 1}">
<figure>{_image(entry, title)}</figure>
<div class="label">
<h2 id="title-{number + 1}">{escape(title)}</h2>
{maker}
{_guess(number, asked)}
{_told(entry, bool(asked))}
<p class="critique"><label for="critique-{number + 1}">Critique, in one sentence</label>
<textarea id="critique-{number + 1}" rows="3" aria-describedby="how-to-write"></textarea></p>
</div>
</article>"""


def _image(entry, title):
    alt = entry.caption.description or f"{title}. Nobody has written a description of this picture yet."
    data = base64.b64encode(entry.jpeg).decode()
    return (f'<img src="data:image/jpeg;base64,{data}" width="{entry.width}" height="{entry.height}" '
            f'alt="{escape(alt)}" decoding="async">')


def _guess(number, asked):
    if not asked:
        return ""
    fields = "\n".join(_field(number, place, question) for place, question in enumerate(asked))
    return f"""<form class="guess">
{fields}
<button hidden>Tell me how it was made</button>
</form>
<p class="score" role="status"></p>"""


def _field(number, place, question):
    options = question.offered(number)
    name = f"q{number + 1}-{place + 1}"
    inputs = "\n".join(f'<label><input type="radio" name="{name}" value="{value}" required> {escape(option)}</label>'
                       for value, option in enumerate(options))
    return f"""<fieldset data-right="{options.index(question.answers[number])}">
<legend>{escape(question.asks)}</legend>
<div class="options">
{inputs}
</div>
<p class="verdict"></p>
</fieldset>"""


def _told(entry, is_asked):
    """What the record says, closed; with questions before it, the script hides it until they are answered."""
    if entry.record is None:
        return f'<p class="note">{NO_RECORD}</p>'
    rows = "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(answer)}</dd>"
                     for name, answer in {"file": str(entry.path), **settings_of(entry.record)}.items())
    line = call(entry.record)
    code = "" if line is None else f"<p>Made by</p><pre>{escape(line)}</pre>"
    hint = " (guess first)" if is_asked else ""
    note = "" if is_asked else f'<p class="note">{NOTHING_TO_GUESS}</p>'
    return f"""{note}<details class="told">
<summary>How it was made<span class="hint">{hint}</span></summary>
<dl>
{rows}
</dl>
{code}
<details><summary>The whole record</summary><pre>{escape(whole(entry.record))}</pre></details>
</details>"""
