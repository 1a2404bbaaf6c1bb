"""Answers to "Your turn" of lesson 03: right ones, and wrong ones with a part of what the check says."""

TASKS = {
    "gradient_by_hand": {
        "right": ["gradient_by_hand = [[2, -1], [0, -3]]",
                  "gradient_by_hand = tf.constant([[3.0, 0.0], [1.0, 2.0]]) - tf.constant([[1.0, 1.0], [1.0, 5.0]])"],
        "wrong": {
            "gradient_by_hand = [[-2, 1], [0, 3]]": "that is downhill",
            "gradient_by_hand = [[4, -2], [0, -6]]": "cancels the 2",
            "gradient_by_hand = [[2, 0.5], [0, 4.5]]": "share of the loss",
            "gradient_by_hand = [[2, 0], [-1, -3]]": "rows and columns",
            "gradient_by_hand = [[3, 0], [1, 2]]": "subtract number by number",
            "gradient_by_hand = [2, -1, 0, -3]": "two lists of two",
            "gradient_by_hand = 'F - P'": "two lists of two",
            "gradient_by_hand = 7": "two lists of two",
        },
    },
    "relative_weight": {
        "right": ['relative_weight = 0.001 * tf.reduce_sum(targets["block4_conv2"] ** 2) / 2',
                  'relative_weight = 0.0005 * np.linalg.norm(targets["block4_conv2"]) ** 2'],
        "wrong": {
            'relative_weight = 0.001 * tf.reduce_sum(targets["block4_conv2"] ** 2)': "Is the half in it?",
            'relative_weight = 0.001 * tf.reduce_sum(targets["block4_conv2"] ** 2) / 4': "Is the half in it twice?",
            'relative_weight = 0.001 * tf.reduce_mean(targets["block4_conv2"] ** 2) / 2': "A mean of squares",
            'relative_weight = 0.001 * 2 / np.sum(targets["block4_conv2"] ** 2)': "upside down",
            "relative_weight = 0.001": "cannot be the new one",
            'relative_weight = 0.0005 * targets["block4_conv2"] ** 2': "a weight is one number",
            "relative_weight = 'more'": "a weight is one number",
            "relative_weight = None": "it pulls nan",
        },
    },
    "your_learning_rate": {
        "right": ["your_learning_rate = 0.0003", "your_learning_rate = limits['block1_conv1']"],
        "wrong": {
            "your_learning_rate = 0.01": "the loss went up",
            "your_learning_rate = 1e-6": "Longer steps?",
            "your_learning_rate = 0.0001": "Longer steps?",
            "your_learning_rate = -0.0001": "above zero",
            "your_learning_rate = 0": "above zero",
            "your_learning_rate = 'small'": "one number",
            "your_learning_rate = descend('block2_conv1', 0.0001, 3)": "one number",
        },
    },
}
