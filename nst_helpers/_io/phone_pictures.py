"""Phones' pictures (.heic), which Pillow reads with the package pillow-heif, of the extra "studio"."""

from pathlib import Path

try:
    import pillow_heif
except ImportError:
    FORMATS = []
else:
    pillow_heif.register_heif_opener()
    FORMATS = ["HEIF"]


def advice(path):
    """What to say besides, of a file that cannot be read."""
    wanted = not FORMATS and Path(path).suffix.lower() in (".heic", ".heif")
    return " (or install the package pillow-heif, which reads phones' pictures)" if wanted else ""
