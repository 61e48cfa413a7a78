"""The verdict: who won and why, in sentences made from the result's fields alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optim import metrics
from optim.known import falling, source
from optim.metrics import Travel
from optim.result import RaceResult
from optim.status import Run, stability
from optim.wording import apart, listed, place, steps

SAME = 1e-9
"""Final losses closer than this, relative to their size, are a tie."""
ZIGZAG = 0.4
"""Share of steps that turn back from which a way counts as a zigzag."""


@dataclass(frozen=True)
class Verdict:
    """Who won: `winner` is the entry's index, None where nobody can be said to have won.

    `headline` is the answer, `margin` how clear it is and `why` the reason; the latter two may be empty.
    """

    winner: int | None
    headline: str
    margin: str
    why: str


def verdict(result: RaceResult) -> Verdict:
    """Return who won the race and why."""
    first, alone = result.order[0], len(result.order) == 1
    reason = _capital(f"{result.status[first].reason}.") if alone else f"{result.labels[first]}: {result.status[first].reason}."
    if all(status.kind == "diverged" for status in result.status) and result.problem.bounded:
        return Verdict(None, "It diverged." if alone else "Nobody finished: every run diverged.", "", reason)
    if result.status[first].kind == "diverged" and result.problem.bounded:
        return Verdict(None, f"Nobody won: {result.labels[first]} got lowest, but it diverged.", "", reason)
    if result.reached[first] is None and not result.answer_loss[first, -1] < result.answer_loss[first, 0]:
        return Verdict(
            None, "It ended no lower than it started." if alone else "Nobody won: no racer ended lower than it started.", "", reason
        )
    if alone:
        return Verdict(first, _alone(result), "", reason)
    tied = _tied(result)
    if len(tied) > 1:
        return Verdict(None, f"A tie between {listed([result.labels[i] for i in tied])}: each {_score(result, first)}.", "", "")
    second = result.order[1]
    return Verdict(first, _headline(result, first), _margin(result, first, second), _why(result, first, second))


def _alone(result: RaceResult) -> str:
    name, hit = result.labels[0], result.reached[0]
    if hit is not None:
        return f"{name} reached the target at step {hit}."
    return f"{name} ran alone: after {steps(result.taken[0])} its loss is {_number(result.answer_loss[0, -1])}."


def _headline(result: RaceResult, first: int) -> str:
    name = result.labels[first]
    if result.reached[first] is not None:
        return f"{name} won: it {_score(result, first)}."
    end, taken = apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[0], steps(result.taken[first])
    if result.lowest is None:
        return f"{name} got lowest: {end} after {taken}."
    outside = "" if result.inside[first] else ", but outside the window"
    return f"{name} won: its loss after {taken} is {end}{outside}."


def _margin(result: RaceResult, first: int, second: int) -> str:
    if result.reached[first] is not None:
        rest = "Nobody else did." if result.reached[second] is None else f"{result.labels[second]} {_score(result, second)}."
        return rest + _places(result) + _lost(result)
    behind = _capital(f"{_behind(result, first, second)}.")
    if result.lowest is None:
        return f"{behind} {_capital(falling(result.problem))}, so there is no lowest value to reach."
    known = {"known": "lowest value", "found": "lowest minimum found in the window"}.get(source(result.problem, result.lowest))
    missed = f" Nobody stayed within {result.target:.3g} of the {known} yet." if known else ""
    return behind + _places(result) + missed + _lost(result)


def _lost(result: RaceResult) -> str:
    """Who else was lost on the way: diverged or left the window, behind the first two."""
    told = []
    for kind in ("diverged", "left the window"):
        names = [result.labels[i] for i in result.order[2:] if result.status[i].kind == kind]
        if names and result.problem.bounded:
            told.append(f" {listed(names)} {kind}.")
    return "".join(told)


def _places(result: RaceResult) -> str:
    """Who ended in which minimum, where the function has several and they differ."""
    nearest = {
        result.labels[i]: metrics.nearest(result.answer[i, -1], result.problem.targets)
        for i, status in enumerate(result.status)
        if status.kind == "converged" and result.problem.targets
    }
    if len(set(nearest.values())) < 2:
        return ""
    return f" They ended in different minima: {listed([f'{name} in {place(point)}' for name, point in nearest.items()])}."


def _behind(result: RaceResult, first: int, second: int) -> str:
    name = result.labels[second]
    if not np.isfinite(result.answer_loss[second, -1]):
        return f"{name} diverged"
    with np.errstate(all="ignore"):
        times = result.answer_loss[second, -1] / result.answer_loss[first, -1]
    ahead = f" ({times:.3g} times as much)" if result.lowest == 0 and 1.05 < times < 1e6 else ""
    return f"next is {name} with {apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[1]}{ahead}"


def _score(result: RaceResult, i: int) -> str:
    hit = result.reached[i]
    if hit is None:
        return f"ended at loss {_number(result.answer_loss[i, -1])}"
    looks = int(result.evaluations[i, hit])
    return f"reached the target at step {hit}, after {looks} evaluation{'s' if looks != 1 else ''}"


def _tied(result: RaceResult) -> list[int]:
    """Entries that cannot be told from the first: same evaluations to the target, or the same final loss to nine digits."""

    def score(i: int) -> tuple[bool, float]:
        hit = result.reached[i]
        return (False, float(result.answer_loss[i, -1])) if hit is None else (True, float(result.evaluations[i, hit]))

    hit, best = score(result.order[0])
    close = 0.0 if hit else SAME * max(1.0, abs(best))
    return [i for i in result.order if score(i)[0] == hit and abs(score(i)[1] - best) <= close]


@dataclass(frozen=True)
class _Duel:
    """The winner and the one behind it, by index, and how each moved."""

    result: RaceResult
    first: int
    second: int
    winner: Travel
    rival: Travel

    @property
    def names(self) -> tuple[str, str]:
        return self.result.labels[self.first], self.result.labels[self.second]


def _why(result: RaceResult, first: int, second: int) -> str:
    """The first telling difference between the winner and the one behind it, then what the winner's rule does."""
    first_way, second_way = (metrics.travel(result.answer[i], result.problem.targets) for i in (first, second))
    duel = _Duel(result, first, second, first_way, second_way)
    difference = next(filter(None, (explain(duel) for explain in _EXPLANATIONS)), "")
    rule = result.spec.entries[first].rule
    if rule == result.spec.entries[second].rule:
        return difference or "Same method, other settings."
    return f"{difference} {result.labels[first]} {rule.idea}".strip()


def _escaped(duel: _Duel) -> str:
    result, (winner, rival) = duel.result, duel.names
    if result.problem.bounded:
        return ""
    left = {i: metrics.kept_from(~metrics.inside(result.answer[i], result.problem.domain)) for i in (duel.first, duel.second)}
    if set(left.values()) == {None}:
        return ""
    ends = {i: "is still inside the window" if step is None else f"left the window at step {step}" for i, step in left.items()}
    return f"{winner} {ends[duel.first]}, {rival} {ends[duel.second]}."


def _rival_failed(duel: _Duel) -> str:
    status = duel.result.status[duel.second]
    if status.kind not in _ENDED or status.kind == duel.result.status[duel.first].kind:
        return ""
    return f"{duel.names[1]} {_ENDED[status.kind]}: {status.reason}."


_ENDED = {
    "diverged": "diverged",
    "left the window": "left the window",
    "local minimum": "stopped in a local minimum",
    "saddle": "hangs at a saddle",
    "cycling": "does not settle",
}


def _zigzag(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if rival.reversals < ZIGZAG or rival.reversals < 1.5 * winner.reversals:
        return ""
    return (
        f"{duel.names[1]} zigzags: {rival.reversals:.0%} of its steps turn back{_near_the_limit(duel)}, "
        f"against {winner.reversals:.0%} for {duel.names[0]}."
    )


def _near_the_limit(duel: _Duel) -> str:
    result, i = duel.result, duel.second
    spec, last = result.spec, result.taken[i]
    run = Run(spec.entries[i], result.problem, result.answer[i], result.answer_loss[i], result.lowest, spec.noise, spec.steps)
    measured = stability(run, 0, last)
    if measured is None or not 0.9 * measured[2] <= measured[0] * measured[1] <= measured[2]:
        return ""
    lr, curvature, bound = measured
    return f", because lr x curvature = {lr:g} x {curvature:.3g} = {lr * curvature:.3g} is close to its limit {bound:.3g}"


def _slow(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if not (winner.covered > 0.1 and rival.covered < 0.8 * winner.covered and rival.length < 0.8 * winner.length):
        return ""
    return (
        f"{duel.names[1]} was too slow: in {steps(duel.result.taken[duel.second])} it made good "
        f"{max(rival.covered, 0):.0%} of the way to the minimum, {duel.names[0]} {winner.covered:.0%}."
    )


def _detour(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if not (np.isfinite(rival.detour) and rival.detour > 1.2 * winner.detour):
        return ""
    return (
        f"{duel.names[1]} went {rival.detour:.3g} times as far as the straight line from its start to its end, "
        f"{duel.names[0]} {'went almost straight' if winner.detour < 1.05 else f'only {winner.detour:.3g} times'}."
    )


_EXPLANATIONS: tuple[Callable[[_Duel], str], ...] = (_escaped, _rival_failed, _zigzag, _slow, _detour)


def _number(value: float) -> str:
    return f"{value:.3g}"


def _capital(text: str) -> str:
    return text if text.startswith("lr ") else text[:1].upper() + text[1:]
