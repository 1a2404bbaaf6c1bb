"""Files that arrive whole or not at all.

What may go here: writing bytes to disk safely. What is in them is no business of this file.
"""

import contextlib
import os


def write_whole(path, data):
    """Write beside `path` and move into place: a full disk or an interrupt never leaves half a file."""
    with _part_beside(path) as part:
        part.write_bytes(data)
        os.replace(part, path)


def check_can_be_written(path):
    """Refuse early what `write_whole` would refuse late: a folder that cannot be made, or is closed to writing."""
    with _part_beside(path) as part:
        part.write_bytes(b"")
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder: name a picture file inside it.")


@contextlib.contextmanager
def _part_beside(path):
    """A path to write to, in the folder of `path`, which is made; nothing is left there in the end."""
    part = path.with_name(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OSError(f"{path} could not be written ({reason}): choose another folder, or make room.") from None
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
