"""The parts of a loss: what an objective may give back."""

import numpy as np


def parts_by_name(parts):
    """What an objective gives, as a dictionary of scalars by name."""
    named = parts if isinstance(parts, dict) else {"loss": parts}
    if "total" in named:
        raise ValueError("A part of the objective is called 'total', as their sum is: give it another name.")
    if not named or any(part is None for part in named.values()):
        raise ValueError("The objective gives no loss, or None as one: does it end with return?")
    for name, part in named.items():
        if len(shape := np.shape(part)):
            which = f"The part {name!r} of the objective" if named is parts else "The objective"
            raise ValueError(f"{which} has to be one number, but its shape is {shape}; add it all up.")
    return named
