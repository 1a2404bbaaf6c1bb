"""Answers to "Your turn" of lesson 01: right ones, and wrong ones with a part of what the check says."""

TASKS = {
    "first_to_see": {
        "right": [
            'first_to_see = "block4_conv1"',
            "first_to_see = next(name for name in convolutions if fields[name][0] >= 40)",
        ],
        "wrong": {
            'first_to_see = "block3_conv2"': "see only 32 pixels",
            'first_to_see = "block4_conv2"': "the convolution before it",
            'first_to_see = "block4_pool"': "give the name of a convolution",
            "first_to_see = 52": "give the name of a convolution",
            'first_to_see = fields["block4_conv1"]': "give the name of a convolution",
        },
    },
    "mirrored": {
        "right": [
            'mirrored = euclidean_distance(points(original[:, :, ::-1])["block5_conv1"],'
            ' all_points["the photo"]["block5_conv1"])'
            ' / euclidean_distance(far["block5_conv1"], all_points["the photo"]["block5_conv1"])',
            "mirrored = float(np.linalg.norm(extract(original[:, :, ::-1])['block5_conv1']"
            " - extract(original)['block5_conv1']) / np.linalg.norm(far['block5_conv1']"
            " - extract(original)['block5_conv1']))",
        ],
        "wrong": {
            'mirrored = euclidean_distance(points(original[:, :, ::-1])["block5_conv1"],'
            ' points(original)["block5_conv1"])': "divide by the distance",
            'mirrored = euclidean_distance(original[:, :, ::-1], original)'
            ' / euclidean_distance(far["pixels"], original)': "distance in pixels",
            'mirrored = cosine_distance(points(original[:, :, ::-1])["block5_conv1"], points(original)["block5_conv1"])'
            ' / cosine_distance(far["block5_conv1"], points(original)["block5_conv1"])': "the cosine distance",
            "mirrored = 0": "of the mirrored photo and of",
            "mirrored = original[:, :, ::-1]": "give one number",
            "mirrored = 'near'": "give one number",
            "mirrored = points(original[:, :, ::-1])": "give one number",
        },
    },
    "mine": {
        "right": ['mine = dream(photo, "block4_conv2")', 'mine = tf.constant(dream(photo, "block4_conv2", steps=8))'],
        "wrong": {
            "mine = photo": "Is this the photo itself?",
            'mine = dream(photo, "block5_conv1")': "block5_conv1 has risen most",
            'mine = dream(photo, "block1_conv2")': "block1_conv2 has risen most",
            'mine = dream(original, "block4_conv2")': "of the shape of `photo`",
            "mine = 'block4_conv2'": "of the shape of `photo`",
        },
    },
}
