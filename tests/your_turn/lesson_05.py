"""Answers to "Your turn" of lesson 05: right ones, and wrong ones with a part of what the check says."""

TASKS = {
    "variation_by_hand": {
        "right": ["variation_by_hand = 0.16", "variation_by_hand = (0 + 0.4**2) / 2 + (0 + 0.4**2) / 2"],
        "wrong": {
            "variation_by_hand = 0.32": "these are sums",
            "variation_by_hand = 0.4": "the absolute form",
            "variation_by_hand = 0": "which of the four",
            "variation_by_hand = 0.08": "two differences downwards",
            "variation_by_hand = [0.16]": "one number",
        },
    },
    "my_weight": {
        "right": ["my_weight = 1e-11 * 255**2 * 255 * 256 * 3", "my_weight = np.float64(0.1273)"],
        "wrong": {
            "my_weight = 1e-11 * 255 * 256 * 3": "values up to 255",
            "my_weight = 1e-11 * 255**2 * 255 * 256": "each of the three",
            "my_weight = 1e-11 * 255**2 * 2 * 255 * 256 * 3": "each direction",
            "my_weight = 1e-11": "how many differences",
            "my_weight = 'larger'": "one number",
        },
    },
    "my_result": {
        "right": ["my_result = paint(0.38, variation=absolute_variation)",
                  "my_result = paint(0.38, variation=absolute_variation).image"],
        "wrong": {
            "my_result = paint(0.001, variation=absolute_variation, steps=15)": "A larger weight",
            "my_result = paint(10, variation=absolute_variation, steps=15)": "A smaller weight",
            "my_result = 0.1": "keep what paint gives back",
            "my_result = paint(0.1, size=96, variation=absolute_variation, steps=5)": "at the size of section 4",
        },
    },
}
