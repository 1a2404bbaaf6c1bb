"""A contact sheet: many pictures on one page, each with the words that tell it from the others."""

import math
import textwrap

from nst_helpers.images import resize_image

from matplotlib.figure import Figure
import numpy as np

MOST_COLUMNS = 8
LINE, GAP = 0.16, 0.12  # inches: a line of a title; between pictures
LETTER = 0.075  # inches that a letter of a title takes about
PIXELS = 200  # for each inch of a picture: more would be lost on the page


def contact_sheet(labels, errors, images, height):
    """A matplotlib Figure with all pictures, in order, each `height` inches high at most.

    labels: a dictionary for each picture; what differs becomes its title. errors: what is written where a picture is
    None. images: an iterator, so that large ones are held one at a time. Where several values of one option were tried,
    a line of the sheet goes through them.
    """
    titles = titles_of(labels)
    columns = columns_of(labels)
    rows = math.ceil(len(titles) / columns)
    small = [None if image is None else _small(image, round(PIXELS * height)) for image in images]
    widest = max([image.shape[1] / image.shape[0] for image in small if image is not None], default=1.5)
    longest = max(len(line) for title in titles for line in title.splitlines())
    wide = max(height * widest, LETTER * longest) + GAP
    high = height + LINE * (1 + max(title.count("\n") for title in titles)) + GAP
    figure = Figure(figsize=(columns * wide + GAP, rows * high + GAP))
    size = np.tile(figure.get_size_inches(), 2)
    for number, each in enumerate(zip(titles, small, errors)):
        row, column = divmod(number, columns)
        inches = column * wide + GAP, (rows - row - 1) * high + GAP, wide - GAP, height
        _draw(figure.add_axes(inches / size), *each)
    return figure


def _draw(axis, title, image, error):
    axis.set_title(title, fontsize=8, pad=3)
    axis.axis("off")
    if image is None:
        letters = int(axis.get_position().width * axis.figure.get_figwidth() / LETTER)
        axis.text(0.5, 0.5, textwrap.fill(error[:200], letters), ha="center", va="center", fontsize=6)
    else:
        axis.imshow(image)
        axis.set_anchor("N")  # close to its title


def titles_of(labels):
    """The labels that differ among all, one in a line; where none does, those of the pictures."""
    differ = [name for name in labels[0] if len({str(each[name]) for each in labels}) > 1] or ["photo", "painting"]
    return ["\n".join(str(each[name]) if name in ("photo", "painting") else f"{name} {each[name]}" for name in differ)
            for each in labels]


def columns_of(labels):
    """As many as values of the last option that was tried; without any, about as many as there are lines."""
    *_, last = labels[0]
    values = len({str(each[last]) for each in labels})
    if last == "painting" or values == 1 or values > MOST_COLUMNS:
        values = math.ceil(math.sqrt(len(labels)))
    return min(values, MOST_COLUMNS)


def _small(image, size):
    image = np.clip(image, 0, 1)
    return (image if max(image.shape[1:3]) <= size else resize_image(image, size))[0]
