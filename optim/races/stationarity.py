"""How a function bends where runs ended: what the Newton step says is left to gain there, and whether it is a minimum."""

from dataclasses import dataclass

import numpy as np

from optim.core.derivatives import hessian
from optim.core.metrics import TOLERANCE
from optim.core.problem import Problem
from optim.core.types import Array, Mask
from optim.problems.lowest_value import lowest_value_source


@dataclass(frozen=True)
class QuadraticModel:
    """Of B points: `curvature` (d, B), lowest first, `newton` (d, B) the Newton step along those axes, `gain` (B,) what it would
    lower the function by. All NaN where slope or curvature is not finite.
    """

    curvature: Array
    newton: Array
    gain: Array


def quadratic_model(problem: Problem, points: Array) -> QuadraticModel:
    """Return the quadratic model of the function at the points (d, B)."""
    with np.errstate(all="ignore"):
        gradient, matrices = problem.gradient(points), np.moveaxis(hessian(problem, points), (0, 1), (-2, -1))
        finite = np.isfinite(matrices).all(axis=(-2, -1)) & np.isfinite(gradient).all(axis=0)
        curvature, slope = np.full(points.shape, np.nan), np.full(points.shape, np.nan)
        values, axes = np.linalg.eigh(matrices[finite])
        curvature[:, finite] = values.T
        slope[:, finite] = np.sum(axes * gradient[:, finite].T[:, :, None], axis=1).T
        newton = np.where(slope == 0.0, 0.0, slope / np.where(curvature == 0.0, np.nan, curvature))
        return QuadraticModel(curvature, newton, np.sum(slope * newton, axis=0) / 2)


def falls_to_lowest(problem: Problem, lowest: float | None, model: QuadraticModel, loss: Array) -> Mask:
    """Return which of B points, with `loss` (B,), are on their way into the lowest minimum, or just there."""
    if lowest is None or lowest_value_source(problem, lowest) not in {"known", "found"}:
        return np.zeros(len(loss), dtype=bool)
    near: Mask = loss - np.abs(model.gain) - lowest <= small(loss)
    near &= model.curvature[0] > 0
    return near


def in_minimum(model: QuadraticModel, loss: Array, swing: Array) -> Mask:
    """Return which of B points, with `loss` (B,) and `swing` (B,) the range of the last losses, lie in a minimum and stay there."""
    still: Mask = (np.abs(model.gain) <= small(loss)) & (swing <= 10 * small(loss))
    still &= model.curvature[0] > 0
    return still


def small(loss: Array) -> Array:
    """Return what is a small change of each loss."""
    return TOLERANCE * np.maximum(1.0, np.abs(loss))
