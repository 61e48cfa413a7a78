"""Finite differences: of values for a gradient, of gradients for a Hessian."""

import numpy as np

from optim.core.problem import Problem
from optim.core.types import Array, Function

CENTRAL_STEP = 1e-4
"""The book's half step of numerical_gradient."""
_FIVE_POINTS = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
"""Steps and weights of the central difference whose error shrinks with the fourth power of the step."""


def central_difference(function: Function, x: Array, step: Array, h: float) -> Array:
    """Return the central difference of `function` at the points `x` along `step`, whose length is `h`."""
    return (function(x + step) - function(x - step)) / (2 * h)


def five_point_gradient(function: Function, x: Array, h: float) -> Array:
    """Return the gradient (d, B) of `function` (d, B) -> (B,) by five-point central differences of step `h`."""
    steps = h * np.eye(len(x))[:, :, None]
    return np.stack([sum(weight * function(x + k * step) for k, weight in _FIVE_POINTS) for step in steps]) / h


def central_gradient(function: Function, x: Array, h: float = CENTRAL_STEP) -> Array:
    """Return the central-difference gradient (d, B) of `function` (d, B) -> (B,), as the book's numerical_gradient."""
    # Not by central_difference: x + 0 turns a coordinate of -0.0 into 0.0, and scripts copy this function as it stands.
    result = np.empty_like(x)
    for axis in range(len(x)):
        above, below = x.copy(), x.copy()
        above[axis] += h
        below[axis] -= h
        result[axis] = (function(above) - function(below)) / (2 * h)
    return result


def hessian(problem: Problem, x: Array) -> Array:
    """Return the problem's Hessian (d, d, ...), by central differences of its gradient where it has none of its own."""
    if problem.hessian is not None:
        return problem.hessian(x)
    columns = []
    for axis in range(len(x)):
        step = np.zeros_like(x)
        step[axis] = CENTRAL_STEP
        columns.append(central_difference(problem.gradient, x, step, CENTRAL_STEP))
    return np.stack(columns)
