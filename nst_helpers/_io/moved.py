"""Where modules went that were once files of their own: an old import line is answered by the one to write instead.

Nothing else imports this.
"""

import importlib.abc
import sys

MOVED = {
    "quiet": "_io.error_output", "environment": "_io.environment", "writing": "_io.atomic",
    "image_files": "_io.image_files", "weights": "_io.weights",
    "results": "optimize.result", "lbfgs": "optimize.lbfgs", "stages": "optimize.multiscale",
    "mask_making": "masks", "mask_painting": "masks", "guides": "masks.guides",
    "adain": "fast.adain", "transformation": "fast.johnson", "magenta": "fast.magenta",
    "denoiser": "diffusion.denoiser", "autoencoder": "diffusion.autoencoder",
    "progress": "notebook.progress", "plots": "notebook.plots", "autosave": "_run.autosave",
    "estimate": "_run.estimate", "notebook.cloud": "live.cloud",
    "arguments": "_run.arguments", "watched": "_run.run",
}


class _Moved(importlib.abc.MetaPathFinder):
    """Asked by Python last, for what nobody else has found."""

    def find_spec(self, name, path=None, target=None):
        package, _, module = name.partition(".")
        if package == "nst_helpers" and module in MOVED:
            raise ModuleNotFoundError(
                f"{name} is now nst_helpers.{MOVED[module]}. What lessons use most comes from nst_helpers itself, as "
                "in: from nst_helpers import load_image, show_images, stylize", name=name)
        return None


def tell_what_has_moved():
    """Once, when nst_helpers is imported."""
    sys.meta_path.append(_Moved())
