"""The nearest known name to one that is not known, for messages that say what was probably meant."""

import difflib
from collections.abc import Iterable

ALIASES = {
    "learning_rate": "lr",
    "learningrate": "lr",
    "rate": "lr",
    "eta": "lr",
    "alpha": "lr",
    "step_size": "lr",
    "mu": "momentum",
    "betas": "beta1",
    "epsilon": "eps",
    "iterations": "steps",
    "epochs": "steps",
    "function": "problem",
    "formula": "problem",
    "optimizers": "entries",
    "racers": "entries",
    "hyper": "values",
    "name": "optimizer",
}
"""What others call it -> our name; it counts only where our name is among those known."""
LONGEST = 40
"""Characters up to which a name may be a misspelt one; comparing a long text takes long."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" where none is near; capitals and blanks do not count."""
    names = {other.lower(): other for other in reversed(list(known))}
    if not isinstance(name, str) or len(name) > LONGEST:
        return ""
    wanted = name.strip().lower()
    tried = (wanted, ALIASES.get(wanted.replace("-", "_").replace(" ", "_"), ""), *difflib.get_close_matches(wanted, names, n=1))
    return next((names[one] for one in tried if one in names), "")
