"""Momentum past the minimum: when it first passes, how far it overshoots, and how its swings die out."""

from dataclasses import dataclass

import numpy as np

from optim.core.types import Array


@dataclass(frozen=True)
class Turn:
    """A turning point: the step, and the coordinate there."""

    step: int
    value: float


@dataclass(frozen=True)
class Swing:
    """A coordinate that swings about 0: the first step on the other side, and the turning points after it."""

    passed: int | None
    turns: tuple[Turn, ...]

    @property
    def kept(self) -> float | None:
        """The share of its distance that is left from one turning point to the next: the mean ratio; None with fewer than two."""
        sizes = [abs(turn.value) for turn in self.turns if turn.value]
        return float((sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))) if len(sizes) > 1 else None


def swing(values: Array) -> Swing:
    """Follow one coordinate (steps + 1,) from its start."""
    side = np.sign(values[0])
    beyond = np.flatnonzero(values * side < 0)
    if not side or not beyond.size:
        return Swing(None, ())
    passed = int(beyond[0])
    moves = np.diff(values)
    reversals = np.flatnonzero(moves[:-1] * moves[1:] < 0) + 1
    turns = [Turn(int(step), float(values[step])) for step in reversals if step >= passed]
    if not turns:  # still on its way out: the end is as far as it came
        turns = [Turn(len(values) - 1, float(values[-1]))]
    return Swing(passed, tuple(turns))


def steady(momentum: float) -> float:
    """Return how many times lr times the slope Momentum moves per step in the end where the slope stays the same."""
    return 1 / (1 - momentum)
