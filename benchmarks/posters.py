"""What tiles cost: time and memory of an evaluation, whole and in tiles, here and on two workers, as ratios in one run.

    python benchmarks/posters.py [--poster]

Each row is a process of its own, so that its peak memory is its own; all are of one photo and painting, 4 : 3. "of
whole": seconds for each pixel against those of 1024 px painted whole. "workers": the same evaluation by two processes
on this machine, against one process in tiles. With --poster a whole run of `stylize` at 1024 and at 4096 px follows:
minutes, not seconds. How many workers pay for a poster of 16,384 px is reckoned from these numbers in the last lines.
"""

import json
import sys
import time

from measuring import in_own_process, machine, peak_memory

ROWS = [(1024, None, 0), (2048, None, 0), (2048, 1024, 0), (2048, 512, 0), (2048, 512, 2)]
POSTERS = [1024, 4096]
NETWORK_SPEED = 125e6  # bytes a second: a network of one gigabit


def evaluation(size, side, workers):
    """Seconds of one evaluation (the shortest of four), pixels, tiles, and memory of this process."""
    from nst_helpers.defaults import CONTENT_LAYERS, LARGE, STYLE_LAYERS
    from nst_helpers.images import load_image
    from nst_helpers.loss_weights import Weights
    from nst_helpers.networks import feature_extractor, load_network
    from nst_helpers.objective import Style, transfer_objective
    from nst_helpers.optimize.minimizer import _Recorder
    from nst_helpers.tiles.objective import TiledObjective
    from nst_helpers.tiles.on_workers import OnWorkers
    from nst_helpers.workers import local_client

    extract = feature_extractor(load_network(), [*CONTENT_LAYERS, *STYLE_LAYERS])
    photo, styles = load_image("mountains", size), [Style(load_image("starry_night", 1024))]
    weights = Weights(CONTENT_LAYERS, content_weight=0.02, **{
        name: LARGE[name] for name in ("style_layers", "total_variation_weight", "patch_weight")})
    client = local_client(workers) if workers else None
    if side is None:
        objective = transfer_objective(extract, photo, styles, weights)
    else:
        there = client and (lambda shared: OnWorkers(shared, client))
        objective = TiledObjective(extract, photo, styles, weights, side=side, workers=there)
    record, moments = _Recorder(objective, photo), [time.perf_counter()]
    for _ in range(5):
        record.evaluate(photo.ravel())
        moments.append(time.perf_counter())
    if client:
        client.close()
    seconds = min(after - before for before, after in zip(moments[1:], moments[2:]))
    return {"seconds": seconds, "pixels": photo.shape[1] * photo.shape[2], **peak_memory(),
            "tiles": 1 if side is None else len(objective.tiles)}


def poster(size):
    """A whole run."""
    from nst_helpers.transfer import stylize

    result = stylize("mountains", "starry_night", size=size, progress=False)
    return {"seconds": result.seconds, "pixels": result.image.shape[1] * result.image.shape[2], **peak_memory(),
            "foretold": result.record["foretold"]}


def main(with_poster):
    print(machine())
    print("\n| px | tiles of | workers | tiles | seconds | of whole, each pixel | peak of this process, MB |")
    print("|---" * 7 + "|")
    found = {}
    for row in ROWS:
        found[row] = each = in_own_process(__file__, json.dumps(row))
        first = found[ROWS[0]]
        ratio = each["seconds"] / each["pixels"] / (first["seconds"] / first["pixels"])
        size, side, workers = row
        cells = [size, side or "whole", workers or "none", each["tiles"], f"{each['seconds']:.2f}", f"{ratio:.2f}",
                 f"{each['memory']:.0f}"]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    model(found[2048, 512, 0], found[2048, 512, 2])
    for size in POSTERS if with_poster else []:
        run = in_own_process(__file__, json.dumps(size))
        each = 1e6 * run["seconds"] / run["pixels"]
        print(f"stylize at {size} px: {run['seconds']:.0f} s, {each:.1f} s for each million pixels; foretold "
              f"{run['foretold']['seconds']:.0f} s; peak {run['memory']:.0f} MB", flush=True)


def model(alone, shared):
    """What two processes cost beyond their arithmetic, and from it how many machines pay at 16,384 px."""
    overhead = shared["seconds"] - alone["seconds"]
    # There and back: the pixels, and their gradient; float32, three colours, margins of 64 px on tiles of 512.
    moved = 2 * 12 * alone["pixels"] * (640 / 512) ** 2
    print(f"\nTwo workers, same cores: {shared['seconds'] / alone['seconds']:.2f} times one process; "
          f"{moved / 1e6:.0f} MB travel, so {max(overhead, 0) / (moved / 1e9):.2f} s for each GB, on one machine.")
    pixels = 16_384 * 12_288
    work = alone["seconds"] / alone["pixels"] * pixels
    travel = 2 * 12 * pixels * (1152 / 1024) ** 2 / NETWORK_SPEED
    print(f"A poster of 16,384 x 12,288 px: {work:.0f} s of work for an evaluation on two cores, {travel:.0f} s of "
          "travel through one gigabit, whatever the number of workers.")
    for workers in (2, 4, 8, 16, 32):
        seconds = work / workers + travel
        print(f"{workers} workers of two cores: {seconds:.0f} s, {work / seconds:.1f} times as fast as one.")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "--poster":
        asked = json.loads(sys.argv[1])
        print(json.dumps(poster(asked) if isinstance(asked, int) else evaluation(*asked)))
    else:
        main("--poster" in sys.argv)
