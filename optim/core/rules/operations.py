"""What lines can do: every operation and function, in one table, with the NumPy that computes it and its LaTeX."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from optim.core.linalg import dot, mean, norm, power, root, solve, times
from optim.core.oracle import Oracle
from optim.core.rules.text import Call
from optim.core.types import Array, Mask


def norm1(a: Array) -> Array:
    """Return the sum of sizes (B,) of vectors (d, B)."""
    return dot(np.sign(a), a)


def steepest(a: Array) -> Array:
    """Return the largest size of a coordinate (B,) of vectors (d, B)."""
    return np.asarray(np.max(np.abs(a), axis=0))


def value_at(oracle: Oracle, x: Array, where: Mask | None = None) -> Array:
    """Return the values (B,) at points (d, B), or (k, B) at k points each, (k, d, B); only the runs `where` are charged."""
    return oracle.value(x, where) if x.ndim == 2 else np.stack([oracle.value(point, where) for point in x])


FUNCTIONS: dict[str, Call] = {
    "gradient": Call(lambda oracle, x, where=None: oracle.gradient(x, where), r"\nabla f{0:(}", "vector", looks=("gradient",)),
    "value": Call(value_at, r"f{0:(}", "number", looks=("value",)),
    "hessian": Call(lambda oracle, x, where=None: oracle.hessian(x, where), r"\nabla^2 f{0:(}", "matrix", looks=("hessian",)),
    "curvature": Call(
        lambda oracle, x, where=None: np.einsum("ii...->i...", oracle.hessian(x, where)),
        r"\operatorname{{diag}} \nabla^2 f{0:(}",
        "vector",
        looks=("hessian",),
    ),
    "normal": Call(lambda oracle, k, **_: oracle.normal(k), r"{0} \text{{ normal draws}}", "array", looks=("normal",)),
    "sqrt": Call(np.sqrt, r"\sqrt{{{0}}}"),
    "abs": Call(np.abs, r"\left|{0}\right|"),
    "sign": Call(np.sign, r"\operatorname{{sign}}{0:(}"),
    "exp": Call(np.exp, r"\exp{0:(}"),
    "max": Call(np.maximum, r"\max\left({0},\; {1}\right)", takes=2),
    "min": Call(np.minimum, r"\min\left({0},\; {1}\right)", takes=2),
    "clip": Call(np.clip, r"\operatorname{{clip}}\left({0},\; {1},\; {2}\right)", takes=3),
    "norm": Call(norm, r"\left\lVert {0} \right\rVert", "number"),
    "norm1": Call(norm1, r"\left\lVert {0} \right\rVert_1", "number"),
    "steepest": Call(steepest, r"\left\lVert {0} \right\rVert_\infty", "number"),
    "mean": Call(mean, r"\operatorname{{mean}}{0:(}", "number"),
    "dot": Call(dot, r"\left\langle {0},\, {1} \right\rangle", "number", takes=2),
    "power": Call(power, r"{0:^}^{{{1}}}", takes=2),
    "solve": Call(solve, r"{0:^}^{{-1}}\, {1:*}", "vector", takes=2),
    "zero": Call(np.zeros_like, "0"),
}
"""What every line may call. In LaTeX {0:(} puts an argument in parentheses, {0:^} and {0:*} do where a power or product asks."""


def true(value: Any) -> Any:
    """Return which entries of a test hold."""
    return np.asarray(value) != 0


def raised(base: Any, exponent: Any) -> Any:
    """Return a power, a square as a product."""
    return base * base if isinstance(exponent, int | float) and exponent == 2 else power(base, exponent)


def quotient(a: Any, b: Any) -> Any:
    """Return a / b, infinite or not a number where plain numbers would raise."""
    return a / b if isinstance(b, np.ndarray) or b else np.true_divide(a, b)


def remainder(a: Any, b: Any) -> Any:
    """Return a % b, not a number where plain numbers would raise."""
    return a % b if isinstance(b, np.ndarray) or b else np.mod(a, float("nan"))


SIGNS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": quotient,
    "%": remainder,
    "@": times,
    "**": raised,
    "neg": operator.neg,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "and": lambda a, b: true(a) & true(b),
    "or": lambda a, b: true(a) | true(b),
    "not": lambda a: ~true(a),
}
"""What the signs between numbers, arrays and names compute."""
SCALARS: dict[str, Callable[..., Any]] = {"sqrt": root}
"""Functions that have a faster twin for plain numbers, with the same bits."""
