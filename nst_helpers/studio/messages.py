"""What the page asks for by a click: an answer for each kind of message.

What may go here: messages. Each is a dictionary with "kind", perhaps with bytes beside it; whatever goes wrong with one
is a sentence in the page.
"""

from nst_helpers.masks.cover import load_mask, resize_mask
from nst_helpers.studio import settings as knobs
from nst_helpers.studio.offers import masks_of
from nst_helpers.studio.pictures import LARGEST_FILE
from nst_helpers.studio.regions import LABELS, unpacked

LARGEST_NAME = 200
PIECE = 400_000  # bytes


class Messages:
    """Answers for `page`, a Studio."""

    def __init__(self, page):
        self.page, self.arriving = page, {}

    def answer(self, message, buffers):
        """What a message asks for; a kind that is not there is nobody's."""
        kind = message.get("kind") if isinstance(message, dict) else None
        with self.page.told(kind):
            answer = getattr(self, f"_{kind}", None) if kind in KINDS else None
            if answer:
                answer(message, [bytes(buffer) for buffer in buffers])

    def _turn(self, message, _buffers):
        """Knobs that were turned, and how many turns there have been."""
        page, number = self.page, message.get("number")
        # Two pages may count to the same number; each waits for an answer with a new one.
        page.changed = max(page.changed + 1, number if isinstance(number, int) else 0)
        self._choose({**page.settings, **(message.get("changes") or {})})

    def _paint(self, message, _buffers):
        """The run that the page shows the knobs of: the last turn of one may still be on its way."""
        page = self.page
        page.settings = knobs.checked(message.get("settings", page.settings), page.pictures.known)
        page.paint()

    def _stop(self, _message, _buffers):
        if self.page.painting:
            self.page.painting.stop()

    def _upload(self, message, buffers):
        """A file that was dropped: a photo, a painting, or a picture with a record, which brings back all knobs."""
        data = self._pieces(message, buffers[0])
        if data is None:
            return
        page, place = self.page, message.get("place")
        name, record = page.pictures.add(str(message.get("name"))[:LARGEST_NAME], data)
        if place == "record":
            settings, sentence = knobs.from_record(record, page.pictures.known)
            return self._choose(settings, sentence)
        page.own = [*page.own, {"name": name, "title": name, "place": "photo" if place == "photo" else "painting",
                                "picture": page.pictures.shown(name, 96)}]
        settings = dict(page.settings)
        if place == "photo":
            settings["photo"] = name
        else:
            settings["styles"] = [*settings["styles"], name][-knobs.MOST_STYLES:]
            settings["weights"] = [*settings["weights"], 1.0][-knobs.MOST_STYLES:]
        self._choose(settings)

    def _pieces(self, message, piece):
        """The whole file once its last piece is there: servers take no message as large as a photo."""
        number, begin, size = (message.get(name) for name in ("number", "from", "size"))
        if not isinstance(size, int) or size > LARGEST_FILE:
            raise ValueError(f"This file is too large: bring one of at most {LARGEST_FILE // 10**6} MB.")
        whole = self.arriving.setdefault(number, bytearray()) if begin else bytearray()
        self.arriving = {number: whole}  # one file at a time
        whole += piece
        return bytes(self.arriving.pop(number)) if len(whole) >= size else None

    def _piece(self, message, _buffers):
        """A piece of the last result's file: a server drops what comes too fast."""
        page, begin = self.page, message.get("from")
        if message.get("number") == page.latest.get("number") and isinstance(begin, int):
            page.send({"kind": "piece", "number": message["number"], "from": begin}, [page.png[begin:begin + PIECE]])

    def _mask(self, message, _buffers):
        """Regions from a bundled mask of the photo: the second painting inside it."""
        page, name = self.page, message.get("name")
        if name not in masks_of(page.settings["photo"]):
            raise ValueError("There is no such mask for this photo.")
        height, width = page.pictures.image(page.settings["photo"], LABELS).shape[1:3]
        inside = resize_mask(load_mask(name), height, width)[0, ..., 0] > 0.5
        page.labels = {"width": width, "height": height, "values": inside.astype("uint8").tobytes()}
        self._choose({**page.settings, "regions": True})

    def _regions(self, _message, _buffers):
        """The files of the regions, for the printed code."""
        paths = self.page.regions(self.page.settings)
        self.page.send({"kind": "regions", "names": [path.name for path in paths]},
                       [path.read_bytes() for path in paths])

    def _labels(self, message, buffers):
        """Regions painted with the mouse: a number for each pixel, row by row."""
        width, height = message.get("width"), message.get("height")
        fine = all(isinstance(side, int) and 0 < side <= LABELS for side in (width, height))
        if not fine or len(buffers[0]) != width * height or max(buffers[0]) >= knobs.MOST_STYLES:
            raise ValueError("These regions do not fit the photo: paint them again.")
        self.page.labels = {"width": width, "height": height, "values": buffers[0]}
        self._choose({**self.page.settings, **(message.get("settings") or {}), "regions": True})

    def _again(self, message, _buffers):
        """All knobs as they were for an earlier picture."""
        self._choose(message.get("settings"), knobs.missing(message.get("settings"), self.page.pictures.known))

    def _forget(self, _message, _buffers):
        """No result is kept here, either."""
        self.page.results, self.page.png, self.page.latest = [], b"", {}

    def _choose(self, settings, sentence=""):
        page = self.page
        if isinstance(settings, dict) and settings.get("labels"):
            page.labels = unpacked(settings["labels"])
        page.settings = knobs.checked(settings, page.pictures.known)
        page.follow()
        if page.said["of"] == "preview":  # one that failed
            sentence = sentence or page.said["text"]
        if sentence:
            raise ValueError(sentence)


KINDS = ("turn", "paint", "stop", "upload", "piece", "mask", "labels", "regions", "again", "forget")
