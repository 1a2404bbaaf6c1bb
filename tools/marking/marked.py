"""What a notebook has earned. What may go here: plain data, for the table and the page."""

from dataclasses import dataclass, field

PASS, NOT_YET, NOT_ATTEMPTED = "pass", "not yet", "not attempted"


@dataclass
class Exercise:
    """What the check says of one exercise."""

    name: str
    stars: int
    title: str = ""
    verdict: str = NOT_ATTEMPTED
    sentence: str = ""
    mistake: str = ""


@dataclass
class Marked:
    """One notebook that was handed in."""

    student: str
    lesson: str = ""
    exercises: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    defence: str = ""
    pictures: list = field(default_factory=list)  # arrays (1, H, W, 3)
    minutes: float = 0.0

    @property
    def stars(self):
        return sum(e.stars for e in self.exercises if e.verdict == PASS)
