"""A run that is watched: shown while it works, foretold, saved now and then, and put on record.

What may go here: what happens around a run. The run itself stands in stages.py, each of the watchers in its own file.
"""

from nst_helpers.autosave import Autosave
from nst_helpers.estimate import Forecast, count_kept_memory
from nst_helpers.progress import Progress
from nst_helpers.stages import minimize_in_stages, stage_steps


def watched_run(objectives, sizes, start_image, method, steps, *, finish, record, memory, progress, autosave,
                margin=0):
    """`minimize_in_stages`, watched. Returns its Result, with the record in it.

    finish: what makes the finished picture of the best one. record: from new_record. memory: bytes, from
    check_run_memory. progress: whether to show it. autosave: a path, or None. margin: as in minimize_in_stages.
    """
    saver = Autosave(autosave, record) if autosave is not None else None
    show = Progress(steps) if progress else None
    sizes_and_steps = zip(sizes[-steps:], stage_steps(steps, len(sizes[-steps:])))
    plan = [(height, width, share) for (height, width), share in sizes_and_steps]
    forecast = Forecast(plan, memory, show and show.tell)

    def report(*news):
        for watcher in filter(None, (show, forecast, saver)):
            watcher(*news)

    with count_kept_memory():
        result = minimize_in_stages(objectives, sizes, start_image, method, steps, progress=report, margin=margin)
    if show:
        show.close(repr(result))
    result.image = finish(result.image)
    result.record = {
        **record,
        "foretold": {"seconds": forecast.seconds, "memory": forecast.memory},
        "result": {"steps": result.steps, "evaluations": result.evaluations, "seconds": result.seconds,
                   "message": result.message, "losses": result.lowest_losses()},
    }
    if saver:
        saver.save(result.image, result.record)
    return result
