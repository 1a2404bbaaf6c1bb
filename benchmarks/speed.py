"""What an evaluation, a picture and the optimiser cost on this machine, and how much memory they need.

    python benchmarks/speed.py

Each row is a process of its own, one after another, so that its peak memory is its own. VGG-19 has random weights:
they do not change the time. "evaluation": objective and gradient, compiled, within a run of our L-BFGS. "L-BFGS" and
"L-BFGS-B": what ours and SciPy's spend between two evaluations. "picture": from the photo's file to the finished
picture, compiling included.
Machines are shared and noisy: compare numbers within a run only.
"""

import json
import resource
import subprocess
import sys
import time

from measuring import Observer
import numpy as np

# Network, size, steps of the finished picture, steps for measuring an optimiser's share.
ROWS = [("pocket", 256, 147, 80), ("pocket", 512, 147, 50), ("vgg19", 256, 8, 24), ("vgg19", 512, 3, 18)]


def timed_run(minimizer, objective, image, method, steps):
    """(seconds of an evaluation, seconds of the optimiser between two), medians over a run, warm-up left out."""
    observer = Observer()
    minimizer.minimize(objective, image, method, steps=steps, observer=observer)
    begins, ends = (moments[12:] for moments in observer.evaluations())  # the first ones compile, and fill the memory
    return float(np.median(ends - begins)), float(np.median(begins[1:] - ends[:-1]))


def measure(name, size, steps, share_steps):
    """One row of the table, as a dictionary of seconds, ratios and megabytes."""
    begin = time.perf_counter()
    from nst_helpers import networks, transfer
    from nst_helpers.images import load_image
    from nst_helpers.loss_weights import Weights
    from nst_helpers.objective import Style
    from nst_helpers.optimize import minimizer

    row = {"imports": time.perf_counter() - begin}
    network = networks.load_network(name, weights=None if name == "pocket" else "random")
    begin = time.perf_counter()
    result = transfer.stylize("chelsea", "great_wave", network=network, size=size, steps=steps, progress=False)
    row |= {"picture": time.perf_counter() - begin, "evaluations": result.evaluations}
    row["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kB

    image, style = load_image("chelsea", size), load_image("great_wave", size)
    extract = networks.feature_extractor(network, [*transfer.CONTENT_LAYERS, *transfer.STYLE_LAYERS])
    weights = Weights(transfer.CONTENT_LAYERS, transfer.STYLE_LAYERS, content_weight=0.01, total_variation_weight=0.2)
    objective = transfer.transfer_objective(extract, image, [Style(style)], weights)
    for method in ("L-BFGS", "L-BFGS-B"):
        row[method] = timed_run(minimizer, objective, image, method, share_steps)
    return row


def main():
    print(f"{'network':8} {'px':>4} {'evaluation':>11} {'L-BFGS':>14} {'L-BFGS-B':>16} {'picture':>9} "
          f"{'evaluations':>12} {'memory':>8}")
    for name, size, *steps in ROWS:
        arguments = [sys.executable, __file__, name, size, *steps]
        output = subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True).stdout
        row = json.loads(output.splitlines()[-1])
        evaluation, own = row["L-BFGS"]
        scipy_evaluation, scipy_own = row["L-BFGS-B"]
        print(f"{name:8} {size:4} {evaluation * 1000:8.1f} ms {own * 1000:7.1f} ms {own / evaluation:+4.0%} "
              f"{scipy_own * 1000:8.1f} ms {scipy_own / scipy_evaluation:+5.0%} {row['picture']:7.1f} s "
              f"{row['evaluations']:12} {row['memory']:5.0f} MB", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:]))))
    else:
        main()
