"""The photo's colours in a painted picture: two ways (Gatys et al. 2016, "Preserving color in neural artistic style
transfer").

Pictures are (1, H, W, 3), RGB in [0, 1].
"""

from nst_helpers.images import check_image

import numpy as np

# Red, green and blue to luminance (Y) and two differences of colour (I, Q): the matrix of the NTSC standard.
RGB_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


def luminance(image):
    """The brightness of each pixel as the eye weighs it: (1, H, W, 1) in [0, 1]."""
    return (check_image(image) @ RGB_TO_YIQ[0, :, np.newaxis]).astype("float32")


def keep_colors(painted, photo):
    """The luminance of `painted` with the colours of `photo`, both (1, H, W, 3) of one size."""
    painted, photo = check_image(painted, "painted"), check_image(photo, "photo")
    if painted.shape != photo.shape:
        raise ValueError(f"The painted picture is {painted.shape[1]}x{painted.shape[2]} pixels and the photo "
                         f"{photo.shape[1]}x{photo.shape[2]}: bring them to one size with resize_image.")
    mixed = photo @ RGB_TO_YIQ.T
    mixed[..., :1] = luminance(painted)
    return np.clip(mixed @ np.linalg.inv(RGB_TO_YIQ).T, 0, 1).astype("float32")


def match_colors(image, target):
    """`image` with the mean and the covariance of the colours of `target`, which may have another size.

    A linear map of the colours, x to A (x - mean) + mean of the target, with A = S_t^(1/2) S^(-1/2) for the covariances
    S and S_t (the symmetric roots). Values that leave [0, 1] are clipped.
    """
    image, target = check_image(image), check_image(target, "target")
    colors, target_colors = (picture.reshape(-1, 3).astype("float64") for picture in (image, target))
    matrix = _root(np.cov(target_colors.T)) @ np.linalg.inv(_root(np.cov(colors.T)))
    matched = (colors - colors.mean(axis=0)) @ matrix.T + target_colors.mean(axis=0)
    return np.clip(matched, 0, 1).reshape(image.shape).astype("float32")


def _root(covariance, smallest=1e-6):
    """The symmetric square root of a covariance (3, 3); `smallest` keeps a grey picture's from being singular."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, smallest)) @ vectors.T
