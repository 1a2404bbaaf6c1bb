"""Checks for the exercises of lesson 01, Feature spaces. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import (
    choose,
    draw,
    draw_picture,
    draw_telling,
    expect,
    numbers,
    own_work,
    picture,
    pocket,
)
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Raised, Sheet, call, mistake
from nst_helpers.images import load_image

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm


@sheet.exercise(1)
def moved_photo(prediction):
    """How far do the maps of block2_conv1 move when the photo moves by four pixels?"""
    why = {
        "not at all": mistake("predicts_not_at_all", "a filter sees the same things as before, but somewhere else."),
        "1 position": mistake("predicts_1_position", "that is right for block 3. How many poolings lie before block "
                              "2?"),
        "2 positions": mistake("predicts_2_positions", "look again at the two maps."),
        "4 positions": mistake("predicts_4_positions", "that is right for block 1. Between block 1 and block 2 the "
                               "maps become smaller."),
    }
    prediction = choose(prediction, why)
    image = draw_picture(48, 64)
    extract = pocket("block2_conv1")
    before, after = (extract(x)["block2_conv1"].numpy() for x in (image, np.roll(image, 4, axis=2)))
    moves = {"not at all": 0, "1 position": 1, "2 positions": 2, "4 positions": 4}
    # The edges, where np.roll brings in the other side, are left out.
    misfit = {name: np.abs(after - np.roll(before, k, axis=2))[:, 8:-8, 8:-8].sum() for name, k in moves.items()}
    if prediction != min(misfit, key=misfit.get):
        raise NotYet(why[prediction])
    return "Tried with a random picture. A pooling halves every distance."


@sheet.exercise(2)
def average_pool(function):
    """The mean of each 2×2 neighbours."""
    for shape in [(1, 6, 4, 3), (1, 5, 7, 2), (1, 2, 9, 4)]:
        maps = draw(*shape)
        try:
            answer = numbers(call(function, maps))
        except Raised:
            if shape[1] % 2 == shape[2] % 2 == 0:
                raise
            raise NotYet(mistake("odd_size_raises", "with even height and width all is well, but not with "
                                 f"{shape[1]}×{shape[2]}: first drop the last row or column that has no "
                                 "partner.")) from None
        _, height, width, channels = shape
        even = maps[:, : height // 2 * 2, : width // 2 * 2].astype("float64")
        blocks = even.reshape(1, height // 2, 2, width // 2, 2, channels)
        mixed = even.reshape(1, height // 2, width // 2, 4, channels).mean(axis=3)
        if answer.shape[1:3] == ((height + 1) // 2, (width + 1) // 2) and (height % 2 or width % 2):
            raise NotYet(mistake("odd_edge_kept", f"{height}×{width} has become {answer.shape[1]}×{answer.shape[2]}: "
                                 "an odd row or column at the end has no partner, leave it out."))
        expect(answer, blocks.mean(axis=(2, 4)), [
            (blocks.max(axis=(2, 4)), mistake("max_pooling", "this is max pooling. Take the average of the four.")),
            (blocks.sum(axis=(2, 4)), mistake("sum_of_four", "this is the sum of the four. Divide by 4.")),
            (blocks[:, :, 0, :, 0],
             mistake("one_of_four", "you keep one of the four and throw three away. Take their average.")),
            (mixed, mistake("reshape_mixes", "the reshape mixes rows and columns: four neighbours in a row are no "
                            "square of 2×2.")),
            (blocks.mean(axis=2).reshape(1, height // 2, -1, channels),
             mistake("rows_only", "only the rows are pooled.")),
            (blocks.mean(axis=4).reshape(1, -1, width // 2, channels),
             mistake("columns_only", "only the columns are pooled.")),
        ], "your pooled map")
    own_work(function, ["avg_pool", "avg_pool2d", "AveragePooling2D"])
    return "Tried three random stacks of maps, among them 5×7 and 2×9 positions."


@sheet.exercise(2)
def loudest_place(function):
    """Where in the photo one map is loudest."""
    for shape, index, distance in [((1, 5, 7, 3), 1, 4), ((1, 9, 4, 2), 0, 16), ((1, 6, 8, 5), 4, 2)]:
        def answers(features, index=index, distance=distance):
            one, size = features[0, :, :, index], features.shape[1:3]
            place = np.array(np.unravel_index(one.argmax(), size))
            loudest = np.unravel_index(features[0].argmax(), features.shape[1:])[:2]
            quietest = np.array(np.unravel_index(one.argmin(), size))
            return [place * distance, place[::-1] * distance, place, np.array(loudest) * distance,
                    quietest * distance, place * distance + distance // 2, one.argmax(), one.argmax() * distance]

        features = draw_telling(lambda shape=shape: draw(*shape), answers)
        right, swapped, positions, any_map, quietest, middle, flat, flat_pixels = answers(features)
        answer = np.squeeze(numbers(call(function, features, index, distance)))
        expect(answer, right, [
            (swapped, mistake("row_and_column_exchanged", "row and column are exchanged: the row comes first.")),
            (positions, mistake("position_not_pixel", "this is a position in the map. In the photo the neurons are "
                                "`distance` pixels apart.")),
            (any_map,
             mistake("any_map", "this is the loudest place of all maps. Only map number `index` is asked for.")),
            (quietest, mistake("quietest_place", "this is where the map is most silent.")),
            (middle,
             mistake("middle_of_square", "this is the middle of the square. Its upper left corner is asked for.")),
            (flat, mistake("flat_argmax", "argmax counts through all rows: np.unravel_index makes row and column of "
                           "its number.")),
            (flat_pixels, mistake("flat_argmax", "argmax counts through all rows: np.unravel_index makes row and "
                                  "column of its number.")),
        ], "your place", tolerance=1e-6)
    return "Tried three random stacks of maps, among them 5×7×3 with neurons 4 pixels apart."


@sheet.exercise(3)
def nearest(function):
    """The nearest neighbour by cosine distance."""
    for count, dimensions in [(9, 4), (12, 3), (7, 20)]:
        lengths = np.exp(np.random.default_rng().normal(0, 1, (count, 1))).astype("float32")
        index = int(np.random.default_rng().integers(count))

        def answers(points, index=index):
            points = points.astype("float64")
            others = np.delete(np.arange(len(points)), index)
            dots = points @ points[index]
            cosines = dots / np.linalg.norm(points, axis=1)
            straight = np.linalg.norm(points - points[index], axis=1)
            return [others[cosines[others].argmax()], index, others[cosines[others].argmin()],
                    others[straight[others].argmin()], others[dots[others].argmax()]]

        points = draw_telling(lambda c=count, d=dimensions, many=lengths: draw(c, d) * many, answers)
        right, itself, farthest, straight, dots = answers(points)
        expect(call(function, points, index), right, [
            (itself, mistake("itself", "that is the point itself. Leave it out.")),
            (farthest, mistake("farthest", "that is the farthest one: a large cosine is a small distance.")),
            (straight, mistake("euclidean", "that is the nearest by Euclidean distance. The lengths must not count.")),
            (dots,
             mistake("longest_wins", "long points win with you: divide each product by the length of the point.")),
        ], "your index", tolerance=1e-6)
    return "Tried three random clouds of points, in 3, 4 and 20 dimensions."


@sheet.exercise(3)
def two_changes(quiet, loud, defence):
    """One change that pixels notice more than the network, and one the other way round."""
    top, left = np.random.default_rng().integers(0, 20, 2)
    photo = load_image("chelsea", 240)[:, top : top + 128, left + 40 : left + 168]
    extract = pocket("block5_conv1")

    def length(x):
        return np.sqrt(np.sum(np.asarray(x, "float64") ** 2))

    ratios = {}
    for name, function in (("quiet", quiet), ("loud", loud)):
        changed = picture(call(function, photo), f"what {name} gives")
        if changed.shape != photo.shape:
            raise NotYet(mistake("changes_the_shape", f"{name} changes the shape of the picture from {photo.shape} to "
                                 f"{changed.shape}."))
        pixels = length(changed - photo) / length(photo)
        at_least(pixels, 0.05, mistake(f"{name}_changes_nothing", f"{name} changes next to nothing: the pixels move by "
                                       "{value}. At least {limit} are asked for."), percent=True)
        here, there = (extract(image)["block5_conv1"].numpy() for image in (photo, changed))
        ratios[name] = length(there - here) / length(here) / pixels
    at_most(ratios["quiet"], 0.5, mistake("quiet_is_loud", "for quiet, block5_conv1 moves {value} times as far as the "
                                          "pixels; at most {limit} is asked for. What does a network not care about?"))
    at_least(ratios["loud"], 2, mistake("loud_is_quiet", "for loud, block5_conv1 moves only {value} times as far as "
                                        "the pixels; at least {limit} is asked for. What do filters look for?"))
    defended(defence, ["bright", "colour", "color", "edge", "contrast", "texture", "blur", "filter", "pixel"])
    return "Measured on a part of the photo drawn by lot: block5_conv1 against pixels."
