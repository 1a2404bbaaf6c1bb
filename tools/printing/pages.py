"""A notebook for paper becomes one HTML file with everything inside but MathJax.

What may go here: what is done to the page after nbconvert, and its style. The cells are changed in paper.py.
"""

import json
from pathlib import Path
import re

from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from printing.assets import HERE, TEMPLATES, mathjax_folder, mathjax_tags, typeface

STYLE = HERE / "paper.css"
CODE_STYLE = "default"


def code_lines(source):
    """Python as lines of HTML in colour. Each line knows its indent, so that it can be wrapped below its own start."""
    lines = highlight(source, PythonLexer(stripall=True), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    indents = [len(line) - len(line.lstrip()) for line in source.strip().split("\n")]
    return "".join(f'<span class="line" style="--indent: {indent}">{line or " "}</span>'
                   for indent, line in zip(indents, lines, strict=True))


def to_html(notebook, folder, title, kind):
    """The page of a notebook for paper. `folder`: where its pictures lie. `kind`: lesson or sheet."""
    exporter = HTMLExporter(template_name="lesson", **TEMPLATES, embed_images=True,
                            exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.register_filter("code_lines", code_lines)
    style = "\n".join([typeface(), HtmlFormatter(style=CODE_STYLE).get_style_defs(".source"),
                       STYLE.read_text(encoding="utf-8").replace("TITLE", json.dumps(title, ensure_ascii=False))])
    resources = {"metadata": {"path": str(folder), "name": title}, "kind": kind, "style": style,
                 "mathjax": mathjax_tags(mathjax_folder().as_uri())}
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    page = BeautifulSoup(html, "html.parser")
    keep_captions(page)
    mend_links(page)
    return str(page)


def keep_captions(page):
    """Put the last picture of each cell, and the words below it that say what to see, into one block."""
    for cell in page.select(".cell.code"):
        shown = cell.select(".output:has(img)")
        if not shown:
            continue
        last = shown[-1]
        last.name, last["class"] = "figure", [*last["class"], "plate"]
        following = cell.find_next_sibling()
        words = following and following.select_one(":scope > p:first-child")
        if words and words.find(True) and words.find(True).name == "em" and words.text.startswith(words.em.text[:1]):
            caption = words.extract()
            caption.name = "figcaption"
            last.append(caption)


def mend_links(page):
    """On paper a link is its words. An address on the web is printed behind them; one of a file is not."""
    for mark in page.select("a.anchor-link"):
        mark.decompose()
    for link in page.find_all("a"):
        if not re.match("https?://", link.get("href", "")):
            link.unwrap()
        elif Path(link["href"]).name not in link.text:
            link["class"] = "with-address"
