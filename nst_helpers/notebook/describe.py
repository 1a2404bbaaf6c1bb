"""What a figure shows, in words, for readers who cannot see it: read off the data that were drawn.

What may go here: sentences about curves, bars and titles. Nothing is guessed: what the data do not say is left out.
"""

from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.image import AxesImage, BboxImage
import numpy as np

MOST = 400  # letters; listening to more takes longer than the text beside the figure
FLAT = 0.05  # a curve that moves by less than this share of its size counts as level
MOST_OF_IT = 0.9  # of a curve's way, after which it hardly moves


def shows_photos(figure):
    """Whether a figure holds a coloured picture, or a map so large that it is more of a picture than of a table."""
    images = figure.findobj(lambda artist: isinstance(artist, (AxesImage, BboxImage)))
    arrays = [image.get_array() for image in images]
    return any(array is not None and (array.ndim == 3 or array.size > 128 * 128) for array in arrays)


def describe_figure(figure):
    """What a figure shows, in at most MOST letters: titles; for curves how they run; for bars the longest and shortest.

    What does not fit is left out from the end, sentence by sentence.
    """
    pictures = shows_photos(figure)
    sentences = [figure.get_suptitle()]
    for axis in figure.axes:
        sentences.append(axis.get_title())
        if not pictures or axis.lines:
            sentences += [_axes(axis), *_curves(axis), *_bars(axis), *_clouds(axis)]
        else:
            sentences.append(axis.get_ylabel())  # the name of a row of pictures
    sentences = [text for text in dict.fromkeys(" ".join(text.split()) for text in sentences) if text]
    words = "Pictures: " if pictures else "Chart: "
    for text in sentences or ["the text beside it says what to see"]:
        separator = "" if words.endswith(": ") else "; "
        if len(words) + len(separator) + len(text) > MOST:
            return words + " …" if separator else words + text[:MOST - len(words)]
        words += separator + text
    return words


def _axes(axis):
    return " against ".join(filter(None, [axis.get_ylabel(), axis.get_xlabel()]))


def _curves(axis):
    """A sentence for each curve with a name, or for the only one without."""
    named = [line for line in axis.lines if not line.get_label().startswith("_")]
    for line in named or axis.lines[:1]:
        name = line.get_label() if named else ""
        x, y = (np.asarray(values, "float64") for values in line.get_data(orig=False))
        yield " ".join(filter(None, [name, course_of(x, y, axis.get_xlabel() or "x")]))


def course_of(x, y, unit):
    """How a curve runs: "falls 40-fold, from 2 to 0.05, most of it by step 30 of 100"; "" for under 3 points."""
    finite = np.isfinite(x) & np.isfinite(y)
    lost, x, y = (~finite).sum(), x[finite], y[finite]
    if len(y) < 3 or (np.diff(x) <= 0).any():  # a path in a plane runs nowhere in particular
        return "has no finite value" if lost and not len(y) else ""
    first, last, low, high = y[0], y[-1], y.min(), y.max()
    if high - low <= FLAT * max(abs(high), abs(low)):
        return f"stays near {number(np.median(y))}"
    turns = _turn(x, y, unit)
    if turns:
        return turns
    verb = "falls" if last < first else "rises"
    small, large = sorted([first, last])
    folds = large / small if small > 0 else 1
    times = number(float(f"{folds:.2g}")) if folds < 1e6 else "more than 1,000,000"
    how = f"{verb} {times}-fold, from" if folds >= 2 else f"{verb} from"
    return f"{how} {number(first)} to {number(last)}{_most(x, y, folds, unit)}"


def _turn(x, y, unit):
    """The words for a curve whose highest or lowest place lies in its midst, beyond both ends; "" where it has none."""
    first, last = y[0], y[-1]
    span = y.max() - y.min()
    for place, verbs in (y.argmax(), ("rises", "falls")), (y.argmin(), ("falls", "rises")):
        if min(abs(y[place] - first), abs(y[place] - last)) > 0.25 * span:
            return (f"{verbs[0]} from {number(first)} to {number(y[place])} at {_place(number(x[place]), unit)}, "
                    f"then {verbs[1]} to {number(last)}")
    return ""


def _most(x, y, folds, unit):
    """Where a curve has covered most of its way, if that is in the first half; many-fold changes count in folds."""
    values = np.log(y) if folds >= 3 and y.min() > 0 else y
    way = (values - values[0]) / (values[-1] - values[0])
    place = int(np.argmax(way >= MOST_OF_IT))
    early = x[place] - x[0] <= 0.5 * (x[-1] - x[0])
    return f", most of it by {_place(f'{number(x[place])} of {number(x[-1])}', unit)}" if early else ""


def _place(where, unit):
    """A place on the horizontal axis: "step 5", "5 evaluations", or with a longer name of the axis just "5"."""
    return where if " " in unit else f"{where} {unit}" if unit.endswith("s") else f"{unit} {where}"


def _bars(axis):
    """The longest and the shortest bar of each group, with their names at the axis."""
    for group in (group for group in axis.containers if isinstance(group, BarContainer) and len(group) > 1):
        across = group.orientation == "horizontal"
        sizes = [bar.get_width() if across else bar.get_height() for bar in group]
        places = [bar.get_y() + bar.get_height() / 2 if across else bar.get_x() + bar.get_width() / 2 for bar in group]
        ends = [f"{word} {_bar_at(axis, across, places[place], number(sizes[place]))}"
                for word, place in (("longest bar", int(np.argmax(sizes))), ("shortest", int(np.argmin(sizes))))]
        name = group.get_label()
        yield ("" if name.startswith("_") else f"{name}: ") + ", ".join(ends)


def _bar_at(axis, across, place, size):
    """A bar by the word that is written at its foot: "pixels 0.2"; "0.2 at 5" where there are only numbers."""
    ticks = axis.yaxis if across else axis.xaxis
    for where, label in zip(ticks.get_ticklocs(), ticks.get_ticklabels(), strict=False):
        if abs(where - place) < 0.5 and any(letter.isalpha() for letter in label.get_text()):
            return f"{label.get_text()} {size}"
    return f"{size} at {number(place)}"


def _clouds(axis):
    for cloud in axis.collections:
        if isinstance(cloud, PathCollection) and not cloud.get_label().startswith("_"):
            yield f"{cloud.get_label()}: {len(cloud.get_offsets())} points"


def number(value):
    """A number as one would say it: three digits that count, and no zeros after them."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-3 or not value else f"{value:.1e}"
