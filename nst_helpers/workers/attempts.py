"""One piece of work, as it travels to a worker and back: packed into bytes, which Dask passes on without a look.

What cannot be unpacked on arrival (a network, before this course is imported there) would otherwise break a worker's
connection, then the worker, then the next one that is given it.
"""

import functools
import pickle
import uuid


class Packed:
    """Something as bytes; `value` unpacks it, once in each process."""

    def __init__(self, data):
        self.data, self.token = data, uuid.uuid4().hex

    @property
    def value(self):
        return _unpacked(self)

    def __hash__(self):
        return hash(self.token)

    def __eq__(self, other):
        return isinstance(other, Packed) and self.token == other.token


def packed(value):
    """`value` as Packed; what is Packed stays as it is."""
    return value if isinstance(value, Packed) else Packed(_pickled(value))


def attempt(function, item, shared):
    """(function(item, *shared), None), or (None, error)."""
    try:
        return function(item, *shared), None
    except Exception as error:
        return None, error


def attempt_packed(work, shared):
    """`attempt` on a worker, as bytes. work: Packed (function, item); shared: a list of Packed.

    An error travels as a result, quietly: Dask logs those that are raised.
    """
    try:
        # First the function: to unpack what is shared, the modules that it comes from may have to be imported.
        function, item = pickle.loads(work.data)
        return _pickled(attempt(function, item, [each.value for each in shared]))
    except Exception as error:
        return _pickled((None, error))


@functools.lru_cache(maxsize=8)
def _unpacked(package):
    return pickle.loads(package.data)


def _pickled(value):
    import cloudpickle  # comes with Dask; takes functions that are defined in a notebook, too
    return cloudpickle.dumps(value)
