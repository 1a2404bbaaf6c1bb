"""Where the networks' weights come from: files and Keras' cache. Nothing that is read here can run code.

Weights are a dictionary from "<layer>.kernel" (3, 3, in, out) and "<layer>.bias" (out,) to float32 arrays.
"""

import io
from pathlib import Path
import socket
import zipfile

from nst_helpers._io.atomic import write_whole
from nst_helpers._io.keras_cache import vgg_file

import h5py
import keras
import numpy as np

NETWORKS_FOLDER = Path(__file__).resolve().parents[2] / "data" / "networks"
POCKET_FILE = NETWORKS_FOLDER / "pocket.npz"
MOST_BYTES = 1_000_000_000  # VGG-19, dense layers and all, has 575 MB
VGG = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}


def read_npz(file):
    """Weights from an .npz file as save_npz writes it."""
    file = Path(file).expanduser()
    if not file.is_file():
        raise FileNotFoundError(f"There is no weights file {file}; check the path.")
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(sum(member.file_size for member in archive.infolist()))
        with np.load(file, allow_pickle=False) as arrays:
            return {name: _single(arrays[name]) for name in arrays}
    except Exception:  # zipfile, zlib and NumPy have a dozen of them for damaged files
        raise ValueError(f"{file} is no readable .npz file; it may be damaged: get a fresh copy.") from None


def save_npz(arrays, file, kind="float32"):
    """Write weights into one .npz file, whole or not at all; kind "float16" halves it, and keeps 3 digits of each."""
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.asarray(array, kind) for name, array in arrays.items()})
    write_whole(Path(file), buffer.getvalue())


def _single(array):
    return array.astype("float32") if array.dtype == "float16" else array


def _check_size(size):
    """Refuse what says it would fill the memory when unpacked: a damaged file may say anything."""
    if size > MOST_BYTES:
        raise ValueError


# By h5py, not by keras.applications.VGG19(weights=file): that takes a file with VGG's dense top only as a network with
# that top (575 MB), goes by the order of layers instead of their names, and takes no file without Keras' "layer_names".
def read_vgg_file(file):
    """Weights of the convolutions from an .h5 file as Keras offers it (with or without VGG's dense top)."""
    file = Path(file).expanduser()
    if not file.is_file():
        raise FileNotFoundError(f"There is no weights file {file}; check the path.")
    try:
        with h5py.File(file, "r") as stored:
            groups, arrays = stored.get("model_weights", stored), {}
            for layer in groups:
                if "_conv" in layer:
                    stored_arrays = [groups[layer][name] for name in groups[layer].attrs["weight_names"]]
                    _check_size(sum(array.nbytes for array in stored_arrays))
                    kernel, bias = (array[()] for array in stored_arrays)
                    arrays |= {f"{layer}.kernel": kernel, f"{layer}.bias": bias}
            return arrays
    except Exception:  # h5py, too
        raise ValueError(f"{file} is no readable .h5 weights file; it may be damaged: get a fresh copy.") from None


def fetch_vgg(name):
    """ImageNet weights of "vgg16" or "vgg19" through Keras, which fetches them once and keeps them."""
    waiting = socket.getdefaulttimeout()
    socket.setdefaulttimeout(20)  # seconds without a byte: Keras would wait for ever
    try:
        model = VGG[name](include_top=False, weights="imagenet")
    except Exception:  # Keras raises a bare Exception when it cannot fetch.
        file = vgg_file(name)
        raise FileNotFoundError(
            f"The weights of {name} are not on this computer, or damaged, and could not be fetched: connect to the "
            f"internet once, or put the file {file.name} into the folder "
            f'{file.parent}, or name it with load_network("{name}", weights=...), or use load_network("pocket"), which '
            "needs no download."
        ) from None
    finally:
        socket.setdefaulttimeout(waiting)
    layers = [layer for layer in model.layers if layer.weights]
    return {f"{layer.name}.{part}": array for layer in layers
            for part, array in zip(["kernel", "bias"], layer.get_weights(), strict=True)}
