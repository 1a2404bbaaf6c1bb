"""Answers to "Your turn" of lesson 11: right ones, and wrong ones with a part of what the check says."""

RIGHT_MEAN = """mean_and_deviation = "see below"


def mean_and_deviation(pieces):
    count, total, squares = 0, 0.0, 0.0
    for piece in pieces:
        count, total, squares = count + piece.size, total + piece.sum(), squares + (piece**2).sum()
    mean = total / count
    return mean, np.sqrt(squares / count - mean**2)
"""

POSTER = "my_poster = stylize('summer_palace', 'starry_night', size=640, tile_size=256, steps=3, progress=False)"

TASKS = {
    "margin_needed": {
        "right": ["margin_needed = 4", "margin_needed = 4.0", "margin_needed = tf.constant(4)"],
        "wrong": {
            "margin_needed = 3": "one position is two pixels wide",
            "margin_needed = 8": "both sides together",
            "margin_needed = 5": "looks at none outside of them",
            "margin_needed = 64": "add up how far each convolution looks",
            "margin_needed = np.nan": "add up how far each convolution looks",
            "margin_needed = 'wide'": "give one number",
            "margin_needed = [1, 1, 2]": "give one number",
        },
    },
    "mean_and_deviation": {
        "right": [
            RIGHT_MEAN,
            RIGHT_MEAN.replace("np.sqrt(squares / count - mean**2)", "(squares / count - mean**2) ** 0.5"),
            RIGHT_MEAN.replace("return mean, np.sqrt(squares / count - mean**2)",
                               "return tf.constant([mean, np.sqrt(squares / count - mean**2)])"),
        ],
        "wrong": {
            RIGHT_MEAN.replace("mean = total / count", "mean = np.mean([piece.mean() for piece in pieces])"):
                "the mean of the means",
            RIGHT_MEAN.replace("np.sqrt(squares / count - mean**2)", "squares / count - mean**2"):
                "this is the variance",
            RIGHT_MEAN.replace("np.sqrt(squares / count - mean**2)", "np.mean([piece.std() for piece in pieces])"):
                "deviations cannot be averaged",
            RIGHT_MEAN.replace(" - mean**2)", ")"): "less the square of the mean",
            RIGHT_MEAN.replace("total / count", "total"): "over the number of all values",
            RIGHT_MEAN.replace("    return mean, ", "    "): "it stops with TypeError",
            RIGHT_MEAN.replace("np.sqrt", "sqrt"): "it stops with NameError",
            "mean_and_deviation = (4.2, 3)": "write a function",
        },
    },
    "my_poster": {
        "right": [POSTER],
        "wrong": {
            POSTER.replace("640", "320").replace("256", "128"): "your picture has 320 pixels",
            POSTER.replace("tile_size=256, ", ""): "it was painted whole",
            POSTER.replace("256", "1024"): "such a tile holds the whole picture",
            POSTER.replace("'summer_palace', ", "'fig', "): "this lesson has painted that pair",
            POSTER.replace("progress=False)", "progress=False).image"): "keep all that stylize gives",
            "my_poster = 'beautiful'": "keep all that stylize gives",
        },
    },
}
