"""Large pictures with the defaults of `stylize`, and with those of small pictures: artefacts, losses, cost.

    python benchmarks/clean_pictures.py --teacher ../shared/distillation/teacher.npz --pictures results/clean
    python benchmarks/clean_pictures.py --size 1024 --pairs 8

Each run is a process of its own. The pictures go to FOLDER/defaults and FOLDER/plain, so that blind.py can mix them.
"style" and "content" are the relative losses in the features of the teacher, as in quality.py; the rest is measured by
artefacts.py. Ratios in the last line are geometric means of defaults over plain.
"""

import argparse
import json
from pathlib import Path
import sys

from nst_helpers.defaults import SMALL
from nst_helpers.images import load_image, save_image
from nst_helpers.transfer import stylize

from artefacts import border, color_fringes, grain
from measuring import in_own_process, machine, peak_memory
import numpy as np
from quality import judge

PAIRS = [
    ("mountains", "starry_night"), ("mountains", "wheat_field_with_cypresses"), ("sunrise", "the_scream"),
    ("summer_palace", "street_in_auvers"), ("astronaut", "self_portrait_with_straw_hat"), ("chelsea", "great_wave"),
    ("dahlia", "moulin_de_la_galette"), ("coffee", "poppies"), ("rocket", "composition_8"),
    ("mona_lisa", "starry_night"), ("dogs", "night_cafe"), ("meadow", "olive_trees"),
    ("meadow", "wheat_field_with_cypresses"), ("dandelions", "summertime"), ("fig", "girls_at_the_piano"),
    ("mountains", "ejiri_in_suruga"), ("sunrise", "wreck_of_a_transport_ship"), ("brushes", "composition_8"),
    ("summer_palace", "the_scream"), ("chelsea", "night_cafe"),
]
FORMS = {"plain": SMALL, "defaults": {}}


def run(content_name, style_name, size, form, file):
    """One picture: seconds, memory."""
    result = stylize(content_name, style_name, size=int(size), progress=False, **FORMS[form])
    save_image(result.image, file, overwrite=True)
    return {"seconds": result.seconds, "evaluations": result.evaluations, **peak_memory()}


def measured(file, size, teacher):
    """The artefacts of a stored picture CONTENT__STYLE.png, and its losses where there is a teacher."""
    image = load_image(file)
    row = {"fringes": color_fringes(image), "grain": grain(image), "border": border(image, color_fringes)}
    if teacher:
        *_, row["style"], row["content"] = judge(teacher, image, *(load_image(n, size) for n in file.stem.split("__")))
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", help='teacher.npz, or "vgg19"; without it nothing is judged')
    parser.add_argument("--pictures", type=Path, default=Path("results/clean"), help="folder for the pictures")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--pairs", type=int, default=8, help=f"how many pairs of pictures, at most {len(PAIRS)}")
    parser.add_argument("--only-measure", action="store_true", help="measure the pictures that lie in the folder")
    args = parser.parse_args()
    teacher = None
    if args.teacher:
        sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
        from teachers import load_teacher

        teacher, _ = load_teacher(args.teacher)
    print(machine())
    rows = {form: [] for form in FORMS}
    for pair in PAIRS[: args.pairs]:
        for form in FORMS:
            file = args.pictures / form / f"{'__'.join(pair)}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            cost = {} if args.only_measure else in_own_process(__file__, "--row", *pair, args.size, form, file)
            rows[form].append({**cost, **measured(file, args.size, teacher)})
            print(f"{' / '.join(pair):42} {form:9} " +
                  " ".join(f"{name} {value:.4g}" for name, value in rows[form][-1].items()), flush=True)
    names = rows["plain"][0]
    means = {name: np.exp(np.mean([np.log(max(new[name], 1e-9) / max(old[name], 1e-9))
                                   for new, old in zip(rows["defaults"], rows["plain"])])) for name in names}
    print(f"{'defaults over plain':52} " + " ".join(f"{name} {value:.2f}" for name, value in means.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print(json.dumps(run(*sys.argv[2:])))
    else:
        main()
