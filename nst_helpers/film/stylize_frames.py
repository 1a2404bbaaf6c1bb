"""`stylize_frames`: a film, frame after frame, in the manner of a painting.

What may be asked for: asked.py; what comes back: film.py.
"""

import contextlib
import os
from pathlib import Path
import warnings

from nst_helpers._run.arguments import style_pictures
from nst_helpers.film.asked import chain_length, check_asked, make_painter, record_and_key
from nst_helpers.film.chains import Team, paint_piece, rounds
from nst_helpers.film.display import Display
from nst_helpers.film.film import Film
from nst_helpers.film.folder import Painted
from nst_helpers.film.reading import read_frames
from nst_helpers.optimize.interrupts import held_interrupts
from nst_helpers.records import plain
from nst_helpers.workers import check_client, each_done
from nst_helpers.workers.attempts import packed


def stylize_frames(frames, style_images, *, folder=None, method="loop", size=None, fps=None, steps=None,
                   first_steps=None, temporal_weight=None, difference_weight=None, warp=None, chunk=None, client=None,
                   progress=True, **options):
    """Paint the frames of a film in the manner of the style images, each after the one before it.

    frames: a folder of pictures (in the order of their names), a GIF, WebP, APNG or video file (videos need
        imageio-ffmpeg), a list of names, paths or pictures (1, H, W, 3), or an array (T, H, W, 3), RGB in [0, 1].
    style_images: as in `stylize`.
    folder: None, or where each frame is written as it is done (00001.png, its record in it). The same call again goes
        on where it was, after an interrupt, a full disk or a killed process; the film is the same as in one go.
    method: "loop": the first frame as `stylize` does it; each later one begins as the one before, moved along with what
        moves, and is held to it where that is seen (Ruder et al. 2016). "one pass": each alone, by `stylize_fast`.
    size: longer side of the frames. None: 256 for files; arrays keep their own. fps: frames per second. None: as the
        file says, or 12.
    steps, first_steps: of the loop, for each frame but the first, and for the first (None: 300, so that
        the film does not drift on from there).
    temporal_weight, difference_weight: of what ties a frame to the one before (film/objective.py); None: as measured
        in benchmarks/films.py. warp: whether to follow the motion, which takes OpenCV; None: where it is installed.
    chunk: how many frames the loop paints one after another before it begins anew, as at a cut. None: the whole film;
        with a client 24, as its workers share the chunks, and one chunk cannot be shared.
    client: a distributed.Client, such as local_client() makes. Its workers need not see the files.
    progress: show a bar, and in a notebook the latest frame.
    options: of `stylize`: network, style_size, style_weights, content_weight, total_variation_weight, patch_weight,
        structure_weight, content_layers, style_layers, style_loss, seed; with "one pass" those of `stylize_fast`:
        style_size, style_weights, strength, keep_colors, networks.
    Returns a Film. After an interrupt, or an error such as a full disk (which is a warning then), it holds the frames
    that are done; `message` says why. Raises ValueError, OSError or ImportError, in one sentence, for what cannot be
    painted, before anything long begins.
    """
    arguments = {**locals(), **options}
    del arguments["options"], arguments["folder"]
    check_client(client)
    loop = {"steps": steps, "first_steps": first_steps, "temporal_weight": temporal_weight,
            "difference_weight": difference_weight, "warp": warp}
    loop = check_asked(method, loop, options)
    _check_apart(frames, folder)
    given = read_frames(frames, size, fps)
    styles = style_pictures(style_images, options.get("style_size"), given[0])
    chain = chain_length(method, chunk, client, len(given))
    painter = make_painter(method, given[0], styles, loop, options)
    settings = {**loop, **options} if method == "loop" else options
    record, key = record_and_key(arguments, painter, chain, [method, settings], given, styles)
    painted = Painted(folder, key, record, len(given))
    message = _paint_all(painted, given, painter, chain, client, progress)
    done = [painted.done[number] for number in sorted(painted.done)]
    return Film(done, given.fps, _alt(frames, style_images), message)


def _paint_all(painted, frames, painter, chain, client, progress):
    """Paint what is missing. Returns how it ended; raises only while there is no frame at all."""
    with Display(len(frames), len(painted.done), progress) as display:
        try:
            whole = _paint(painted, frames, painter, chain, client, display)
            error = None if whole else KeyboardInterrupt()
        except (Exception, KeyboardInterrupt) as trouble:
            error = trouble
        counts = f"{len(painted.done)} of {len(frames)} frames painted"
        interrupted = isinstance(error, KeyboardInterrupt)
        display.text = counts if error is None else f"{counts}, {'interrupted' if interrupted else error}"
    if error is not None and not painted.done:
        raise error
    if error is not None and not interrupted:
        warnings.warn(f"The film stopped early, with {counts}: {error or type(error).__name__}", stacklevel=3)
    return display.text


def _paint(painted, frames, painter, chain, client, display):
    """Whether all was painted, without an interrupt. Raises whatever goes wrong."""
    team = Team(painter)
    shared = team if client is None else packed(team)  # once for all rounds: workers know it again
    with contextlib.ExitStack() as stack:
        if client is None:  # a worker's results are waited for, and that has to be interrupted
            stack.enter_context(held_interrupts())
        for pieces in rounds(frames, painted, chain, client):
            pieces, numbers = _noted(pieces)
            done = stack.enter_context(contextlib.closing(each_done(paint_piece, pieces, client, shared=[shared])))
            for place, result, error in done:
                with held_interrupts() as request:  # between two pieces, where nothing is half done
                    results, own_error = result or ([], None)
                    _keep(painted, numbers[place], results, display)
                    if error or own_error:
                        raise error or own_error
                if request.made or len(results) < len(numbers[place]):
                    return False
    return True


def _noted(pieces):
    """`pieces`, and a list that holds the numbers of each as soon as it has been taken."""
    numbers = []

    def taken():
        for piece in pieces:
            numbers.append(piece.numbers)
            yield piece

    return taken(), numbers


def _keep(painted, numbers, results, display):
    for number, (steps, told) in zip(numbers, results):
        painted.keep(number, steps, told)
        display.show(painted[number], told)


def _check_apart(frames, folder):
    """Refuse a folder whose pictures would be frames of the film that they are made of."""
    if folder is None or not isinstance(frames, (str, os.PathLike)):
        return
    if Path(os.path.expanduser(frames)).resolve() == Path(os.path.expanduser(folder)).resolve():
        raise ValueError(f"folder is where the film's own frames are ({folder}): choose another one.")


def _alt(frames, style_images):
    """What the film shows, as far as names tell."""
    paintings = style_images if isinstance(style_images, (list, tuple)) else [style_images]
    names = [Path(plain(name)).stem for name in paintings if isinstance(name, (str, os.PathLike))]
    film = f"The film {Path(plain(frames)).stem}" if isinstance(frames, (str, os.PathLike)) else "A film"
    return f"{film}, painted in the manner of {' and '.join(names) or 'a painting'}."
