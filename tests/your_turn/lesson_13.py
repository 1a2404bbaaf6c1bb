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
    "half": {
        "right": ["half = 495", "half = 496.0", "half = np.argmin(np.abs(alpha_bar - 0.5))"],
        "wrong": {
            "half = 259": "that is where the linear",
            "half = 500": "alpha_bar is 0.49 there",
            "half = 0.5": "alpha_bar is 1.00 there",
            "half = 2000": "steps go from 0 to 1000",
            "half = 'middle'": "give one number",
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
            "dark_faces = faces[:4]": "no darker than without the hook",
            "dark_faces = faces[:4] - 0.5": "Bend the guess",
            "dark_faces = faces - 0.5": "four faces, begun from",
            "dark_faces = None": "four faces, begun from",
        },
    },
}
