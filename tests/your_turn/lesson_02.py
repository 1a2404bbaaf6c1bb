"""Answers to "Your turn" of lesson 02: right ones, and wrong ones with a part of what the check says."""

TASKS = {
    "entry": {
        "right": ["entry = 1.75", "entry = np.sum(np.array([[1, 2], [0, 1]]) * [[3, 1], [5, 2]]) / 4"],
        "wrong": {
            "entry = 7": "How many positions",
            "entry = 3.5": "not by the two maps",
            "entry = 1.5": "map 1 over itself",
            "entry = 9.75": "map 2 over itself",
            "entry = 2": "multiply what lies on top",
            "entry = [3, 2, 0, 2]": "one number",
            "entry = 'G12'": "one number",
        },
    },
    "different_entries": {
        "right": ["different_entries = 131_328", "different_entries = len(np.triu_indices(512)[0])"],
        "wrong": {
            "different_entries = 262_144": "stand there twice",
            "different_entries = 262_144 / 2": "The diagonal does not",
            "different_entries = 512 * 511 // 2": "The diagonal is missing",
            "different_entries = 512": "the diagonal alone",
            "different_entries = 1000": "count the diagonal",
            "different_entries = 'half'": "one number",
        },
    },
    "gatys_weight": {
        "right": ["gatys_weight = 1e6 / (256**2 / 4)", "gatys_weight = 61"],
        "wrong": {
            "gatys_weight = 1e6 * 256**2 / 4": "the other way round",
            "gatys_weight = 1e6 / 256**2": "where does the 4",
            "gatys_weight = 256**2 / 4": "has to be divided by",
            "gatys_weight = 1e6": "old weight times old factor",
            "gatys_weight = 'less'": "one number",
        },
    },
    "my_painting": {
        "right": ['my_painting = "poppies"', 'my_painting = "starry_night"'],
        "wrong": {
            'my_painting = "great_wave"': "Hokusai's wave again",
            'my_painting = "great_waves"': "take one of these names",
            "my_painting = 3": "take one of these names",
            "my_painting = [\"poppies\"]": "take one of these names",
        },
    },
}
