"""Learning rates that work: for the functions of the registry found in advance, for any other by a short sweep when asked."""

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from optim.core import metrics
from optim.core.oracle import CountingOracle
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.core.simulate import Conditions, simulate
from optim.core.types import Array, State
from optim.i18n.message import message
from optim.optimizers import OPTIMIZERS
from optim.problems import problem as problem_of
from optim.races.claims.run import DIVERGED_WIDTHS
from optim.races.entry import Entry
from optim.sweeps.grid import spaced

FILE = Path(__file__).with_name("tuned_rates.json")
"""Written by `python -m tests.support.record_rates`; a test compares it with what `tuned_rates` finds now."""
TUNED = message("tuned for this function")
LR, STEPS, LONG = "lr", 100, 300
"""The parameter that is tuned, the length of the races that it is tuned for, and that of those in which nobody may be lost."""
FEW = 40
"""Rates tried for a function that is not in the registry: four per decade. Four optimizers take 0.1 to 0.3 s."""
BELOW, NEARBY = 1e-3, 1.0
"""How far below a parameter's range rates are tried, since a formula may be as steep as 1e6 x^2; and window widths from the middle
of the window up to which a run is in sight."""
GAIN = 1e-3
"""Share of the way down below which a rate is not said to bring a racer lower: it hardly moves."""


def offered_rate(optimizer: str, problem: str) -> float | None:
    """Return a learning rate with which an optimizer, a name or lines, works on a function, a name or a formula; None if unknown.

    Raises FormulaError where the formula cannot be used.
    """
    known = shipped_rates().get(problem, {}).get(optimizer)
    return _short_sweep(problem, optimizer) if known is None else known


@cache
def shipped_rates() -> Mapping[str, Mapping[str, float]]:
    """Return the rates found in advance: function -> optimizer -> rate."""
    return MappingProxyType(json.loads(FILE.read_text(encoding="utf-8")))


@lru_cache(maxsize=512)
def _short_sweep(problem: str, optimizer: str) -> float | None:
    return tuned_rates(problem, (optimizer,), values=FEW).get(optimizer)


def tuned_rates(problem: str, optimizers: Iterable[str] = tuple(OPTIMIZERS), values: int = 140) -> dict[str, float]:
    """Return the best of `values` learning rates, and the default, for each optimizer that has one, by name.

    `problem` is a function of two variables. Best is what reaches its target from its first start in the fewest steps, or ends
    lowest after STEPS. Rates are left out that throw the run out of sight, and the last one below these too, since in a narrow
    valley the best rate is often the last before divergence. An optimizer that diverges with every rate is left out; one that no
    rate brings lower, such as Newton's method near a maximum, keeps its default, unless it diverges with that.
    """
    function = problem_of(problem)
    rates = {}
    for name in optimizers:
        entry = Entry(name)
        own = [parameter for parameter in entry.rule.parameters if parameter.name == LR]
        best = _best(function, entry, _tried(own[0], values), own[0].default) if own else None
        if best is not None:
            rates[name] = best
    return rates


def _tried(parameter: Parameter, values: int) -> tuple[float, ...]:
    """Return the rates that are tried: over the parameter's range and below it, and its default, such as Newton's whole step."""
    return tuple(sorted([*spaced(replace(parameter, low=parameter.low * BELOW), values), parameter.default]))


def _best(function: Problem, entry: Entry, rates: tuple[float, ...], default: float) -> float | None:
    """Return the best of an optimizer's rates on a function, None where it diverges with every one."""
    loss, away = _runs(function, entry, rates)
    lost = ~np.isfinite(loss + away).all(axis=0) | (away[-1] > DIVERGED_WIDTHS)
    out = (away > NEARBY).any(axis=0) & function.bounded  # falling without end leaves every window
    thrown = np.where(lost, 2, out.astype(int))
    unsafe = np.maximum(thrown, np.append(thrown[1:], thrown[-1]))
    with np.errstate(all="ignore"):
        gap = loss[: STEPS + 1] - (function.lowest or 0.0)
    hits = (metrics.reached(run, function.target) for run in gap.T)
    steps = [STEPS + 1 if hit is None else hit for hit in hits]
    ends = gap[-metrics.tail(STEPS) :].max(axis=0)
    first, usual = np.lexsort((ends, steps, unsafe))[0], rates.index(default)
    if not ends[first] < (1 - GAIN) * gap[0, first] and unsafe[usual] < 2:
        first = usual
    return rates[first] if unsafe[first] < 2 else None


def _runs(function: Problem, entry: Entry, rates: tuple[float, ...]) -> tuple[Array, Array]:
    """Return the loss, and how many window widths away it is, of a run with each rate at each step, (steps + 1, rates)."""
    steps = LONG if function.bounded else STEPS  # who falls without end is far away sooner or later, with any rate
    rule, hyper = entry.assembled(steps)
    loss, away = (np.full((steps + 1, len(rates)), np.nan) for _ in range(2))
    rows = itertools.count()

    def watch(x: Array, state: State, _oracle: CountingOracle) -> None:
        row = next(rows)
        loss[row] = function.value(x if rule.answer is None else rule.answer(x, state))
        away[row] = metrics.window_widths(x.T, function)

    starts = np.repeat(np.array(function.starts[0])[:, None], len(rates), axis=1)
    simulate(rule, {**hyper, LR: np.array(rates)}, starts, Conditions(function, steps), [0] * len(rates), watch)
    return loss, away
