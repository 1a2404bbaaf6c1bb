"""The well-known network for any style from TensorFlow Hub (Ghiasi et al. 2017), where a learner has it in a folder.

It cannot be fetched everywhere and does not ship with the course.
"""

from pathlib import Path

from nst_helpers.images import check_image, resize_image

import numpy as np
import tensorflow as tf

MAGENTA = "magenta/arbitrary-image-stylization-v1-256"
MAGENTA_FOLDER = Path("~/magenta").expanduser()
# The side of the style images that it was trained with, as its page says.
STYLE_SIZE = 256


def find_magenta(folder=MAGENTA_FOLDER):
    """The folder that holds the saved model: `folder` itself, or the one folder in it that does; None without one."""
    folder = Path(folder).expanduser()
    found = sorted(folder.rglob("saved_model.pb")) if folder.is_dir() else []
    return found[0].parent if found else None


def load_magenta(folder=MAGENTA_FOLDER):
    """A function from (content image, style image) to the painted picture, by the model in `folder`.

    folder: where the model "magenta/arbitrary-image-stylization-v1-256" was unpacked. It holds saved_model.pb.
    Pictures are (1, H, W, 3), RGB in [0, 1]; the style image is brought to 256 pixels, as the model wants.
    Raises FileNotFoundError without a model there, ValueError for one that cannot be read or takes something else.
    """
    place = find_magenta(folder)
    if place is None:
        raise FileNotFoundError(f"There is no saved_model.pb in {folder}: unpack the model {MAGENTA} there, or use "
                                "stylize_fast, which needs none.")
    try:
        model = tf.saved_model.load(str(place))
    except Exception:  # protobuf's, TensorFlow's and the file system's
        raise ValueError(f"{place} holds no model that can be read; unpack it again.") from None

    def paint(content_image, style_image):
        content_image, style_image = check_image(content_image), resize_image(style_image, STYLE_SIZE)
        try:
            painted = model(tf.constant(content_image), tf.constant(style_image))[0]
        except (ValueError, TypeError, KeyError):
            raise ValueError(f"The model in {place} does not take a content and a style image; it is another one than "
                             f"{MAGENTA}.") from None
        return np.clip(painted, 0, 1)

    paint.model = model  # a saved model stops working when nobody holds it
    return paint
