"""Nelder and Mead's simplex: the function's values are all it asks for."""

import numpy as np

from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.rules.operations import value_at
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, Mask, State

_STRETCH, _FROM_ZERO = 0.05, 0.00025
"""How far the first corners are from the start, as a share of the coordinate, or where that is zero."""


def _begin(oracle: Oracle, x: Array, hp: Hyper) -> State:
    corners = [x]
    for axis in range(len(x)):
        corner = x.copy()
        corner[axis] = np.where(x[axis] != 0.0, (1.0 + _STRETCH) * x[axis], _FROM_ZERO)
        corners.append(corner)
    simplex, values = np.stack(corners), np.stack([oracle.value(corner) for corner in corners])
    return {"simplex": _ordered(simplex, values), "values": _ordered(values, values)}


def _middle(corners: Array) -> Array:
    total: Array = corners[0]
    for corner in corners[1:]:
        total = total + corner
    return total / len(corners)


def _ordered(items: Array, values: Array) -> Array:
    """Return corners (k, d, B) or values (k, B) by rising value (k, B), equal ones in their order."""
    order = np.argsort(values, axis=0, kind="stable")
    return np.take_along_axis(items, order[:, None, :] if items.ndim == 3 else order, axis=0)


def _exchanged(items: Array, last: Array) -> Array:
    return np.concatenate([items[:-1], last[None]])


def _measured(oracle: Oracle, corners: Array, values: Array, where: Mask | None = None) -> Array:
    if where is not None and not where.any():  # as in nearly every step
        return values
    return np.concatenate([values[:1], value_at(oracle, corners[1:], where)])


_CALLS = {
    "first": Call(lambda items: items[0], "{0}_1", as_number=True),
    "last": Call(lambda items: items[-1], r"{0}_{{\text{{last}}}}", as_number=True),
    "last_but_one": Call(lambda items: items[-2], r"{0}_{{\text{{last but one}}}}", as_number=True),
    "middle": Call(lambda simplex: _middle(simplex[:-1]), r"\text{{middle of the others}}\, {0:(}", "vector"),
    "halved": Call(lambda s: np.stack([s[0], *(s[0] + 0.5 * (corner - s[0]) for corner in s[1:])]), r"\text{{halved}}\, {0:(}"),
    "exchanged": Call(_exchanged, r"{0} \text{{ with }} {1} \text{{ as its last}}"),
    "measured": Call(_measured, r"f{0:(}", looks=("value",)),
    "lowest": Call(lambda corners, values: _ordered(corners, values)[0], r"\text{{lowest of}}\, {0:(}", "vector"),
    "ordered": Call(_ordered, "{0}"),
}

nelder_mead = Optimizer(
    "nelder_mead",
    "Nelder-Mead",
    "Without gradients",
    (),
    Lines(
        "worst = last(simplex)",
        "centre = middle(simplex)",
        "reflected = 2 * centre - worst",
        "height = value(reflected)",
        "looked := height < first(values) or not height < last_but_one(values)",
        "second = 3 * centre - 2 * worst if height < first(values) else reflected if height < last_but_one(values)"
        " else 1.5 * centre - 0.5 * worst if height < last(values) else 0.5 * centre + 0.5 * worst",
        "second_height = value(second) if looked else height",
        "inside := looked and not height < last(values)",
        "better := looked and (second_height < last(values) if inside else second_height < height if height < first(values)"
        " else second_height <= height)",
        "shrinks := looked and not height < first(values) and not better",
        "corner = second if better else worst if shrinks else reflected",
        "corners = halved(simplex) if shrinks else exchanged(simplex, corner)",
        "heights = measured(corners, values) if shrinks else exchanged(values, second_height if better else height)",
        "x = lowest(corners, heights)",
        "simplex := ordered(corners, heights)",
        "values := ordered(heights, heights)",
        symbols={
            "worst": r"\theta_{\text{worst}}",
            "centre": r"\theta_c",
            "reflected": r"\theta_r",
            "height": "f_r",
            "second": r"\theta_s",
            "second_height": "f_s",
            "corner": r"\theta_{\text{new}}",
            "simplex": "S",
            "corners": "S",
            "values": "f",
            "heights": "f",
        },
        calls=_CALLS,
    ),
    begin=_begin,
    reference="Nelder & Mead, A simplex method for function minimization, The Computer Journal 7 (1965)",
    varies=True,
    idea="rolls a triangle downhill: its worst corner is reflected through the others, farther where that pays, nearer where it "
    "does not, and where nothing helps the triangle shrinks.",
    meanings={"simplex": "the corners, best first", "values": "the value at each corner"},
    golden=tuple(Golden(f"scipy_Nelder-Mead/{function}", {}, "exact") for function in ("quad", "rosenbrock", "beale")),
    form="SciPy's form, not the adaptive one: the first corners are 5 % away along each axis (0.00025 where a coordinate is 0), "
    "reflection 1, expansion 2, contraction and shrinking 1/2; equal values keep their order. A step is one iteration, and the "
    "point shown is the best corner. No stop.",
    exempt={
        "still": "it compares values around the point and does not look at the slope there",
        "lr": "the size of the triangle sets the length of a step",
        "schedule": "there is no learning rate to change",
        "script": "its lines name how corners are ordered and exchanged, but do not write it out",
        "modifiers": "it looks at values, not at gradients, and its corners must not be moved from outside",
    },
)
