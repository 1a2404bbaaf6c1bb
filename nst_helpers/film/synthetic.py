"""A film whose motion is known: a camera that pans, turns and zooms over a photo.

Along that motion flicker can be measured (measures.py) without anybody's estimate.
"""

from dataclasses import dataclass

from nst_helpers.images import load_image

import numpy as np
from scipy.ndimage import map_coordinates


@dataclass
class SyntheticFilm:
    """frames: (T, H, W, 3), float32, in [0, 1]. flows: T - 1 exact flows (H, W, 2), float64, each from a frame to the
    one before; forward_flows: likewise, from a frame to the one after."""

    frames: np.ndarray
    flows: list
    forward_flows: list


def camera_film(photo="mountains", count=24, size=192, *, pan=0.12, turn=4.0, zoom=0.12, period=48):
    """A flight over a photo, there and back in `period` frames.

    photo: a bundled name, a path or (1, H, W, 3). size: longer side of the frames; they have the photo's proportions.
    pan: how far the camera moves to each side, as a part of the frame's sides; turn: degrees to each side; zoom: how
    much the photo grows and shrinks. With the defaults things move by up to 5 pixels from frame to frame at 192.
    Returns a SyntheticFilm. Raises ValueError where the camera would look beyond the photo.
    """
    # The camera sees about half of each side of the photo, which is loaded so that a pixel stays about a pixel.
    photo = load_image(photo, 2 * size) if isinstance(photo, str) else np.asarray(photo)
    height, width = photo.shape[1] // 2, photo.shape[2] // 2
    cameras = [_camera(2 * np.pi * number / period, photo.shape[1:3], (height, width), pan, turn, zoom)
               for number in range(count)]
    pixels = np.stack([*np.indices((height, width)), np.ones((height, width))]).reshape(3, -1)  # row, column, 1
    frames = [_seen(photo, (camera @ pixels)[:2].reshape(2, height, width)) for camera in cameras]

    def flow(camera, other):
        moved = (np.linalg.inv(other) @ camera @ pixels - pixels)[:2].reshape(2, height, width)
        return np.stack([moved[1], moved[0]], axis=-1)

    pairs = list(zip(cameras[1:], cameras[:-1]))
    return SyntheticFilm(np.concatenate(frames), [flow(*pair) for pair in pairs], [flow(*pair[::-1]) for pair in pairs])


def _camera(phase, photo_sides, sides, pan, turn, zoom):
    """From a frame's pixel (row, column, 1) to the photo's: (3, 3), float64."""
    angle, scale = np.radians(turn) * np.sin(phase), np.exp(-zoom * np.sin(phase))
    turned = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    looks_at = (np.array(photo_sides) - 1) / 2 + pan * np.array(sides) * [np.sin(2 * phase) / 2, np.sin(phase)]
    camera = np.eye(3)
    camera[:2, :2] = turned
    camera[:2, 2] = looks_at - turned @ ((np.array(sides) - 1) / 2)
    return camera


def _seen(photo, places):
    """What the photo shows at `places` (2, H, W), rows and columns: (1, H, W, 3)."""
    ends = np.array(photo.shape[1:3])[:, None, None] - 1
    if (places < 0).any() or (places > ends).any():
        raise ValueError("The camera looks beyond the photo: pan, turn or zoom less.")
    drawn = [map_coordinates(photo[0, ..., c].astype("float64"), places, order=3, mode="mirror") for c in range(3)]
    return np.clip(np.stack(drawn, axis=-1), 0, 1).astype("float32")[np.newaxis]
