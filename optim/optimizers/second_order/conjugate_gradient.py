"""The nonlinear conjugate gradient method, with a line search of its own in every step."""

import numpy as np

from optim.core.linalg import dot
from optim.core.optimizer import ByHand, Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, Mask, State
from optim.optimizers.second_order.failed_search import why_failed
from optim.optimizers.second_order.line_search import Found, Place, Runs, search

_DESCENT = 0.01
"""A direction must fall at least so steeply, as a share of steepest descent: Gilbert & Nocedal's condition, SciPy's constant."""


def _start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    value, g = oracle.value(x), oracle.gradient(x)
    return {"direction": -g, "gradient": g, "value": value, "previous": _imagined(value, g)}


def _imagined(value: Array, g: Array) -> Array:
    """Return the earlier value that makes the first trial of a search about one unit long."""
    earlier: Array = value + np.sqrt(dot(g, g)) / 2.0
    return earlier


@np.errstate(all="ignore")  # runs without a slope divide by zero; nothing of it is kept
def _step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, value = state["gradient"], state["value"]
    direction, found = _walked(oracle, x, state)
    moved = found.success
    return np.where(moved, found.point, x), {
        "direction": np.where(moved, _turned(direction, g, found.gradient), 0.0),
        "gradient": np.where(moved, found.gradient, g),
        "value": np.where(moved, found.value, value),
        "previous": np.where(moved, value, state["previous"]),
    }


def _walked(oracle: Oracle, x: Array, state: State) -> tuple[Array, Found]:
    """Return the direction (d, B) that was searched, straight down where the first one led nowhere, and what was found."""
    g, value, direction = state["gradient"], state["value"], state["direction"]
    tried: Mask = np.any(direction != 0.0, axis=0)
    found = _searched(oracle, x, direction, state, state["previous"], tried)
    again = tried & ~found.success & np.any(direction != -g, axis=0)
    if again.any():
        direction = np.where(again, -g, direction)
        second = _searched(oracle, x, direction, state, _imagined(value, g), again)
        found = Found(*(np.where(again, new, old) for new, old in zip(second, found, strict=True)))
    return direction, found


def _searched(oracle: Oracle, x: Array, direction: Array, state: State, previous: Array, where: Mask) -> Found:
    """Search along the directions that fall; the first trial gains about as much as the step before did."""
    g = state["gradient"]
    slope = dot(g, direction)
    first = 1.01 * 2.0 * (state["value"] - previous) / slope
    first = np.where((first > 0.0) & (first < 1.0), first, 1.0)

    def enough(new: Array, runs: Runs) -> Mask:
        return _falls(_conjugate(direction[:, runs], g[:, runs], new), new)

    return search(oracle, x, direction, Place(np.zeros_like(slope), state["value"], slope), first, where & (slope < 0.0), enough)


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


@np.errstate(all="ignore")
def _tried(oracle: Oracle, x: Array, direction: Array, gradient: Array, value: Array, previous: Array) -> Array:
    return _walked(oracle, x, {"direction": direction, "gradient": gradient, "value": value, "previous": previous})[0]


@np.errstate(all="ignore")
def _length(oracle: Oracle, x: Array, direction: Array, gradient: Array, value: Array, previous: Array) -> Array:
    """Return how many times its direction each run (B,) went: 0 where the search found nothing."""
    state = {"direction": direction, "gradient": gradient, "value": value, "previous": previous}
    _, found = _walked(oracle, x, state)
    return np.where(found.success, found.step, 0.0)


_CALLS = {
    "searched": Call(_tried, r"{1}", uses_oracle=True),
    "found": Call(_length, r"\text{{length found by the line search along }} {1}", uses_oracle=True),
    "turned": Call(
        _turned, r"-{2} + \max\left(0,\, \tfrac{{\langle {2} - {1},\, {2} \rangle}}{{\langle {1},\, {1} \rangle}}\right) {0}"
    ),
}

conjugate_gradient = Optimizer(
    "conjugate_gradient",
    "Conjugate gradient",
    "Curvature",
    (),
    Lines(
        "tried = searched(x, direction, gradient, value, previous)",
        "length = found(x, direction, gradient, value, previous)",
        "x = x + length * tried",
        "g = gradient(x)",
        "direction = zero(x) if length == 0 else turned(tried, gradient, g)",
        "gradient := gradient if length == 0 else g",
        symbols={"tried": "d", "length": r"\alpha", "gradient": r"g_{\text{prev}}", "direction": r"d_{\text{next}}"},
        calls=_CALLS,
        usual={"length": 1},
    ),
    by_hand=ByHand(_start, _step),
    reference="Fletcher & Reeves (1964); Polak & Ribière, Note sur la convergence de méthodes de directions conjuguées (1969); "
    "line search: Moré & Thuente (1994)",
    year=1969,
    uses=("value", "gradient"),
    varies=True,
    idea="searches along one line at a time; its direction is straight down plus a share, 0 or more, of the last direction.",
    memory={
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
