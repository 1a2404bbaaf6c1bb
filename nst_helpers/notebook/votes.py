"""A blind comparison in the notebook: two pictures side by side, the photo above, and a click for the better one.

What may go here: casting votes. What votes are and what they say stands in the room votes.
"""

from datetime import UTC, datetime
from pathlib import Path

from nst_helpers.images import load_image, to_bytes
from nst_helpers.votes import PAIRS_FILE, QUESTIONS, Vote, load_pairs, save_votes

from IPython.display import display
import ipywidgets
import numpy as np
import traitlets

HOW = "one person in a notebook, at their own pace, without being told the methods"


class NamedImage(ipywidgets.Image):
    """A picture whose tooltip names it to screen readers: an ipywidgets.Image has no alternative text.

    Its side in the page stops at a tooltip where there is no `description`; an empty one is enough.
    """

    description = traitlets.Unicode("").tag(sync=True)


class Ballot:
    """A widget that asks both questions about each pair, one after the other; its `votes` are those cast so far.

    pairs_file: as tools/paint_pairs.py writes it. voter: a name or a number that tells voters apart in one file.
    seed: of the order of the pairs and the sides; None draws another order each time. path: what "save" writes.
    """

    def __init__(self, pairs_file=PAIRS_FILE, voter="me", seed=None, path="results/votes.json", how=HOW):
        self.folder, self.voter, self.path, self.how = Path(pairs_file).parent, voter, path, how
        self.pictures, pairs = load_pairs(pairs_file)
        rng = np.random.default_rng(seed)
        sides = [pair[:: rng.choice([-1, 1])] for pair in pairs]
        self.plan = [(number + 1, question, *sides[number]) for number in rng.permutation(len(pairs)).tolist()
                     for question in QUESTIONS]
        self.votes = []
        self.question, self.told = ipywidgets.HTML(), ipywidgets.Label()
        self.photo, self.left, self.right = (
            NamedImage(format="jpeg", width=width, tooltip=words) for width, words in
            ((180, "the photo"), (330, "left picture"), (330, "right picture")))
        buttons = [ipywidgets.Button(description=text) for text in ("left", "right", "one back", "save")]
        for button, action in zip(buttons, (self.choose_left, self.choose_right, self.undo, self.save)):
            button.on_click(lambda _, action=action: action())
        self.choices = buttons[:2]
        self.widget = ipywidgets.VBox([
            ipywidgets.HBox([self.photo, self.question]), ipywidgets.HBox([self.left, self.right]),
            ipywidgets.HBox(buttons), self.told])
        self._show()

    def choose_left(self):
        self._cast("left")

    def choose_right(self):
        self._cast("right")

    def undo(self):
        """Take the last vote back."""
        self.votes = self.votes[:-1]
        self._show()

    def save(self):
        """Write the votes so far to `path`; what happened stands under the buttons."""
        try:
            save_votes(self.path, self.votes, self.how)
            self.told.value = f"{len(self.votes)} votes are in {self.path}."
        except OSError as error:
            self.told.value = str(error)

    def _ipython_display_(self):
        display(self.widget)

    def _cast(self, side):
        if len(self.votes) == len(self.plan):
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.votes = [*self.votes, Vote(*self.plan[len(self.votes)], side, now, self.voter)]
        self._show()

    def _show(self):
        """Bring the question that is next on the screen; nothing on it tells a method."""
        done = len(self.votes) == len(self.plan)
        _, question, left, right = self.plan[min(len(self.votes), len(self.plan) - 1)]
        asked = "Thank you: all questions are answered. Press save." if done else QUESTIONS[question]
        self.question.value = f"<b style='font-size: 120%'>{asked}</b>"
        self.told.value = f"{len(self.votes)} of {len(self.plan)} answered"
        self.photo.value = to_bytes(load_image(self.pictures[left]["photo"], 256), "jpg")
        self.left.value, self.right.value = (
            (self.folder / f"{name}.jpg").read_bytes() for name in (left, right))
        for button in self.choices:
            button.disabled = done
