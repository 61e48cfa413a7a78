"""Derivatives where the argument of an abs, sign, min or max is zero: those of the branches that meet there.

A derivative by cases has sign(0) = 0, which is the mean of both sides where it stands alone. In a product it is not: abs(x)**2 is
x**2, but its second derivative by cases, 2 sign(x)**2, is 0 at 0. So there each branch is asked.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import sympy

from optim.core.types import Array
from optim.problems.formulas.numpy_code import compiled
from optim.problems.formulas.symbols import SignOf

DIRECTIONS = 16
"""Directions around a point in which branches are looked for."""
REACH = 1e-6
"""Relative distance at which a branch shows its signs: nearer, a difference of coordinates is lost to rounding."""
AGREE = 1e-9
"""Branches whose derivatives differ by less than this share of their size are those of a smooth function."""


@dataclass(frozen=True)
class Corners:
    """The signs in a derivative's `expressions`, and what is asked where one of them changes."""

    expressions: tuple[sympy.Expr, ...]
    signs: tuple[sympy.Expr, ...]

    @cached_property
    def arguments(self) -> Callable[..., Sequence[Any]]:
        """(x, y) -> the list of what the signs are taken of."""
        return compiled([sign.args[0] for sign in self.signs])

    @cached_property
    def branch(self) -> Callable[..., Sequence[Any]]:
        """(x, y, *signs) -> the list of the derivative's parts, with the signs as given."""
        sides = [sympy.Symbol(f"side{i}", real=True) for i in range(len(self.signs))]
        names = dict(zip(self.signs, sides, strict=True))
        return compiled([expression.xreplace(names) for expression in self.expressions], sides)

    def source(self, part: Literal["arguments", "branch"]) -> str:
        """Return the Python source of a compiled part."""
        return inspect.getsource(getattr(self, part))


def corners(expressions: Sequence[sympy.Expr]) -> Corners:
    """Return the corners of a derivative: its signs, in an order of their own."""
    signs = set[sympy.Expr]().union(*(expression.atoms(SignOf) for expression in expressions))
    return Corners(tuple(expressions), tuple(sorted(signs, key=sympy.default_sort_key)))


def arranged(parts: Sequence[Any], x: Array) -> Array:
    """Return the two parts of a gradient as an array (2, ...), the three of a Hessian's upper triangle as one (2, 2, ...)."""
    result = np.empty((2,) * (len(parts) - 1) + x.shape[1:])
    if len(parts) == 2:
        result[0], result[1] = parts
    else:
        result[0, 0], result[0, 1], result[1, 1] = parts
        result[1, 0] = result[0, 1]
    return result


def smoothed(
    derivative: Callable[[Array], Sequence[Any]],
    arguments: Callable[[Array], Sequence[Any]],
    branch: Callable[[Array, Array], Sequence[Any]],
    count: int,
) -> Callable[[Array], Array]:
    """Return a derivative as an array: where a sign changes, what the branches around the point agree on.

    `derivative` returns its `count` parts and then its signs, of which `arguments` are taken; `branch` returns the parts with the
    signs (signs, n) as given. Where the branches of a gradient disagree, sign(0) = 0 stays; a Hessian is the mean of theirs.
    """

    def at(x: Array) -> Array:
        parts = derivative(x)
        result = arranged(parts[:count], x)
        if all(np.all(sign) for sign in parts[count:]):
            return result
        tied = np.any([np.broadcast_to(sign == 0, x.shape[1:]) for sign in parts[count:]], axis=0)
        result[..., tied] = meeting(x[:, tied], result[..., tied])
        return result

    def meeting(x: Array, by_cases: Array) -> Array:
        here = signs(x)
        step = REACH * np.maximum(1.0, np.abs(x))
        total, low, high = np.zeros_like(by_cases), np.full_like(by_cases, np.inf), np.full_like(by_cases, -np.inf)
        for k in range(DIRECTIONS):
            angle = (k + 0.5) * 2 * np.pi / DIRECTIONS
            side = signs(x + step * np.array([[np.cos(angle)], [np.sin(angle)]]))
            found = arranged(branch(x, np.where(here == 0, side, here)), x)
            total, low, high = total + found, np.minimum(low, found), np.maximum(high, found)
        agree = high - low <= AGREE * np.maximum(np.abs(low), np.abs(high))
        return np.where(agree | ((count > 2) & np.isfinite(total)), total / DIRECTIONS, by_cases)

    def signs(x: Array) -> Array:
        return np.array([np.broadcast_to(np.sign(u), x.shape[1:]) for u in arguments(x)])

    return at
