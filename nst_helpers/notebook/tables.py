"""Tables drawn as figures: numbers in squares, and losses shaded by how large they are.

What may go here: drawing a table on an axis that the lesson gives. Whole figures are the lesson's own business.
"""

import numpy as np


def draw_numbers(axis, table, title, block=1, labels=()):
    """Write a square table of numbers into squares; lines separate blocks of `block` by `block` of them.

    labels: one for each block, along both sides.
    """
    axis.imshow(table, cmap="Blues", vmin=0, vmax=1.4 * np.max(table))
    for (row, column), value in np.ndenumerate(table):
        axis.text(column, row, f"{value:g}", ha="center", va="center", fontsize=11)
    edges = np.arange(0, len(table) + 1, block) - 0.5
    axis.hlines(edges, -0.5, len(table) - 0.5, color="black", linewidth=1)
    axis.vlines(edges, -0.5, len(table) - 0.5, color="black", linewidth=1)
    middles = edges[:-1] + block / 2
    axis.set(title=title, xticks=middles, yticks=middles, xticklabels=labels, yticklabels=labels)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


def draw_losses(axis, table, rows, columns, title):
    """A table of losses (rows, columns), dark where they are large, on a logarithmic scale from 0.001 to 30."""
    axis.imshow(np.log10(table), cmap="Greys", vmin=-3, vmax=1.5, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        colour = "white" if value > 1 else "black"
        axis.text(column, row, f"{value:.2g}", ha="center", va="center", color=colour)
    axis.set(title=title, xlabel="measured in")
    axis.set_xticks(range(len(columns)), labels=columns)
    axis.set_yticks(range(len(rows)), labels=rows)
    axis.tick_params(length=0)
