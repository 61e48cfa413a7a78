"""Finite differences: the gradient as the book takes it, and the Hessian of a problem that has none of its own."""

import numpy as np

from optim.core.problem import Problem
from optim.core.types import Array, Function

CENTRAL_STEP = 1e-4
"""The book's half step of numerical_gradient."""


def central_gradient(function: Function, x: Array, h: float = CENTRAL_STEP) -> Array:
    """Return the central-difference gradient (d, B) of `function` (d, B) -> (B,), as the book's numerical_gradient."""
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
        columns.append((problem.gradient(x + step) - problem.gradient(x - step)) / (2 * CENTRAL_STEP))
    return np.stack(columns)
