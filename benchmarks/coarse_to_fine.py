"""Does coarse to fine pay? 160 steps in stages, as `stylize` does them, against 300 steps at one size of 512 px.

    python benchmarks/coarse_to_fine.py --teacher ../shared/distillation/teacher.npz --pictures FOLDER
    python benchmarks/coarse_to_fine.py --network vgg19     # random weights, fewer steps: time and memory only

Each run is a process of its own. "style" and "content" are the relative losses of the finished picture in the
features of the teacher that pocket was distilled from, as in quality.py; "loss" is what was minimised, at 512 px.
"""

import argparse
import json
from pathlib import Path
import sys
import tempfile

from nst_helpers.images import load_image, save_image
from nst_helpers.networks import load_network
from nst_helpers.transfer import stylize

from measuring import in_own_process, machine, peak_memory
import numpy as np
from quality import judge

PAIRS = [("chelsea", "great_wave"), ("summer_palace", "street_in_auvers"), ("coffee", "poppies")]
FORMS = {"single": False, "stages": True}


def run(network, content_name, style_name, size, steps, coarse_to_fine, image_file):
    """One picture: seconds, memory, loss."""
    network = load_network(network, weights=None if network == "pocket" else "random")
    result = stylize(content_name, style_name, network=network, size=int(size), steps=int(steps),
                     coarse_to_fine=coarse_to_fine == "True", progress=False)
    np.save(image_file, result.image)
    return {"seconds": result.seconds, "evaluations": result.evaluations,
            "loss": result.lowest_losses()["total"], **peak_memory()}


def measured_pair(args, content_name, style_name, teacher, folder):
    """Both forms, in turn; of each the fastest round, with the judgement of its picture."""
    forms = {}
    for _ in range(args.rounds):
        for (form, coarse_to_fine), steps in zip(FORMS.items(), args.steps):
            file = folder / "image.npy"
            row = in_own_process(__file__, "--row", args.network, content_name, style_name, args.size, steps,
                                 coarse_to_fine, file)
            image = np.load(file, allow_pickle=False)
            if teacher:
                images = load_image(content_name, args.size), load_image(style_name, args.size)
                *_, row["style"], row["content"] = judge(teacher, image, *images)
            if args.pictures:
                save_image(image, args.pictures / f"{content_name}_{style_name}_{form}.png", overwrite=True)
            forms[form] = min(row, forms.get(form, row), key=lambda row: row["seconds"])
    return forms


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="pocket", choices=["pocket", "vgg19"])
    parser.add_argument("--teacher", help='teacher.npz, or "vgg19"; without it nothing is judged')
    parser.add_argument("--pictures", type=Path, help="folder for the pictures")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--steps", type=int, nargs=2, help="at a single size, in stages; 300 160, for vgg19 30 16")
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="how many pairs of pictures")
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    args.steps = args.steps or ([300, 160] if args.network == "pocket" else [30, 16])
    teacher = None
    if args.teacher:
        sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
        from teachers import load_teacher

        teacher, _ = load_teacher(args.teacher)
    columns = ["seconds", "evaluations", "memory", "loss", *(["style", "content"] if teacher else [])]
    print(machine())
    print(f"{args.network}, {args.size} px, {args.steps[0]} steps at a single size, {args.steps[1]} in stages\n")
    print(f"{'pair':32} {'form':8} " + " ".join(f"{column:>11}" for column in columns))
    for pair in PAIRS[:args.pairs]:
        with tempfile.TemporaryDirectory() as folder:
            forms = measured_pair(args, *pair, teacher, Path(folder))
        forms["ratio"] = {column: forms["stages"][column] / forms["single"][column] for column in columns}
        for form, row in forms.items():
            print(f"{' / '.join(pair):32} {form:8} " + " ".join(f"{row[column]:11.4g}" for column in columns),
                  flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print(json.dumps(run(*sys.argv[2:])))
    else:
        main()
