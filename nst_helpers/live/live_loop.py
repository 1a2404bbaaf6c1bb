"""The loop of lesson 04, running in the page while its weights and layers are moved.

What may go here: this figure, what of a run travels to the page, and the picture that a stored notebook keeps.
"""

from nst_helpers.images import to_bytes
from nst_helpers.live.figure import LiveFigure, page_side, thumbnail
from nst_helpers.live.loop_cells import end_older_of_this_cell, on_main_thread
from nst_helpers.live.loop_engine import LoopEngine
from nst_helpers.live.loop_settings import WEIGHTS, check_settings, loop_arguments, number, words
from nst_helpers.live.loop_turns import Loop

from matplotlib.figure import Figure
import traitlets

STOPS = (0.0, *(float(f"{10 ** (k / 10):.2g}") for k in range(-40, 11)))  # of a slider: 0, then 0.0001 to 10
FIRST_STEPS, FIRST_SECONDS = 20, 1.5  # taken before the figure is shown; fewer where they would take longer
THUMBNAIL, KEPT = 120, 8  # pixels on the longer side; pictures in the row
START = {"content": "the content image", "noise": "noise"}
LIVE = "Where this notebook runs, the loop goes on while weights and layers are moved."


def live_loop(content_image, style_image=None, network="pocket", style_layers=None, content_layers=None,
              content_weight=None, total_variation_weight=None, start="content"):
    """A style transfer that runs in the page, with knobs for its weights and layers that may be moved while it does.

    content_image, style_image: (1, H, W, 3), RGB in [0, 1], at most 256 pixels on the longer side; or bundled names or
    paths, which are taken at 192. style_image None: only the content loss, so that a picture is rebuilt from features.
    network: "pocket", "vgg19", "vgg16", or what load_network gave. style_layers, content_layers: names of those that
    are on, or a dictionary from name to weight, where 0 means that the layer may be switched on. None: for style
    Gatys' five, for content one of each block with block4_conv2 on. content_weight, total_variation_weight: against the
    style loss, as in `stylize` (None: 0.02 and 0.1; without a style image 1 and 0). start: "content" or "noise".
    The figure's `image` is the picture as it stands, `settings` are weights and layers by the names that `stylize`
    gives them. Raises ValueError for a picture that is none or too large, and for what is no layer, weight or start.
    """
    return LiveLoop(LoopEngine(*loop_arguments(**locals())))


class LiveLoop(LiveFigure):
    """The figure; made by `live_loop`. `settings` and `start` may be set, too."""

    _esm, _css = page_side("live_loop")
    # originals: [name, JPEG] of what is given; shape: height and width; layers: those that may be on, by kind.
    # stops: of the sliders, by name. moved: counts what the page sent. kept: [JPEG, lines below it, all in a sentence].
    # shown: a picture with its numbers, and `moved` of the settings that it was made with.
    originals, shape, kept = (traitlets.List().tag(sync=True) for _ in range(3))
    layers, stops, settings, shown = (traitlets.Dict().tag(sync=True) for _ in range(4))
    start, moved = traitlets.Enum([*START], "content").tag(sync=True), traitlets.Int().tag(sync=True)

    def __init__(self, engine):
        engine.slice(FIRST_SECONDS, FIRST_STEPS)
        self.loop, self.stock, self.answered = Loop(engine, self._picture), [], 0
        layers = {name: [*ratios] for name, ratios in engine.ratios.items()}
        sliders = WEIGHTS[not layers["style_layers"]:]  # without a style there is nothing to weigh the content against
        originals = [[name, thumbnail(image, THUMBNAIL)] for name, image in engine.given.items()]
        super().__init__(originals=originals, layers=layers,
                         stops={name: sorted({*STOPS, engine.settings[name]}) for name in sliders},
                         shape=list(engine.image.shape[1:3]), settings=engine.settings, start=engine.start)
        self.loop.show()
        self.observe(self._move, ["settings", "start", "moved"])
        self.on_msg(self._hear)
        end_older_of_this_cell(self.loop)

    @property
    def image(self):
        """The picture as it stands, (1, H, W, 3) in [0, 1]."""
        return self.loop.engine.image

    @traitlets.validate("settings")
    def _check_settings(self, proposal):
        check_settings(proposal["value"], self.layers)
        return proposal["value"]

    def _handle_msg(self, message):  # ipywidgets' door for all that the page says
        on_main_thread(super()._handle_msg, message)

    def _move(self, change):
        """A knob was moved, here or in the page."""
        engine, self.answered = self.loop.engine, self.moved
        if change["name"] == "start":
            engine.begin(self.start)
        elif change["name"] == "settings":
            engine.settle(self.settings)
        self.loop.show_soon()

    def _hear(self, _figure, message, _buffers):
        """What the page says: a button, or that it has painted a picture."""
        loop, act = self.loop, message.get("do")
        if act == "painted":
            return loop.painted(message["number"])
        if act == "start":
            return loop.start()
        if act == "keep":
            return self.keep()
        loop.message = ""
        if act == "gone" and loop.running:
            return loop.stop("Stopped: the figure was taken from the page.")
        if act == "stop":
            loop.end()
        elif act == "back":
            loop.engine.begin(self.start)
        elif act == "take" and message["which"] < len(self.stock):
            self.take(message["which"])
        loop.show()

    def keep(self):
        """Put the picture into the row, with the settings that it has now."""
        engine, settings = self.loop.engine, {**self.settings}
        first = f"step {engine.steps}: total {number(engine.losses['total'])}"
        lines, whole = words(settings, self.layers)
        self.stock = [*self.stock, (engine.image, engine.steps, settings)][-KEPT:]
        self.kept = [*self.kept, [thumbnail(engine.image, THUMBNAIL), [first, *lines], f"{first}; {whole}"]][-KEPT:]

    def take(self, which):
        """Go on from a picture in the row, with its settings."""
        *place, self.settings = self.stock[which]
        self.loop.engine.go_to(*place)

    def _picture(self):
        loop, engine, total = self.loop, self.loop.engine, self.loop.engine.losses["total"]
        parts = [[name, number(loss), 100 * loss / total if total else 0] for name, loss in engine.parts.items()]
        self.shown = {"number": loop.sent, "answered": self.answered, "picture": to_bytes(engine.image, "jpeg"),
                      "steps": engine.steps, "total": number(total), "parts": parts, "running": loop.running,
                      "message": loop.message, **engine.curve()}

    def close(self):
        self.loop.end()
        super().close()

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        engine = self.loop.engine
        what = "A style transfer" if self.layers["style_layers"] else "A picture rebuilt from features"
        losses = ", ".join(f"{name} {number(loss)}" for name, loss in engine.parts.items())
        return (f"{what}, {engine.steps} steps from {START[self.start]}; {words(self.settings, self.layers)[1]}. "
                f"Total loss {number(engine.losses['total'])}: {losses}. {LIVE}")

    def draw(self):
        """What was given, and the picture as it stands, as a Matplotlib figure."""
        engine = self.loop.engine
        panels = {**engine.given, f"after {engine.steps} steps": engine.image}
        wide = [image.shape[2] / image.shape[1] for image in panels.values()]
        tall = min(1.5, 6.2 / sum(wide))  # inches
        figure = Figure(figsize=(max(6.4, tall * sum(wide) + 0.4), tall + 0.9), layout="constrained")
        for axis, (title, image) in zip(figure.subplots(1, len(panels), width_ratios=wide), panels.items()):
            axis.imshow(image[0])
            axis.set(title=title, xticks=[], yticks=[], frame_on=False)
        lines = [*words(self.settings, self.layers)[0], f"total loss {number(engine.losses['total'])}\n{LIVE}"]
        figure.supxlabel("; ".join(lines), fontsize=9, color="0.35")
        return figure
