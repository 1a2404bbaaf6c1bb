"""The knobs of the studio: what they may be, and the call that each stands for.

Every picture that the page shows is made by the calls that `code` prints. What may go here: settings and calls; no
page, no thread.
"""

import math
import numbers

MOST_STYLES = 3
SIZES = (256, 384, 512, 768, 1024, 1536, 2048)
PREVIEW = 256  # pixels on the longer side
RANGES = {"strength": (0.0, 1.0), "strokes": (0.5, 2.0), "steps": (10, 400)}
USUAL = {"photo": "mountains", "styles": ["starry_night"], "weights": [1.0], "regions": False, "strength": 0.7,
         "strokes": 1.0, "keep_colors": False, "size": 512, "steps": 80}


def checked(settings, known):
    """`settings` (a dictionary, from the page or from a file) with all knobs and within their ranges.

    known: the names of pictures that may stand in it. What is missing or wrong is as in USUAL.
    """
    given = settings if isinstance(settings, dict) else {}
    result = {**USUAL, "styles": [], "weights": []}
    if given.get("photo") in known:
        result["photo"] = given["photo"]
    styles = given.get("styles") if isinstance(given.get("styles"), list) else []
    weights = given.get("weights") if isinstance(given.get("weights"), list) else []
    for number, style in enumerate(styles):
        if style in known and style not in result["styles"] and len(result["styles"]) < MOST_STYLES:
            result["styles"].append(style)
            result["weights"].append(_within(weights[number] if number < len(weights) else 1.0, 0, 1, 1.0))
    if not result["styles"]:
        result |= {"styles": USUAL["styles"][:], "weights": [1.0]}
    if not any(result["weights"]):
        result["weights"] = [1.0] * len(result["styles"])
    for name, (low, high) in RANGES.items():
        value = _within(given.get(name), low, high, USUAL[name])
        result[name] = round(value) if isinstance(USUAL[name], int) else round(value, 3)
    for name in ("keep_colors", "regions"):
        result[name] = given.get(name) is True
    result["regions"] = result["regions"] and len(result["styles"]) > 1
    result["size"] = given["size"] if given.get("size") in SIZES else USUAL["size"]
    return result


def _within(value, low, high, usual):
    fine = isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
    return min(high, max(low, value)) if fine else usual


def content_weight(strength):
    """Of the loop: 0.5 where only the photo counts, 0.02 (the course's default) at 0.7, 0.005 at full strength."""
    return float(f"{0.5 * 0.01**strength:.2g}")


def preview_options(settings):
    """Keyword arguments of `stylize_fast`, but for sizes and masks. The loop's usual strength is shown nearly full."""
    return {**_weights(settings), "strength": settings["strength"] ** 0.5, "keep_colors": settings["keep_colors"]}


def run_options(settings):
    """Keyword arguments of `stylize`, but for masks."""
    return {"size": settings["size"], "style_size": style_size(settings, settings["size"]), **_weights(settings),
            "content_weight": content_weight(settings["strength"]), "steps": settings["steps"]}


def style_size(settings, size):
    """Of the paintings beside a photo of `size` pixels; None: as large as it. Larger paintings have larger strokes."""
    return None if settings["strokes"] == 1 else max(64, round(settings["strokes"] * size))


def _weights(settings):
    alike = settings["regions"] or len(set(settings["weights"])) == 1
    return {} if alike else {"style_weights": settings["weights"]}


def mask_name(number):
    """The file of the region of style `number`, from 0, as the page offers it for download."""
    return f"region_{number + 1}.png"


def code(settings):
    """The lines that make this very picture, beside the files that were brought along and those of its regions."""
    options = run_options(settings)
    styles = settings["styles"]
    if settings["regions"]:
        options["masks"] = [mask_name(number) for number in range(len(styles))]
    lines = [f"    {settings['photo']!r},", f"    {(styles if len(styles) > 1 else styles[0])!r},",
             *(f"    {name}={value!r}," for name, value in options.items() if value is not None)]
    imports, after = ["stylize"], []
    text = "\n".join(["result = stylize(", *lines, ")"])
    if settings["keep_colors"]:
        imports = ["load_image", "stylize"]
        after = ["", f"photo = load_image({settings['photo']!r}, {settings['size']})",
                 "result.image = keep_colors(result.image, photo)"]
    head = [f"from nst_helpers import {', '.join(imports)}"]
    head += ["from nst_helpers.color import keep_colors"] if settings["keep_colors"] else []
    return "\n".join([*head, "", text, *after, "", 'result.save("my_picture.png")'])


def from_record(record, known):
    """(settings, sentence) of a picture's record: what the studio wrote into it, or else the arguments of `stylize`.

    The sentence says which pictures are not here, or is empty. Raises ValueError for no record.
    """
    if not isinstance(record, dict) or not isinstance(record.get("arguments"), dict):
        raise ValueError("This picture does not say how it was made: only one that was saved by this course does.")
    given = record["arguments"]
    if isinstance(record.get("studio"), dict):
        settings = dict(record["studio"])
    else:
        styles = given.get("style_images")
        weight = given.get("content_weight")
        strength = math.log(weight / 0.5) / math.log(0.01) if isinstance(weight, float) and weight > 0 else None
        settings = {"photo": given.get("content_image"), "styles": styles if isinstance(styles, list) else [styles],
                    "weights": given.get("style_weights") or [], "strength": strength,
                    **{name: given.get(name) for name in ("size", "steps")}}
    labels = {"labels": settings["labels"]} if settings.get("labels") else {}
    return checked(settings, known) | labels, missing(settings, known)


def missing(settings, known):
    """A sentence about the pictures in `settings` that are not here, or ""."""
    settings = settings if isinstance(settings, dict) else {}
    styles = settings.get("styles")
    asked = [settings.get("photo"), *(styles if isinstance(styles, list) else [])]
    names = [str(name) for name in asked if name not in known]
    return f"Its {', '.join(names)} cannot be found here: bring the file in again, or choose another." if names else ""
