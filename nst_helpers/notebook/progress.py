"""What a long run shows while it works: a bar, and in a notebook the picture as it grows.

Figures that stay belong into plots.
"""

import sys
import time

from nst_helpers.images import to_bytes

from IPython import get_ipython
from IPython.display import Markdown, display
import ipywidgets
import numpy as np
import tqdm
import tqdm.notebook

LARGEST = 1024  # pixels on the longer side of the picture that is shown


class Progress:
    """A progress bar; call it after each step with (step, loss, picture). `close` puts one line of text in its place.

    In a notebook the picture is shown, too, refreshed at most twice a second: drawing it more often would cost more
    time than the network does. What a closed display leaves behind is plain text, so a saved notebook stays readable.
    """

    def __init__(self, steps, title=""):
        self.handle = None
        # Only a notebook's shell has a kernel; IPython in a terminal cannot show widgets.
        if getattr(get_ipython(), "kernel", None) is None:
            self.bar = tqdm.tqdm(total=steps, desc=title, leave=False)
        else:
            self.bar = tqdm.notebook.tqdm(total=steps, desc=title, display=False)
            self.picture = ipywidgets.Image(format="jpeg")
            self.text = ipywidgets.Label()
            self.box = ipywidgets.VBox([self.bar.container, self.text, self.picture])
            self.handle = display(self.box, display_id=True)
            self.shown = 0.0

    def __call__(self, step, loss, image):
        self.bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
        self.bar.update(step - self.bar.n)
        if self.handle and time.monotonic() - self.shown > 0.5:
            step = -(-max(image.shape) // LARGEST)  # every other pixel of a poster, or fewer: it has to fit the page
            self.picture.value = to_bytes(np.clip(image[:, ::step, ::step], 0, 1), "jpeg")
            self.shown = time.monotonic()

    def tell(self, text):
        """Show a sentence beside the bar until the run ends."""
        if self.handle:
            self.text.value = text
        else:
            tqdm.tqdm.write(text, file=sys.stderr)

    def close(self, text):
        self.bar.close()
        if self.handle:
            self.handle.update(Markdown(f"*{text}*"))
            for widget in (self.box, self.bar.container, self.text, self.picture):
                widget.close()
        else:
            tqdm.tqdm.write(text, file=sys.stderr)
