"""Answers to "Your turn" of lesson 00: right ones, and wrong ones with a part of what the check says."""

PAINT = 'stylize("summer_palace", "starry_night", network=network, size=256, steps=40, content_weight='

TASKS = {
    "wave": {
        "right": ['wave = stylize("summer_palace", "great_wave", network=network, size=256, steps=40)',
                  'wave = stylize(content_image, load_image("great_wave", 256), size=256, steps=40)'],
        "wrong": {
            "wave = result": "the style is another one",
            'wave = stylize("summer_palace", "great_wave", size=96, steps=2).image': "keep all that stylize gives back",
            'wave = stylize("astronaut", "great_wave", size=96, steps=2)': "this is not the pagoda",
            'wave = stylize("spring", "summer_palace", size=96, steps=2)': "The photo comes first",
            'wave = stylize("summer_palace", "great_wave", size=256, steps=10)': "say size=256 and steps=40",
            'wave = stylize("fig", "great_wave", size=96, steps=2)': "this is not the pagoda",
            "wave = 7": "keep all that stylize gives back",
        },
    },
    "short": {
        "right": ["short = stylize(content_image, style_image, network=network, steps=10)",
                  'short = stylize("summer_palace", "starry_night", size=512, steps=10, progress=False)'],
        "wrong": {
            "short = result": "it ran for 40 steps",
            "short = stylize(content_image, style_image, steps=10, size=128)": "512 pixels wide",
            'short = stylize(content_image, "great_wave", steps=10)': "had another painting",
            "short = result.image": "keep all that stylize gives back",
        },
    },
    "faithful": {
        "right": [f"faithful = {PAINT}2)", f"faithful = {PAINT}20.0)"],
        "wrong": {
            f"faithful = {PAINT}0.1)": "ten times again",
            f"faithful = {PAINT}0.001)": "ten times again",
            "faithful = load_image('summer_palace', 256)": "keep all that stylize gives back",
            "faithful = result": "not the pagoda at size=256",
            "faithful = 'large'": "keep all that stylize gives back",
        },
    },
}
