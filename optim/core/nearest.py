"""The nearest known name to one that is not known, for messages that say what was probably meant."""

import difflib
from collections.abc import Iterable

from optim.i18n.message import message

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

ALIKE = 0.7
"""From which ratio of common letters on a name is near; at difflib's own 0.6 "nowhere" would be "sphere"."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" where none is near; capitals and blanks do not count."""
    names = {other.lower(): other for other in reversed(list(known))}
    if not isinstance(name, str) or len(name) > LONGEST:
        return ""
    wanted = name.strip().lower()
    tried = (
        wanted,
        ALIASES.get(wanted.replace("-", "_").replace(" ", "_"), ""),
        *difflib.get_close_matches(wanted, names, 1, ALIKE),
    )
    return next((names[one] for one in tried if one in names), "")


def or_nearest(expected: str, name: object, known: Iterable[str]) -> str:
    """Return what was expected, and the nearest known name where there is one."""
    near = nearest(name, known)
    return message("{expected} (nearest: {name})", expected=expected, name=near) if near else expected
