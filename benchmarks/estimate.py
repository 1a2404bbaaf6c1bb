"""What a run is foretold to take, against what it takes: memory and time, for two networks at two sizes.

    python benchmarks/estimate.py [--processor-time]

Each row is a process of its own, one after another, so that its peak memory is its own. VGG-19 has random weights:
they change neither. "memory": the process at its peak; "on top": the part of it that the run adds. The time is
foretold when 3 % of it, 0.3 seconds and six steps have passed. With --processor-time both times are seconds of a
processor, for machines where other jobs run; without, they are seconds on the wall.
"""

import json
import resource
import subprocess
import sys
import time
import types

ROWS = [("pocket", 256, 150), ("pocket", 512, 150), ("vgg19", 256, 40), ("vgg19", 512, 40)]
ALLOWED = 0.3


def measure(name, size, steps, clock):
    """One row of the table, as a dictionary of pairs (foretold, real), in seconds and megabytes."""
    from nst_helpers._io.environment import memory_used
    from nst_helpers._run import forecast
    from nst_helpers.networks import load_network
    from nst_helpers.optimize import multiscale
    from nst_helpers.transfer import stylize

    network = load_network(name, weights=None if name == "pocket" else "random")
    for module in (forecast, multiscale):
        module.time = types.SimpleNamespace(perf_counter=getattr(time, clock))
    before = memory_used() / 1e6
    result = stylize("chelsea", "great_wave", network=network, size=size, steps=steps, progress=False)
    foretold = result.record["foretold"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6  # Linux counts in kB
    memory = foretold["memory"] / 1e6
    return {"memory": (memory, peak), "on top": (memory - before, peak - before),
            "time": (foretold["seconds"], result.seconds)}


def main(clock):
    print("| network | px | steps | memory: foretold, real | of it on top | time: foretold, real |")
    print("|---" * 6 + "|")
    missed = []
    for name, size, steps in ROWS:
        arguments = [sys.executable, __file__, name, str(size), str(steps), clock]
        output = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
        row = json.loads(output.splitlines()[-1])
        missed += [f"{name} {size} {what}" for what, (foretold, real) in row.items()
                   if abs(foretold / real - 1) > ALLOWED]
        units = {"memory": ("MB", 0), "on top": ("MB", 0), "time": ("s", 1)}
        cells = [f"{a:.{digits}f}, {b:.{digits}f} {unit} ({a / b - 1:+.0%})"
                 for (a, b), (unit, digits) in ((row[what], units[what]) for what in units)]
        print(f"| {name} | {size} | {steps} | {' | '.join(cells)} |", flush=True)
    print(f"More than {ALLOWED:.0%} off: {', '.join(missed) or 'none'}.")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        name, size, steps, clock = sys.argv[1:]
        print(json.dumps(measure(name, int(size), int(steps), clock)))
    else:
        main("process_time" if "--processor-time" in sys.argv else "perf_counter")
