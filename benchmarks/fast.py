"""The networks that paint in one pass: how fast, how much memory, how near to the painting.

    python benchmarks/fast.py --teacher ../shared/distillation/teacher.npz --pictures FOLDER

Style is judged in the features of the teacher that pocket was distilled from, as in quality.py: the style loss of the
painted picture over that of the photo itself. 1: no nearer to the painting than the photo was. "loop": the same by
`stylize`. The last pairs are with paintings that were held back in training; no photo was in training.
"""

import argparse
import json
from pathlib import Path
import sys
import time

from nst_helpers.fast.adain import HELD_BACK
from nst_helpers.fast.johnson import load_transformation_network, transformation_styles
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.images import load_image, save_image
from nst_helpers.transfer import stylize

from measuring import in_own_process, machine, peak_memory
import numpy as np
from quality import PAIRS, judge
import tensorflow as tf

MORE_HELD_BACK = [("chelsea", HELD_BACK[0]), ("summer_palace", HELD_BACK[1])]


def painter(name):
    """A function from (photo, painting) to the picture: "adain", or the painting of a network for one style."""
    if name == "adain":
        return stylize_fast
    network = load_transformation_network(name)
    compiled = tf.function(lambda image: network(image), input_signature=[tf.TensorSpec((1, None, None, 3))])
    return lambda content_image, style_image: compiled(tf.constant(content_image)).numpy()


def time_and_memory(name, size):
    """Median seconds of ten pictures, after two; square ones, the most that `size` allows."""
    size = int(size)
    content_image = np.random.default_rng(0).random((1, size, size, 3), "float32")
    style_image, paint, seconds = load_image("great_wave", size), painter(name), []
    for _ in range(12):
        begin = time.perf_counter()
        paint(content_image, style_image)
        seconds.append(time.perf_counter() - begin)
    return {"milliseconds": 1000 * float(np.median(seconds[2:])), "first": seconds[0], **peak_memory()}


def judged(teacher, image, content_image, style_image):
    """Style loss over the photo's own, and content loss."""
    *_, own, _ = judge(teacher, content_image, content_image, style_image)
    *_, style, content = judge(teacher, image, content_image, style_image)
    return style / own, content


def quality(args):
    sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
    from teachers import load_teacher

    teacher, _ = load_teacher(args.teacher)
    photos = [photo for photo, _ in PAIRS]
    painters = {name: painter(name) for name in ["adain", *transformation_styles()]}
    own = [(photo, style) for style in transformation_styles() for photo in photos]
    rows = [("adain", pair) for pair in [*PAIRS, *MORE_HELD_BACK]] + [(style, (photo, style)) for photo, style in own]
    print(f"{'network':16} {'photo / painting':40} {'style':>7} {'content':>8}"
          + ("" if args.no_loop else f" {'loop':>7} {'content':>8}"))
    for network, (photo, style) in rows:
        content_image, style_image = load_image(photo, args.size), load_image(style, args.size)
        image = painters[network](content_image, style_image)
        row = judged(teacher, image, content_image, style_image)
        if not args.no_loop:
            loop = stylize(content_image, style_image, progress=False).image
            row += judged(teacher, loop, content_image, style_image)
        held_back = ", held back" if network == "adain" and style in HELD_BACK else ""
        print(f"{network:16} {photo + ' / ' + style + held_back:40} "
              + " ".join(f"{value:{width}.3f}" for value, width in zip(row, (7, 8, 7, 8))), flush=True)
        if args.pictures:
            save_image(image, args.pictures / f"{network}_{photo}_{style}.png", overwrite=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", help='teacher.npz, or "vgg19"; without it, only time and memory')
    parser.add_argument("--pictures", type=Path, help="folder for the pictures")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--no-loop", action="store_true", help="judge the networks only")
    args = parser.parse_args()
    print(machine())
    print(f"{'network':16} {'px':>4} {'a picture':>10} {'the first':>10} {'memory':>8}")
    for name in ["adain", *transformation_styles()]:
        for size in (256, 512):
            row = in_own_process(__file__, "--row", name, size)
            print(f"{name:16} {size:4} {row['milliseconds']:7.0f} ms {row['first']:8.1f} s {row['memory']:5.0f} MB")
    if args.teacher:
        quality(args)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print(json.dumps(time_and_memory(*sys.argv[2:])))
    else:
        main()
