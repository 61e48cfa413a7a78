"""AdaGrad taken apart: element by element on small matrices, where its memory starts, and what makes its steps small."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optim.book.optimizers import EPS
from optim.core.types import Array


def matrices(a: float = 2.0, b: float = 2.8) -> dict[str, str]:
    """Return what the notebook's cell 25 prints for matrices of all `a` and all `b`: the expression -> the printed array."""
    root, other = np.sqrt(np.full((3, 3), a)), np.full((3, 3), b)
    with np.errstate(all="ignore"):
        shown = {
            "np.sqrt(A)": root,
            "B / A": other / root,
            "B / B": other / other,
            "A / A": root / root,
            "np.zeros_like(A)": np.zeros_like(root),
        }
    return {name: str(array) for name, array in shown.items()}


def products() -> dict[str, str]:
    """Return the two products of one small gradient with itself: the one AdaGrad takes, and the matrix product."""
    gradient = np.array([[3.0, 0.0], [-4.0, 1.0]])
    return {"g": str(gradient), "g * g": str(gradient * gradient), "g @ g": str(gradient @ gradient)}


class FromZero:
    """AdaGrad whose memory starts as the number 0 or as zeros of the parameter's shape."""

    def __init__(self, lr: float, shaped: bool) -> None:
        self.lr, self.shaped = lr, shaped
        self.h: dict[str, Any] = {}

    def update(self, params: dict[str, Any], grads: dict[str, Any]) -> None:
        """Take one step."""
        for key, value in params.items():
            if key not in self.h:
                self.h[key] = np.zeros_like(value) if self.shaped else 0
            self.h[key] = self.h[key] + grads[key] * grads[key]
            params[key] = value - self.lr * 1 / (np.sqrt(self.h[key]) + EPS) * grads[key]


def starts_alike(lr: float = 1.5, steps: int = 30) -> tuple[tuple[int, ...], float]:
    """Return the shape of h after a step from the number 0 for a 2 by 3 parameter, and the largest difference that it makes."""
    weights = np.arange(1.0, 7.0).reshape(2, 3)
    number, shaped = FromZero(lr, shaped=False), FromZero(lr, shaped=True)
    one, other = {"W1": weights}, {"W1": weights}
    worst = 0.0
    for _ in range(steps):
        number.update(one, {"W1": one["W1"] * weights})
        shaped.update(other, {"W1": other["W1"] * weights})
        worst = max(worst, float(np.max(np.abs(one["W1"] - other["W1"]))))
    return number.h["W1"].shape, worst


@dataclass(frozen=True, eq=False)
class Shrinking:
    """One coordinate of an AdaGrad run: `h` and the length of the `step`, both (steps,), and what they are made of."""

    lr: float
    h: Array
    step: Array

    @cached_property
    def rate(self) -> Array:
        """What is left of the rate in every step: lr / (sqrt(h) + eps)."""
        return self.lr / (np.sqrt(self.h) + EPS)

    @cached_property
    def slope(self) -> Array:
        """The size of the gradient in every step."""
        return self.step / self.rate

    @property
    def times(self) -> tuple[float, float, float]:
        """The ratio of the first to the last: of the steps, the rates, the gradients."""
        return _times(self.step), _times(self.rate), _times(self.slope)


def shrinking(lr: float, path: Array, h: Array) -> Shrinking:
    """Return a coordinate's run from its places and its memory, both (steps + 1,)."""
    return Shrinking(lr, h[1:], np.abs(np.diff(path)))


def _times(values: Array) -> float:
    return float(values[0] / values[-1]) if values[-1] else float("inf")
