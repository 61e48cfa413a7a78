"""Derivatives where their formulas fail: differences where they are not finite, nothing where the function is not defined.

Scripts copy these functions as they stand.
"""

from collections.abc import Callable

import numpy as np

from optim.core.types import Array

STEP = 1e-6
"""Relative step of the central differences that stand in where a derivative is not finite but the function is."""


def mended(derivative: Callable[[Array], Array], function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return `derivative` with central differences of `function` where it is not finite but the function is.

    Differences of a gradient are made symmetric: a Hessian is.
    """

    def at(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return whole(x)

    def whole(x: Array) -> Array:
        result = derivative(x)
        if np.isfinite(result).all():
            return result
        # Not by central_gradient: the step grows with each point's coordinate.
        h = STEP * np.maximum(1.0, np.abs(x))
        differences = []
        for axis in range(2):
            shift = np.zeros_like(x)
            shift[axis] = h[axis]
            differences.append((function(x + shift) - function(x - shift)) / (2 * h[axis]))
        stand_in = np.stack(differences)
        if stand_in.ndim > x.ndim:
            stand_in = (stand_in + np.swapaxes(stand_in, 0, 1)) / 2
        finite = np.isfinite(function(x))
        return np.where(np.isfinite(result) | ~finite, result, stand_in)

    return at


def masked(derivative: Callable[[Array], Array], value: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return `derivative`, NaN where `value` is: that of log(x) is 1/x, which has a value where log(x) has none."""

    def at(x: Array) -> Array:
        with np.errstate(all="ignore"):
            undefined = np.isnan(value(x))
            return np.where(undefined, np.nan, derivative(x)) if undefined.any() else derivative(x)

    return at
