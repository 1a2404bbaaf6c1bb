"""How good is the pocket network? Judged by the teacher it was distilled from.

    python benchmarks/quality.py --teacher ../shared/distillation/teacher.npz --pictures FOLDER

For each pair, one picture is optimised through the teacher, one through pocket, one through pocket's form with random
weights: same start, weights, layers and steps. The pictures are clipped to [0, 1], as if they were saved. All three
are then measured with the teacher's features, in the relative losses of the course.
1 in the last rows means: as good as optimising through the teacher itself.
The pairs are of bundled pictures, none of which was used in training.
"""

import argparse
from pathlib import Path
import sys

from nst_helpers.images import load_image, save_image
from nst_helpers.loss_weights import Weights
from nst_helpers.losses import content_loss, gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize.minimizer import minimize
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS

import numpy as np

PAIRS = [
    ("summer_palace", "street_in_auvers"),
    ("chelsea", "great_wave"),
    ("astronaut", "composition_8"),
    ("coffee", "poppies"),
    ("dahlia", "moulin_de_la_galette"),
    ("rocket", "inokashira_snow"),
]


def judge(teacher, image, content_image, style_image):
    """The relative losses of a picture in the teacher's features: style layer by layer, their mean, content."""
    features, content, style = (teacher(picture) for picture in (image, content_image, style_image))
    styles = [style_loss(gram_matrix(features[layer]), gram_matrix(style[layer])) for layer in STYLE_LAYERS]
    contents = [content_loss(features[layer], content[layer]) for layer in CONTENT_LAYERS]
    return [*map(float, styles), float(np.mean(styles)), float(np.mean(contents))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", required=True, help='teacher.npz, or "vgg19"')
    parser.add_argument("--teacher-weights", help="a weights file for vgg19")
    parser.add_argument("--weights", help="pocket's weights, if not the shipped ones")
    parser.add_argument("--pictures", type=Path, help="folder for the pictures")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--content-weight", type=float, default=0.02)
    parser.add_argument("--total-variation-weight", type=float, default=0.0)
    parser.add_argument("--out-of-range-weight", type=float, default=0.0)
    parser.add_argument("--skip", nargs="*", default=[], help="networks to leave out")
    args = parser.parse_args()

    sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
    from teachers import load_teacher

    teacher, _ = load_teacher(args.teacher, args.teacher_weights)
    layers = list(dict.fromkeys([*CONTENT_LAYERS, *STYLE_LAYERS]))
    networks = {
        "teacher": teacher,
        "pocket": feature_extractor(load_network("pocket", weights=args.weights), layers),
        "random": feature_extractor(load_network("pocket", weights="random"), layers),
    }
    networks = {name: extract for name, extract in networks.items() if name not in args.skip}
    weights = Weights(CONTENT_LAYERS, STYLE_LAYERS, args.content_weight, args.total_variation_weight,
                      out_of_range_weight=args.out_of_range_weight)
    losses = {name: [] for name in networks}
    print(f"{'pair':42} {'network':8} {'style':>8} {'content':>8}")
    for content_name, style_name in PAIRS:
        content_image, style_image = load_image(content_name, args.size), load_image(style_name, args.size)
        for name, extract in networks.items():
            objective = transfer_objective(extract, content_image, [Style(style_image)], weights)
            image = np.clip(minimize(objective, content_image, steps=args.steps).image, 0, 1)
            losses[name].append(judge(teacher, image, content_image, style_image))
            *_, style, content = losses[name][-1]
            print(f"{content_name + ' / ' + style_name:42} {name:8} {style:8.4f} {content:8.4f}", flush=True)
            if args.pictures:
                save_image(image, args.pictures / f"{content_name}_{style_name}_{name}.png", overwrite=True)
    print(f"\ngeometric means, times the teacher's  {'style':>8} {'content':>8}   style by layer, "
          f"{STYLE_LAYERS[0]} to {STYLE_LAYERS[-1]}")
    for name in losses:
        *layers, style, content = np.exp(np.mean(np.log(losses[name]) - np.log(losses["teacher"]), axis=0))
        print(f"{name:37} {style:8.2f} {content:8.2f}   {' '.join(f'{ratio:6.2f}' for ratio in layers)}")


if __name__ == "__main__":
    main()
