"""Numbers and places as words: short, but never so short that two different numbers read alike."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from optim.i18n.message import joined, message, plural
from optim.i18n.numbers import powers

MANY = 6
"""More coordinates than this are not all written out."""


def apart(*values: float) -> list[str]:
    """Return numbers as text, with as few digits (3 at least) as tell different ones apart."""
    written = ([f"{value:.{digits}g}" for value in values] for digits in (3, 5, 7, 10))
    distinct = len(set(values))
    texts = next((texts for texts in written if len(set(texts)) == distinct), [f"{value:.3g}" for value in values])
    return [powers(text) for text in texts]


def between(values: Iterable[float]) -> str:
    """Return the range of a loss in words."""
    low, high = apart(float(np.min(list(values))), float(np.max(list(values))))
    return (
        message("the loss stays at {low}", low=low)
        if low == high
        else message("the loss stays between {low} and {high}", low=low, high=high)
    )


def place(point: Iterable[float]) -> str:
    """Return a point as text, such as (3, -1.848); of many coordinates the first three and the last."""
    texts = [powers(f"{value + 0.0:.4g}") for value in point]
    return f"({', '.join(texts if len(texts) <= MANY else [*texts[:3], '...', texts[-1]])})"


def steps(count: int) -> str:
    """Return a number of steps in words."""
    return plural("{count} step", "{count} steps", count)


def evaluations(count: int) -> str:
    """Return a number of evaluations in words."""
    return plural("{count:,} evaluation", "{count:,} evaluations", count)


def times(count: int) -> str:
    """Return in words how many times something happens."""
    return plural("{count} time", "{count} times", count)


def starts(count: int) -> str:
    """Return a number of starts in words."""
    return plural("{count} start", "{count} starts", count)


def examples(count: int) -> str:
    """Return a number of a training's examples in words."""
    return plural("{count} example", "{count} examples", count)


def listed(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else message("{names} and {last}", names=joined(", ", names[:-1]), last=names[-1])


def clauses(parts: Sequence[str]) -> str:
    """Return parts of a sentence that have a verb each, one after the other, as `listed` does names."""
    return parts[0] if len(parts) == 1 else message("{parts} and {last}", parts=joined(", ", parts[:-1]), last=parts[-1])


def sentences(*parts: str) -> str:
    """Return sentences one after the other, without the empty ones."""
    said = [part for part in parts if part]
    return reduce(lambda before, after: message("{before} {after}", before=before, after=after), said) if said else ""


def capital(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def rounded(value: float) -> int:
    """Return a number of evaluations in whole ones, to three digits: 81 for 80.8, 12300 for 12345."""
    return round(float(f"{value:.3g}"))


def counted(value: float) -> str:
    """Return a number of evaluations as text, in whole ones, to three digits: 12,300 for 12345."""
    return f"{rounded(value):,}"


def percentage(value: float) -> str:
    """Return a share, 0 to 1, in whole percent; one that is next to none or next to all says so."""
    if 0 < value < 0.01:
        return message("less than 1%")
    return message("more than 99%") if 0.995 <= value < 1 else f"{value:.0%}"
