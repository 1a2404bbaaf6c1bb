"""Answers to "Your turn" of lesson 10: right ones, and wrong ones with a part of what the check says."""

RIGHT_ENDLESS = """endless = "see below"


def endless(counts, distances):
    slope, intercept = np.polyfit(1 / counts, distances, 1)
    return intercept
"""

TASKS = {
    "front_letters": {
        "right": ["front_letters = 'ABE'", "front_letters = 'e, b, a'"],
        "wrong": {
            "front_letters = 'ABCE'": "A is nearer to the painting than C",
            "front_letters = 'ABDE'": "Which keeps more?",
            "front_letters = 'AB'": "so E belongs to the front",
            "front_letters = 'BE'": "so A belongs to the front",
            "front_letters = ''": "give letters from A to E",
            "front_letters = 'XYZ'": "give letters from A to E",
            "front_letters = ['A', 'B']": "give letters from A to E",
        },
    },
    "wins_needed": {
        "right": ["wins_needed = 15", "wins_needed = np.int64(15)"],
        "wrong": {
            "wins_needed = 14": "with probability 0.115",
            "wins_needed = 16": "fewer are enough",
            "wins_needed = 20": "fewer are enough",
            "wins_needed = 10": "A is not ahead",
            "wins_needed = 0.75": "give a whole number",
            "wins_needed = 21": "give a whole number",
            "wins_needed = np.nan": "give a whole number",
            "wins_needed = 'many'": "give one number",
        },
    },
    "endless": {
        "right": [RIGHT_ENDLESS, RIGHT_ENDLESS.replace("1 / counts", "counts ** -1.0")],
        "wrong": {
            RIGHT_ENDLESS.replace("return intercept", "return slope"): "this is the slope",
            RIGHT_ENDLESS.replace("return intercept", "return distances[-1]"): "this is the last one measured",
            RIGHT_ENDLESS.replace("1 / counts", "counts"): "Is the line against 1 / n?",
            RIGHT_ENDLESS.replace("return intercept", ""): "it stops with TypeError",
            RIGHT_ENDLESS.replace("np.polyfit", "polyfit"): "it stops with NameError",
            "endless = 1.5": "write a function",
            "endless = lambda counts, distances: 1.5": "the same whatever was measured",
        },
    },
    "a_beats_c": {
        "right": ["a_beats_c = 81 / 82", "a_beats_c = expit(2 * np.log(9))", "a_beats_c = 0.99"],
        "wrong": {
            "a_beats_c = 0.81": "not multiplied",
            "a_beats_c = 0.9": "C is worse than B",
            "a_beats_c = 1": "a difference of ln 9",
            "a_beats_c = np.nan": "a difference of ln 9",
            "a_beats_c = 'often'": "give one number",
            "a_beats_c = [0.5, 0.5]": "give one number",
        },
    },
}
