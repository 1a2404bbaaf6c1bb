"""Films: frames painted one after another, so that a film does not flicker."""

from nst_helpers.film.film import Film
from nst_helpers.film.stylize_frames import stylize_frames

__all__ = ["Film", "stylize_frames"]
