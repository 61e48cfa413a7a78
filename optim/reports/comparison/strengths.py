"""When an optimizer shines and when it fails: what it pays for the target on one function of each kind, beside SGD, as recorded."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from optim.core.optimizer import Optimizer
from optim.i18n.message import message
from optim.i18n.phrases import counted, evaluations, rounded, sentences
from optim.optimizers import OPTIMIZERS
from optim.problems import PROBLEMS
from optim.races.entry import Entry
from optim.races.spec import RaceSpec
from optim.sweeps.grid import Axis, Jittered, spaced
from optim.sweeps.run import sweep
from optim.sweeps.scores import best
from optim.sweeps.spec import SweepSpec

FILE = Path(__file__).with_suffix(".json")
"""Written by `python -m tests.support.record_strengths`: optimizer -> function -> price, null where the target is never reached."""
RATES, STARTS, BUDGET = 25, 8, 1000
"""Learning rates, starts, and evaluations of a run with which an optimizer is tried on a function."""
SEARCH = 6
"""Evaluations that a step with a line search is taken to need, in that trial."""


@dataclass(frozen=True)
class Strength:
    """What a rule and its rival pay for the target on a function, each at its best rate: expected evaluations, inf for never."""

    function: str
    rival: str
    own: float
    other: float

    @property
    def gain(self) -> float:
        """The rival's price over its own; 1 where neither ever arrives."""
        return 1.0 if math.isinf(self.own) and math.isinf(self.other) else self.other / self.own

    @property
    def words(self) -> str:
        """Both prices, in a sentence."""
        if math.isinf(self.own) and math.isinf(self.other):
            return message("On {function} neither it nor {rival} reaches the target.", function=self.function, rival=self.rival)
        said = {"function": self.function, "rival": self.rival}
        if math.isinf(self.own):
            said |= {"other": evaluations(rounded(self.other))}
            return message("On {function} it does not reach the target; {rival} needs {other}.", **said)
        said |= {"own": evaluations(rounded(self.own))}
        if math.isinf(self.other):
            return message("On {function} it reaches the target in {own}; {rival} does not.", **said)
        said |= {"other": counted(self.other)}
        return message("On {function} it reaches the target in {own}; {rival} needs {other}.", **said)


def strengths(rule: Optimizer) -> tuple[tuple[str, str], ...]:
    """Return where a rule shines and where it fails, of the functions that it was tried on: each a heading and what it heads.

    It is beside SGD, and SGD beside the next of its family. A rule that arrives nowhere is not said to shine.
    """
    family = [OPTIMIZERS["sgd"], *(other for other in OPTIMIZERS.values() if other.family == rule.family)]
    rival = next(other for other in family if other.name != rule.name)
    own, others = (recorded_prices().get(one.name, {}) for one in (rule, rival))
    tried = [Strength(PROBLEMS[name].title, rival.title, own[name], others[name]) for name in own if name in others]
    if not tried:
        return ((message("When it shines and when it fails."), message("Not measured yet.")),)
    order = sorted(tried, key=lambda one: (math.isfinite(one.own), one.gain))
    if math.isinf(order[-1].own):
        nowhere = message("On none of the functions tried does it reach and keep the target.")
        return ((_FAILS, sentences(nowhere, order[0].words)),)
    return _best(order[-1]), _worst(order[0])


def _best(most: Strength) -> tuple[str, str]:
    """Return where a rule does best, said to shine only where it is ahead."""
    if most.gain > 1:
        return message("When it shines."), most.words
    nowhere = message("It is nowhere ahead of {rival} here. {nearest}", rival=most.rival, nearest=most.words)
    return message("Where it comes nearest."), nowhere


def _worst(least: Strength) -> tuple[str, str]:
    """Return where a rule does worst, said to fail only where it does not arrive."""
    return (_FAILS if math.isinf(least.own) else message("Where it does worst.")), least.words


_FAILS = message("When it fails.")


@cache
def recorded_prices() -> dict[str, dict[str, float]]:
    """Return what each optimizer pays for the target on each function it was tried on, at its best rate; inf for never."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return {rule: {name: math.inf if price is None else price for name, price in prices.items()} for rule, prices in rows.items()}


def kinds() -> tuple[str, ...]:
    """Return the functions that rules are tried on: the first of each kind that has a lowest value."""
    first: dict[str, str] = {}
    for name, problem in PROBLEMS.items():
        if problem.bounded and problem.lowest is not None:
            first.setdefault(problem.family, name)
    return tuple(first.values())


def price(name: str, function: str) -> float:
    """Return the expected evaluations to the target of an optimizer on a function, at its best rate; inf for never."""
    # A rule that searches along a line finds its own step length; with 25 rates, and a step for each evaluation, it took 87 s.
    rule = OPTIMIZERS[name]
    tuned = any(parameter.name == "lr" for parameter in rule.parameters)
    axes = (Axis("lr", spaced(OPTIMIZERS["sgd"].parameter("lr"), RATES)),) if tuned else ()
    steps = BUDGET // SEARCH if rule.varies and not tuned else BUDGET
    race = RaceSpec(function, (Entry(name),), PROBLEMS[function].starts[0], steps, budget=BUDGET)
    return best(sweep(SweepSpec(race, axes, Jittered(STARTS))), 0).evaluations
