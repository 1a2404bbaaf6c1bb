"""Would an evaluation be faster another way? Each variant against the one that ships, as a ratio of times.

    python benchmarks/evaluation_variants.py [--rows pocket:512 vgg19:256]

Below 1: the variant is faster. Both are timed in turn, in one process; a setting that has to stand before TensorFlow
starts gets a process of its own; there a matrix product tells how busy the machine was.
"""

import argparse
import json
import os
from unittest import mock

from nst_helpers.networks import feature_extractor, load_network
import nst_helpers.objective

import keras
from loop_cost import LAYERS, compiled, job
from measuring import alternate, in_own_process, machine, matrix_product
import tensorflow as tf

SETTINGS = {
    "as it ships": {},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "bias and activation not fused": {"NST_NO_FUSION": "1"},
    "one operation at a time": {"TF_NUM_INTEROP_THREADS": "1"},
    "one thread in an operation": {"TF_NUM_INTRAOP_THREADS": "1"},
    "products of bfloat16": {"ONEDNN_DEFAULT_FPMATH_MODE": "BF16", "TF_SET_ONEDNN_FPMATH_MODE": "BF16"},
}
PICTURE_TERMS = ("total variation", "out of range")


def variation_by_slices(image):
    """The same total variation, cut out in the usual way."""
    down, right = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
    return tf.reduce_mean(down**2) + tf.reduce_mean(right**2)


def strided_pooling(size, name):
    """Average pooling written as a convolution of stride 2."""
    quarter = keras.initializers.Constant(1 / size**2)
    return keras.layers.DepthwiseConv2D(size, size, use_bias=False, depthwise_initializer=quarter, name=name)


def variants(name, size, rounds):
    """{variant: (seconds, processor seconds) over those of what ships}, all in this process."""
    extract, objective, image = job(name, size)

    def features(extract):
        return lambda image: [tf.reduce_sum(maps) for maps in extract(image).values()]

    functions = {
        "objective": compiled(objective, image),
        "objective, XLA": compiled(objective, image, jit_compile=True),
        "objective without the terms that look at pixels": compiled(
            lambda image: [loss for part, loss in objective(image).items() if part not in PICTURE_TERMS], image),
        "network": compiled(features(extract), image),
    }
    with mock.patch.object(nst_helpers.objective, "total_variation", variation_by_slices):
        # Tracing is what counts: the function keeps what it was compiled to.
        functions["objective, total variation by slices"] = compiled(objective, image)
        functions["objective, total variation by slices"]()
    for pooling in ("average", "max"):
        other = feature_extractor(load_network(name, pooling, "random"), LAYERS)
        functions[f"network, {pooling} pooling"] = compiled(features(other), image)
    with mock.patch.object(keras.layers, "AveragePooling2D", strided_pooling):
        strided = feature_extractor(load_network(name, "average", "random"), LAYERS)
    functions["network, average pooling as convolution"] = compiled(features(strided), image)
    times = alternate(functions, rounds)
    return {variant: [times[variant][i] / times[variant.split(" ")[0].rstrip(",")][i] for i in range(2)]
            for variant in times}


def setting(name, size, rounds):
    """(seconds, processor seconds) of an evaluation, and of a matrix product."""
    if os.environ.get("NST_NO_FUSION"):
        tf.config.optimizer.set_experimental_options({"remapping": False})
    _, objective, image = job(name, size)
    return alternate({"product": matrix_product()[0], "objective": compiled(objective, image)}, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", default=["pocket:512", "vgg19:256"], help="network:size")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--row", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.row:
        function, name, size, rounds = args.row
        print(json.dumps(globals()[function](name, int(size), int(rounds))))
        return
    print(machine(), "\n\nratios of times by the clock, and of processor times\n", flush=True)
    for row in args.rows:
        name, size = row.split(":")
        print(f"{name}, {size} px")
        found = in_own_process(__file__, "--row", "variants", name, size, args.rounds)
        for variant, (clock, processor) in found.items():
            print(f"    {variant:48} {clock:5.2f} {processor:5.2f}", flush=True)
        shipped = None
        for what, environment in SETTINGS.items():
            times = in_own_process(__file__, "--row", "setting", name, size, args.rounds, **environment)
            shipped = shipped or times
            ratios = [times["objective"][i] / shipped["objective"][i] for i in range(2)]
            product = times["product"][0] / shipped["product"][0]
            print(f"    {what:48} {ratios[0]:5.2f} {ratios[1]:5.2f}   (matrix product {product:.2f})", flush=True)


if __name__ == "__main__":
    main()
