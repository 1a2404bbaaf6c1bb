"""Charts about the training of a network: its form, its learning rate, its log.

What may go here: drawing what a lesson has computed. Pictures that a network makes go through `show_images`.
"""

import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator
import numpy as np


def draw_autoencoder(widths, side):
    """The maps of an autoencoder for a square picture of `side` pixels, from left to right, and its skips above them.

    A box is as high as its maps are (on a scale of roots, so that small ones can be seen) and wider the more maps
    there are. Below each stand its side and how many maps there are.
    """
    down = [(side >> (level + 1), width) for level, width in enumerate(widths)]
    up = [(2 * size, width) for (size, _), width in zip(down[:0:-1], widths[-2::-1])]
    boxes = [(side, 3), *down, *up, (side, 3)]
    figure, axis = plt.subplots(figsize=(7, 2.9), layout="constrained")
    places = []
    for number, (size, maps) in enumerate(boxes):
        height, width = np.sqrt(size / side), 0.16 + 0.4 * np.sqrt(maps / max(widths))
        colour = "#56B4E9" if number <= len(widths) else "#E69F00"
        axis.add_patch(plt.Rectangle((number - width / 2, -height / 2), width, height, color=colour))
        axis.text(number, -0.62, f"{size}×{size}\n{maps} maps" if maps > 3 else f"{size}×{size}\nRGB", ha="center",
                  va="top", fontsize=9)
        places.append((width / 2, height / 2))
    for number, (before, after) in enumerate(zip(places, places[1:])):
        ends = {"xy": (number + 1 - after[0], 0), "xytext": (number + before[0], 0)}
        axis.annotate("", **ends, arrowprops={"arrowstyle": "->", "color": "black"})
    for level in range(1, len(widths)):
        begin, end = level, 2 * len(widths) - level
        top = 0.62 + 0.17 * (len(widths) - level)
        corners = [places[begin][1], top, top, places[end][1] + 0.06]
        axis.plot([begin, begin, end, end], corners, color="#009E73", linestyle="-")
        axis.annotate("", (end, places[end][1]), (end, top), arrowprops={"arrowstyle": "->", "color": "#009E73"})
        axis.text((begin + end) / 2, top + 0.02, "skip: added", color="#009E73", ha="center", va="bottom", fontsize=9)
    axis.set(xlim=(-0.6, len(boxes) - 0.4), ylim=(-1, 0.72 + 0.17 * len(widths)))
    axis.set_title("Encoder (blue) and decoder (orange)")
    axis.axis("off")
    plt.show()


def plot_rates(rates, mark):
    """The learning rate of each epoch on a logarithmic scale, what lies behind epoch `mark` shaded."""
    figure, axis = plt.subplots(figsize=(7, 2.6), layout="constrained")
    epochs = np.arange(1, len(rates) + 1)
    axis.step(epochs, rates, where="mid")
    axis.axvspan(mark + 0.5, len(rates) + 0.5, color="0.9", label=f"after epoch {mark}")
    axis.set(yscale="log", xlabel="epoch", ylabel="learning rate", title="A step schedule", xlim=(0, len(rates) + 0.5))
    axis.legend(frameon=False)
    plt.show()


def plot_log(logs, names, drops=()):
    """Curves of training, one chart for each part of the loss.

    logs: {run: (epochs, parts)}. names: of the parts. drops: after which epochs the learning rate fell.
    """
    figure, axes = plt.subplots(1, len(names), figsize=(3.6 * len(names), 2.8), layout="constrained", squeeze=False)
    for part, (axis, name) in enumerate(zip(axes[0], names)):
        for run, log in logs.items():
            values = np.asarray(log)[:, part]
            axis.plot(np.arange(1, len(values) + 1), values, marker=".", label=run)
        for drop in drops:
            axis.axvline(drop + 0.5, color="0.6", linestyle=":", linewidth=1)
        axis.set(title=name, xlabel="epoch", yscale="log")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(logs) > 1:
        axes[0, 0].legend(frameon=False)
    plt.show()
