"""Work that is shared out to the workers of a Dask cluster (https://distributed.dask.org), or done here without one.

Dask is optional: it is imported where it is used, and a sentence says how to get it.
"""

from nst_helpers.workers.clients import check_client, dashboard, local_client
from nst_helpers.workers.sharing import each_done

__all__ = ["check_client", "dashboard", "each_done", "local_client"]
