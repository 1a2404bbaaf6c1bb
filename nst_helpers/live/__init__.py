"""Figures that answer under the mouse: each an anywidget, and beside it its side in the page (.js, .css)."""
