"""Small pictures side by side, enlarged.

What may go here: figures of many pictures of one size.
"""

import matplotlib.pyplot as plt
import numpy as np


def show_rows(rows, height=0.95):
    """Rows of small pictures of one size, each row with its name on its left.

    rows: {name: pictures, (B, H, W, 3) in [0, 1] or a list of (H, W, 3)}; what lies outside is clipped. height: of a
    picture in inches.
    """
    count = max(len(images) for images in rows.values())
    named = 1.2 if any(name.strip() for name in rows) else 0.1
    figure, axes = plt.subplots(len(rows), squeeze=False, figsize=(count * height + named, len(rows) * height))
    for axis, (name, images) in zip(axes[:, 0], rows.items()):
        apart = np.pad(np.clip(images, 0, 1), [(0, 0), (0, 0), (0, 1), (0, 0)], constant_values=1)
        strip = np.concatenate(list(apart), axis=1)
        axis.imshow(strip, interpolation="lanczos")
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.tight_layout(h_pad=0.3)
    plt.show()


def draw_v(axis, share):
    """Picture and noise as the two legs of a right triangle: the jump to a share of the picture, and v.

    share: alpha_bar, from 0 to 1. The noisy picture lies on the quarter circle; v is the direction in which it moves on
    towards the noise (Salimans and Ho, Progressive distillation, 2022, appendix D).
    """
    angle = np.arccos(np.sqrt(share))
    place, along = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    circle = np.linspace(0, np.pi / 2, 60)
    axis.plot(np.cos(circle), np.sin(circle), color="grey", linestyle="-", linewidth=1)
    for end, colour in ((place * [1, 0], "#0072B2"), (place * [0, 1], "#D55E00")):
        axis.annotate("", end, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "lw": 2})
        axis.plot(*zip(end, place), color=colour, linestyle=":", linewidth=1)
    axis.annotate("", place, (0, 0), arrowprops={"arrowstyle": "->", "lw": 2})
    axis.annotate("", place + 0.45 * along, place, arrowprops={"arrowstyle": "->", "color": "#009E73", "lw": 2})
    axis.text(place[0] / 2, -0.1, "picture", color="#0072B2", ha="center")
    axis.text(-0.04, place[1] / 2, "noise", color="#D55E00", ha="right", va="center")
    axis.text(*(place + 0.5 * along), "v", color="#009E73", ha="center", va="center", fontsize=13)
    axis.text(*(1.07 * place), "noisy", va="center")
    axis.set(xlim=(-0.35, 1.45), ylim=(-0.2, 1.25), aspect="equal", xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
