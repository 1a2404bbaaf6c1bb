"""Answers to "Your turn" of lesson 08: right ones, and wrong ones with a part of what the check says."""

RIGHT_MOMENTS = """region_moments = "see below"


def region_moments(features, guide):
    share = guide / tf.reduce_sum(guide)
    mean = tf.reduce_sum(share * features, [1, 2], keepdims=True)
    variance = tf.reduce_sum(share * (features - mean) ** 2, [1, 2], keepdims=True)
    return mean, tf.sqrt(variance + EPSILON)
"""
WITH_NUMPY = """region_moments = None


def region_moments(features, guide):
    inside = np.array(features)[0][np.array(guide)[0, :, :, 0] == 1]
    return inside.mean(0)[None, None, None], inside.std(0)[None, None, None]
"""
WEIGHTED = """region_moments = None


def region_moments(features, guide):
    mean, variance = tf.nn.weighted_moments(features, [1, 2], guide, keepdims=True)
    return mean, tf.sqrt(variance + EPSILON)
"""

TASKS = {
    "map_deviation": {
        "right": ["map_deviation = 0.5", "map_deviation = np.std([0, 0, 1, 1])"],
        "wrong": {
            "map_deviation = 0.25": "this is the variance",
            "map_deviation = 0": "but the whole map does",
            "map_deviation = 1": "what is the mean of the map",
            "map_deviation = 'half'": "give one number",
            "map_deviation = [0.5, 0.5]": "give one number",
        },
    },
    "seconds_saved": {
        "right": ["seconds_saved = 2750", "seconds_saved = 500 * 8 - (20 * 60 + 500 * 0.1)"],
        "wrong": {
            "seconds_saved = 500 * 8 - 20 * 60": "a little time for each frame",
            "seconds_saved = 500 * 8 - (20 + 500 * 0.1)": "given in minutes",
            "seconds_saved = 4000": "what does the loop need",
            "seconds_saved = '2750 s'": "give one number",
        },
    },
    "region_moments": {
        "right": [RIGHT_MOMENTS, WEIGHTED],
        "wrong": {
            WITH_NUMPY: "has to count half",
            RIGHT_MOMENTS.replace("/ tf.reduce_sum(guide)", "/ 42"): "divide by the size of the region",
            RIGHT_MOMENTS.replace("tf.sqrt(variance + EPSILON)", "variance"): "Take its root",
            RIGHT_MOMENTS.replace("tf.sqrt(variance + EPSILON)", "moments(features)[1]"): "inside the region only",
            RIGHT_MOMENTS.replace("/ tf.reduce_sum(guide)", ""): "divide by the sum of the guide",
            RIGHT_MOMENTS.replace("mean, tf.sqrt(variance + EPSILON)", "mean"): "Return two things",
            RIGHT_MOMENTS.replace("guide / tf", "mask / tf"): "NameError",
            "region_moments = moments(maps)": "write a function",
            RIGHT_MOMENTS.replace("[1, 2], keepdims=True", ""): "sums over the axes 1 and 2",
            RIGHT_MOMENTS.replace("share * features", "features[guide == 1]"): "Return two things",
        },
    },
}
