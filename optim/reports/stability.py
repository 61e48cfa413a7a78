"""The learning rate up to which a rule is stable on a function, where theory knows one."""

import math
from dataclasses import dataclass

import numpy as np

from optim.core.derivatives import hessian
from optim.core.problem import Problem
from optim.i18n.message import message
from optim.i18n.numbers import short
from optim.i18n.phrases import place
from optim.problems.diagnostics import SINGULAR, conditioning
from optim.problems.from_formula import is_quadratic
from optim.races.entry import CONSTANT, Entry
from optim.races.spec import RaceSpec


@dataclass(frozen=True)
class Limit:
    """The learning rate below which a rule settles: how it is written, such as 2/λ, and what that means in a sentence."""

    rate: float
    label: str
    meaning: str


@dataclass(frozen=True)
class _Curvature:
    """The largest curvature of a function, and the minimum where it was measured; None where it is the same everywhere."""

    largest: float
    place: tuple[float, ...] | None


def stability_limits(spec: RaceSpec) -> tuple[Limit | None, ...]:
    """Return the stability limit of every racer's learning rate; None where none is known.

    The limit is exact on quadratic functions. On others it holds close to the first minimum, and says so.
    """
    curvature = _curvature(spec.dialled_problem)
    return tuple(None if curvature is None else _limit(entry, curvature) for entry in spec.entries)


def _limit(entry: Entry, curvature: _Curvature) -> Limit | None:
    bound = entry.rule.stable_bound
    if bound is None or entry.modifiers or entry.schedule != CONSTANT:
        return None
    # Weight decay takes lr times its strength off the bound, so the limit is where two straight lines in lr meet.
    at_zero, at_one = (bound({**entry.hyper, "lr": lr}) for lr in (0.0, 1.0))
    slope = curvature.largest + at_zero - at_one
    rate = at_zero / slope if slope else math.inf
    if not (math.isfinite(rate) and rate > 0):
        return None
    facts = {
        "name": entry.rule.title,
        "bound": short(bound({**entry.hyper, "lr": rate})),
        "rate": short(rate),
        "curvature": short(curvature.largest),
    }
    if curvature.place is None:
        meaning = message(
            "{name} settles on this function only below lr = {bound}/λ = {rate}: λ = {curvature} is its largest curvature.", **facts
        )
        return Limit(rate, message("{bound}/λ", bound=facts["bound"]), meaning)
    where = place(curvature.place)
    meaning = message(
        "{name} can settle at the minimum {place} only below lr = {bound}/λ = {rate}: λ = {curvature} is the largest curvature "
        "there. Elsewhere the curvature is another.",
        place=where,
        **facts,
    )
    return Limit(rate, message("{bound}/λ at {place}", bound=facts["bound"], place=where), meaning)


def _curvature(problem: Problem) -> _Curvature | None:
    """Return what a stability limit is measured against; None where there is no minimum that curves up."""
    if problem.dimension == 2 and problem.formula and is_quadratic(problem.formula):
        low, high = (float(value) for value in np.linalg.eigvalsh(hessian(problem, np.zeros(2))))
        return _Curvature(high, None) if high > 0 and low >= -SINGULAR * high else None
    curvatures = conditioning(problem).curvatures
    return None if curvatures is None else _Curvature(curvatures[1], problem.minima[0])
