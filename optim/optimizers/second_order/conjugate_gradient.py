"""The nonlinear conjugate gradient method, with a line search of its own in every step."""

from typing import NamedTuple

import numpy as np

from optim.core.linalg import dot
from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, Mask, State
from optim.optimizers.second_order.failed_search import why_failed
from optim.optimizers.second_order.line_search import Found, Place, Runs, search

_DESCENT = 0.01
"""A direction must fall at least so steeply, as a share of steepest descent: Gilbert & Nocedal's condition, SciPy's constant."""


class _Here(NamedTuple):
    """Where a search begins: points and gradients (d, B), values (B,)."""

    point: Array
    gradient: Array
    value: Array


def _begin(oracle: Oracle, x: Array, hp: Hyper) -> State:
    value, g = oracle.value(x), oracle.gradient(x)
    return {"direction": -g, "gradient": g, "value": value, "previous": _imagined(value, g)}


def _imagined(value: Array, g: Array) -> Array:
    """Return the earlier value that makes the first trial of a search about one unit long."""
    earlier: Array = value + np.sqrt(dot(g, g)) / 2.0
    return earlier


@np.errstate(all="ignore")  # runs without a slope divide by zero; nothing of it is kept
def _searched(oracle: Oracle, x: Array, direction: Array, g: Array, value: Array, previous: Array) -> Array:
    """Return, (4, d, B), the direction searched, straight down where the first led nowhere, and what was found along it.

    That is how many times the direction it is away, 0 where nothing was found, the gradient there, and the value.
    """
    here, tried = _Here(x, g, value), np.any(direction != 0.0, axis=0)
    found = _found(oracle, here, direction, previous, tried)
    again = tried & ~found.success & np.any(direction != -g, axis=0)
    if again.any():
        direction = np.where(again, -g, direction)
        second = _found(oracle, here, direction, _imagined(value, g), again)
        found = Found(*(np.where(again, new, old) for new, old in zip(second, found, strict=True)))
    length = np.where(found.success, found.step, 0.0)
    return np.stack(np.broadcast_arrays(direction, length, found.gradient, found.value))


def _found(oracle: Oracle, here: _Here, direction: Array, previous: Array, where: Mask) -> Found:
    """Search along the directions that fall; the first trial gains about as much as the step before did."""
    slope = dot(here.gradient, direction)
    first = 1.01 * 2.0 * (here.value - previous) / slope
    first = np.where((first > 0.0) & (first < 1.0), first, 1.0)

    def enough(new: Array, runs: Runs) -> Mask:
        return _falls(_conjugate(direction[:, runs], here.gradient[:, runs], new), new)

    start = Place(np.zeros_like(slope), here.value, slope)
    return search(oracle, here.point, direction, start, first, where & (slope < 0.0), enough)


def _turned(direction: Array, old: Array, new: Array) -> Array:
    """Return the next direction (d, B): conjugate to the last, or straight down where that would not fall steeply enough."""
    turned = _conjugate(direction, old, new)
    return np.where(_falls(turned, new), turned, -new)


def _conjugate(direction: Array, old: Array, new: Array) -> Array:
    share: Array = np.maximum(0.0, dot(new - old, new) / dot(old, old))
    return share * direction - new


def _falls(direction: Array, g: Array) -> Mask:
    steep: Mask = dot(direction, g) <= -_DESCENT * dot(g, g)
    return steep


_CALLS = {
    "searched": Call(_searched, "{1}", "array", takes=6, looks=("value", "gradient")),
    "tried_in": Call(lambda search: search[0], r"d_{{\text{{next}}}}", "vector", as_number=True),
    "length_in": Call(lambda search: search[1, 0], r"\text{{length found by the line search along}}\, d", "number", as_number=True),
    "slope_in": Call(lambda search: search[2], r"\nabla f\left(\theta\right)", "vector", as_number=True),
    "value_in": Call(lambda search: search[3, 0], r"f\left(\theta\right)", "number", as_number=True),
    "turned": Call(
        _turned,
        r"-{2} + \max\left(0,\, \tfrac{{\langle {2} - {1},\, {2} \rangle}}{{\langle {1},\, {1} \rangle}}\right) {0}",
        "vector",
        takes=3,
    ),
}

conjugate_gradient = Optimizer(
    "conjugate_gradient",
    "Conjugate gradient",
    "Curvature",
    (),
    Lines(
        "search := searched(x, direction, gradient, value, previous)",
        "tried = tried_in(search)",
        "length = length_in(search)",
        "x = x if length == 0 else x + length * tried",
        "g = slope_in(search)",
        "direction = zero(x) if length == 0 else turned(tried, gradient, g)",
        "gradient := gradient if length == 0 else g",
        "previous := previous if length == 0 else value",
        "value := value if length == 0 else value_in(search)",
        symbols={"tried": "d", "length": r"\alpha", "gradient": r"g_{\text{prev}}", "direction": r"d_{\text{next}}"},
        calls=_CALLS,
        usual={"length": 1},
    ),
    begin=_begin,
    reference="Polak & Ribière, Note sur la convergence de méthodes de directions conjuguées (1969), after Fletcher & Reeves "
    "(1964); line search: Moré & Thuente (1994)",
    varies=True,
    idea="searches along one line at a time; its direction is straight down plus a share, 0 or more, of the last direction.",
    meanings={
        "direction": "where the next search goes; zero once no search succeeds any more",
        "gradient": "gradient at the point",
        "value": "value at the point",
        "previous": "value before the last step, which sets the first trial",
    },
    golden=tuple(Golden(f"scipy_CG/{function}", {}, "direction") for function in ("quad", "rosenbrock", "beale")),
    form="Polak-Ribière+ with the strong Wolfe conditions (10⁻⁴ and 0.4) and SciPy's first trial. A search "
    "goes on until the next direction would fall steeply enough; where it fails within 30 trials the run restarts straight down, "
    "and where that fails as well, as it does at a minimum or on a slope without end, the run rests for good and pays no more. "
    "SciPy tries a second kind of search instead.",
    rests=why_failed,
    exempt={
        "lr": "the line search finds the length of each step",
        "schedule": "there is no learning rate to change",
        "script": "its lines name the line search, but do not write it out",
        "modifiers": "the line search needs values and slopes of one and the same function, and a point that nothing else moves",
    },
)
