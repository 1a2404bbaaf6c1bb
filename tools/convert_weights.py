"""Give the arrays in old weights files of transformation networks today's names, those of Keras' own layers; once.

    uv run tools/convert_weights.py data/networks/johnson_street_in_auvers.npz

Old files still load; this is for files that are passed on. Not a number is changed.
"""

import argparse
from pathlib import Path

from nst_helpers._io.weights import save_npz
from nst_helpers.fast.johnson import read_transformation_weights


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    for file in parser.parse_args(arguments).files:
        save_npz(read_transformation_weights(file), file)
        print(f"{file} written")


if __name__ == "__main__":
    main()
