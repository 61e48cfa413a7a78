"""The errors a caller can fix: a bad spec, a bad formula, an experiment that a script cannot hold; and what was meant instead."""

import difflib
from collections.abc import Iterable
from typing import Any

from optim.i18n.message import code, message

_ALIASES = {
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
_LONGEST = 40
"""Characters up to which a name may be a misspelt one; comparing a long text takes long."""
_ALIKE = 0.7
"""From which ratio of common letters on a name is near; at difflib's own 0.6 "nowhere" would be "sphere"."""


_SHOWN = 60
"""Characters up to which a value is shown in an error."""


class SpecError(ValueError):
    """A field of an entry or a race that cannot be used; says which, what it holds and what would do."""

    def __init__(self, field: str, value: Any, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        super().__init__(message("{field} is {value}; expected {expected}.", field=field, value=_short(value), expected=expected))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.field, self.value, self.expected)


class FormulaError(ValueError):
    """A formula that cannot be used; says what is wrong and at which column (1 is the first character)."""

    def __init__(self, problem: str, column: int = 1) -> None:
        self.problem, self.column = problem, column
        super().__init__(message("{problem} (column {column})", problem=problem, column=column))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.column)


class RuleError(ValueError):
    """A line of an update rule that cannot be used; says what is wrong, in which line and at which column, both from 1."""

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        self.problem, self.line, self.column = problem, line, column
        super().__init__(message("{problem} (line {line}, column {column})", problem=problem, line=line, column=column))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.line, self.column)


class DataError(ValueError):
    """Data that a network cannot be trained on; the sentence says what is wrong and what would do."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem,)


class ScriptError(ValueError):
    """Something that a script cannot hold; the sentence says what, and can be said in another language."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(str(reason))


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" where none is near; capitals and blanks do not count."""
    names = {other.lower(): other for other in reversed(list(known))}
    if not isinstance(name, str) or len(name) > _LONGEST:
        return ""
    wanted = name.strip().lower()
    tried = (
        wanted,
        _ALIASES.get(wanted.replace("-", "_").replace(" ", "_"), ""),
        *difflib.get_close_matches(wanted, names, 1, _ALIKE),
    )
    return next((names[one] for one in tried if one in names), "")


def or_nearest(expected: str, name: object, known: Iterable[str]) -> str:
    """Return what was expected, and the nearest known name where there is one."""
    near = nearest(name, known)
    return message("{expected} (nearest: {name})", expected=expected, name=code(near)) if near else expected


def _short(value: Any) -> str:
    """Return a value as Python writes it, at most _SHOWN characters; of a long sequence no more is written than is shown."""
    try:
        text = repr(value[:_SHOWN] if isinstance(value, list | tuple) else value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return message("a value too long to write")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
