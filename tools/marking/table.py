"""The marks of a class as rows, and the map of its mistakes. What may go here: plain data for spreadsheets."""

from collections import Counter
import csv

from marking.marked import NOT_YET

MOST = 5  # exercises of a sheet
COLUMNS = ["student", "lesson", "exercises", "of", "stars", "of stars", "minutes", "remarks", "defence",
           *(f"{k} {what}" for k in range(1, MOST + 1) for what in ("exercise", "verdict", "sentence", "mistake"))]


def row(marked):
    """One line of the table, as many cells as there are COLUMNS."""
    passed = [e for e in marked.exercises if e.verdict == "pass"]
    cells = [marked.student, marked.lesson, len(passed), len(marked.exercises), marked.stars,
             sum(e.stars for e in marked.exercises), f"{marked.minutes:.1f}", "; ".join(marked.remarks), marked.defence]
    for exercise in marked.exercises:
        cells += [f"{exercise.name} {'★' * exercise.stars}", exercise.verdict, exercise.sentence, exercise.mistake]
    return [*cells, *[""] * (len(COLUMNS) - len(cells))]


def harmless(cell):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") else cell


def write(class_, path):
    """Write the table of a class (list of Marked) as CSV, UTF-8 with the mark by which spreadsheets know it."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = [[harmless(cell) for cell in row(marked)] for marked in class_]
        csv.writer(file).writerows([COLUMNS, *rows])


def line(marked):
    """A row for the screen: student, lesson, stars, and the verdicts in order."""
    signs = "".join({"pass": "✓", NOT_YET: "✗"}.get(e.verdict, "·") for e in marked.exercises)
    cells = [marked.student, marked.lesson, signs, f"{marked.stars} of {sum(e.stars for e in marked.exercises)}",
             "; ".join(marked.remarks)]
    return "| " + " | ".join(" ".join(str(cell).replace("|", "/").split()) for cell in cells) + " |"


def mistakes(class_):
    """[(lesson, exercise, mistake, sentence, how many made it, how many handed the exercise in)], commonest first."""
    made, handed_in, sentences = Counter(), Counter(), {}
    for marked in class_:
        for e in marked.exercises:
            handed_in[marked.lesson, e.name] += e.verdict in ("pass", NOT_YET)
            if e.verdict == NOT_YET:
                key = marked.lesson, e.name, e.mistake or "other"
                made[key] += 1
                sentences.setdefault(key, e.sentence.removeprefix("Not yet: "))
    return [(*key, sentences[key], count, handed_in[key[:2]]) for key, count in made.most_common()]
