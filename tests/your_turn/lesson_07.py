"""Answers to "Your turn" of lesson 07: right ones, and wrong ones with a part of what the check says."""

RIGHT_RMSPROP = """rmsprop = "see below"


def rmsprop(evaluate, x, learning_rate, gamma=0.9):
    q = np.zeros_like(x)
    while True:
        _, gradient = evaluate(x)
        q = gamma * q + (1 - gamma) * gradient**2
        x = x - learning_rate * gradient / np.sqrt(q + 1e-7)
        yield x
"""

TASKS = {
    "rate_limit": {
        "right": ["rate_limit = 0.04", "rate_limit = np.float64(2) / max(4, 50)"],
        "wrong": {
            "rate_limit = 2 / 4": "the steep axis explodes first",
            "rate_limit = 1 / 50": "You may go farther",
            "rate_limit = 50": "When is it shorter?",
            "rate_limit = '2/50'": "give one number",
            "rate_limit = [0.04, 0.5]": "give one number",
        },
    },
    "my_adam": {
        "right": [
            "my_adam = race(adam, evaluate, photo, EVALUATIONS, learning_rate=0.02, gamma_1=0.99, limits=(0, 1))",
            "my_adam = race(partial(adam, limits=(0, 1)), evaluate, content_image.ravel(), 80,\n"
            "               learning_rate=0.02, gamma_1=0.99)",
        ],
        "wrong": {
            "my_adam = runs['Adam']": "learning rate is 0.02",
            "my_adam = runs['Adam'].losses": "keep the whole record",
            "my_adam = race(adam, valley, start, 80, learning_rate=0.02, limits=(0, 1))": "not on our picture",
            "my_adam = race(adam, evaluate, photo, 9, learning_rate=0.02, limits=(0, 1))": "has 9 evaluations",
            "my_adam = race(adam, evaluate, noise, 80, learning_rate=0.02, limits=(0, 1))": "started from the photo",
            "my_adam = race(adam, evaluate, photo, 80, learning_rate=0.02, gamma_1=0.99)": "was clipped",
            "my_adam = race(adam, evaluate, photo, 80, learning_rate=0.02, limits=(0, 1))": "gamma_1 is 0.99",
        },
    },
    "rmsprop": {
        "right": [RIGHT_RMSPROP, RIGHT_RMSPROP.replace("np.zeros_like(x)", "0")],
        "wrong": {
            RIGHT_RMSPROP.replace("gamma * q + ", ""): "Does q remember?",
            RIGHT_RMSPROP.replace("x - learning", "x + learning"): "the first step differs",
            RIGHT_RMSPROP.replace("(1 - gamma) *", ""): "the first step differs",
            RIGHT_RMSPROP.replace("x = x - learning", "x -= learning"): "x = x - ...",
            RIGHT_RMSPROP.replace("yield", "return"): "hand out each new place with yield",
            RIGHT_RMSPROP.replace("while True", "for _ in range(3)"): "Put the steps into while True",
            RIGHT_RMSPROP.replace("q = np.zeros_like(x)", ""): "it stops with UnboundLocalError",
            "rmsprop = 0.9": "write a function",
        },
    },
}
