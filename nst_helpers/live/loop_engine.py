"""A transfer that goes on while its weights are moved, in turns between the kernel's messages. It knows no page.

The losses are objective.py's, weighed as loss_weights.py says. What may go here: what a loop may be given, the picture
and its next step (`LoopEngine`), when to work, to wait and to stop (`Loop`), its settings and losses in words, and the
one task in which all loops take turns. Long because these are read together.
"""

import asyncio
from collections import deque
import signal
import threading
import time
import weakref

from nst_helpers._run.arguments import check_sizes, picture, start_picture
from nst_helpers.defaults import CONTENT_LAYERS, CONTENT_WEIGHT, SMALL, STYLE_LAYERS
from nst_helpers.images import resize_image, to_bytes
from nst_helpers.loss_weights import Weights, check_weight, layer_weights
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize.parts import parts_by_name

from IPython import get_ipython
import keras
import numpy as np
import tensorflow as tf

LONGEST, USUAL = 256, 192  # pixels on the longer side: at most, and of a picture from a file
OFFERED = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv2", "block5_conv1")  # for content: lesson 03's
WEIGHTS = ("content_weight", "total_variation_weight")
STEPS, TOTALS = 1000, 200  # of one run at most; of the curve
SLICE, PAUSE = 0.05, 0.01  # seconds of work, then of listening: a knob waits for one slice and no longer
PATIENT, PATIENCE = 1.0, 20.0  # seconds without an answer of the page, after which the work rests, and ends
# Chosen so that 60 steps at 192 pixels come near L-BFGS, and that a knob is felt at once: short memories (beta).
ADAM = {"learning_rate": 0.06, "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-12}


def loop_arguments(content_image, style_image, network, style_layers, content_layers, content_weight,
                   total_variation_weight, start):
    """What `live_loop` is given, checked and complete, as LoopEngine takes it."""
    images = [None if image is None and name == "style_image" else small_picture(image, name)
              for name, image in (("content_image", content_image), ("style_image", style_image))]
    if content_layers is None:
        content_layers = dict.fromkeys(OFFERED, 0.0) | dict.fromkeys(CONTENT_LAYERS, 1.0)
    offered = {"content_layers": layer_weights(content_layers, "content_layers"),
               "style_layers": layer_weights(STYLE_LAYERS if style_layers is None else style_layers, "style_layers")}
    usual = CONTENT_WEIGHT, SMALL["total_variation_weight"]
    if style_image is None:
        offered["style_layers"], usual = {}, (1.0, 0.0)
    settings = {name: [layer for layer, weight in layers.items() if weight] for name, layers in offered.items()}
    for name, weight, otherwise in zip(WEIGHTS, (content_weight, total_variation_weight), usual, strict=True):
        check_weight(otherwise if weight is None else weight, name)
        settings[name] = float(otherwise if weight is None else weight)
    if start not in ("content", "noise"):
        raise ValueError(f'start is {start!r}; give "content" or "noise".')
    # A layer that is off at first counts, once it is switched on, as much as those that are on do on average.
    ratios = [{layer: weight or 1 / len(settings[name]) for layer, weight in layers.items()}
              for name, layers in offered.items()]
    network = network if isinstance(network, keras.Model) else load_network(str(network))
    return *images, network, *ratios, settings, start


def small_picture(source, name):
    """A picture (1, H, W, 3) that is small enough for a loop that answers at once; source: as `stylize` takes it."""
    image = picture(source, None, USUAL, name)
    if max(image.shape[1:3]) > LONGEST:
        raise ValueError(f"{name} has {image.shape[1]}x{image.shape[2]} pixels; this loop answers at once, so it takes "
                         f"{LONGEST} on the longer side at most: load_image(name, size={LONGEST}).")
    return image


def check_settings(settings, layers):
    """Refuse what `LoopEngine.settle` cannot take; layers: those that may be on, by kind."""
    names = [*layers, *WEIGHTS]
    if set(settings) != set(names):
        raise ValueError(f"settings has the names {', '.join(settings) or 'none'}; it needs {', '.join(names)}.")
    for name, offered in layers.items():
        for layer in settings[name]:
            if layer not in offered:
                raise ValueError(f"{name} has {layer!r}; this figure offers {', '.join(offered) or 'none'}.")
    for name in WEIGHTS:
        check_weight(settings[name], name)


class LoopEngine:
    """A picture on its way, and its losses under the settings that it has now.

    content_image, style_image: (1, H, W, 3), RGB in [0, 1]; style_image None: no style loss. content_layers,
    style_layers: what may be switched on, {name: weight against the others}. settings: a dictionary that `settle`
    takes. start: "content" or "noise", which is drawn with `seed`.
    """

    def __init__(self, content_image, style_image, network, content_layers, style_layers, settings, start, seed=0):
        given = {"content image": content_image, "style image": style_image}
        self.given, self.seed = {name: image for name, image in given.items() if image is not None}, seed
        self.ratios = {"content_layers": content_layers, "style_layers": style_layers}
        styles = [] if style_image is None else [style_image]
        extract = feature_extractor(network, {**content_layers, **style_layers})
        check_sizes(extract, [content_image, *styles])
        weights = Weights(content_layers, style_layers or content_layers, content_weight=1.0)
        # Variables where numbers were: the compiled function reads them anew each time, and no knob compiles again.
        self._layers = {name: {layer: tf.Variable(0.0) for layer in ratios} for name, ratios in self.ratios.items()}
        self._numbers = {name: tf.Variable(0.0) for name in WEIGHTS}
        for name, value in {**self._layers, **self._numbers}.items():
            setattr(weights, name, value)
        objective = transfer_objective(extract, content_image, [Style(style) for style in styles], weights)
        names = self._names = []

        @tf.function(input_signature=[tf.TensorSpec(content_image.shape)], autograph=False)
        def losses_and_gradient(image):
            with tf.GradientTape() as tape:
                tape.watch(image)
                parts = parts_by_name(objective(image))
                total = tf.add_n([tf.cast(part, tf.float32) for part in parts.values()])
            names[:] = "total", *parts
            return tf.stack([total, *parts.values()]), tape.gradient(total, image)

        self._losses_and_gradient, self._image = losses_and_gradient, tf.Variable(content_image)
        self.history = deque(maxlen=TOTALS)  # of [total loss, whether a knob was moved there]
        self.settle(settings)
        self.begin(start)
        self._measure()  # compiles

    @property
    def image(self):
        """The picture as it stands, (1, H, W, 3) in [0, 1]."""
        return self._image.numpy()

    @property
    def losses(self):
        """The losses of the picture as it stands, by name, "total" among them; each with its weight in it."""
        self._measure()
        return self._losses

    @property
    def parts(self):
        """The losses that add up to the total. No pixel leaves [0, 1] here: "out of range" is always 0, and left out.
        """
        return {name: loss for name, loss in self.losses.items() if name in ("content", "total variation")
                or name == "style" and self.ratios["style_layers"]}

    def begin(self, start):
        """Back to the content image, or to noise; the curve begins anew."""
        self.start = start
        self.history.clear()
        self.go_to(start_picture(start, self.given["content image"], self.seed), steps=0)

    def go_to(self, image, steps):
        """Go on from another picture, without the optimiser's memory of the way to the last one (lesson 04)."""
        self._image.assign(image)
        self.optimizer, self.steps = keras.optimizers.Adam(**ADAM), steps
        self._measured, self._marked = False, bool(self.history)

    def settle(self, settings):
        """Weigh anew: "content_weight", "total_variation_weight", and the names of "content_layers" and "style_layers"
        that count from now on (those that are left share the weight as before; none: that loss is 0)."""
        self.settings, self._measured, self._marked = settings, False, True
        for name, variables in self._layers.items():
            on = {layer: self.ratios[name][layer] for layer in settings[name]}
            shares = layer_weights(on, name) if on else {}
            for layer, variable in variables.items():
                variable.assign(shares.get(layer, 0.0))
        for name, variable in self._numbers.items():
            variable.assign(settings[name])

    def step(self):
        """One step of Adam."""
        self._measure()
        self.optimizer.apply([self._gradient], [self._image])
        self._image.assign(tf.clip_by_value(self._image, 0, 1))  # what is seen is what is measured
        self.steps, self._measured, self._marked = self.steps + 1, False, False

    def _measure(self):
        """Losses and gradient, where picture or weights have changed; a hand moves a knob more often than that."""
        if self._measured:
            return
        losses, self._gradient = self._losses_and_gradient(self._image)
        self._losses, self._measured = dict(zip(self._names, losses.numpy().tolist(), strict=True)), True
        if self._marked and self.history and self.history[-1][1]:
            self.history.pop()  # a knob that moves and moves is one mark
        self.history.append([self._losses["total"], self._marked])

    def curve(self):
        """The last totals on a logarithmic scale: their heights from 0 to 1, where a knob was moved, both ends."""
        self._measure()
        totals = np.array([total for total, _ in self.history])
        shown = totals[totals > 0] if np.any(totals > 0) else np.ones(1)
        ends = np.outer(10.0 ** np.arange(-30, 10), [1, 2, 5]).ravel()
        low, high = ends[ends <= shown.min()][-1], ends[ends > shown.max()][0]
        heights = np.log(np.clip(totals, low, high) / low) / np.log(high / low)
        return {"heights": heights.round(4).tolist(), "ends": [f"{low:g}", f"{high:g}"],
                "marks": [at for at, (_, marked) in enumerate(self.history) if marked]}

    def slice(self, seconds, steps=STEPS):
        """Steps for about `seconds`, `steps` at most, and one at least. Returns how many it took."""
        begin, done = time.perf_counter(), 0
        while not done or (done < steps and (time.perf_counter() - begin) * (done + 1) / done < seconds):
            self.step()
            done += 1
            if not np.isfinite(self.losses["total"]):
                raise FloatingPointError("the loss is not finite any more")
        return done


class Loop:
    """When an engine works, waits and stops, for a page that may be slow, hidden or gone.

    send: called without arguments where the page is to get the picture as it stands. sent, seen: numbers of the last
    picture that went there, and that the page has painted; no second one goes before the first is seen. owed: whether
    one is to go then. hurry: whether a knob was moved, so that a single step has to do.
    """

    def __init__(self, engine, send):
        self.engine, self.send = engine, send
        self.running, self.interrupted, self.hurry, self.owed, self.message = False, False, False, False, ""
        self.sent = self.seen = self.left = 0
        self.silence, self.last = 0.0, 0.0

    def show(self):
        """Send the picture, now or as soon as the page has painted the one before."""
        self.owed = self.sent > self.seen
        if not self.owed:
            self.sent += 1
            self.send()

    def show_soon(self):
        """A knob was moved: show what comes of it after a single step, or now where no step follows."""
        self.hurry = self.running
        if not self.running:
            self.show()

    def painted(self, number):
        """The page says that it has painted picture `number`."""
        self.seen = max(self.seen, min(number, self.sent))
        if self.owed:
            self.show()

    def start(self):
        """Work for STEPS steps at most, from the next turn on."""
        self.running, self.interrupted, self.message, self.left = True, False, "", STEPS
        self.seen, self.silence, self.last = self.sent, 0.0, time.monotonic()  # who asks is there
        take_turns(self)
        self.show()

    def end(self):
        """Stop without a word."""
        self.running = False
        _at_work.discard(self)

    def stop(self, message):
        self.end()
        self.message = message
        self.show()

    def turn(self, seconds):
        """A slice of work, or none where the page has not painted the last picture. Returns whether it worked."""
        # Only what passed between two turns in a row counts: while another cell runs, nobody can be heard.
        now = time.monotonic()
        self.silence = self.silence + min(now - self.last, 0.5) if self.sent > self.seen else 0.0
        self.last = now
        if self.interrupted or self.silence > PATIENCE:
            self.stop("Stopped by an interrupt." if self.interrupted else
                      f"Stopped: for {PATIENCE:.0f} seconds this figure was not on the screen.")
        elif worked := self.silence < PATIENT:
            self._work(seconds)
            return worked
        return False

    def _work(self, seconds):
        try:
            self.left -= self.engine.slice(seconds, 1 if self.hurry or self.owed else self.left)
        except KeyboardInterrupt:
            self.stop("Stopped by an interrupt.")
        except Exception as error:  # in a task, nobody else would tell
            self.stop(f"Stopped: {error}")
        else:
            if self.left <= 0:
                self.stop(f"{STEPS:,} steps are done. Start goes on.")
            elif self.hurry or self.sent == self.seen:
                self.hurry = False
                self.show()


def number(value):
    """A loss in print, with three digits that count."""
    return f"{value:#.3g}"


def thumbnail(image, longest=120):
    """A picture as a small JPEG file, `longest` pixels on the longer side at most."""
    return to_bytes(resize_image(image, min(longest, max(image.shape))), "jpeg", quality=85)


def words(settings, layers):
    """Settings in a few short lines, and in a sentence with all layers by name. layers: by kind, those on offer."""
    kinds = [name for name in layers if layers[name]]
    weights = WEIGHTS[2 - len(kinds):]  # without a style there is nothing to weigh the content against
    lines = [f"{name.replace('_', ' ')} {settings[name]:g}" for name in weights]
    on = {name: [layer for layer in layers[name] if layer in settings[name]] for name in kinds}
    short = [f"{name.partition('_')[0]}: " + (on[name][0] if len(on[name]) == 1 else
             f"{len(on[name])} of {len(layers[name])} layers") for name in kinds]
    whole = [f"{name.replace('_', ' ')} {', '.join(on[name]) or 'none'}" for name in kinds]
    return [*lines, *short], "; ".join([*lines, *whole])


_at_work = weakref.WeakSet()  # loops whose figure is gone vanish from here
_task = None


def take_turns(loop):
    """Give a loop its turns in the event loop of the kernel. Where there is none, whoever drives it calls `turn`."""
    global _task
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        return
    _at_work.add(loop)
    if _task is None or _task.done() or _task.get_loop() is not here:
        _task = here.create_task(_turns())


async def _turns():
    """One task for all loops, so that after each round all of them are quiet and the kernel hears its messages."""
    try:
        while loops := list(_at_work):
            _hear_interrupts()
            worked = [loop.turn(SLICE / len(loops)) for loop in loops]
            del loops  # not even for the pause: what nobody else holds is gone
            await asyncio.sleep(PAUSE if any(worked) else 3 * PAUSE)
    finally:
        _hear_interrupts(False)


def _interrupt(_signal, _frame):
    for loop in list(_at_work):
        loop.interrupted = True


def _hear_interrupts(hear=True):
    """Between cells a kernel ignores interrupts (SIG_IGN); while loops run, they are for the loops."""
    before, after = (signal.SIG_IGN, _interrupt) if hear else (_interrupt, signal.SIG_IGN)
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, after)


def on_main_thread(function, *arguments):
    """Call a function where cells and loops run, as soon as nothing else runs there.

    JupyterLab has the kernel hear a page on a thread of its own (a subshell), while a slice of work is going on.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or threading.current_thread() is threading.main_thread():
        function(*arguments)
    else:
        kernel.io_loop.asyncio_loop.call_soon_threadsafe(function, *arguments)


_of_cells = {}  # the loops that a cell made in its last execution: {id of the cell: (id of the execution, loops)}


def end_older_of_this_cell(loop):
    """End the loops that the same cell made when it was run before; their figures are no longer on the screen."""
    parent = getattr(get_ipython(), "get_parent", dict)() or {}
    cell, execution = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if cell is None:  # not every page says which cell it is
        return
    made_by, loops = _of_cells.get(cell, (execution, weakref.WeakSet()))
    if made_by != execution:
        for old in list(loops):
            old.end()
        loops = weakref.WeakSet()
    loops.add(loop)
    _of_cells[cell] = execution, loops
