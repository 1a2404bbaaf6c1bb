"""What nobody painted, in numbers: coloured fringes, grain, and a border that is unlike the inside.

    python benchmarks/artefacts.py FOLDER

FOLDER holds pictures called CONTENT__STYLE.png, after bundled pictures. "photo" and "painting" are the same numbers of
those two, scaled to the picture's longer side ("-": not bundled).
Lower is cleaner, but no number knows what is wanted: a painting's own small strokes count, too, and blue beside yellow
counts as much in color_fringes as red beside green.
"""

import argparse
from pathlib import Path

from nst_helpers.color import luminance
from nst_helpers.images import bundled_names, check_image, load_image

import numpy as np
from scipy.ndimage import gaussian_filter

WINDOW = 16  # px, the side of the squares over which contrast is averaged
FINE, COARSE = 1.0, 4.0  # px, standard deviations: fringes are what lies between, about 4 to 20 px from crest to crest
NEAR = 4.0  # px, standard deviation of the neighbourhood of a pixel
MASKING = 5.0  # CIELAB: such a contrast of lightness halves what the eye sees of a contrast of colour
GRAIN = 1.5  # px, standard deviation: what it takes away is finer than 8 px from crest to crest
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])  # IEC 61966-2-1


def lab(image):
    """The picture (1, H, W, 3) in CIELAB: (H, W, 3), lightness L from 0 to 100, then a (red-green), b (yellow-blue)."""
    coded = check_image(image)[0].astype("float64")
    linear = np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)
    ratios = linear @ (RGB_TO_XYZ / RGB_TO_XYZ.sum(axis=1, keepdims=True)).T  # to the white of sRGB
    x, y, z = np.moveaxis(np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def fringe_map(image):
    """The contrast of colour around each pixel: (H, W), in units of CIELAB, less where that of lightness hides it."""
    colors = lab(image)
    fine = gaussian_filter(colors, (FINE, FINE, 0)) - gaussian_filter(colors, (COARSE, COARSE, 0))
    lightness, *ab = np.moveaxis(gaussian_filter(fine**2, (NEAR, NEAR, 0)), -1, 0)
    return np.sqrt(sum(ab)) / (1 + lightness / MASKING**2)


def grain_map(image):
    """The contrast of luminance finer than 8 px at each pixel: (H, W), in grey levels of 255."""
    levels = 255 * luminance(image)[0, :, :, 0].astype("float64")
    return np.abs(levels - gaussian_filter(levels, GRAIN))


def means(values, width=WINDOW):
    """The means of `values` (H, W) in squares of `width` px, one behind the other; less than a square is left out."""
    rows, columns = (side // width for side in values.shape)
    squares = values[:rows * width, :columns * width].reshape(rows, width, columns, width)
    return squares.mean(axis=(1, 3)).ravel()


def color_fringes(image, squares=means):
    """Coloured stripes and split edges a few px apart where lightness hides them least: the median square of the map.

    In units of CIELAB. squares: a function that gives the means in squares of a map (H, W), as `means` does.
    """
    return float(np.median(squares(fringe_map(image))))


def grain(image, squares=means):
    """Worms and dots that cover everything: the lower quartile of the squares of the map, in grey levels of 255.

    The lower quartile and not the median, because strokes and edges leave a quarter of most pictures free.
    """
    return float(np.quantile(squares(grain_map(image)), 0.25))


def border(image, number, width=8):
    """`number` (color_fringes or grain) of the outer `width` px, relative to the inside: 1 is like the inside.

    The border and the inside are both cut into squares of `width` px. Two zeros are alike: 1.
    """
    def outer(values):
        sides = values[:width], values[-width:], values[width:-width, :width], values[width:-width, -width:]
        return np.concatenate([means(side, width) for side in sides])

    def inner(values):
        return means(values[width:-width, width:-width], width)

    outside, inside = number(image, outer), number(image, inner)
    if outside == inside:
        return 1.0
    return outside / inside if inside else np.inf


def numbers_of(name, size):
    """Fringes and grain of a bundled picture at `size`, None twice for one that isn't bundled."""
    if name not in sum(bundled_names().values(), []):
        return None, None
    image = load_image(name, size)
    return color_fringes(image), grain(image)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="pictures called CONTENT__STYLE.png")
    args = parser.parse_args()

    files = sorted(args.folder.glob("*__*.png"))
    if not files:
        raise SystemExit(f"{args.folder} holds no picture that is called CONTENT__STYLE.png.")
    print(f"{'':50} {'fringes':^25}  {'grain':^25}  {'border / inside':^15}")
    print(f"{'picture':50}{' picture   photo painting ' * 2} fringes   grain")
    for file in files:
        image = load_image(file)
        trio = [(color_fringes(image), grain(image)), *(numbers_of(n, max(image.shape)) for n in file.stem.split("__"))]
        groups = [" ".join("       -" if value is None else f"{value:8.2f}" for value in kind) for kind in zip(*trio)]
        borders = [f"{border(image, number):7.2f}" for number in (color_fringes, grain)]
        print(f"{file.stem:50}{' '.join(groups)}  {' '.join(borders)}", flush=True)


if __name__ == "__main__":
    main()
