"""Motion between two frames of a film: where each pixel goes, and where that can be known at all.

A flow is (H, W, 2), in pixels: how far to the right and how far down the thing at a pixel of one frame is found in
another. What a painter makes of it stands in painter.py.
"""

import numpy as np
from scipy.ndimage import map_coordinates

SMALLEST = 16  # pixels on a side: below that the flow's patches of 8 pixels see too little


def has_flow():
    """Whether OpenCV is there, which `flow` takes."""
    try:
        import cv2  # noqa: F401
    except ImportError:
        return False
    return True


def flow(frame, other):
    """For each pixel of `frame`, where it is in `other`: (H, W, 2), float32, by dense inverse search.

    frame, other: (1, H, W, 3), in [0, 1]. (Kroeger et al. 2016, "Fast Optical Flow using Dense Inverse Search", as
    OpenCV has it, at full resolution.) Raises ImportError without OpenCV, ValueError for frames that are too small or
    not of one size.
    """
    try:
        import cv2
    except ImportError:
        raise ImportError("Motion between frames takes OpenCV: run python3 -m pip install 'nst-course[film]' or pass "
                          "warp=False.") from None
    if frame.shape != other.shape or min(frame.shape[1:3]) < SMALLEST:
        raise ValueError(f"The frames have the shapes {frame.shape} and {other.shape}; motion is seen between two of "
                         f"one size, {SMALLEST} pixels or more on each side.")
    search = cv2.DISOpticalFlow_create(cv2.DISOpticalFlow_PRESET_MEDIUM)
    search.setFinestScale(0)  # a film of the course is small: half the resolution would not do
    return search.calc(_grey(frame), _grey(other), None)


def _grey(frame):
    """Brightness, (H, W), 8 bits."""
    return np.rint(255 * np.clip(frame[0] @ np.array([0.299, 0.587, 0.114], "float32"), 0, 1)).astype("uint8")


def targets(flow):
    """Where each pixel comes to lie: rows and columns, (2, H, W), float64."""
    rows, columns = np.indices(flow.shape[:2]).astype("float64")
    return np.stack([rows + flow[..., 1], columns + flow[..., 0]])


def warp(image, flow):
    """`image`, drawn so that it lies on the frame that the flow starts from: result(p) = image(p + flow(p)).

    image: (1, H, W, C). flow: (H, W, 2), for example `flow(frame, previous_frame)` for what was painted over the
    previous frame. Cubic splines: straight lines between pixels would blur a film, frame by frame. What comes from
    outside is taken from the nearest border. Returns (1, H, W, C), of the image's type; values may overshoot a little.
    """
    if image.shape[1:3] != flow.shape[:2]:
        raise ValueError(f"The image has {image.shape[1]}x{image.shape[2]} pixels and the flow "
                         f"{flow.shape[0]}x{flow.shape[1]}: they have to be alike.")
    _, height, width, channels = image.shape
    places = targets(flow)
    places = np.stack([np.clip(places[0], 0, height - 1), np.clip(places[1], 0, width - 1)])
    drawn = [map_coordinates(np.asarray(image[0, ..., c], "float64"), places, order=3, mode="mirror")
             for c in range(channels)]
    return np.stack(drawn, axis=-1)[np.newaxis].astype(image.dtype)


def inside(flow):
    """Where the flow stays within the picture: (H, W), True or False."""
    rows, columns = targets(flow)
    height, width = flow.shape[:2]
    return (rows >= 0) & (rows <= height - 1) & (columns >= 0) & (columns <= width - 1)


def visible(there, back):
    """Where a pixel of one frame is seen in the other, and the flow can be trusted: (H, W), float32, 1 or 0.

    there: flow from the one frame to the other; back: from the other to the one. (Ruder, Dosovitskiy and Brox 2016,
    "Artistic Style Transfer for Videos", equations 5 and 6: there is `there` the backward and `back` the forward flow.)
    A pixel counts as hidden where the two flows do not lead there and back (5), where the motion changes from one pixel
    to the next (6), and, besides, where it comes from outside the picture.
    """
    returned = warp(back[np.newaxis], there)[0]
    length, back_length = _squares(there), _squares(returned)
    hidden = _squares(there + returned) > 0.01 * (length + back_length) + 0.5
    down, right = np.gradient(there, axis=(0, 1))
    boundary = _squares(down) + _squares(right) > 0.01 * length + 0.002
    return (inside(there) & ~hidden & ~boundary).astype("float32")


def _squares(vectors):
    return np.sum(np.asarray(vectors, "float64") ** 2, axis=-1)
