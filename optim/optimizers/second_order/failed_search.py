"""Why a line search straight down the slope fails at a point: the search is made again, and its trials are looked at."""

from dataclasses import dataclass

import numpy as np

from optim.core.claim import Claim, always, first
from optim.core.linalg import dot, norm
from optim.core.oracle import CountingOracle
from optim.core.problem import Problem
from optim.core.types import Array, Mask
from optim.i18n.message import message
from optim.optimizers.second_order.line_search import CURVATURE, Place, Runs, satisfied, search

_BESIDE = 1e-6
"""Trials closer than this share of their distance stand on the two sides of a kink."""


@dataclass(frozen=True)
class Trials:
    """The trials of one search, nearest first: how far from the start, values and slopes along the direction, (n,) each.

    Row 0 is the start itself.
    """

    distance: Array
    value: Array
    slope: Array

    @property
    def finite(self) -> Mask:
        """Which of them have a value and a slope."""
        known: Mask = np.isfinite(self.value) & np.isfinite(self.slope)
        return known

    @property
    def falling(self) -> bool:
        """Whether those with a value fall all the way, nowhere flat enough to stop."""
        value, slope = self.value[self.finite], self.slope[self.finite]
        return len(value) > 1 and bool(np.all(np.diff(value) < 0) and np.all(slope < 0))

    @property
    def kink(self) -> tuple[float, float] | None:
        """The slopes just before and just behind a jump from falling to rising, both steep; None where there is none."""
        behind = int(np.argmax(self.slope > 0))
        if not self.slope[behind] > 0 or not self.finite.all():
            return None
        before, after = float(self.slope[behind - 1]), float(self.slope[behind])
        near = self.distance[behind] - self.distance[behind - 1] <= _BESIDE * self.distance[behind]
        steep = min(-before, after) > CURVATURE * -self.slope[0]
        return (before, after) if near and steep else None


class _Recording(CountingOracle):
    """An exact oracle of one run that keeps the points at which it was asked for a value."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, [0], 1)
        self.points: list[Array] = []

    def value(self, x: Array, where: Mask | None = None) -> Array:
        self.points.append(x)
        return super().value(x, where)


@np.errstate(all="ignore")
def _trials(problem: Problem, point: Array) -> Trials:
    x = point[:, None]
    g, value = problem.gradient(x), problem.value(x)
    size, oracle = norm(g), _Recording(problem)
    slope = -dot(g, g)

    def enough(new: Array, runs: Runs) -> Mask:
        return np.ones(len(runs), dtype=bool)

    start = Place(np.zeros_like(slope), value, slope)
    search(oracle, x, -g, start, np.minimum(1.01 / size, 1.0), np.ones(1, dtype=bool), enough)
    points = np.concatenate([x, *oracle.points], axis=1)
    distance = norm(points - x)
    order = np.argsort(distance, kind="stable")
    slopes = dot(problem.gradient(points), -g) / size
    return Trials(distance[order], problem.value(points)[order], slopes[order])


def _succeeded(trials: Trials) -> bool:
    start = Place(*(row[:1] for row in (trials.distance, trials.value, trials.slope)))
    return bool(satisfied(start, Place(trials.distance[1:], trials.value[1:], trials.slope[1:])).any())


def _last(trials: Trials) -> float:
    return float(trials.distance[trials.finite][-1])


def _kink(trials: Trials) -> str:
    before, behind = trials.kink or (np.nan, np.nan)
    return message(
        "its line search failed: across a kink the slope jumps from {before:.3g} to {behind:.3g}, and is nowhere flat enough",
        before=before,
        behind=behind,
    )


FAILED: tuple[Claim[Trials], ...] = (
    Claim(lambda _: message("its line search found no step that satisfies its conditions"), _succeeded),
    Claim(
        lambda trials: message(
            "its line search failed: the function falls along it for {distance:.3g}, and is not defined beyond",
            distance=_last(trials),
        ),
        lambda trials: trials.falling and not trials.finite.all() and bool(trials.finite[: int(trials.finite.sum())].all()),
    ),
    Claim(
        lambda trials: message(
            "its line search failed: the function still falls {distance:.3g} away, nowhere flat enough", distance=_last(trials)
        ),
        lambda trials: trials.falling and bool(trials.finite.all()),
    ),
    Claim(_kink, lambda trials: trials.kink is not None),
    Claim(
        lambda trials: message("its line search failed: none of the {count} points tried is lower", count=len(trials.distance) - 1),
        lambda trials: not np.any(trials.value[1:] < trials.value[0]),
    ),
    Claim(
        lambda trials: message(
            "its line search failed: none of the {count} points tried is both lower and flat enough",
            count=len(trials.distance) - 1,
        ),
        always,
    ),
)
"""Why a search failed; where made again without noise it succeeds, only that it failed is said."""


def why_failed(problem: Problem, point: Array, noisy: bool) -> str:
    """Return why a line search straight down the slope of `problem` fails at a `point` (d,), in words."""
    if noisy:
        return message("its line search found no step that satisfies its conditions")
    return first(FAILED, _trials(problem, point))
