"""Many pictures in one call: every photo with every setting, here or by the workers of a Dask cluster."""

from nst_helpers.many.sweep import stylize_many
from nst_helpers.many.table import Many

__all__ = ["Many", "stylize_many"]
