"""What the course's loop costs: the optimiser's own share, part by part, and the network against the machine's limit.

    python benchmarks/loop_cost.py              # everything; on two free cores some 10 minutes
    python benchmarks/loop_cost.py --quick      # small pictures, few rounds: does it run?
    python benchmarks/loop_cost.py --headline   # 500 L-BFGS steps of VGG-19 at 512 px, for a graphics card

Each row is a process of its own. VGG-19 has random weights: they do not change the time. The limit is what a large
matrix product reaches in the same process, in turn with the network. Variants of the evaluation are in
evaluation_variants.py. On a machine with a graphics card TensorFlow takes it by itself.
"""

import argparse
from functools import partial
import itertools
import json
import os

from nst_helpers.images import load_image
from nst_helpers.loss_weights import Weights
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style
from nst_helpers.optimize.minimizer import minimize
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS, transfer_objective

from measuring import Observer, alternate, in_own_process, machine, matrix_product, multiply_adds, peak_memory
import numpy as np
import tensorflow as tf

ROWS = [("pocket", 256), ("pocket", 512), ("vgg19", 256), ("vgg19", 512)]
LAYERS = [*CONTENT_LAYERS, *STYLE_LAYERS]


def job(name, size):
    """A network's features, the objective of stylize through it, and the picture to start from."""
    weights = None if name == "pocket" else "random"
    extract = feature_extractor(load_network(name, weights=weights), LAYERS)
    image, style = load_image("chelsea", size), load_image("great_wave", size)
    weights = Weights(CONTENT_LAYERS, STYLE_LAYERS, content_weight=0.02, total_variation_weight=0.1)
    return extract, transfer_objective(extract, image, [Style(style)], weights), image


def compiled(objective, image, **options):
    """A function without arguments that gives the loss and the gradient of a scalar or of a dictionary of them."""

    @tf.function(autograph=False, **options)
    def loss_and_gradient(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = tf.add_n(tf.nest.flatten(objective(image)))
        return loss, tape.gradient(loss, image)

    return partial(loss_and_gradient, tf.constant(image))


def optimiser_share(name, size, method, steps):
    """Seconds for each evaluation: within TensorFlow, and in each part of what lies between two of them."""
    observer = Observer()
    _, objective, image = job(name, size)
    minimize(objective, image, method, steps=steps, observer=observer)
    # The first ones compile, and fill the memory of ten steps.
    parts = {part: float(np.median(np.diff(moments)[12:])) for part, moments in observer.moments.items()}
    begins, ends = observer.evaluations()
    parts["copies"] = float(np.median((ends - begins)[12:])) - parts["evaluation"]
    begins, ends = np.transpose(observer.moments["evaluation"])
    parts["all"] = float(np.median((begins[1:] - ends[:-1])[12:]))
    parts["rest"] = parts["all"] - sum(parts.get(part, 0) for part in ("copies", "direction", "memory"))
    return parts


def network_share(name, size, rounds):
    """Multiply-adds by layer, and the time of the network and of the whole objective against the machine's limit."""
    extract, objective, image = job(name, size)
    product, count = matrix_product()
    times = alternate({
        "matrix product": product,
        "network": compiled(lambda image: [tf.reduce_sum(maps) for maps in extract(image).values()], image),
        "objective": compiled(objective, image),
    }, rounds)
    layers = multiply_adds(extract, *image.shape[1:3])
    limit = [2 * sum(layers.values()) / count * seconds for seconds in times["matrix product"]]
    rate = 1e-9 * count / times["matrix product"][0]
    return {"layers": layers, "times": times, "limit": limit, "rate": rate, **peak_memory()}


def headline(steps):
    """Seconds for so many steps of VGG-19 at 512 px, compiling included."""
    _, objective, image = job("vgg19", 512)
    return {"seconds": minimize(objective, image, steps=steps).seconds, **peak_memory()}


def print_optimiser(rows, steps):
    print("\nOptimiser, ms for each evaluation; + is its share on top of the evaluation\n")
    print("network   px method   BLAS threads  evaluation    adds         copies direction memory   rest")
    for name, size in rows:
        for method, threads in itertools.product(("L-BFGS", "L-BFGS-B"), ("all", "1")):
            settings = {"OPENBLAS_NUM_THREADS": str(os.cpu_count()) if threads == "all" else threads}
            parts = in_own_process(__file__, "--row", "optimiser_share", name, size, method, steps, **settings)
            cells = " ".join(f"{1000 * parts.get(part, 0):8.2f}" for part in ("copies", "direction", "memory", "rest"))
            print(f"{name:8} {size:4} {method:8} {threads:>12} {1000 * parts['evaluation']:10.1f} "
                  f"{1000 * parts['all']:8.1f} {parts['all'] / parts['evaluation']:+5.0%} {cells}", flush=True)


def print_network(rows, rounds):
    print("\nNetwork, ms for loss and gradient; % of the machine's limit, by the clock and by processor time\n")
    print("network   px  limit Gma/s   limit   network           objective           memory  layers: Gma forward")
    for name, size in rows:
        row = in_own_process(__file__, "--row", "network_share", name, size, rounds)
        cells = [f"{1000 * row['times'][what][0]:8.1f} {row['limit'][0] / row['times'][what][0]:4.0%} "
                 f"{row['limit'][1] / row['times'][what][1]:4.0%}" for what in ("network", "objective")]
        layers = " ".join(f"{name[5]}_{name[-1]} {count / 1e9:.2f}" for name, count in row["layers"].items())
        print(f"{name:8} {size:4} {row['rate']:8.0f} {1000 * row['limit'][0]:11.1f} {' '.join(cells)} "
              f"{row['memory']:6.0f} MB  {layers}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--headline", action="store_true")
    parser.add_argument("--rounds", type=int, default=15, help="how often the network is timed")
    parser.add_argument("--steps", type=int, default=40, help="how many steps the optimiser is timed")
    parser.add_argument("--row", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.row:
        function, *values = args.row
        print(json.dumps(globals()[function](*(int(v) if v.isdigit() else v for v in values))))
        return
    print(machine())
    if args.headline:
        print(in_own_process(__file__, "--row", "headline", 500))
        return
    rows = [(name, 64) for name, _ in ROWS[::2]] if args.quick else ROWS
    print_optimiser(rows, 14 if args.quick else args.steps)
    print_network(rows, 2 if args.quick else args.rounds)


if __name__ == "__main__":
    main()
