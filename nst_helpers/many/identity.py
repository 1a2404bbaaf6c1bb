"""What tells one picture of many from the others: its labels, in words, and a hash of all that it depends on."""

import hashlib
import numbers
import os
from pathlib import Path

from nst_helpers._io.image_files import bundled_names, find_file
from nst_helpers.networks import load_network
from nst_helpers.records import plain, sha256, to_text

import keras

PICTURES = ("photo", "painting", "masks", "style_masks", "start")  # what may be named by a file


def labels_of(values, kind):
    """A label for each value: itself, if it is plain, or a name; arrays are numbered, as are networks of one name."""
    seen, labels = {}, []
    for value in values:
        if value is None or isinstance(value, (numbers.Real, dict)):
            labels.append(value)
        elif isinstance(value, (list, tuple)):
            labels.append(" + ".join(str(label) for label in labels_of(value, kind)))
        elif isinstance(value, (str, os.PathLike)):
            labels.append(plain(value, folders=False))
        else:
            name = getattr(value, "name", kind)
            labels.append(f"{name} {seen.setdefault(id(value), len(seen) + 1)}")
    return labels


def absolute(value):
    """Paths of files from the root: a worker may stand in another folder."""
    if isinstance(value, (list, tuple)):
        return [absolute(each) for each in value]
    if not isinstance(value, (str, os.PathLike)) or value in sum(bundled_names().values(), []):
        return value
    if os.path.isfile(os.path.expanduser(value)):
        return str(Path(value).expanduser().absolute())
    return value


def key_of(given, kept):
    """A hash of everything in `given`: of pictures the contents, of networks the weights. kept: hashes so far."""
    told = {name: _contents(value, kept) if name in PICTURES else plain(value) for name, value in given.items()}
    told["network"] = [told["network"], _weights(given["network"], kept)]
    return hashlib.sha256(to_text(told).encode("utf-8", "backslashreplace")).hexdigest()


def _contents(value, kept):
    """`value` with a hash of the bytes beside each file's name; of a file that cannot be read, only the name."""
    if isinstance(value, (list, tuple)):
        return [_contents(each, kept) for each in value]
    if not isinstance(value, (str, os.PathLike)):
        return plain(value)
    if value not in kept:
        try:
            kept[value] = hashlib.sha256(find_file(value).read_bytes()).hexdigest()
        except (OSError, ValueError):
            kept[value] = None
    return [plain(value, folders=False), kept[value]]


def _weights(network, kept):
    """The hash of a network's weights; None where they are not on this computer."""
    key = network if isinstance(network, str) else id(network)
    if ("network", key) not in kept:
        try:
            model = network if isinstance(network, keras.Model) else load_network(network)
            kept["network", key] = sha256(*(variable.numpy() for variable in model.weights))
        except (OSError, ValueError):
            kept["network", key] = None
    return kept["network", key]
