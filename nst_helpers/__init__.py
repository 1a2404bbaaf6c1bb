"""The small module under the course. README.md beside this file is its map.

What lessons use most comes from here, as in `from nst_helpers import load_image, stylize`; each name is loaded when it
is asked for. TensorFlow is imported here once, so that what it prints on the way stays out of the notebooks.
"""

import importlib
import os
import sys
import tempfile

from nst_helpers._io.error_output import error_output_into
from nst_helpers._io.moved import tell_what_has_moved

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# NumPy's and SciPy's threads wait for each other by spinning; next to TensorFlow's, or on a busy machine, an
# optimiser's few products take many times as long with them (benchmarks/loop_cost.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Where each name of the facade lives.
_HOMES = {
    "images": ["bundled_names", "load_image", "resize_image", "save_image", "to_bytes"],
    "notebook.progress": ["Progress"],
    "notebook.plots": ["plot_losses", "show_images"],
    "networks": ["feature_extractor", "load_network"],
    "losses": ["content_loss", "gram_matrix", "guided_gram_matrix", "out_of_range", "style_loss", "total_variation"],
    "optimize": ["minimize"],
    "masks": ["load_mask"],
    "transfer": ["stylize"],
    "fast": ["stylize_fast"],
    "film": ["stylize_frames"],
    "many": ["stylize_many"],
    "symptoms": ["explain"],
    "records": ["read_record"],
    "_io.environment": ["describe_environment"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"nst_helpers has no {name!r}. It offers {', '.join(__all__)}; its README.md says where "
                             "all else lives.")
    return getattr(importlib.import_module(f"nst_helpers.{_HOME[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])


def _place_for_output():
    """An open file that nobody sees. On a full disk there is no temporary file; what is written is lost then."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")


def _import_tensorflow_quietly():
    """Import TensorFlow with its error output turned aside: it writes there whatever the log level.

    If the import fails, everything that was caught is printed after all.
    """
    with _place_for_output() as caught:
        try:
            with error_output_into(caught):
                import tensorflow  # noqa: F401
        except BaseException:
            caught.seek(0)
            os.write(2, caught.read())
            raise


if "tensorflow" not in sys.modules and sys.argv[:1] != ["-m"]:  # python -m nst_helpers does without
    _import_tensorflow_quietly()
tell_what_has_moved()
