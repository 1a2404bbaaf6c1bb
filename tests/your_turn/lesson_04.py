"""Answers to "Your turn" of lesson 04: right ones, and wrong ones with a part of what the check says."""

AGAIN = 'stylize(content_image, style_image, method="gradient descent"'
REST = "network=network, content_weight=0.05, total_variation_weight=0, progress=False)"

TASKS = {
    "strong": {
        "right": [
            "strong = run(scream_loss, palace, 60, 0.2)[0]",
            "strong = run(scream_loss, palace, steps=60, content_weight=tf.constant(0.2))[0]",
        ],
        "wrong": {
            "strong = run(scream_loss, palace, 60, 0.2)": "gives back three things",
            "strong = run(scream_loss, palace, 60)[0]": "strays from the photo",
            "strong = run(scream_loss, rng.random(palace.shape), 60, 0.2)[0]": "start from palace",
            "strong = run(scream_loss, palace, 60, 2)[0]": "nearer to the photo",
            "strong = palace": "nearer to the photo",
            "strong = run(scream_loss, palace, 10, 0.2)[0]": "thirty steps already come lower",
            "strong = run(kandinsky_loss, content_image, 5, 0.2)[0]": "of shape (1, 107, 160, 3)",
            "strong = result": "of shape (1, 107, 160, 3)",
            'strong = "0.2"': "of shape (1, 107, 160, 3)",
        },
    },
    "plain": {
        "right": [
            'plain = stylize(content_image, style_image, method="gradient descent", **settings)',
            f"plain = {AGAIN}, steps=30, {REST}",
        ],
        "wrong": {
            "plain = result": "its method was L-BFGS",
            "plain = result.image": "the whole result",
            "plain = 30": "the whole result",
            'plain = stylize(palace, scream, method="gradient descent", **settings | {"steps": 2})': "to compare",
            f"plain = {AGAIN}, steps=3, {REST}": "steps was 3; for result it was 30",
        },
    },
    "deep_weights": {
        "right": [
            "deep_weights = [0.125, 0.125, 0.125, 0.125, 0.5]",
            "deep_weights = np.array([1, 1, 1, 1, 4]) / 8",
        ],
        "wrong": {
            "deep_weights = [0.5, 0.125, 0.125, 0.125, 0.125]": "block 5 is the last",
            "deep_weights = [1, 1, 1, 1, 4]": "add up to 8, not 1",
            "deep_weights = [0.2, 0.1, 0.1, 0.1, 0.5]": "share the rest equally",
            "deep_weights = [0.5, 0.5]": "five numbers",
            "deep_weights = 0.5": "five numbers",
            "deep_weights = dict(block5_conv1=0.5)": "a list of five numbers",
        },
    },
}
