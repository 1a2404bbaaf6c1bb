"""Who paints which frame when: a film in chains of frames, each frame after the one before it, piece by piece.

How a frame is painted stands in painter.py and one_pass.py; where it goes, in folder.py.
"""

import copy
from dataclasses import dataclass
import threading

from nst_helpers.film.film import in_steps

import numpy as np

PIECE = 8  # frames that a worker paints at a time: so many are lost with it at most


@dataclass
class Piece:
    """Frames to paint, one after another. numbers: from 0. frames: a list of (1, H, W, 3). before: the frame before
    the first one and its painting, or None where a chain begins."""

    numbers: list
    frames: list
    before: tuple | None


class Team:
    """A painter for each thread that paints: while it is at a frame, its variables are that frame's."""

    def __init__(self, painter):
        self.painter, self.own = painter, {}

    def mine(self):
        """The painter of this thread."""
        return self.own.setdefault(threading.get_ident(), copy.copy(self.painter))


def paint_piece(piece, team):
    """Paint a Piece: ([(frame (H, W, 3) of uint8, how it went), ...], error). Fewer than asked for, without an error:
    it was interrupted. What was done before an error is not lost with it."""
    painter, before, done = team.mine(), piece.before, []
    for frame in piece.frames:
        try:
            result = painter.first(frame) if before is None else painter.next(frame, *before)
        except Exception as error:
            return done, error
        if result.message == "interrupted":
            break
        steps = in_steps(result.image)
        done.append((steps, {"steps": result.steps, "evaluations": result.evaluations, "seconds": result.seconds,
                             "message": result.message, "losses": result.lowest_losses()}))
        # In the 256 steps of a file, which a film goes on from: so it is the same, interrupted or not.
        before = frame, np.divide(steps[np.newaxis], 255, dtype="float32")
    return done, None


def rounds(frames, painted, chunk, client):
    """Iterators of Pieces for all that is missing; each has to be used up, and its frames kept, before the next.

    chunk: how many frames a chain has. Without a client: one round, in order, a frame at a time, each made when the
    one before is kept. With one: the next PIECE frames of every chain, so that workers have something side by side.
    """
    if client is None:
        yield (_piece(frames, painted, [number], chunk) for number in painted.missing())
        return
    while missing := painted.missing():
        yield (_piece(frames, painted, numbers, chunk) for numbers in _heads(missing, chunk))


def _heads(missing, chunk):
    """The next numbers of each chain, PIECE at most, without a gap."""
    heads = {}
    for number in missing:
        head = heads.setdefault(number // chunk, [])
        if not head or head[-1] == number - 1 and len(head) < PIECE:
            head.append(number)
    return list(heads.values())


def _piece(frames, painted, numbers, chunk):
    first = numbers[0]
    before = (frames[first - 1], painted[first - 1]) if first % chunk else None
    return Piece(numbers, [frames[number] for number in numbers], before)
