"""Files that arrive whole or not at all.

What is in them is no business of this file.
"""

import contextlib
import os
import uuid


def write_whole(path, data):
    """Write beside `path` and move into place: a full disk or an interrupt never leaves half a file.

    Threads and processes may write at the same time; of several that write to one path, the last one stays.
    Raises OSError in one sentence.
    """
    with _part_beside(path) as part:
        part.write_bytes(data)
        os.replace(part, path)


def check_can_be_written(path):
    """Refuse early what `write_whole` would refuse late: a folder that cannot be made, or is closed to writing, or a
    name that no file can have."""
    with _part_beside(path) as part:
        part.write_bytes(b"")
        with contextlib.suppress(FileNotFoundError):
            os.lstat(path)  # asks for the name only: too long, or with characters that have no bytes
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder: name a picture file inside it.")


@contextlib.contextmanager
def _part_beside(path):
    """A path to write to, in the folder of `path`, which is made; nothing is left there in the end.

    No two writers have the same one, so that none moves away or removes what another one has written.
    """
    part = path.parent / f".{uuid.uuid4().hex}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        sentence = f"{path} could not be written ({reason}): choose another name or folder, or make room."
        # Half a character in the name could not be printed either: it is told by its number.
        raise OSError(sentence.encode("utf-8", "backslashreplace").decode()) from None
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
