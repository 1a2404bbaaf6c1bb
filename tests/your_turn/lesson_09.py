"""Answers to "Your turn" of lesson 09: right ones, and wrong ones with a part of what the check says."""

RIGHT_COVARIANCE = """covariance_distance = "see below"


def covariance_distance(points, target):
    return relative(mean_and_covariance(points)[1], mean_and_covariance(target)[1])
"""
BY_NUMPY = """covariance_distance = "see below"


def covariance_distance(points, target):
    own, wanted = np.cov(points.T, bias=True), np.cov(target.T, bias=True)
    return np.sum((own - wanted) ** 2) / np.sum(wanted**2)
"""
PICTURE = 'my_result = stylize("fig", "kazusa_sea_route", style_loss="gaussian", size=192, steps=5, progress=False)'

TASKS = {
    "sum_of_squares": {
        "right": ["sum_of_squares = 6", "sum_of_squares = tf.reduce_sum([1, 1, 4])",
                  "sum_of_squares = np.sum((np.sort([1, 4, 2]) - np.sort([3, 2, 6.0])) ** 2)"],
        "wrong": {
            "sum_of_squares = 24": "in order first",
            "sum_of_squares = 6 / 49": "the whole fraction",
            "sum_of_squares = 4": "not their squares",
            "sum_of_squares = 2": "the mean of the squares",
            "sum_of_squares = 7": "order both lists",
            "sum_of_squares = '6'": "give one number",
        },
    },
    "covariance_distance": {
        "right": [RIGHT_COVARIANCE, BY_NUMPY],
        "wrong": {
            "covariance_distance = gram_distance": "this is the Gram distance",
            "covariance_distance = 0.5": "write a function",
            RIGHT_COVARIANCE.replace(")[1]", ")[0]"): "second of the two",
            RIGHT_COVARIANCE.replace("(points)[1]", "(target)[1]", 1).replace(", mean_and_covariance(target)",
                                                                           ", mean_and_covariance(points)"):
                "the target comes second",
            BY_NUMPY.replace(" / np.sum(wanted**2)", ""): "Divide by the target's square",
            BY_NUMPY.replace("points.T", "points"): "it stops with ValueError",
            BY_NUMPY.replace(", bias=True", ""): "give it bias=True",
            BY_NUMPY.replace("return ", ""): "Does it end with return?",
        },
    },
    "my_result": {
        "right": [PICTURE, PICTURE.replace('"gaussian"', '"moments"').replace("192", "200")],
        "wrong": {
            PICTURE.replace(', style_loss="gaussian"', ""): "this is the Gram matrix",
            PICTURE.replace("192", "128"): "has 128 pixels",
            PICTURE.replace('"fig", "kazusa_sea_route"', '"summer_palace", ["starry_night"]'): "in the lesson already",
            PICTURE.replace("progress=False)", "progress=False).image"): "keep all that stylize gives",
            PICTURE.replace('"fig", "kazusa_sea_route"', '"mountains", "wheat_field_with_cypresses"'):
                "stands in the lesson already",
        },
    },
}
