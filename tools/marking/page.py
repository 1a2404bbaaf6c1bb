"""The marks of a class as one page for reading, without anything from the network: verdicts, defences, pictures."""

import base64
from html import escape
import io

import numpy as np
from PIL import Image

from marking import table
from marking.marked import NOT_YET

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Marks</title><style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
article{border-top:1px solid #bbb;padding:1rem 0}h2{margin:0}.pass{color:#0a5c2b}.not{color:#8a1c1c}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #bbb}img{max-width:100%;height:auto}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}
td:first-child,.pass,.not,.open{white-space:nowrap}.open{color:#595959}article{break-inside:avoid}
</style><main><h1>Marks</h1>
"""


def write(class_, path):
    """Write the page of a class (list of Marked)."""
    found = table.mistakes(class_)
    parts = [HEAD, mistakes(found) if found else "", *map(article, class_), "</main></html>\n"]
    path.write_text("".join(parts), encoding="utf-8")


def mistakes(found):
    """The map of mistakes: what to say next, to whom it may concern."""
    rows = [f"<tr><td>{count} of {of}</td><td>{escape(f'{lesson}, {exercise}')}</td>"
            f"<td>{escape(name.replace('_', ' '))}</td><td>{escape(capital(sentence))}</td></tr>"
            for lesson, exercise, name, sentence, count, of in found]
    return ("<h2>The map of mistakes</h2><table><tr><th>Of those who tried</th><th>Exercise</th><th>Mistake</th>"
            f"<th>The hint to give next</th></tr>{''.join(rows)}</table>")


def capital(sentence):
    """A sentence as it stands alone."""
    return sentence[:1].upper() + sentence[1:]


def article(marked):
    """One student's notebook."""
    of = sum(e.stars for e in marked.exercises)
    lines = [f"<article><h2>{escape(marked.student)}</h2><p>Lesson {escape(marked.lesson) or '?'}: "
             f"{marked.stars} of {of} stars.</p><table>"]
    for e in marked.exercises:
        kind = {"pass": "pass", NOT_YET: "not"}.get(e.verdict, "open")
        said = e.sentence
        for verdict in ("Not yet: ", "These checks pass. ", "Not attempted yet."):
            said = said.removeprefix(verdict)
        lines.append(f'<tr><td>{"★" * e.stars}</td><td>{escape(e.title or e.name)}</td>'
                     f'<td class="{kind}">{escape(e.verdict)}</td><td>{escape(capital(said))}</td></tr>')
    lines.append("</table>")
    lines += [f"<p>{escape(remark)}</p>" for remark in marked.remarks]
    if marked.defence:
        lines.append(f"<blockquote>{escape(marked.defence)}</blockquote>")
    lines += [f'<img src="data:image/jpeg;base64,{jpeg(each)}" alt="A picture handed in">' for each in marked.pictures]
    return "".join([*lines, "</article>"])


def jpeg(picture, longest=512):
    """A picture (1, H, W, 3) of numbers, whatever they are, as JPEG in base64."""
    pixels = np.nan_to_num(np.clip(np.asarray(picture[0], "float64"), 0, 1)) * 255
    image = Image.fromarray(pixels.astype("uint8"))
    image.thumbnail((longest, longest))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return base64.b64encode(data.getvalue()).decode()
