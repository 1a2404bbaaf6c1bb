"""Masks made by hand, in the notebook: painted on the photo with the mouse, or an ellipse set by sliders.

They only collect strokes and positions; the mask is drawn in Python, so it is the same at every size and can be tested
without a browser.
"""

from nst_helpers.images import check_image, resize_image, to_bytes
from nst_helpers.masks.cover import fit_mask
from nst_helpers.masks.making import ellipse

from IPython.display import display
import ipywidgets
import numpy as np
from PIL import Image, ImageDraw

try:
    import ipycanvas
except ImportError:  # the sliders do without it
    ipycanvas = None

RED = np.array([0.9, 0.1, 0.2], "float32")


def paint_mask(image, start=None, size=384, sliders=False):
    """A widget to make a mask on `image` (1, H, W, 3) by hand; its `mask` (1, H, W, 1) is what was made so far.

    start: a mask to begin with (array, bundled name or path); None: an empty one. size: longer side on the screen.
    sliders: True for an ellipse set by sliders, which needs no mouse; also what you get without ipycanvas.
    """
    image = check_image(image)
    start = np.zeros((*image.shape[:3], 1), "float32") if start is None else fit_mask(start, image, "start")
    if sliders or ipycanvas is None:
        return EllipsePicker(image, start, size)
    return MaskPainter(image, start, size)


def overlay(image, mask):
    """`image` as it is inside the mask, reddish outside: for looking at a mask and its picture at once."""
    return image * (0.4 + 0.6 * mask) + (1 - mask) * 0.3 * RED


def draw_strokes(strokes, start):
    """The mask that `strokes` leave on `start` (1, H, W, 1): a list of (points, radius, value).

    points: (right, down) pairs, and radius, in fractions of the picture's width. value: 1 paints, 0 erases.
    """
    height, width = start.shape[1:3]
    drawing = Image.fromarray(start[0, :, :, 0])
    pen = ImageDraw.Draw(drawing)
    for points, radius, value in strokes:
        points, radius = [(x * width, y * width) for x, y in points], max(radius * width, 0.5)
        pen.line(points, fill=value, width=max(1, round(2 * radius)))
        for x, y in points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=value)
    return np.asarray(drawing, "float32")[np.newaxis, :, :, np.newaxis]


class MaskPainter:
    """A canvas with the photo, on which the mouse paints the region; made by `paint_mask`."""

    def __init__(self, image, start, size):
        self.image, self.start, self.strokes = image, start, []
        shown = resize_image(image, size)
        self.canvas = ipycanvas.Canvas(width=shown.shape[2], height=shown.shape[1])
        self.canvas.layout.width = f"{shown.shape[2]}px"  # JupyterLab would stretch it over the page
        self.brush = ipywidgets.IntSlider(value=16, min=2, max=60, description="brush")
        self.erase = ipywidgets.ToggleButton(value=False, description="erase", icon="eraser")
        undo = ipywidgets.Button(description="undo", icon="undo")
        clear = ipywidgets.Button(description="clear", icon="trash")
        undo.on_click(lambda _: self._change(self.strokes[:-1]))
        clear.on_click(lambda _: self._change([]))
        self.canvas.on_mouse_down(self._down)
        self.canvas.on_mouse_move(self._move)
        for finished in (self.canvas.on_mouse_up, self.canvas.on_mouse_out):
            finished(self._up)
        self.drawing = False
        self.widget = ipywidgets.VBox([ipywidgets.HBox([self.brush, self.erase, undo, clear]), self.canvas])
        self._show()

    @property
    def mask(self):
        """What is painted so far: (1, H, W, 1), 1 inside."""
        return draw_strokes(self.strokes, self.start)

    def _ipython_display_(self):
        display(self.widget)

    def _point(self, x, y):
        return x / self.canvas.width, y / self.canvas.width

    def _down(self, x, y):
        self.drawing = True
        radius, value = self.brush.value / self.canvas.width, 0.0 if self.erase.value else 1.0
        self.strokes.append(([self._point(x, y)], radius, value))

    def _move(self, x, y):
        if not self.drawing:
            return
        points = self.strokes[-1][0]
        points.append(self._point(x, y))
        # A line at once, so that the hand sees what it does; the mask itself is shown when the stroke ends.
        self.canvas.stroke_style, self.canvas.line_width = "white", 2 * self.brush.value
        self.canvas.line_cap = "round"
        (x0, y0), (x1, y1) = np.array(points[-2:]) * self.canvas.width
        self.canvas.stroke_line(x0, y0, x1, y1)

    def _up(self, *_):
        if self.drawing:
            self.drawing = False
            self._show()

    def _change(self, strokes):
        self.strokes = list(strokes)
        self._show()

    def _show(self):
        picture = resize_image(overlay(self.image, self.mask), (self.canvas.height, self.canvas.width))
        self.canvas.put_image_data(np.rint(picture[0] * 255).astype("uint8"))


class EllipsePicker:
    """An ellipse on the photo, moved by four sliders; made by `paint_mask`."""

    def __init__(self, image, start, size):
        self.image, self.mask, self.size = image, start, size
        names = {"down": 0.5, "right": 0.5, "height": 0.5, "width": 0.5}
        self.sliders = {name: ipywidgets.FloatSlider(value=value, min=0.02, max=1, step=0.02, description=name)
                        for name, value in names.items()}
        self.picture = ipywidgets.Image(format="jpg")
        for slider in self.sliders.values():
            slider.observe(self._change, "value")
        self.widget = ipywidgets.VBox([*self.sliders.values(), self.picture])
        self._show()

    def _ipython_display_(self):
        display(self.widget)

    def _change(self, _):
        down, right, height, width = (slider.value for slider in self.sliders.values())
        self.mask = ellipse(self.image, (down, right), (height / 2, width / 2))
        self._show()

    def _show(self):
        self.picture.value = to_bytes(resize_image(overlay(self.image, self.mask), self.size), "jpg")
