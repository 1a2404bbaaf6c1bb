"""Where Keras keeps the weights that it has fetched; Keras itself is not needed to know it.

What may go here: names and places of its files.
"""

import os
from pathlib import Path


def vgg_file(name, home=None):
    """The path of the weights of "vgg16" or "vgg19" without dense layers. home: Keras' folder, if it is another."""
    home = Path(home or os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    return home / "models" / f"{name}_weights_tf_dim_ordering_tf_kernels_notop.h5"
