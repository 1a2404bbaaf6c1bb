"""Pictures laid out in the plane, so that near means alike.

What may go here: multidimensional scaling and its figure.
"""

from nst_helpers.images import resize_image

from matplotlib.offsetbox import AnnotationBbox, OffsetImage
import numpy as np


def lay_out(distances):
    """Points (count, 2) whose distances come as near to these (count, count) as possible.

    Classical multidimensional scaling: squared distances, centred, are inner products, and their two largest
    eigenvectors give the two best coordinates (Torgerson, Multidimensional scaling: I. Theory and method, 1952).
    """
    distances = np.asarray(distances)
    centring = np.eye(len(distances)) - 1 / len(distances)
    values, vectors = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
    points = vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0))
    return points * np.sign(points[np.argmax(np.abs(points), axis=0), [0, 1]])  # the same signs on every machine


def draw_style_map(axis, pictures, distances, title, frames=(), width=60):
    """Put each picture where the distances want it.

    pictures: {name: picture (1, H, W, 3)}. distances: (count, count), in their order. frames: {name: (colour,
    line style)} for those that get a thick frame; the others get a thin grey one. width: of the longer side, in pixels.
    """
    points, frames = lay_out(distances), dict(frames)
    for (name, picture), point in zip(pictures.items(), points, strict=True):
        colour, line = frames.get(name, ("grey", "-"))
        frame = {"edgecolor": colour, "linestyle": line, "linewidth": 3 if name in frames else 1}
        thumbnail = OffsetImage(resize_image(picture, 2 * width)[0], zoom=0.5)
        axis.add_artist(AnnotationBbox(thumbnail, point, pad=0, bboxprops={"boxstyle": "square,pad=0", **frame}))
    margin = 0.14 * np.ptp(points, axis=0)
    (left, bottom), (right, top) = points.min(axis=0) - margin, points.max(axis=0) + margin
    axis.set(title=title, xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    axis.spines[:].set_visible(True)
