"""The catalogue: what the registry, the proof and a short race say about every optimizer, as tables and words."""

import math
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from optim.core.optimizer import Optimizer
from optim.explain.rule_latex import formulas
from optim.i18n.message import joined, message, plural
from optim.i18n.numbers import powers
from optim.i18n.phrases import listed
from optim.optimizers import OPTIMIZERS
from optim.races.entry import Entry, every_optimizer
from optim.races.result import RaceResult
from optim.races.run import race
from optim.races.spec import RaceSpec
from optim.reports.verification.recorded import proof, summary

START, STEPS = (-7.0, 2.0), 30


@dataclass(frozen=True)
class _Evaluation:
    """How a kind of evaluation is said: many of them, or so many."""

    many: str
    counted: Callable[[int], str]


_EVALUATIONS = {
    "value": _Evaluation(message("values"), lambda count: plural("{count} value", "{count} values", count)),
    "gradient": _Evaluation(message("gradients"), lambda count: plural("{count} gradient", "{count} gradients", count)),
    "hessian": _Evaluation(message("Hessians"), lambda count: plural("{count} Hessian", "{count} Hessians", count)),
}
"""What a step may ask a function for."""


def families() -> tuple[str, ...]:
    """Return the families of optimizers, oldest member first."""
    return tuple(dict.fromkeys(rule.family for rule in every_optimizer().values()))


def demonstration(rule: Optimizer) -> RaceSpec:
    """Return the race that shows an optimizer: on the book's bowl, beside the SGD that zigzags there."""
    own = Entry(rule.name, rule.demo, origin=message("chosen to show it here") if rule.demo else "default")
    rival = Entry("sgd", {"lr": 0.95}, origin="book")
    return RaceSpec("elongated_bowl", (own,) if rule.name == rival.optimizer else (own, rival), START, STEPS)


def formula(rule: Optimizer) -> str:
    """Return an optimizer's rule as LaTeX, line by line."""
    return r"\begin{gathered} " + r" \\[0.5em] ".join(formulas(rule)) + r" \end{gathered}"


def price(rule: Optimizer) -> str:
    """Return in words what a step asks the function for."""
    counts = Counter(kind for kind in rule.uses if kind in _EVALUATIONS)
    if rule.varies:
        return message("{kinds}, as many as it needs", kinds=listed([_EVALUATIONS[kind].many for kind in counts]))
    return listed([_EVALUATIONS[kind].counted(count) for kind, count in counts.items()])


def remembers(result: RaceResult, entry: int = 0) -> int:
    """Return how many numbers per coordinate an entry carries from step to step; the race must have kept its states."""
    dimension = result.path.shape[-1]
    shapes = [history.shape[1:] for history in (result.states or ())[entry].values()]
    return sum(math.prod(shape[:-1]) for shape in shapes if shape[-1:] == (dimension,))


def shown(rule: Optimizer) -> RaceResult:
    """Return the race that shows an optimizer, its states kept."""
    return race(demonstration(rule), states=True)


def libraries(rule: Optimizer) -> str:
    """Return what an optimizer was checked against, in words."""
    return joined(", ", dict.fromkeys(one.library for one in summary(proof(rule.name))))


def overview(family: str | None = None) -> pd.DataFrame:
    """Return one row per optimizer (of one family): name, title, family, year, price, libraries, runs, largest deviation.

    Those on matrices are among them: they train networks, and have no recorded runs.
    """
    rules = [rule for rule in every_optimizer().values() if family in (None, rule.family)]
    compared = {rule.name: summary(proof(rule.name)) for rule in rules}
    return pd.DataFrame(
        {
            "name": [rule.name for rule in rules],
            "title": [rule.title for rule in rules],
            "family": [rule.family for rule in rules],
            "year": [rule.year for rule in rules],
            "price": [price(rule) for rule in rules],
            "libraries": [libraries(rule) for rule in rules],
            "runs": [len(proof(rule.name)) for rule in rules],
            "deviation": [max((one.deviation for one in compared[rule.name]), default=float("nan")) for rule in rules],
        }
    )


def proven() -> str:
    """Return in one sentence how well the optimizers agree with what they were checked against."""
    every = [one for name in OPTIMIZERS for one in proof(name)]
    worst = max(every, key=lambda one: one.deviation)
    return message(
        "{count} comparisons with recorded runs of other implementations. The median deviation is {middle:.0e}, the largest "
        "{deviation:.0e} ({optimizer} against {library}, {what}).",
        count=len(every),
        middle=statistics.median(one.deviation for one in every),
        deviation=worst.deviation,
        optimizer=OPTIMIZERS[worst.optimizer].title,
        library=worst.library,
        what=worst.what,
    )


def parameters(rule: Optimizer) -> pd.DataFrame:
    """Return one row per hyper-parameter: name, symbol, default, what is accepted, meaning."""
    return pd.DataFrame(
        [
            {
                "name": parameter.name,
                "symbol": parameter.symbol,
                "default": powers(f"{parameter.default:g}") if parameter.kind != "bool" else str(bool(parameter.default)).lower(),
                "accepted": parameter.expected,
                "meaning": parameter.doc,
            }
            for parameter in rule.parameters
        ]
    )


def evidence(rule: Optimizer) -> pd.DataFrame:
    """Return one row per library and kind of comparison: library, what, runs, functions, steps, deviation."""
    return pd.DataFrame(
        [
            {
                "library": one.library,
                "what": one.what,
                "runs": one.runs,
                "functions": len(one.functions),
                "steps": one.steps,
                "deviation": one.deviation,
            }
            for one in summary(proof(rule.name))
        ]
    )
