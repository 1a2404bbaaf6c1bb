"""The studio: one page for everybody who wants pictures; `studio()` shows it."""

from nst_helpers.studio.page import studio

__all__ = ["studio"]
