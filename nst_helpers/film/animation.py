"""Animated pictures (GIF, WebP, APNG), decoded and written by Pillow.

Which frames of a film there are is the business of reading.py and film.py.
"""

import io

from nst_helpers._io.image_files import MOST_PIXELS_IN_A_FILE, in_one_sentence, scaled

import numpy as np
from PIL import Image

KINDS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG"}
BROWSERS = 100  # milliseconds that a browser shows a frame which says 0 or 10


def decode_animation(path, size, most_bytes):
    """All frames of a GIF, WebP or APNG: ([(H, W, 3), uint8, ...], frames per second or None for a single picture).

    size: longer side. Transparency is laid over white. Frames that are shown for different times count as shown for the
    mean one. Raises ValueError, in one sentence, for a file that cannot be read or is larger than most_bytes.
    """
    with in_one_sentence(path), open(path, "rb") as data, Image.open(data, formats=["GIF", "WEBP", "PNG"]) as file:
        count = getattr(file, "n_frames", 1)
        if file.width * file.height > MOST_PIXELS_IN_A_FILE:
            raise Image.DecompressionBombError
        sides = scaled(file.size, size)
        fits = 3 * count * sides[0] * sides[1] <= most_bytes
        pairs = [_frame(file, number, sides) for number in range(count)] if fits else []
    if not fits:
        raise ValueError(f"{path} has {count} frames, too many to hold at {sides[0]} x {sides[1]} pixels: ask for a "
                         "smaller size, or cut the film.")
    frames, times = zip(*pairs)
    times = [time if time > 10 else BROWSERS for time in times]
    return list(frames), None if count == 1 else 1000 / float(np.mean(times))


def _frame(file, number, sides):
    """One frame as (H, W, 3), and for how many milliseconds it is shown."""
    file.seek(number)
    file.load()  # only then WebP knows the duration
    layer = file.convert("RGBA")
    picture = Image.new("RGB", file.size, "white")
    picture.paste(layer, mask=layer.getchannel("A"))
    return np.array(picture.resize(sides, Image.Resampling.LANCZOS)), file.info.get("duration", 0)


def encode_animation(frames, fps, suffix, quality=90):
    """frames: an iterator of (H, W, 3), uint8. suffix: .webp or .gif. quality: of WebP. Returns bytes."""
    pictures = [Image.fromarray(frame) for frame in frames]
    unit = 10 if suffix == ".gif" else 1  # GIF counts hundredths of a second
    ends = np.rint(np.arange(len(pictures) + 1) * 1000 / fps / unit).astype(int) * unit
    buffer = io.BytesIO()
    pictures[0].save(buffer, KINDS[suffix], save_all=True, append_images=pictures[1:], loop=0,
                     duration=[max(unit, int(time)) for time in np.diff(ends)],
                     **({} if suffix == ".gif" else {"quality": quality, "method": 4}))
    return buffer.getvalue()
