"""Two clouds of points in the plane: one is dragged with the mouse, and distances between them follow at once.

cloud.js and cloud.css are its side in the page; they draw and drag, and all numbers are worked out here.
What may go here: this figure, and the picture of it that a stored notebook keeps.
"""

from textwrap import shorten

from nst_helpers.live.figure import BLUE, GREEN, GREY, ORANGE, LiveFigure, page_side

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
import numpy as np
import traitlets

MOST = 200  # points of a cloud: more could not be told apart, and each one is an element of the page
LIVE = "Where this notebook runs, the round points can be dragged."


def cloud_figure(points, target, distances, size=420):
    """A figure in which `points` are dragged, by mouse, finger or keys, and distances to `target` follow at once.

    points, target: features in the plane, (N, 2) and (M, 2). distances: {name: function of both clouds (float32) to a
    number}, usually 0 for a match and about 1 for nothing in common; one that fails says so in its place. size: of the
    plane, in pixels. The figure's `points` are where they stand now. Raises ValueError for what is no cloud, no
    dictionary of functions, or no size.
    """
    if not isinstance(size, int) or not 200 <= size <= 1000:
        raise ValueError(f"size is {size!r}; give the width of the plane in pixels, a whole number from 200 to 1000.")
    if not isinstance(distances, dict) or not distances or not all(map(callable, distances.values())):
        raise ValueError("distances has to be a dictionary from a name to a function of two clouds, with one at least.")
    return CloudFigure(points, target, {str(name): distance for name, distance in distances.items()}, size)


def check_cloud(values, name):
    """Points as a list of [map 1, map 2]."""
    try:
        array = np.asarray(values, "float64")
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no array of numbers; give one of shape (count, 2).") from None
    if array.ndim != 2 or array.shape[1] != 2 or not 1 <= len(array) <= MOST:
        raise ValueError(f"{name} has the shape {array.shape}; give 1 to {MOST} points of the plane, (count, 2).")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not finite: NaN or infinity has no place in the plane.")
    return array.tolist()


def measure(distance, points, target):
    """What a function says of two clouds: {"number": float or None, "text": the number in print, or what is wrong}."""
    try:
        value = distance(np.array(points, "float32"), np.array(target, "float32"))  # own copies, whatever it does
        array = np.asarray(value)
    except Exception as error:  # the learner's function: whatever it raises belongs into the figure
        words = shorten(f"{type(error).__name__}: {error}".removesuffix("."), 160)
        return {"number": None, "text": f"This function stops with {words}."}
    if array.shape or array.dtype.kind not in "fiu" or not np.isfinite(array):
        what = f"an array of shape {array.shape}" if array.shape else shorten(repr(value), 60)
        return {"number": None, "text": f"This function gives {what}; a single finite number is needed."}
    number = float(array)
    text = f"{round(number, 3) + 0:.3f}" if abs(number) < 1000 else f"{number:.3g}"  # + 0: no "-0.000"
    return {"number": number, "text": text}


class CloudFigure(LiveFigure):
    """The figure; made by `cloud_figure`. `points` may be set, too, as an array or a list."""

    _esm, _css = page_side("cloud")
    points = traitlets.Any().tag(sync=True)
    start = traitlets.List().tag(sync=True)
    target = traitlets.List().tag(sync=True)
    limits = traitlets.List().tag(sync=True)
    ticks = traitlets.List().tag(sync=True)
    size = traitlets.Int().tag(sync=True)
    results = traitlets.List().tag(sync=True)  # of {"name", "number", "text"}
    moved = traitlets.Int().tag(sync=True)  # counts what the page sent
    answered = traitlets.Int().tag(sync=True)  # `moved` of the points that `results` are about

    def __init__(self, points, target, distances, size):
        self.distances = distances
        start, target = check_cloud(points, "points"), check_cloud(target, "target")
        low, high = min(0, np.min(start), np.min(target)), max(0, np.max(start), np.max(target))
        margin = 0.12 * (high - low or 1)
        low, high = float(low - margin), float(high + margin)
        ticks = [tick for tick in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
        super().__init__(points=start, start=start, target=target, limits=[low, high], ticks=ticks, size=size)
        self._measure()
        self.observe(self._measure, "points")

    @traitlets.validate("points")
    def _check_points(self, proposal):
        points = check_cloud(proposal["value"], "points")
        if self.start and len(points) != len(self.start):
            raise ValueError(f"points holds {len(points)} points; the figure was made with {len(self.start)}.")
        return points

    def _measure(self, _=None):
        results = [{"name": name, **measure(distance, self.points, self.target)}
                   for name, distance in self.distances.items()]
        with self.hold_sync():  # one message
            self.results, self.answered = results, self.moved

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        numbers = "; ".join(f"{result['name']}: {result['text']}" for result in self.results)
        return (f"Two clouds in the plane, map 2 against map 1: {len(self.points)} round points, and the target's "
                f"{len(self.target)} crosses. Distances: {numbers}. {LIVE}")

    def draw(self):
        """The figure as it stands, as a Matplotlib figure."""
        picture = Figure(figsize=(8, max(3.9, 0.5 * len(self.results) + 1)), layout="constrained")
        plane, bars = picture.subplots(1, 2, width_ratios=[1, 0.9])
        plane.axhline(0, color=GREY, linewidth=1, linestyle="-")
        plane.axvline(0, color=GREY, linewidth=1, linestyle="-")
        plane.plot(0, 0, "o", color="none", markeredgecolor=GREY, markersize=12)
        plane.annotate("origin", (0, 0), (5, -6), textcoords="offset points", va="top", fontsize=8, color="0.35")
        plane.plot(*zip(*self.points), "o", color=BLUE, markeredgecolor="white", label="points", zorder=3)
        plane.plot(*zip(*self.target), "x", color=ORANGE, label="target")
        plane.set(xlabel="map 1", ylabel="map 2", xlim=self.limits, ylim=self.limits, aspect="equal",
                  xticks=self.ticks, yticks=self.ticks)
        plane.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
        for place, result in enumerate(self.results):
            known = result["number"] is not None
            bars.barh(place, 1, height=0.3, color="0.92")
            bars.barh(place, np.clip(result["number"] if known else 0, 0, 1), height=0.3, color=GREEN)
            bars.text(0, place - 0.22, result["name"], va="bottom", parse_math=False)
            bars.text(1, place - 0.22, result["text"] if known else "no number", va="bottom", ha="right", weight="bold")
        bars.text(0, len(self.results) - 0.75, "0: a match", va="top", color="0.35")
        bars.text(1, len(self.results) - 0.75, "1: nothing in common", va="top", ha="right", color="0.35")
        bars.set(xlim=(0, 1), ylim=(len(self.results) - 0.3, -0.7))
        bars.axis("off")
        picture.supxlabel(LIVE, fontsize=9, color="0.35")
        return picture
