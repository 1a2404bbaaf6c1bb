"""Answers to "Your turn" of lesson 13: right ones, and wrong ones with a part of what the check says."""

SECOND_JUMP = """more_noise = None


def more_noise(noisy, noise, alpha_bar, alpha_bar_later):
    share = alpha_bar_later / alpha_bar
    return share**0.5 * noisy + (1 - share) ** 0.5 * noise
"""
DARKER = """dark_faces = None


def darker(clean, share):
    return np.clip(clean - 0.3, -1, 1)


dark_faces, _ = sample(start[:4], refine=darker, predict=four)
"""

TASKS = {
    "one_step": {
        "right": ["one_step = 0.033", "one_step = ddim_step(0.2, (0.2 - 0.8 * 0.5) / 0.6, 0.36, 0.64)"],
        "wrong": {
            "one_step = -0.333": "this is the guess at the picture",
            "one_step = 0.2": "you are where you were",
            "one_step = 0.46": "not from the noisy pixel",
            "one_step = 0.64 * -0.3333 + 0.36 * 0.5": "roots of the shares",
            "one_step = 5": "first the guess",
            "one_step = 'forward'": "give one number",
        },
    },
    "more_noise": {
        "right": [SECOND_JUMP],
        "wrong": {
            SECOND_JUMP.replace("share = alpha_bar_later / alpha_bar", "share = alpha_bar_later"): "the mean is wrong",
            SECOND_JUMP.replace("(1 - share) ** 0.5", "(1 - alpha_bar_later) ** 0.5"): "the variance is wrong",
            SECOND_JUMP.replace("share = alpha_bar_later", "share = later"): "NameError",
            SECOND_JUMP.replace("return share", "share"): "as many pixels as went in",
            "more_noise = 0.5": "write a function",
        },
    },
    "dark_faces": {
        "right": [DARKER],
        "wrong": {
            DARKER.replace("dark_faces, _ =", "dark_faces ="): "the pictures are the first",
            DARKER.replace("clean - 0.3", "clean + 0.3"): "no darker than without the hook",
            DARKER.replace("np.clip(clean - 0.3, -1, 1)", "clean - 0.3"): "values below -1 are no picture",
            "dark_faces = faces[:4]": "no darker than without the hook",
            "dark_faces = np.clip(faces[:4] - 0.15, -1, 1)": "Bend the guess",
            "dark_faces = faces - 0.5": "four faces, begun from",
            "dark_faces = None": "four faces, begun from",
        },
    },
}
