"""Checks for the exercises of lesson 11, posters and films. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, draw_picture, expect, numbers, own_work, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.pieces import Seer, gram, moved, tile_sums
from nst_helpers.checks.report import NotYet, Raised, Sheet, call, mistake
from nst_helpers.losses import content_loss, gram_matrix, style_loss

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
STROKE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1"]
JOINT, STROKES, SEEN, WIDE = 1.4, 0.2, 0.7, 1.5  # the limits of the last exercise


@sheet.exercise(1)
def notes_of_tiles(prediction):
    """What of a whole picture cannot be found from a few numbers about each tile?"""
    why = {
        "the mean": mistake("mean_is_a_sum", "for each tile note the sum of its pixels and how many there are: both "
                            "add up to those of the whole."),
        "the variance": mistake("variance_is_sums", "note the squares' sum as well. The variance is the mean of the "
                                "squares less the square of the mean, so three sums are enough."),
        "the largest value": mistake("largest_of_largest", "it lies in one of the tiles, and is the largest there, "
                                     "too. Of the tiles' largest values take the largest."),
        "the median": mistake("median_needs_order", "look again at the table."),
    }
    prediction = choose(prediction, why)
    small, large = np.random.default_rng().gamma(2, 1, 20), np.random.default_rng().gamma(6, 1, 50)
    whole, share = np.concatenate([small, large]), np.array([20, 50]) / 70
    mean = share @ [small.mean(), large.mean()]
    found = {
        "the mean": (mean, whole.mean()),
        "the variance": (share @ [np.mean(small**2), np.mean(large**2)] - mean**2, whole.var()),
        "the largest value": (max(small.max(), large.max()), whole.max()),
        "the median": (share @ [np.median(small), np.median(large)], np.median(whole)),
    }
    if prediction != max(found, key=lambda name: abs(np.subtract(*found[name]))):
        raise NotYet(why[prediction])
    return "Tried with two random tiles. A median needs all values in order, as the losses do that sort."


@sheet.exercise(3)
def tiled_gram(function):
    """The Gram matrix of a whole picture, by a first pass over its tiles."""
    for shape, side, margin in [((1, 8, 12, 2), 4, 2), ((1, 7, 11, 2), 4, 2), ((1, 10, 9, 2), 5, 3)]:
        see, image = Seer(), draw(*shape).astype("float64")
        try:
            answer = call(function, see.look, image, side, margin)
        except Raised:
            shown_pieces(see, image, side, margin)
            raise
        shown_pieces(see, image, side, margin)
        positions = shape[1] * shape[2]
        expect(answer, gram(see(image)) / positions, tile_mistakes(see, image, side, margin), "your Gram matrix")
    return "Tried three random pictures and networks, among them 7×11 pixels in tiles of 4."


def shown_pieces(see, image, side, margin):
    """NotYet if the network was shown a piece that is empty, or larger than memory holds."""
    most = min(side + 2 * margin, max(image.shape[1:3]))
    if any(0 in shape for shape in see.shown):
        raise NotYet(mistake("negative_start", "one of your pieces is empty. In the first tiles top - margin is "
                             "negative, and Python counts from the end then: begin at max(0, top - margin)."))
    largest = max((max(shape[1:3]) for shape in see.shown), default=0)
    at_most(largest, most, mistake("piece_too_large", "you show the network a piece of {value} pixels a side. Memory "
                                   "holds {limit}: a tile and its margins."))


def tile_mistakes(see, image, side, margin):
    """Pairs for `expect`: the Gram matrices that typical slips give, and how they are named."""
    positions = image.shape[1] * image.shape[2]

    def total(sums):
        return sum(one for one, _, _ in sums)

    def count(sums):
        return sum(places for _, places, _ in sums)

    right, bare = tile_sums(see, image, side, margin), tile_sums(see, image, side, 0)
    fat, shifted = (tile_sums(see, image, side, margin, **{slip: False}) for slip in ("own", "clipped"))
    full = [entry for entry in right if entry[2]]
    framed = np.pad(image, [(0, 0), (margin, margin), (margin, margin), (0, 0)])
    inner = see(framed)[:, margin:-margin, margin:-margin]
    counted = "the margin is counted, too: its positions belong to other tiles. Cut them off the maps."
    dropped = "the tiles at the right and the bottom that are smaller than the others are left out."
    return [
        (total(right), mistake("sum_not_mean", "this is the sum. Divide by the number of positions of the picture.")),
        (total(bare) / positions, mistake("no_margin", "the tiles are cut without a margin, so at each cut the network "
                                          "sees nothing where the picture goes on.")),
        (total(fat) / positions, mistake("margin_counted", counted)),
        (total(fat) / count(fat), mistake("margin_counted", counted)),
        (np.mean([one / places for one, places, _ in right], axis=0), mistake(
            "mean_of_means", "this is the mean of the tiles' Gram matrices. A small tile has to count for less: add up "
            "sums, and divide once.")),
        (total(full) / positions, mistake("last_tiles_dropped", dropped)),
        (total(full) / count(full), mistake("last_tiles_dropped", dropped)),
        (total(shifted) / positions, mistake("first_tiles_shifted", "the tiles at the top and the left have no margin "
                                             "there. Their own positions begin at 0, not at `margin`.")),
        (gram(inner) / positions, mistake("padded_picture", "you put zeros around the whole picture. The network sees "
                                          "other things at its edge then: let the margin end where the picture ends.")),
    ]


@sheet.exercise(2)
def joined_gradient(function):
    """The gradient of a whole picture, from those of its tiles with their margins."""
    for height, width, side, margin in [(6, 9, 3, 1), (8, 5, 4, 2), (5, 7, 5, 2)]:
        tops, lefts = range(0, height, side), range(0, width, side)
        corners = [[max(0, top - margin), max(0, left - margin)] for top in tops for left in lefts]
        ends = [(min(height, top + side + margin), min(width, left + side + margin)) for top in tops for left in lefts]
        pieces = [draw(1, bottom - top, right - left, 3) for (top, left), (bottom, right) in zip(corners, ends)]
        answer = call(function, pieces, corners, height, width)
        added, times, last = (np.zeros((1, height, width, 3)) for _ in range(3))
        for piece, (top, left) in zip(pieces, corners):
            place = np.s_[:, top : top + piece.shape[1], left : left + piece.shape[2]]
            added[place] += piece
            times[place] += 1
            last[place] = piece
        first = np.zeros_like(added)
        for piece, (top, left) in list(zip(pieces, corners))[::-1]:
            first[:, top : top + piece.shape[1], left : left + piece.shape[2]] = piece
        expect(answer, added, [
            (last, mistake("last_piece_wins", "where two pieces overlap the later one wipes out the earlier. Both act: "
                           "add with +=.")),
            (first, mistake("first_piece_wins", "where two pieces overlap only the earlier one is kept. Both act: add "
                            "them.")),
            (added / times, mistake("overlap_averaged", "where pieces overlap you take their mean. A pixel near a cut "
                                    "acts on positions of both tiles, and both effects add up.")),
            (np.where(times > 1, 0, added), mistake("overlap_left_out", "where pieces overlap there is nothing.")),
            (-added, mistake("sign_turned", "the sign is turned. A gradient is added up as it is.")),
            (added / len(pieces), mistake("divided_by_tiles", "you divide by the number of tiles. The slope has been "
                                          "divided once, in the first pass.")),
        ], "your gradient")
    return "Tried three random pictures, whose pieces overlap by up to four pixels."


@sheet.exercise(2)
def flicker(function):
    """How much two frames differ along the motion."""
    for height, width in [(7, 9), (6, 11), (12, 5)]:
        frame, before = draw_picture(height, width), draw_picture(height, width)
        flow = np.random.default_rng().integers(-3, 4, (height, width, 2))
        flow[..., 0] += 1  # more to the right than down: exchanged axes show
        answer = numbers(call(function, frame, before, flow))
        now, then = frame.astype("float64"), before.astype("float64")

        def apart(flow=flow, still=now, other=then):
            clipped, around, inside = moved(other, flow)
            return (still - clipped) ** 2, (still - around) ** 2, inside

        clipped, around, inside = apart()
        right = clipped[:, inside].mean()

        def seen(squares, inside):
            return squares[:, inside].mean()

        backwards, exchanged, turned = apart(-flow), apart(flow[..., ::-1]), apart(flow, then, now)
        expect(answer, right, [
            (np.mean((now - then) ** 2), mistake(
                "not_moved", "nothing is moved: each pixel is compared with the one at the same place.")),
            (seen(backwards[0], backwards[2]), mistake(
                "flow_reversed", "you look at p - flow(p). The flow leads from a pixel to its place in the frame "
                "before: p + flow(p).")),
            (seen(exchanged[0], exchanged[2]), mistake(
                "axes_exchanged", "flow[..., 0] is how far to the right, so it belongs to the columns; flow[..., 1] "
                "to the rows.")),
            (seen(turned[0], turned[2]), mistake(
                "wrong_frame_moved", "the frames are exchanged: the frame before is the one that is looked up along "
                "the flow.")),
            (clipped.mean(), mistake(
                "border_repeated", "what comes from outside is counted, with the border's pixel in its place. Nobody "
                "has seen it: leave it out.")),
            (around.mean(), mistake(
                "wrapped_around", "a place outside has come back in at the other side, as a negative index does. "
                "Leave out what lies outside.")),
            (right * inside.mean(), mistake(
                "divided_by_all", "you divide by all pixels, but only those that lie inside are added up.")),
            (3 * right, mistake(
                "colours_summed", "the squares of the three colours are added up. Take their mean.")),
            (right * 3 * inside.sum(), mistake(
                "squares_summed", "this is the sum of the squares. Take the mean.")),
            (np.sqrt(right), mistake("root_taken", "this is the root of flicker. The mean of the squares is asked.")),
            (seen(np.sqrt(clipped), inside), mistake(
                "not_squared", "these are differences without their sign. Square them.")),
        ], "your flicker")
    own_work(function)
    return "Tried three random pairs of frames with random flows, among them 7×9 pixels."


@sheet.exercise(3)
def little_planet(ring, photo_ring, style_image, defence):
    """A strip whose ends meet, so that it can be bent into a planet."""
    ring = picture(getattr(ring, "image", ring), "your ring", smallest=64)
    photo_ring, style_image = picture(photo_ring, "photo_ring"), picture(style_image, "style_image")
    if ring.shape != photo_ring.shape:
        raise NotYet(mistake("ring_of_other_size", f"your ring has the shape {ring.shape}, the photo's "
                             f"{photo_ring.shape}. Are both margins cut off again?"))
    at_least(ring.shape[2] / ring.shape[1], WIDE, mistake(
        "ring_too_narrow", "a horizon goes all around: the ring is {value} times as wide as high, at least {limit} is "
        "asked for."))
    at_most(joint(ring), JOINT, mistake(
        "joint_to_be_seen", "the ends do not meet: the step over the joint is {value} times as large as those around "
        "it, at most {limit} is asked for. How far does the network see over the joint?"))
    strokes, seen = measure(ring, photo_ring, style_image)
    at_most(strokes, STROKES, mistake(
        "strokes_missing", "the painting's hand is missing: {value} of the photo's own style loss is left, at most "
        "{limit} is asked for. Is the content weight too large?"), percent=True)
    at_most(seen, SEEN, mistake(
        "photo_lost", "the landscape is hard to make out: content loss {value}, at most {limit} is asked for. A larger "
        "content weight?"))
    defended(defence, ["margin", "weight", "photo", "painting", "stroke", "joint", "seam", "horizon", "sky"])
    return "Measured: ends that meet, the painting's hand, and the landscape still to be seen."


def joint(ring):
    """Mean step from the last column to the first, beside the median of the 16 steps around it."""
    around = np.roll(ring[0], 9, axis=1)[:, :18].astype("float64")
    steps = np.abs(np.diff(around, axis=1)).mean(axis=(0, 2))
    return steps[8] / max(np.median(steps), 1e-9)


def measure(ring, photo_ring, style_image):
    """Which share of the photo's own style loss is left, the mean over the layers; and the content loss."""
    extract = pocket(*STROKE_LAYERS, "block4_conv2")
    own, photo, painting = (extract(image) for image in (ring, photo_ring, style_image))
    left, before = ([float(style_loss(gram_matrix(maps[layer]), gram_matrix(painting[layer])))
                     for layer in STROKE_LAYERS] for maps in (own, photo))
    return float(np.mean(np.divide(left, before))), float(content_loss(own["block4_conv2"], photo["block4_conv2"]))
