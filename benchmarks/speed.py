"""What an evaluation, a picture and the optimiser cost on this machine, and how much memory they need.

    python benchmarks/speed.py

Each row is a process of its own, one after another, so that its peak memory is its own. VGG-19 has random weights:
they do not change the time. "evaluation": objective and gradient, compiled, called alone. "L-BFGS" and "L-BFGS-B": what
ours and SciPy's add to that, per evaluation. "picture": from the photo's file to the finished picture.
Machines are shared and noisy: compare numbers within a run only.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np

# Network, size, steps of the finished picture, steps for measuring an optimiser's share.
ROWS = [("pocket", 256, 135, 60), ("pocket", 512, 135, 25), ("vgg19", 256, 8, 8), ("vgg19", 512, 3, 4)]


def evaluation_seconds(record, image, count):
    """Median time of one evaluation called alone, after a warm-up."""
    position, seconds = image.ravel(), []
    for _ in range(count + 2):
        begin = time.perf_counter()
        record(position)
        seconds.append(time.perf_counter() - begin)
    return float(np.median(seconds[2:]))


def seconds_per_evaluation(minimize, objective, image, method, steps):
    """Time per evaluation inside `minimize`; compiling is in both runs and cancels out."""
    short, long = (minimize(objective, image, method, steps=count) for count in (2, steps))
    return (long.seconds - short.seconds) / (long.evaluations - short.evaluations)


def measure(name, size, steps, share_steps):
    """One row of the table, as a dictionary of seconds, ratios and megabytes."""
    begin = time.perf_counter()
    from nst_helpers import networks, optimize, transfer
    from nst_helpers.images import load_image

    row = {"imports": time.perf_counter() - begin}
    network = networks.load_network(name, weights=None if name == "pocket" else "random")
    begin = time.perf_counter()
    result = transfer.stylize("chelsea", "great_wave", network=network, size=size, steps=steps, progress=False)
    row |= {"picture": time.perf_counter() - begin, "evaluations": result.evaluations}
    row["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kB

    image, style = load_image("chelsea", size), load_image("great_wave", size)
    extract = networks.feature_extractor(network, [*transfer.CONTENT_LAYERS, *transfer.STYLE_LAYERS])
    layers = [dict.fromkeys(names, 1.0) for names in (transfer.CONTENT_LAYERS, transfer.STYLE_LAYERS)]
    objective = transfer.transfer_objective(extract, image, [style], *layers, [1.0], 0.01, 0.2)
    record = optimize._Recorder(objective, image)
    row["evaluation"] = evaluation_seconds(record, image, share_steps)
    for method in ("L-BFGS", "L-BFGS-B"):
        before = evaluation_seconds(record, image, share_steps)
        inside = seconds_per_evaluation(optimize.minimize, objective, image, method, share_steps)
        after = evaluation_seconds(record, image, share_steps)
        row[method] = inside / ((before + after) / 2) - 1
    return row


def main():
    heads = f"{'network':8} {'px':>4} {'evaluation':>11} {'L-BFGS':>7} {'L-BFGS-B':>9} {'picture':>9}"
    print(f"{heads} {'evaluations':>12} {'memory':>8}")
    for name, size, *steps in ROWS:
        arguments = [sys.executable, __file__, name, size, *steps]
        output = subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True).stdout
        row = json.loads(output.splitlines()[-1])
        print(f"{name:8} {size:4} {row['evaluation'] * 1000:8.1f} ms {row['L-BFGS']:+7.0%} {row['L-BFGS-B']:+9.0%} "
              f"{row['picture']:7.1f} s {row['evaluations']:12} {row['memory']:5.0f} MB", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:]))))
    else:
        main()
