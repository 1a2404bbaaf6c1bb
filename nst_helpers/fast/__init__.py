"""Painting in one pass: `stylize_fast` (AdaIN), Johnson's networks for one style each, and Magenta's."""

from nst_helpers.fast.adain import decoder_inputs, load_adain, moments
from nst_helpers.fast.johnson import build_transformation_network, load_transformation_network, transformation_styles
from nst_helpers.fast.magenta import MAGENTA, MAGENTA_FOLDER, find_magenta, load_magenta
from nst_helpers.fast.one_pass import stylize_fast

__all__ = [
    "MAGENTA", "MAGENTA_FOLDER", "build_transformation_network", "decoder_inputs", "find_magenta",
    "load_adain", "load_magenta", "load_transformation_network", "moments", "stylize_fast", "transformation_styles",
]
