"""The small module under the course: plumbing for the notebooks, one short file per subject.

From the ground up; a file imports only from files above it:
    quiet · environment · writing · image_files · images · records · results · masks · mask_making · mask_painting ·
    color · weights · networks · guides · losses · adain · transformation · objective · lbfgs · optimize · stages ·
    progress · autosave · estimate · watched · arguments · transfer · fast · magenta ·
    diffusion · denoiser · autoencoder · plots · checks

TensorFlow is imported here once, so that what it prints on the way stays out of the notebooks.
"""

import os
import sys
import tempfile

from nst_helpers.quiet import error_output_into

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# NumPy's and SciPy's threads wait for each other by spinning; next to TensorFlow's, or on a busy machine, an
# optimiser's few products take many times as long with them (benchmarks/loop_cost.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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


if "tensorflow" not in sys.modules:
    _import_tensorflow_quietly()
