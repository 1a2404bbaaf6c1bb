"""The small module under the course: plumbing for the notebooks, one short file per subject.

From the ground up; a file imports only from files above it:
    image_files · images · weights · networks · losses · lbfgs · optimize · progress · transfer · plots · environment

TensorFlow is imported here once, so that what it prints on the way stays out of the notebooks.
"""

import os
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _import_tensorflow_quietly():
    """Import TensorFlow with file descriptor 2 turned aside: it writes there whatever the log level.

    If the import fails, everything that was caught is printed after all.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as caught:
        screen = os.dup(2)
        os.dup2(caught.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        except BaseException:
            caught.seek(0)
            os.write(screen, caught.read())
            raise
        finally:
            os.dup2(screen, 2)
            os.close(screen)


if "tensorflow" not in sys.modules:
    _import_tensorflow_quietly()
