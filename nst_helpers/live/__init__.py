"""Figures that answer under the mouse: each an anywidget, and beside it its side in the page (.js, .css)."""

from nst_helpers.live.quizzes import predict, quiz

__all__ = ["predict", "quiz"]
