"""Batch normalisation, damaged files and copies of pictures: references for the checks of lesson 12."""

import io

from nst_helpers.checks.report import mistake

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

KEEP, EPSILON = 0.9, 1e-3  # of the memory at each step; in the root


def normalised(maps, mean, variance):
    """(maps - mean) / deviation."""
    return (maps - mean) / np.sqrt(variance + EPSILON)


def batch_norm(maps, mean, variance, training):
    """The answer and both memories afterwards, and the pairs of typical mistakes for each of the three."""
    maps, mean, variance = (np.asarray(array, "float64") for array in (maps, mean, variance))
    places = (0, 1, 2)
    batch_mean, batch_variance = maps.mean(places), maps.var(places)
    of_each = normalised(maps, maps.mean((1, 2), keepdims=True), maps.var((1, 2), keepdims=True))
    by_memory, by_batch = normalised(maps, mean, variance), normalised(maps, batch_mean, batch_variance)
    used = (batch_mean, batch_variance) if training else (mean, variance)
    new = [KEEP * old + (1 - KEEP) * seen for old, seen in ((mean, batch_mean), (variance, batch_variance))]
    swapped = [(1 - KEEP) * old + KEEP * seen for old, seen in ((mean, batch_mean), (variance, batch_variance))]
    answers = [
        (by_memory, mistake("memory_in_training", "in training the mean and the variance are those of the batch. The "
                            "memory is for use.")),
        (normalised(maps, *new), mistake("new_memory_used", "you normalise with the memory that you have just "
                                         "renewed. In training the batch's own numbers are taken.")),
    ] if training else [
        (by_batch, mistake("batch_in_use", "in use the mean and the variance come from the memory. There may be no "
                           "batch: somebody brings one picture.")),
        (normalised(maps, *new), mistake("memory_renewed_in_use", "in use the memory stays as it is, and is taken as "
                                         "it is.")),
    ]
    answers += [
        (of_each, mistake("each_picture_alone", "each picture is normalised by itself: that is instance normalisation. "
                          "Take all places of all pictures of the batch.")),
        ((maps - maps.mean()) / np.sqrt(maps.var() + EPSILON), mistake(
            "maps_mixed", "all maps share one mean. Each map has its own: average over the first three axes.")),
        ((maps - used[0]) / (used[1] + EPSILON), mistake("variance_not_root", "you divide by the variance. Divide by "
                                                         "its root.")),
        ((maps - used[0]) / (np.sqrt(used[1]) + EPSILON), mistake("epsilon_outside", "ε is added to the variance, "
                                                                  "inside the root.")),
        (maps / np.sqrt(used[1] + EPSILON), mistake("mean_not_taken", "the mean is not taken away.")),
    ]
    right = new if training else [mean, variance]
    kept = mistake("not_remembered", "after training the memory is still the old one. A tenth of the batch's comes in.")
    turned = mistake("momentum_exchanged", "nine tenths of the OLD are kept, and one tenth of the new comes in. You "
                     "have it the other way round.")
    only_batch = mistake("forgets_all", "the memory is only the last batch. Nine tenths of the old are kept.")
    late = mistake("remembers_in_use", "in use nothing is remembered: hand back the memory as it was.")
    deviation = mistake("remembers_deviation", "you remember the deviation. The memory is of the variance, its square.")
    unbiased = KEEP * variance + (1 - KEEP) * batch_variance * maps[..., 0].size / (maps[..., 0].size - 1)
    memories = ([(mean, kept), (swapped[0], turned), (batch_mean, only_batch)],
                [(variance, kept), (swapped[1], turned), (batch_variance, only_batch),
                 (KEEP * variance + (1 - KEEP) * np.sqrt(batch_variance), deviation),
                 (unbiased, mistake("count_less_one", "your variance divides by the count less one, as PyTorch's "
                                    "memory does. Keras divides by the count."))])
    if not training:
        memories = ([(new[0], late)], [(new[1], late)])
    return (used, [normalised(maps, *used), *right], [answers, *memories])


def collection():
    """Files as a collection has them, under random names: {name: content}, {name: [height, width]} of the whole, torn.

    Whole are JPEG and PNG, with endings in small and large letters, without one, and one that bears the other's ending.
    Damaged are a torn JPEG, a torn PNG, a text and an empty file. A content is an array of bytes.
    """
    rng = np.random.default_rng()
    words = iter(rng.permutation([f"{word}_{number}" for word in ("lake", "tree", "wave") for number in range(9)]))
    whole, files = {}, {}
    kinds = {"JPEG": (".jpg", ".JPG", ""), "PNG": (".png", ".jpg", "")}
    for kind, ending in [(kind, ending) for kind, endings in kinds.items() for ending in endings]:
        sides = sorted(map(int, rng.choice(range(20, 60), 2, replace=False)))
        name = f"{next(words)}{ending}"
        files[name], whole[name] = encoded(rng, *sides, kind), sides
    torn = {f"{next(words)}.jpg": encoded(rng, 40, 50, "JPEG"), f"{next(words)}.png": encoded(rng, 40, 50, "PNG")}
    files |= {name: content[: len(content) // 2] for name, content in torn.items()}
    files |= {f"{next(words)}.jpg": b"Buy more blue.", f"{next(words)}.png": b""}
    names = list(map(str, rng.permutation(list(files))))
    return {name: np.frombuffer(files[name], "uint8") for name in names}, whole, list(torn)


def encoded(rng, height, width, kind):
    """A random picture as the bytes of a file."""
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (height, width, 3), "uint8")).save(buffer, kind)
    return buffer.getvalue()


def fine(image):
    """Mean squared difference of neighbouring pixels."""
    return float(sum(np.mean(np.diff(image.astype("float64"), axis=axis) ** 2) for axis in (1, 2)))


def likeness(image, other, across=9):
    """How alike the details of two pictures are: correlation of what is left when the mean around is taken away."""
    details = [grey - uniform_filter(grey, across) for grey in (x[0].mean(axis=2, dtype="float64")
                                                                for x in (image, other))]
    return float(np.corrcoef(*(detail.ravel() for detail in details))[0, 1]) if all(map(np.any, details)) else 0.0
