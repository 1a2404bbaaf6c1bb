"""What a viewer is asked: those settings in which the pictures that hang together differ, and what can be seen of them.

A record comes from a file, and a file from anybody: what is not of the expected form has no answer.
What may go here: from records to questions and answers, as plain text.
"""

from dataclasses import dataclass, field
from pathlib import PurePath
import random
import re

from nst_helpers.defaults import CONTENT_WEIGHT, STYLE_LAYERS

MOST_QUESTIONS, MOST_OPTIONS, LONGEST_ANSWER = 4, 6, 80
LOW, HIGH = CONTENT_WEIGHT / 2, CONTENT_WEIGHT * 2.5
WEIGHTS = (f"low (below {LOW:g})", f"middle ({LOW:g} to {HIGH:g})", f"high (above {HIGH:g})")


@dataclass(frozen=True)
class Question:
    """name: short, for the page. asks: the sentence. answers: {number of the picture: answer}. options: all answers."""

    name: str
    asks: str
    answers: dict = field(default_factory=dict)
    options: tuple = ()

    def offered(self, number):
        """The options for one picture: few enough to choose among, the right one among them, in alphabetical order."""
        others = [option for option in self.options if option != self.answers[number]]
        if len(self.options) > MOST_OPTIONS:
            others = random.Random(f"{self.name} {number}").sample(others, MOST_OPTIONS - 1)
        return [option for option in self.options if option in (self.answers[number], *others)]


def _names(value):
    return " and ".join(PurePath(name).stem.replace("_", " ") for name in value if name is not None)


def _painting(arguments):
    paintings = arguments["style_images"]
    return _names(paintings if isinstance(paintings, list) else [paintings])


def _style_loss(arguments):
    return arguments["style_loss"].replace("_", " ")


def _layers(arguments):
    """Such as "blocks 1 to 5": which convolution of a block it is nobody can see."""
    layers = list(arguments["style_layers"] or STYLE_LAYERS)
    blocks = sorted({int(re.match(r"block(\d{1,2})_", layer)[1]) for layer in layers})
    if len(blocks) == 1:
        return f"block {blocks[0]}"
    whole = blocks == list(range(blocks[0], blocks[-1] + 1))
    return f"blocks {blocks[0]} to {blocks[-1]}" if whole else f"blocks {', '.join(map(str, blocks))}"


def _content_weight(arguments):
    weight = arguments["content_weight"]
    return WEIGHTS[0] if weight < LOW else WEIGHTS[1] if weight <= HIGH else WEIGHTS[2]


def _regions(arguments):
    return "one for each painting" if arguments["masks"] else "none"


def _edges(arguments):
    return "yes, the edges are held" if arguments["structure_weight"] > 0 else "no, they are left to the strokes"


# In the order in which they are asked: what can be seen best comes first.
ASKED = {
    "painting": ("Which painting?", _painting),
    "style loss": ("Which style loss?", _style_loss),
    "layers": ("In which layers is the style compared?", _layers),
    "content weight": ("How large is the content weight?", _content_weight),
    "regions": ("Are there regions?", _regions),
    "edges": ("Was a structure weight used, to hold the photo's edges?", _edges),
}


def settings_of(record):
    """{name: answer} of all that ASKED reads from a record (or None); what it does not say is not there."""
    found = {}
    for name, (_, read) in ASKED.items():
        try:
            answer = read(record["arguments"])
        except (LookupError, TypeError, ValueError, AttributeError):
            continue
        if isinstance(answer, str) and answer.strip():
            found[name] = answer[:LONGEST_ANSWER]
    return found


def questions_about(records):
    """The questions about these pictures, at most four: those with more than one answer among them."""
    settings = [settings_of(record) for record in records]
    questions = []
    for name, (asks, _) in ASKED.items():
        answers = {number: found[name] for number, found in enumerate(settings) if name in found}
        if len(set(answers.values())) > 1:
            options = WEIGHTS if name == "content weight" else tuple(sorted(set(answers.values())))
            questions.append(Question(name, asks, answers, options))
    return questions[:MOST_QUESTIONS]
