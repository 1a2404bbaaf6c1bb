"""The studio's page as an anywidget; the .js and .css files beside it are its side in the browser.

What may go here: traits and what they show.
"""

import contextlib
from pathlib import Path
import time

from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.images import to_bytes
from nst_helpers.live.figure import SHARED, LiveFigure
from nst_helpers.records import text_for
from nst_helpers.studio import settings as knobs
from nst_helpers.studio.messages import Messages
from nst_helpers.studio.offers import masks_of, offered_sizes
from nst_helpers.studio.painting import Painting
from nst_helpers.studio.pictures import SHOWN, Pictures
from nst_helpers.studio.regions import packed, save_regions

from matplotlib.figure import Figure
import numpy as np
import traitlets

HERE = Path(__file__).parent
PARTS = ("markup", "knobs", "pictures", "regions", "results", "last", "run", "talk", "page")  # of JavaScript, in order
KEPT, _studios = 8, []  # results; studios of this kernel: one at most, so that a page opened again finds its pictures


def studio(largest=2048):
    """The studio of this kernel, for the page; called again, it is the same one with all that it holds.

    largest: of the sizes that are offered, in pixels on the longer side; what does not fit into memory is not offered.
    """
    if not _studios:
        _studios.append(Studio(largest))
    return _studios[0]


class Studio(LiveFigure):
    """The page; made by `studio`. `settings` are the knobs, `results` the last Results, oldest first."""

    _esm = "\n".join([SHARED[0], *((HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)])
    _css = "\n".join([SHARED[1], (HERE / "page.css").read_text(encoding="utf-8")])
    photos = traitlets.List().tag(sync=True)  # of {"name", "title", "picture"}, as `paintings`
    paintings = traitlets.List().tag(sync=True)
    own = traitlets.List().tag(sync=True)  # likewise, of files brought along
    sizes = traitlets.List().tag(sync=True)  # of {"size", "text"}: those that fit into memory
    masks = traitlets.List().tag(sync=True)  # names of the photo's bundled masks
    settings = traitlets.Dict().tag(sync=True)
    changed = traitlets.Int().tag(sync=True)  # counts the turns of knobs
    photo = traitlets.Bytes().tag(sync=True)
    preview = traitlets.Bytes().tag(sync=True)
    answered = traitlets.Int().tag(sync=True)  # `changed` of the settings that `preview` shows
    growing = traitlets.Bytes().tag(sync=True)  # the picture of the run, or of the last one
    run = traitlets.Dict({"state": "idle"}).tag(sync=True)
    latest = traitlets.Dict().tag(sync=True)  # the last result: {"number", "size" (bytes of its PNG), "settings"}
    code = traitlets.Unicode().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)  # {"width", "height", "values": bytes}: which style goes where
    said = traitlets.Dict({"number": 0, "text": "", "of": ""}).tag(sync=True)  # "of": the message that it answers

    def __init__(self, largest=2048):
        self.pictures, self.painting, self.results, self.png = Pictures(), None, [], b""
        super().__init__(photos=self.pictures.thumbnails("photos"), paintings=self.pictures.thumbnails("paintings"),
                         settings=knobs.checked({}, self.pictures.known))
        self.largest = largest
        messages = Messages(self)
        self.on_msg(lambda _, message, buffers: messages.answer(message, buffers))
        self.follow()

    def follow(self):
        """Bring photo, preview and code to what the settings are."""
        with self.told("preview"):
            settings = knobs.checked(self.settings, self.pictures.known)
            photo = self.pictures.image(settings["photo"], SHOWN)
            with self.hold_sync():  # before the preview, which may fail
                self.settings, self.photo = settings, self.pictures.shown(settings["photo"])
                self.code, self.masks = knobs.code(settings), masks_of(settings["photo"])
                self.sizes = offered_sizes(photo.shape[1] / photo.shape[2], len(settings["styles"]), self.largest)
            masks = {"masks": self.regions(settings)} if settings["regions"] else {}
            size = knobs.style_size(settings, knobs.PREVIEW) or knobs.PREVIEW
            styles = [self.pictures.image(style, size) for style in settings["styles"]]
            small = self.pictures.image(settings["photo"], knobs.PREVIEW)
            self.side_by_side = small, stylize_fast(small, styles, **knobs.preview_options(settings), **masks)
            with self.hold_sync():
                self.preview, self.answered = to_bytes(self.side_by_side[1], "jpeg", quality=88), self.changed

    def regions(self, settings):
        """Paths of the masks that the labels stand for, one for each style."""
        _, height, width, _ = self.pictures.image(settings["photo"], SHOWN).shape
        return save_regions(self.labels, len(settings["styles"]), width / height, self.pictures.folder)

    def paint(self):
        """Begin the run that the settings ask for. ValueError while one is going on."""
        if self.painting and self.painting.is_running:
            raise ValueError("A picture is being painted already: wait for it, or stop it.")
        settings = knobs.checked(self.settings, self.pictures.known)
        options = knobs.run_options(settings)
        record = dict(settings)
        if settings["regions"]:
            options["masks"], record["labels"] = self.regions(settings), packed(self.labels)
        styles = [self.pictures.source(style) for style in settings["styles"]]
        self.run = {"state": "waiting", "place": 0}
        self.painting = Painting(self.pictures.source(settings["photo"]), styles if len(styles) > 1 else styles[0],
                                 options, record, self.hear)

    def hear(self, news):
        """News of the run, from its thread."""
        image, result = news.pop("image", None), news.pop("result", None)
        if result is not None:
            self.results = [*self.results, result][-KEPT:]
            image = result.image
            self.png = to_bytes(image, "png", record=text_for("my_picture.png", result.record))
            self.latest = {"number": str(time.time_ns()), "size": len(self.png), "settings": result.record["studio"]}
            ended = result.message.replace("interrupted", "stopped")
            news |= {"message": f"{result.steps} steps in {result.seconds:.0f} s, {ended}."}
        with self.hold_sync():
            if image is not None:
                step = -(-max(image.shape) // 1024)
                self.growing = to_bytes(np.clip(image[:, ::step, ::step], 0, 1), "jpeg", quality=88)
            self.run = news

    @contextlib.contextmanager
    def told(self, of):
        """What goes wrong inside is a sentence in the page, until the same kind of thing goes right."""
        try:
            yield
            if self.said["text"] and self.said["of"] == of:  # a turn on its way must not wipe what is wrong with a file
                self._say("", of)
        except Exception as error:
            self.answered = self.changed
            self._say(str(error) or type(error).__name__, of)

    def _say(self, text, of):
        self.said = {"number": self.said["number"] + 1, "text": text, "of": of}

    def describe(self):
        """The page in a sentence, for those who cannot see it."""
        styles = " and ".join(self.settings["styles"])
        return f"The studio: a photo, {self.settings['photo']}, and beside it a preview in the manner of {styles}."

    def draw(self):
        """Photo and preview, as a Matplotlib figure."""
        figure = Figure(figsize=(7, 2.8), layout="constrained")
        for axis, image, title in zip(figure.subplots(1, 2), self.side_by_side, ("photo", "preview")):
            axis.imshow(image[0])
            axis.set(title=title, xticks=[], yticks=[], frame_on=False)
        return figure
