"""Straight-line code for one run: rows that each compute one number with one operation, under names of our own."""

import math
from dataclasses import dataclass, field
from typing import Any

from optim.core.rules.arrange import Kind


class NotFused(Exception):  # noqa: N818 - no error: the engine does it
    """Something here stays with the engine: it is not written in operations that give NumPy's bits."""


@dataclass(frozen=True)
class Value:
    """A value of a rule: its kind and what holds it, one text per coordinate. One that is a `truth` is not computed with."""

    kind: Kind
    parts: tuple[str, ...]
    truth: bool = False

    def part(self, axis: int) -> str:
        """Return what holds its coordinate of that number; a number per run is the same for all."""
        return self.parts[axis] if len(self.parts) > 1 else self.parts[0]


@dataclass
class Rows:
    """Rows that are run `once` per step for all runs, those for `each` run, and numbers whose value the compiler must not know."""

    once: list[str] = field(default_factory=list)
    each: list[str] = field(default_factory=list)
    hidden: list[float] = field(default_factory=list)
    _count: int = 0

    def add(self, text: str, kind: Kind = Kind.RUN) -> str:
        """Add a row that computes `text`, and return the name of its value."""
        self._count += 1
        (self.each if kind else self.once).append(f"t{self._count} = {text}")
        return f"t{self._count}"

    def hide(self, number: float) -> str:
        """Return the name of a number that is handed over when the code runs."""
        self.hidden.append(number)
        return f"c{len(self.hidden) - 1}"


def literal(number: Any) -> str:
    """Return a number as code."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise NotFused
    return repr(float(number))


def parts_of(kind: Kind) -> int:
    """Return how many coordinates a value of that kind has in the plane."""
    if kind > Kind.VECTOR:
        raise NotFused
    return 2 if kind == Kind.VECTOR else 1
