"""A run of `stylize` to go through: its snapshots under one slider, two pictures under a wipe, the losses beside them.

scrubber.js and scrubber.css are its side in the page. All numbers and words are made here, and travel once.
What may go here: this figure, what of a run travels to the page, and the picture that a stored notebook keeps.
"""

from nst_helpers.images import check_image, resize_image, to_bytes
from nst_helpers.live.figure import LiveFigure, page_side

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
import numpy as np
import traitlets

LONGEST, POINTS = 512, 400  # pixels of a picture that travels; points of a curve
LIVE = "Where this notebook runs, a slider goes through the snapshots."


def scrub(results, content_image=None):
    """A figure of how a picture formed: a slider (or Play) goes through snapshots, and the loss curves go with it.

    results: what `stylize(..., snapshots=12)` gave; or a dictionary of two such runs, {"L-BFGS": run_1, "Adam": run_2},
    compared at the same share of each. content_image: (1, H, W, 3), RGB in [0, 1], to compare with. The figure's
    `position` is the snapshot shown, from 0. Raises ValueError for a run without snapshots, for what is no picture, and
    for pictures of different proportions.
    """
    named = results if isinstance(results, dict) else {"": results}
    if isinstance(results, dict) and len(results) != 2:
        raise ValueError(f"results holds {len(results)} runs; give one Result, or a dictionary of two by name.")
    runs = [Run(str(name), result) for name, result in named.items()]
    content = [] if content_image is None else [check_image(content_image, "content_image")]
    sizes = [picture.shape[1:3] for picture in [run.pictures[-1] for run in runs] + content]
    tall = [height / width for height, width in sizes]
    if max(tall) > 1.03 * min(tall):  # rounding to whole pixels makes no other shape
        raise ValueError(f"Pictures laid over each other need the same proportions; heights and widths are {sizes}.")
    return Scrubber(runs, content)


class Run:
    """What the figure needs of a Result. `shares`: how far each snapshot is on the way to the last one."""

    def __init__(self, name, result):
        self.name, which = name, f"The run {name!r}" if name else "This run"
        shots = getattr(result, "snapshots", None)
        if not shots:
            raise ValueError(f"{which} has no snapshots: run stylize(..., snapshots=12) and give all that comes back.")
        self.losses = {part: np.asarray(values, "float64") for part, values in result.losses.items()}
        self.at, self.count = [shot.evaluation for shot in shots], len(self.losses.get("total", []))
        if not 0 <= min(self.at) <= max(self.at) < self.count:
            raise ValueError(f"{which} has {self.count} evaluations, and snapshots at other ones: {self.at}.")
        self.pictures = [check_image(shot.image, f"snapshot {i}") for i, shot in enumerate(shots, start=1)]
        self.places = [f"step {shot.step}, evaluation {shot.evaluation + 1} of {self.count}" for shot in shots]
        self.shares = np.divide(self.at, max(1, self.at[-1])) + 1e-9 * np.arange(len(shots))  # no two alike
        self.grown = np.cumsum(result.stages[:-1]).astype(int).tolist()

    def curve(self, part, name, chosen):
        """A curve as it travels: [evaluation, loss] of its points, and of the snapshot that each position shows."""
        values = [float(value) if np.isfinite(value) else None for value in self.losses[part]]  # JSON has no infinity
        exact = {int(np.nan_to_num(self.losses[part], nan=np.inf).argmin()), *self.at}
        spread = np.rint(np.linspace(0, self.count - 1, min(self.count, max(2, POINTS - len(exact))))).astype(int)
        points = list(map(list, enumerate(values)))
        marks = [points[self.at[i]] for i in chosen]
        return {"name": name, "points": [points[at] for at in sorted({*exact, *spread.tolist()})], "marks": marks,
                "texts": ["not finite" if value is None else f"{value:.4g}" for _, value in marks]}


def difference(before, picture):
    """What changed between two pictures, as a picture around grey, and what to say of it."""
    change = picture - (before if before.shape == picture.shape else resize_image(before, picture.shape[1:3]))
    factor = 0.5 / (float(np.abs(change).max()) or 0.5)
    return 0.5 + factor * change, f"times {factor:.2g}; grey: no change"


def frame_of(curves, totals):
    """The lowest and the highest loss that the frame shows, and its ticks with their labels."""
    totals = [total for total in totals if np.isfinite(total) and total > 0] or [1.0]
    shown = [value for curve in curves for _, value in curve["points"] if value and value > 0] or [1.0]
    # A leap of the line search, or a part that counts for nothing, must not press all else flat.
    low, high = max(min(shown), min(totals) / 100) / 1.3, min(max(shown), 10 * totals[0]) * 1.3
    decades = 10.0 ** np.arange(-30, 30)
    kinds = np.outer(decades, [1, 2, 5]).ravel(), decades, decades[::3], MaxNLocator(4).tick_values(low, high)
    kinds = [[[float(tick), f"{tick:g}"] for tick in kind if low < tick < high] for kind in kinds]
    return [float(low), float(high)], next((kind for kind in kinds if 2 <= len(kind) <= 7), kinds[-1])


class Scrubber(LiveFigure):
    """The figure; made by `scrub`. `position` may be set, too."""

    _esm, _css = page_side("scrubber")
    # choices: of [name, numbers of pictures, texts], by position; sides: the two at first; grown: where pictures grow
    pictures, choices, sides, places, curves, grown, limits, ticks = (traitlets.List().tag(sync=True) for _ in range(8))
    position = traitlets.Int().tag(sync=True)

    def __init__(self, runs, content):
        self.runs, way = runs, max(runs, key=lambda run: len(run.at))
        count, stock = len(way.at), content + [picture for run in runs for picture in run.pictures]
        self.chosen = [np.abs(run.shares - way.shares[:, None]).argmin(1).tolist() for run in runs]
        first, places, choices = len(content), way.places, [["Content image", [0] * count, [""] * count]] * len(content)
        if len(runs) == 1:
            own, steps = list(range(first, first + count)), [place.split(",")[0] for place in way.places]
            changes, words = zip(*map(difference, way.pictures[:1] + way.pictures, way.pictures), strict=True)
            stock += changes
            choices += [["First snapshot", own[:1] * count, steps[:1] * count], ["This snapshot", own, steps],
                        ["Final picture", own[-1:] * count, steps[-1:] * count],
                        ["Difference to the snapshot before", [count + i for i in own], ["nothing yet", *words[1:]]]]
            curves = [way.curve(part, part, range(count)) for part, values in way.losses.items() if np.any(values)]
        else:
            places, curves = [f"{100 * share:.0f} % of the run" for share in way.shares], []
            for run, own, begin in zip(runs, self.chosen, (first, first + len(runs[0].at)), strict=True):
                choices.append([run.name, [begin + i for i in own], [run.places[i].split(" of ")[0] for i in own]])
                curves.append(run.curve("total", run.name, own))
        limits, ticks = frame_of(curves, [total for run in runs for total in run.losses["total"]])
        files = [to_bytes(resize_image(each, min(LONGEST, max(each.shape))), "jpeg", quality=85) for each in stock]
        super().__init__(places=[f"Snapshot {i} of {count}: {place}" for i, place in enumerate(places, start=1)],
                         position=count - 1, pictures=files, choices=choices, curves=curves, limits=limits, ticks=ticks,
                         sides=[first * (len(runs) - 1), first + 1], grown=way.grown if len(runs) == 1 else [])

    @traitlets.validate("position")
    def _check_position(self, proposal):
        if self.places and not 0 <= proposal["value"] < len(self.places):
            raise ValueError(f"position is {proposal['value']}; give a whole number from 0 to {len(self.places) - 1}.")
        return proposal["value"]

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        losses = ", ".join(f"{curve['name']} {curve['texts'][self.position]}" for curve in self.curves)
        return f"How a picture formed, and its losses. {self.places[self.position]}; losses: {losses}. {LIVE}"

    def draw(self):
        """A few snapshots of each run above the curves, as a Matplotlib figure."""
        picks = np.unique(np.rint(np.linspace(0, len(self.places) - 1, 6 - len(self.runs))).astype(int))
        tall = len(self.runs) * (0.3 + min(1.8, 1.2 * np.divide(*self.runs[0].pictures[-1].shape[1:3])))
        figure = Figure(figsize=(6.4, tall + 2.1), layout="constrained")
        above, below = figure.subfigures(2, 1, height_ratios=[tall, 2.1])
        panels, axis = above.subplots(len(self.runs), len(picks), squeeze=False), below.subplots()
        for row, run, chosen in zip(panels, self.runs, self.chosen, strict=True):
            row[0].set_ylabel(run.name, parse_math=False)
            for panel, number in zip(row, np.take(chosen, picks), strict=True):
                panel.imshow(run.pictures[number][0])
                panel.set(xticks=[], yticks=[], frame_on=False, title=f"evaluation {run.at[number] + 1}")
        for curve in self.curves:
            at, loss = np.array(curve["points"], "float64").T
            axis.semilogy(at + 1, np.where(loss > 0, loss, np.nan), label=curve["name"].replace("$", r"\$"))
        axis.set(xlabel="evaluations", ylabel="loss" if len(self.runs) == 1 else "total loss", ylim=self.limits)
        axis.set_yticks(*zip(*self.ticks, strict=True))
        axis.minorticks_off()
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        figure.supxlabel(LIVE, fontsize=9, color="0.35")
        return figure
