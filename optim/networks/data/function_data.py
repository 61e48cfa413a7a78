"""A function of two variables as data: a network learns its values at random points of its window."""

import numpy as np

from optim.core.errors import SpecError
from optim.i18n.message import message
from optim.networks.data.data_set import DataSet, split
from optim.problems import PROBLEM_FAMILIES, problem

EXAMPLES = 600
"""Points at which a function is given."""
_DEFINED = 0.5
"""The share of the window where a function must have a finite value, so that something can be learned."""


def function_data(text: str) -> DataSet:
    """Return the data of a test function or a formula in x and y.

    Raises FormulaError where it is none, SpecError where it cannot be learned. Values are given less their mean and over their
    deviation: a network that always answers with the mean has a loss of 1.
    """
    if text in PROBLEM_FAMILIES:
        raise SpecError("data", text, message("a function of two variables"))
    function = problem(text)
    low, high = np.array(function.view, dtype=float).T
    points = low + (high - low) * np.random.default_rng(0).random((EXAMPLES, 2))
    with np.errstate(all="ignore"):
        values = np.asarray(function.value(points.T), dtype=float)
    defined = np.isfinite(values)
    if defined.mean() < _DEFINED:
        raise SpecError("data", text, message("a function that has a finite value in at least half of its window"))
    points, values = points[defined], values[defined]
    order, training = split(len(points))
    points, values = points[order], values[order]
    mean, deviation = float(values[:training].mean()), float(values[:training].std())
    if not 1e-300 < deviation < 1e300:
        raise SpecError("data", text, message("a function that changes within its window, by a number that fits"))
    return DataSet(
        name=text,
        title=function.title,
        inputs=points,
        targets=((values - mean) / deviation)[:, None],
        training=training,
        shift=(low + high) / 2,
        scale=(high - low) / 2,
        view=function.view,
        unit=(mean, deviation),
        source=message("values of {title} at {count} random points of its window", title=function.title, count=len(points)),
    )
