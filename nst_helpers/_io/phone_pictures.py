"""Phones' pictures (.heic), which Pillow reads with the package pillow-heif, of the extra "studio"."""

try:
    import pillow_heif
except ImportError:
    FORMATS, ADVICE = [], " (an iPhone's .heic needs that, too, or the package pillow-heif)"
else:
    pillow_heif.register_heif_opener()
    FORMATS, ADVICE = ["HEIF"], ""
