"""The pictures of one session: those that ship with the course, and those that a visitor brings in.

What is brought in lies in a folder of its own until the session ends, and is read by `load_image`, like any other file:
so the studio paints what the printed call paints. What may go here: names and files; nothing is painted.
"""

from pathlib import Path
import re
import tempfile

from nst_helpers.images import bundled_names, load_image, to_bytes
from nst_helpers.records import read_record

LARGEST_FILE = 40_000_000  # bytes
SHOWN, THUMBNAIL = 512, 96  # pixels on the longer side


class Pictures:
    """Names, and what `load_image` is given for each: its name, or the path of an own file."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nst-studio-")  # emptied when this object goes
        self.folder, self.own, self._images = Path(self._folder.name), {}, {}
        self.bundled = bundled_names()

    @property
    def known(self):
        return [*self.bundled["photos"], *self.bundled["paintings"], *self.own]

    def source(self, name):
        """What `load_image` is given for it."""
        return self.own.get(name, name)

    def image(self, name, size):
        """The picture (1, H, W, 3) in [0, 1], `size` on its longer side; the last few are kept."""
        key = (name, size)
        if key not in self._images:
            if len(self._images) > 12:
                self._images.pop(next(iter(self._images)))
            self._images[key] = load_image(self.source(name), size)
        return self._images[key]

    def shown(self, name, size=SHOWN):
        """Likewise, as the bytes of a JPEG file."""
        return to_bytes(self.image(name, size), "jpeg", quality=85)

    def thumbnails(self, kind):
        """[{"name", "title", "picture"}] of the bundled "photos" or "paintings"."""
        return [{"name": name, "title": name.replace("_", " "),
                 "picture": to_bytes(load_image(name, THUMBNAIL), "jpeg", quality=80)} for name in self.bundled[kind]]

    def add(self, name, data):
        """Take in a file that was brought along; its name here, and its record or None.

        name: the file's, data: its bytes. Raises ValueError in one sentence for what is no picture.
        """
        if len(data) > LARGEST_FILE:
            raise ValueError(f"{Path(name).name} has {len(data) / 1e6:.0f} MB; bring a file of at most "
                             f"{LARGEST_FILE // 10**6} MB.")
        path = self.folder / _file_name(name, self.own)
        path.write_bytes(data)
        try:
            load_image(path, THUMBNAIL)
        except (OSError, ValueError) as error:
            path.unlink()
            raise ValueError(str(error).replace(f"{self.folder}/", "")) from None
        self.own[path.name] = path
        try:
            return path.name, read_record(path)
        except ValueError:
            return path.name, None


def _file_name(name, taken):
    """A harmless name for a file that was brought along, as near to its own as can be."""
    stem, suffix = Path(name.replace("\\", "/")).stem, Path(name).suffix.lower()
    stem = re.sub(r"[^\w-]+", "_", stem).strip("_")[:40] or "picture"
    stem = f"my_{stem}" if stem.startswith("region_") else stem  # that is what the studio's own are called
    suffix = suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".jpg"
    names = (f"{stem}{'' if number == 1 else f'_{number}'}{suffix}" for number in range(1, 1000))
    return next(each for each in names if each not in taken)
