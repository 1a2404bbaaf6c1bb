"""`stylize_many`: every photo with every setting, one row of a table for each.

What may be given: options.py; what comes back: table.py.
"""

import contextlib
from dataclasses import replace

from nst_helpers.many.display import Display
from nst_helpers.many.folder import checked_folder, file_name, finished_record, write_picture
from nst_helpers.many.jobs import plan_jobs
from nst_helpers.many.table import INTERRUPTED, Many
from nst_helpers.optimize.interrupts import held_interrupts
from nst_helpers.transfer import stylize
from nst_helpers.workers import check_client, each_done

import keras


def stylize_many(pairs, *, client=None, folder=None, progress=True, **options_and_grids):
    """Paint many pictures with `stylize`: each of `pairs` with every combination of the values to try.

    pairs: a list of (photo, painting) or (photo, list of paintings), each as in `stylize`: a name, a path or an array.
        Every photo with every painting: list(itertools.product(photos, paintings)).
    options_and_grids: options of `stylize`, by name. A list holds values to try: content_weight=[0.01, 0.02, 0.05]. For
        what `stylize` itself takes as a list (style_layers, content_layers, style_weights, masks, style_masks), a list
        of lists does: style_layers=[["block1_conv1"], ["block4_conv1"]].
    client: a distributed.Client, such as local_client() makes: its workers paint the pictures, each of them a whole
        one. They have to be able to read the files. The pictures are the same as without one; a picture whose worker
        died is painted by another one.
    folder: None, or where each picture is written as it is done (.png, its record in it). The same call again takes
        those that are there, and paints the rest: a picture counts as there if it was made of the same pictures,
        options and weights. `images` are then read from there, in 256 steps.
    progress: show a bar, and in a notebook the latest picture.
    Returns a Many: rows, images, contact_sheet(), save(folder), in the order of the request. A picture that cannot be
        read, or painted, has an error in its row, and the others come. After an interrupt, what is finished is there.
    Raises ValueError, OSError or ImportError, in one sentence, for a wrong option, pair, client or folder, before
        anything begins.
    """
    check_client(client)
    table = Many(plan_jobs(pairs, options_and_grids))
    folder = None if folder is None else checked_folder(folder)
    left = list(range(len(table))) if folder is None else _not_there(table, folder)
    with Display(table, len(table) - len(left), progress, client) as display, contextlib.suppress(KeyboardInterrupt):
        _paint_all(table, left, client, folder, display)
    return table


def _paint_all(table, left, client, folder, display):
    """Paint the pictures whose numbers are `left`, and enter each as it is done. Ends early when interrupted."""
    with contextlib.closing(_painted([table.jobs[number] for number in left], client)) as painted:
        for place, result, error in painted:
            with held_interrupts() as request:  # between two pictures, where nothing is half done
                _enter(table, left[place], folder, result, error)
                display.show(left[place], result)
            if request.made or result is not None and result.message == INTERRUPTED:
                return


def _painted(jobs, client):
    """`each_done` of the jobs; networks that were given as such travel once."""
    networks = {id(job.options["network"]): job.options["network"] for job in jobs
                if isinstance(job.options.get("network"), keras.Model)}
    places = {key: place for place, key in enumerate(networks)}
    light = [replace(job, options={**job.options, "network": places[id(job.options["network"])]})
             if id(job.options.get("network")) in places else job for job in jobs]
    return each_done(paint, light, client, shared=tuple(networks.values()))


def paint(job, *networks):
    """The Result of a Job. Its network may be a number: that of one of `networks`."""
    options = dict(job.options)
    if isinstance(options.get("network"), int):
        options["network"] = networks[options["network"]]
    return stylize(job.photo, job.painting, progress=False, **options)


def _not_there(table, folder):
    """Numbers of the pictures that are not in the folder yet; the others are entered in the table."""
    left = []
    for number, job in enumerate(table.jobs):
        path = folder / file_name(job)
        table.rows[number]["file"] = path.name
        try:
            record = finished_record(path, job.key)
        except ValueError as error:
            table.fill(number, None, None, str(error))
            continue
        if record is None:
            left.append(number)
        else:
            table.fill(number, path, record)
    return left


def _enter(table, number, folder, result, error):
    """A Result, or what went wrong in its place, into the table and the folder."""
    if error is not None:
        table.fill(number, None, None, _sentence(error))
        return
    record, picture = {**result.record, "key": table.jobs[number].key}, result.image
    if result.message == INTERRUPTED:  # not what was asked for: shown, but painted anew the next time
        table.fill(number, picture, record, INTERRUPTED)
        return
    table.fill(number, picture, record)
    if folder is not None:
        path = folder / file_name(table.jobs[number])
        try:
            write_picture(path, picture, record)
        except OSError as trouble:  # a full disk: the picture stays in memory
            table.rows[number]["error"] = str(trouble)
        else:
            table.fill(number, path, record)


def _sentence(error):
    """What a row says of an exception; the course's own are sentences, others need their kind to be understood."""
    text = " ".join(str(error).split())
    return text if text and isinstance(error, (ValueError, OSError, ImportError)) else f"{type(error).__name__}: {text}"
