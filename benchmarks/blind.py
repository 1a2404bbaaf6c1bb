"""Which of two settings is better, when nobody can see which is which?

    python benchmarks/blind.py sheets FOLDER_A FOLDER_B OUT --seed 0
    python benchmarks/blind.py count OUT CHOICES

"sheets" puts every picture whose name is in both folders side by side at full size: OUT/01.png and so on, the names and
the sides at random, and the key in OUT/key.json. Look at the sheets, not at the key, and write a text file with a line
for each, such as "01 left". "count" then says how often B was chosen, with Clopper and Pearson's 95 % interval.
"""

import argparse
import json
from pathlib import Path

from nst_helpers.images import load_image, save_image

import numpy as np
from scipy.stats import binomtest

GAP = 8  # px, white


def side_by_side(left, right):
    """Two pictures (1, H, W, 3) of one size as one: (1, H, 2 W + GAP, 3)."""
    return np.concatenate([left, np.ones((1, left.shape[1], GAP, 3), "float32"), right], axis=2)


def make_sheets(folder_a, folder_b, out, seed=0):
    """Write the sheets and the key, {number: {"left": "A" or "B", "name": name}}; returns the key."""
    folders = {"A": Path(folder_a), "B": Path(folder_b)}
    out = Path(out)
    names = sorted(file.name for file in folders["A"].glob("*.png") if (folders["B"] / file.name).exists())
    if not names:
        raise SystemExit(f"No picture of {folder_a} has the name of one in {folder_b}.")
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty: choose another folder, so that old sheets don't mix with new ones.")
    random, key = np.random.default_rng(seed), {}
    for number, name in enumerate(random.permutation(names), start=1):
        order = "AB" if random.random() < 0.5 else "BA"
        left, right = (load_image(folders[letter] / name) for letter in order)
        if left.shape != right.shape:
            raise SystemExit(f"{name} has two sizes in the two folders: paint both at one size.")
        save_image(side_by_side(left, right), out / f"{number:02}.png")
        key[f"{number:02}"] = {"left": order[0], "name": Path(name).stem}
    (out / "key.json").write_text(json.dumps(key, indent=1))
    return key


def read_choices(text, numbers):
    """{number: "left" or "right"} from lines such as "01 left"; every one of `numbers` exactly once."""
    choices = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        number, _, side = line.partition(" ")
        number, side = number.zfill(2), side.strip().lower()
        if number not in numbers or side not in ("left", "right") or number in choices:
            raise SystemExit(f'"{line}" is no choice: write each sheet\'s number once, then left or right ("01 left").')
        choices[number] = side
    missing = [number for number in numbers if number not in choices]
    if missing:
        raise SystemExit(f"There is no choice for {', '.join(missing)}: look at every sheet and choose a side.")
    return choices


def count_b(key, choices):
    """How often B was chosen, of how many, and the 95 % interval of its share: (int, int, low, high)."""
    chosen = sum((entry["left"] == "B") == (choices[number] == "left") for number, entry in key.items())
    interval = binomtest(chosen, len(key)).proportion_ci(0.95, method="exact")
    return chosen, len(key), float(interval.low), float(interval.high)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    sheets = commands.add_parser("sheets", help="put the pictures side by side")
    sheets.add_argument("folder_a", type=Path)
    sheets.add_argument("folder_b", type=Path)
    sheets.add_argument("out", type=Path)
    sheets.add_argument("--seed", type=int, default=0)
    count = commands.add_parser("count", help="count the choices")
    count.add_argument("out", type=Path, help="the folder of the sheets")
    count.add_argument("choices", type=Path, help='a text file with lines such as "01 left"')
    args = parser.parse_args()

    if args.command == "sheets":
        key = make_sheets(args.folder_a, args.folder_b, args.out, args.seed)
        print(f"{len(key)} sheets in {args.out}; don't look into key.json yet.")
        return
    key = json.loads((args.out / "key.json").read_text())
    chosen, total, low, high = count_b(key, read_choices(args.choices.read_text(), key))
    print(f"B was chosen {chosen} times of {total}: {chosen / total:.0%}, 95 % interval {low:.0%} to {high:.0%}.")


if __name__ == "__main__":
    main()
