"""Paint the pictures that lesson 10 lets people judge, data/pairs/NAME.jpg, and write what made each into pairs.json.

    python tools/paint_pairs.py                          all of them
    python tools/paint_pairs.py meadow_sliced            some of them; pairs.json is written anew in any case

Seven scenes (a photo and a painting) and seven methods. Each scene is painted by three methods, and each two methods
meet in exactly one scene: the lines of a Fano plane, the smallest plan of that kind. Whoever adds a method needs
another plan. What may go here: which pictures there are, and painting them. How votes are kept: nst_helpers/votes.py.
"""

import itertools
import json
import sys

from nst_helpers import resize_image, stylize, stylize_fast, to_bytes
from nst_helpers.votes import PAIRS_FILE

SIZE, QUALITY = 320, 85  # as they are stored; all are painted at 512 px
# Each method's call, run as it stands and written into pairs.json; P and S are the photo's and the painting's names.
# "coarse to fine" is what stylize does by itself; each of the others differs from it in one thing.
CALLS = {
    "coarse to fine": "stylize(P, S)",
    "one size": "stylize(P, S, coarse_to_fine=False)",
    "few steps": "stylize(P, S, method='Adam', steps=20)",
    "one pass": "stylize_fast(P, S, size=512)",
    "gaussian": "stylize(P, S, style_loss='gaussian')",
    "sliced": "stylize(P, S, style_loss='sliced')",
    "nearest": "stylize(P, S, style_loss='nearest')",
}
SCENES = {
    ("summer_palace", "starry_night"): ("coarse to fine", "few steps", "one pass"),
    ("meadow", "wheat_field_with_cypresses"): ("coarse to fine", "one size", "gaussian"),
    ("sunrise", "the_scream"): ("coarse to fine", "sliced", "nearest"),
    ("mountains", "great_wave"): ("few steps", "one size", "sliced"),
    ("dandelions", "poppies"): ("few steps", "gaussian", "nearest"),
    ("dahlia", "street_in_auvers"): ("one pass", "one size", "nearest"),
    ("coffee", "night_cafe"): ("one pass", "gaussian", "sliced"),
}


def plan():
    """{name of the picture: what pairs.json says of it}, and the pairs of names that are to be compared."""
    pictures, pairs = {}, []
    for (photo, painting), methods in SCENES.items():
        names = [f"{photo}_{method.replace(' ', '_')}" for method in methods]
        for name, method in zip(names, methods):
            call = CALLS[method].replace("P, S", f"'{photo}', '{painting}'")
            pictures[name] = {"photo": photo, "painting": painting, "method": method, "call": call}
        pairs += map(list, itertools.combinations(names, 2))
    return pictures, pairs


def paint(call):
    """The picture that a call in CALLS makes, (1, H, W, 3)."""
    tools = {"stylize_fast": stylize_fast,
             "stylize": lambda *given, **options: stylize(*given, progress=False, **options)}
    painted = eval(call, tools)  # our own calls
    return getattr(painted, "image", painted)


def main():
    pictures, pairs = plan()
    PAIRS_FILE.parent.mkdir(exist_ok=True)
    PAIRS_FILE.write_text(json.dumps({"pictures": pictures, "pairs": pairs}, indent=1) + "\n", encoding="utf-8")
    for name, entry in pictures.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        file = PAIRS_FILE.parent / f"{name}.jpg"
        file.write_bytes(to_bytes(resize_image(paint(entry["call"]), SIZE), "jpg", QUALITY))
        print(f"{name}: {file.stat().st_size / 1e3:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
