"""Answers to "Your turn" of lesson 06: right ones, and wrong ones with a part of what the check says."""

PAINT = 'stylize(palace, ["great_wave", None], masks=[palace_masks[1], 1 - palace_masks[1]], steps=8)'
EXCHANGED = PAINT.replace('["great_wave", None]', '[None, "great_wave"]')

TASKS = {
    "entry": {
        "right": ["entry = 2.5", "entry = np.float64((1 * 3 + 2 * 1) / 2)"],
        "wrong": {
            "entry = 1.75": "the plain Gram matrix",
            "entry = 1.25": "the positions of the region",
            "entry = 5": "this is the sum",
            "entry = 2": "multiply what lies on top",
            "entry = [2.5]": "one number",
        },
    },
    "my_sky": {
        "right": ["my_sky = largest_part(by_brightness(palace, low=0.6))",
                  "my_sky = by_color(palace, color=(0.85, 0.88, 0.9), tolerance=0.2)"],
        "wrong": {
            "my_sky = 1 - palace_masks[0]": "The mask is inverted",
            "my_sky = 1 - by_brightness(palace, low=0.6)": "The mask is inverted",
            "my_sky = load_mask('summer_palace_sky', 256)": "one of your own",
            "my_sky = palace_masks[2]": "the overlap is",
            "my_sky = palace_masks[0][:, :9]": "has the shape",
            "my_sky = 255 * palace_masks[0]": "from 0 (outside) to 1",
            "my_sky = 'sky'": "has the shape",
        },
    },
    "my_picture": {
        "right": [f"my_picture = {PAINT}.image", f"my_picture = np.clip({PAINT}.image, 0, 1)"],
        "wrong": {
            f"my_picture = {PAINT}": "Keep its picture",
            "my_picture = palace": "the pagoda has not changed",
            "my_picture = 1 - palace": "sky or land",
            f"my_picture = {EXCHANGED}.image": "in the same order",
            "my_picture = palace[:, :9]": "has the shape",
            "my_picture = None": "has the shape",
        },
    },
}
