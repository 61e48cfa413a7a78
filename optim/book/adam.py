"""Adam taken apart: both moving averages, what their start at zero does to them, and the correction that undoes it."""

from dataclasses import dataclass

import numpy as np

from optim.book.gradient_field import bowl
from optim.book.notebook import eval_optimizer
from optim.book.optimizers import Adam
from optim.core.types import Array, Point

EPS = 1e-8


@dataclass(frozen=True, eq=False)
class Moments:
    """A run of Adam on the book's bowl: `path` (steps + 1, 2), everything else (steps, 2), row 0 the first step."""

    path: Array
    gradient: Array
    m: Array
    v: Array
    m_hat: Array
    v_hat: Array

    @property
    def moves(self) -> Array:
        """The length of every step, per coordinate."""
        return np.abs(np.diff(self.path, axis=0))


def moments(lr: float, beta1: float, beta2: float, start: Point, steps: int, corrected: bool = True) -> Moments:
    """Follow Adam from `start`; without correction it moves by m and v as they are."""
    slope = bowl().gradient
    x = np.array(start, dtype=float)
    path, rows = [x], []
    m, v = np.zeros(2), np.zeros(2)
    with np.errstate(all="ignore"):
        for step in range(1, steps + 1):
            g = slope(x)
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g * g
            m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
            first, second = (m_hat, v_hat) if corrected else (m, v)
            x = x - lr * first / (np.sqrt(second) + EPS)
            path.append(x)
            rows.append((g, m, v, m_hat, v_hat))
    return Moments(np.array(path), *(np.array(column) for column in zip(*rows, strict=True)))


def first_step_without(beta1: float, beta2: float) -> float:
    """Return how many times lr the first step is without the correction: (1 - beta1) / sqrt(1 - beta2)."""
    return float((1 - beta1) / np.sqrt(1 - beta2))


def forms_apart(lr: float, beta1: float, beta2: float, start: Point, steps: int) -> float:
    """Return how far the book's form of Adam, eps 1e-7 before the correction, ever is from the paper's, by coordinate."""
    x, y = start
    book = eval_optimizer(Adam(lr, beta1, beta2), {"x": x, "y": y}, count=steps).trajectory
    return float(np.max(np.abs(book - moments(lr, beta1, beta2, start, steps).path)))
