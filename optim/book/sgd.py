"""SGD's zigzag: the very digits that the notebook prints, and what limits its rate."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from optim.book.gradient_field import curvatures
from optim.book.notebook import eval_optimizer
from optim.book.optimizers import SGD
from optim.core.types import Array, Point

UNSEEN = 1e-9
"""Share of the start below which a coordinate counts as arrived."""


def written(args: Any) -> Any:
    """Return the bowl as the notebook writes it: 1/20 times, not divided by 20, which differs in the last digits."""
    return (1 / 20) * (args[0] ** 2) + args[1] ** 2


def printed(lr: float, start: Point, steps: int) -> Array:
    """Return what the notebook's x_history and y_history hold, (2, steps): the start is not among them."""
    x, y = start
    return eval_optimizer(SGD(lr=lr), {"x": x, "y": y}, written, steps).trajectory[1:].T


@dataclass(frozen=True)
class Zigzag:
    """A way across the valley: how often y changes its sign, the length walked, and the straight line from start to minimum."""

    turns: int
    walked: float
    straight: float


def zigzag(path: Array) -> Zigzag:
    """Measure a path (steps + 1, 2) towards (0, 0)."""
    with np.errstate(all="ignore"):
        walked = float(np.sum(np.hypot(*np.diff(path, axis=0).T)))
    return Zigzag(crossings(path[:, 1]), walked, float(np.hypot(*path[0])))


def crossings(values: Array) -> int:
    """Return how often a coordinate changes its sign; what is too small to be seen beside its start does not count."""
    seen = np.isfinite(values) & (np.abs(values) > UNSEEN * abs(values[0]))
    signs = np.sign(values[seen])
    return int(np.count_nonzero(np.diff(signs)))


def reach(values: Array) -> tuple[float, float]:
    """Return the longest move of a coordinate (steps + 1,) in one step, and how far it ever comes on the other side of 0."""
    other = -np.sign(values[0]) * values
    return float(np.max(np.abs(np.diff(values)))), float(np.max(other, initial=0.0))


def factors(lr: float) -> Point:
    """Return by what SGD multiplies x and y in every step."""
    along, across = curvatures()
    return 1 - lr * along, 1 - lr * across


def best_rate() -> tuple[float, float]:
    """Return the rate at which the slower of the two coordinates is fastest, and the factor by which both shrink at it."""
    along, across = curvatures()
    rate = 2 / (along + across)
    return rate, 1 - rate * along


def limit() -> float:
    """Return the rate above which SGD diverges on the book's bowl."""
    return 2 / max(curvatures())
