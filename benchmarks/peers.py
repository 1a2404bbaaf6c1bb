"""The same job through this course, through a plain PyTorch loop, and through the loop of TensorFlow's tutorial.

    uv run --with torch benchmarks/peers.py
    python benchmarks/peers.py --torch-python FOLDER/bin/python    # PyTorch in an environment of its own

The job: VGG-19 with the same weights (random, unless --weights names Keras' .h5 file), content from relu4_2, style
from relu1_1 to relu5_1, the course's losses, the content image as the start. Each loop runs in a process of its own,
twice, in turn with the others. All pictures are judged by the course's objective at the size asked for; a loop whose
own loss says something else ends the benchmark. "same loss": the lowest one that both, the loop and the course at a
single size, have reached; the second ratio after it is the same against the course in stages, which is what
`stylize` does by itself. "processor s": what the cores worked for an evaluation, all added up; on a busy machine it
says more than the clock, although threads that wait for others may count as working. Times begin before the targets
are computed, and hold compiling.
"""

import argparse
import json
from pathlib import Path
import sys
import tempfile
import time

from nst_helpers import networks
from nst_helpers.images import load_image, resize_image
from nst_helpers.loss_weights import OUT_OF_RANGE_WEIGHT, Weights
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize.multiscale import minimize_in_stages, stage_sizes
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS

from measuring import in_own_process, machine, peak_memory
import numpy as np
import tensorflow as tf

HERE = Path(__file__).resolve().parent
LOSS_WEIGHTS = [0.02, 0.1, OUT_OF_RANGE_WEIGHT]  # content, total variation, out of range; style has 1


def read_job(file):
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def write_job(file, size, weights):
    """Everything a loop needs, as NumPy arrays, in one file."""
    network = networks.load_network("vgg19", weights=weights or "random")
    arrays = {f"{layer.name}.{part}": getattr(layer, part).numpy() for layer in networks.convolutions(network)
              for part in ("kernel", "bias")}
    np.savez(file, content=load_image("chelsea", size), style=load_image("great_wave", size), **arrays,
             content_layers=CONTENT_LAYERS, style_layers=STYLE_LAYERS, mean_bgr=networks.VGG_MEAN_BGR,
             loss_weights=np.array(LOSS_WEIGHTS, "float32"))


def course_objective(job, extract, size):
    content, style = job["content"], job["style"]
    if size != content.shape[1:3]:
        style = resize_image(style, round(max(style.shape) * max(size) / max(content.shape)))
        content = resize_image(content, size)
    content_weight, total_variation_weight, out_of_range_weight = LOSS_WEIGHTS
    weights = Weights(CONTENT_LAYERS, STYLE_LAYERS, content_weight, total_variation_weight,
                      out_of_range_weight=out_of_range_weight)
    return transfer_objective(extract, content, [Style(style)], weights)


def course_network(job):
    network = networks.build_network("vgg19", "max")
    networks.set_weights(network, {name: job[name] for name in job if name.startswith("block")}, "the job")
    network.trainable = False
    return networks.feature_extractor(network, [*CONTENT_LAYERS, *STYLE_LAYERS])


def run_course(job_file, result_file, evaluations, form):
    """This course's loop; form: "single" size, or "stages", as `stylize` does it at 512 px."""
    job = read_job(job_file)
    height_and_width = job["content"].shape[1:3]
    sizes = stage_sizes(*height_and_width) if form == "stages" else [height_and_width]
    begin, losses, moments, processor = time.perf_counter(), [], [], []
    extract = course_network(job)
    objectives = [course_objective(job, extract, size) for size in sizes]

    def note(_, loss, image):
        # What is reached on the way at a smaller size is no loss of this picture.
        losses.append(loss if image.shape[1:3] == height_and_width else np.inf)
        moments.append(time.perf_counter() - begin)
        processor.append(time.process_time())

    start = resize_image(job["content"], sizes[0]) if len(sizes) > 1 else job["content"]
    result = minimize_in_stages(objectives, sizes, start, "L-BFGS", int(evaluations), note)
    np.savez(result_file, losses=losses, moments=moments, processor=processor, image=result.image)
    return {"version": tf.__version__, **peak_memory()}


def seconds_until(loss, losses, moments):
    """When a run first was as low as `loss`, in seconds; nan if never."""
    reached = np.flatnonzero(np.asarray(losses) <= loss)
    return float(moments[reached[0]]) if len(reached) else np.nan


def same_loss_ratio(run, course):
    """Seconds that `run` needs to the lowest loss that both reach, over those of `course`; each (losses, moments)."""
    loss = max(np.min(run[0]), np.min(course[0]))
    return seconds_until(loss, *run) / seconds_until(loss, *course)


def per_evaluation(losses, moments):
    """Median seconds from one evaluation to the next, at full size, the first ones left out: they compile."""
    between = np.diff(moments)[np.isfinite(losses)[:-1]]
    return float(np.median(between[3:] if len(between) > 6 else between))


def run_loops(args, folder):
    """{loop: (losses, moments, what it says)}, of each loop's rounds the one that was faster at the end."""
    job = folder / "job.npz"
    write_job(job, args.size, args.weights)
    loops = {
        "course, single size": (HERE / "peers.py", sys.executable, ["--row", "single"]),
        "course, stages": (HERE / "peers.py", sys.executable, ["--row", "stages"]),
        "PyTorch, L-BFGS": (HERE / "peer_pytorch.py", args.torch_python, ["none"]),
        "PyTorch, strong Wolfe": (HERE / "peer_pytorch.py", args.torch_python, ["strong_wolfe"]),
        "TensorFlow, Adam": (HERE / "peer_tensorflow.py", sys.executable, []),
    }
    arrays = read_job(job)
    judge = course_objective(arrays, course_network(arrays), arrays["content"].shape[1:3])
    runs = {}
    for turn in range(args.rounds):
        for name, (file, python, options) in loops.items():
            if name.split(",")[0] in args.skip:
                continue
            result = folder / "result.npz"
            said = in_own_process(file, job, result, args.evaluations, *options, python=python)
            with np.load(result, allow_pickle=False) as kept:
                losses, moments, image = kept["losses"], kept["moments"], kept["image"]
                said["processor"] = per_evaluation(losses, kept["processor"])
            judged = float(sum(judge(tf.constant(image)).values()))
            if abs(judged / np.min(losses) - 1) > 0.01:
                raise SystemExit(f"{name} says {np.min(losses):.4g}, but its picture's loss is {judged:.4g}.")
            print(f"round {turn + 1}: {name}, {moments[-1]:.0f} s, loss {judged:.5f}", file=sys.stderr, flush=True)
            if name not in runs or per_evaluation(losses, moments) < per_evaluation(*runs[name][:2]):
                runs[name] = losses, moments, said
    return runs


def print_table(runs):
    own, stages = runs["course, single size"], runs["course, stages"]
    print(f"{'loop':22} {'evaluations':>11} {'s each':>8} {'ratio':>6} {'processor s':>11} {'ratio':>6} "
          f"{'lowest loss':>12} {'same loss':>10} {'ratio':>6} {'stages':>6} {'memory':>8} {'ratio':>6}  version")
    for name, (losses, moments, said) in runs.items():
        each, worked, memory = per_evaluation(losses, moments), said["processor"], said["memory"]
        same = seconds_until(max(np.min(losses), np.min(own[0])), losses, moments)
        print(f"{name:22} {len(losses):11} {each:8.3f} {each / per_evaluation(*own[:2]):6.2f} {worked:11.3f} "
              f"{worked / own[2]['processor']:6.2f} {np.min(losses):12.5f} {same:8.0f} s "
              f"{same_loss_ratio((losses, moments), own[:2]):6.2f} "
              f"{same_loss_ratio((losses, moments), stages[:2]):6.2f} {memory:5.0f} MB "
              f"{memory / own[2]['memory']:6.2f}  {said['version']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch and NumPy")
    parser.add_argument("--weights", help="VGG-19's weights, the .h5 file that Keras offers; without it, random ones")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--evaluations", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--skip", nargs="*", default=[], help='"PyTorch", "TensorFlow"')
    args = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print_table(run_loops(args, Path(folder)))


if __name__ == "__main__":
    if "--row" in sys.argv:
        _, job_file, result_file, evaluations, _, form = sys.argv
        print(json.dumps(run_course(job_file, result_file, evaluations, form)))
    else:
        main()
