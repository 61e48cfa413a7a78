"""The verdict: who won and why, in sentences made from the result's fields alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optim.core import metrics
from optim.core.metrics import Travel
from optim.i18n.message import message, plural, transformed
from optim.i18n.phrases import apart, capital, listed, place, sentences, steps
from optim.problems.lowest_value import falling, lowest_value_source
from optim.races.claims.overshoot import Stretch
from optim.races.claims.run import Run
from optim.races.claims.whereabouts import listed_minimum
from optim.races.result import RaceResult
from optim.races.status import Kind

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
    name, status = result.labels[first], result.status[first]
    reason = message("{name}: {reason}.", name=name, reason=status.reason)
    if alone:
        reason = transformed(message("{reason}.", reason=status.reason), _capital)
    if all(status.kind == "diverged" for status in result.status) and result.problem.bounded:
        return Verdict(None, message("It diverged.") if alone else message("Nobody finished: every run diverged."), "", reason)
    if status.kind == "diverged" and result.problem.bounded:
        return Verdict(None, message("Nobody won: {name} got lowest, but it diverged.", name=name), "", reason)
    if result.reached[first] is None and not result.answer_loss[first, -1] < result.answer_loss[first, 0]:
        lost = (
            message("It ended no lower than it started.") if alone else message("Nobody won: no racer ended lower than it started.")
        )
        return Verdict(None, lost, "", reason)
    if alone:
        return Verdict(first, _alone(result), "", reason)
    tied = _tied(result)
    if len(tied) > 1:
        names = listed([result.labels[i] for i in tied])
        return Verdict(None, message("A tie between {names}: each {score}.", names=names, score=_score(result, first)), "", "")
    second = result.order[1]
    return Verdict(first, _headline(result, first), _margin(result, first, second), _why(result, first, second))


def _alone(result: RaceResult) -> str:
    name, hit = result.labels[0], result.reached[0]
    if hit is not None:
        return message("{name} reached the target at step {step}.", name=name, step=hit)
    return message(
        "{name} ran alone: after {steps} its loss is {loss:.3g}.",
        name=name,
        steps=steps(result.taken[0]),
        loss=float(result.answer_loss[0, -1]),
    )


def _headline(result: RaceResult, first: int) -> str:
    name = result.labels[first]
    if result.reached[first] is not None:
        return message("{name} won: it {score}.", name=name, score=_score(result, first))
    end, taken = apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[0], steps(result.taken[first])
    if result.lowest is None:
        return message("{name} got lowest: {loss} after {steps}.", name=name, loss=end, steps=taken)
    if result.inside[first]:
        return message("{name} won: its loss after {steps} is {loss}.", name=name, loss=end, steps=taken)
    return message("{name} won: its loss after {steps} is {loss}, but outside the window.", name=name, loss=end, steps=taken)


def _margin(result: RaceResult, first: int, second: int) -> str:
    if result.reached[first] is not None:
        rest = message("Nobody else did.")
        if result.reached[second] is not None:
            rest = message("{name} {score}.", name=result.labels[second], score=_score(result, second))
        return sentences(rest, _places(result), *_lost(result))
    behind = _behind(result, first, second)
    if result.lowest is None:
        fallen = transformed(falling(result.problem), _capital)
        return sentences(behind, message("{falling}, so there is no lowest value to reach.", falling=fallen))
    return sentences(behind, _places(result), _missed(result), *_lost(result))


def _missed(result: RaceResult) -> str:
    whence = lowest_value_source(result.problem, result.lowest)
    if whence == "known":
        return message("Nobody stayed within {target:.3g} of the lowest value yet.", target=result.target)
    if whence == "found":
        return message("Nobody stayed within {target:.3g} of the lowest minimum found in the window yet.", target=result.target)
    return ""


def _lost(result: RaceResult) -> list[str]:
    """Who else was lost on the way: diverged or left the window, behind the first two."""
    told = []
    for kind, tell in _LOST.items():
        names = [result.labels[i] for i in result.order[2:] if result.status[i].kind == kind]
        if names and result.problem.bounded:
            told.append(tell(listed(names)))
    return told


_LOST: dict[Kind, Callable[[str], str]] = {
    "diverged": lambda names: message("{names} diverged.", names=names),
    "left the window": lambda names: message("{names} left the window.", names=names),
}


def _places(result: RaceResult) -> str:
    """Who ended in which minimum, where the function has several and they differ."""
    ends = {
        result.labels[i]: listed_minimum(result.problem, result.answer[i, -1])
        for i, status in enumerate(result.status)
        if status.kind == "converged"
    }
    known = {name: point for name, point in ends.items() if point is not None}
    if len(set(known.values())) < 2:
        return ""
    each = listed([message("{name} in {place}", name=name, place=place(point)) for name, point in known.items()])
    return message("They ended in different minima: {each}.", each=each)


def _behind(result: RaceResult, first: int, second: int) -> str:
    name = result.labels[second]
    if not np.isfinite(result.answer_loss[second, -1]):
        return transformed(_LOST["diverged"](name), _capital)
    with np.errstate(all="ignore"):
        times = result.answer_loss[second, -1] / result.answer_loss[first, -1]
    loss = apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[1]
    if result.lowest == 0 and 1.05 < times < 1e6:
        return message("Next is {name} with {loss} ({times:.3g} times as much).", name=name, loss=loss, times=float(times))
    return message("Next is {name} with {loss}.", name=name, loss=loss)


def _score(result: RaceResult, i: int) -> str:
    hit = result.reached[i]
    if hit is None:
        return message("ended at loss {loss:.3g}", loss=float(result.answer_loss[i, -1]))
    return plural(
        "reached the target at step {step}, after {count} evaluation",
        "reached the target at step {step}, after {count} evaluations",
        int(result.evaluations[i, hit]),
        step=hit,
    )


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

    @property
    def to_one_minimum(self) -> bool:
        """Whether one known minimum is the nearest to the start and to both ends."""
        targets, answer = self.result.problem.targets, self.result.answer
        ends = [answer[self.first, 0], answer[self.first, -1], answer[self.second, -1]]
        return bool(targets) and len({metrics.nearest(point, targets) for point in ends}) == 1


def _why(result: RaceResult, first: int, second: int) -> str:
    """The first telling difference between the winner and the one behind it, then what the winner's rule does."""
    first_way, second_way = (metrics.travel(result.answer[i], result.problem.targets) for i in (first, second))
    duel = _Duel(result, first, second, first_way, second_way)
    difference = next(filter(None, (explain(duel) for explain in _EXPLANATIONS)), "")
    entry = result.spec.entries[first]
    if entry.rule == result.spec.entries[second].rule:
        return difference or message("Same method, other settings.")
    # A modifier changes the gradient or the step, and with it what the rule does by itself.
    idea = "" if entry.modifiers else entry.rule.idea_with(entry.hyper)
    return sentences(difference, message("{name} {idea}", name=result.labels[first], idea=idea) if idea else "")


def _escaped(duel: _Duel) -> str:
    result, (winner, rival) = duel.result, duel.names
    if result.problem.bounded:
        return ""
    left = {i: metrics.kept_from(~metrics.inside(result.answer[i], result.problem.domain)) for i in (duel.first, duel.second)}
    if set(left.values()) == {None}:
        return ""
    ends = {
        i: message("is still inside the window") if step is None else message("left the window at step {step}", step=step)
        for i, step in left.items()
    }
    return message(
        "{winner} {its_end}, {rival} {other_end}.",
        winner=winner,
        its_end=ends[duel.first],
        rival=rival,
        other_end=ends[duel.second],
    )


def _rival_failed(duel: _Duel) -> str:
    status = duel.result.status[duel.second]
    if status.kind not in _ENDED or status.kind == duel.result.status[duel.first].kind:
        return ""
    return _ENDED[status.kind](duel.names[1], status.reason)


_ENDED: dict[Kind, Callable[[str, str], str]] = {
    "diverged": lambda name, reason: message("{name} diverged: {reason}.", name=name, reason=reason),
    "left the window": lambda name, reason: message("{name} left the window: {reason}.", name=name, reason=reason),
    "local minimum": lambda name, reason: message("{name} stopped in a local minimum: {reason}.", name=name, reason=reason),
    "saddle": lambda name, reason: message("{name} hangs at a saddle: {reason}.", name=name, reason=reason),
    "cycling": lambda name, reason: message("{name} does not settle: {reason}.", name=name, reason=reason),
    "stalled": lambda name, reason: message("{name} stalled: {reason}.", name=name, reason=reason),
}


def _zigzag(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if rival.reversals < ZIGZAG or rival.reversals < 1.5 * winner.reversals:
        return ""
    return message(
        "{rival} zigzags: {share:.0%} of its steps turn back{cause}, against {other:.0%} for {winner}.",
        rival=duel.names[1],
        share=rival.reversals,
        cause=_near_the_limit(duel),
        other=winner.reversals,
        winner=duel.names[0],
    )


def _near_the_limit(duel: _Duel) -> str:
    """Why the rival zigzags: lr times the curvature where it turns back is close to its bound, or ""."""
    result, i = duel.result, duel.second
    taken = slice(result.taken[i] + 1)
    run = Run(
        entry=result.spec.entries[i],
        problem=result.problem,
        path=result.answer[i, taken],
        loss=result.answer_loss[i, taken],
        lowest=result.lowest,
        noise=result.spec.noise,
        steps=result.spec.steps,
        moved=result.path[i, taken],
        moved_loss=result.loss[i, taken],
    )
    stability = Stretch(run, 0, run.last).stability
    _, _, product, bound = stability.shown
    if not 0.9 * bound <= product <= bound:
        return ""
    return message(", because {product} is close to its limit {bound:.4g}", product=stability.product, bound=bound)


def _slow(duel: _Duel) -> str:
    """That the rival is still on its way and made less of it good; said where both went for the same minimum all the time."""
    winner, rival = duel.winner, duel.rival
    if duel.result.status[duel.second].kind != "moving" or not duel.to_one_minimum:
        return ""
    if not (winner.covered > 0.1 and 0 <= rival.covered < 0.8 * winner.covered and rival.length < 0.8 * winner.length):
        return ""
    return message(
        "{rival} was too slow: in {steps} it made good {share:.0%} of the way to the minimum, {winner} {other:.0%}.",
        rival=duel.names[1],
        steps=steps(duel.result.taken[duel.second]),
        share=rival.covered,
        winner=duel.names[0],
        other=winner.covered,
    )


def _detour(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if not (np.isfinite(rival.detour) and rival.detour > 1.2 * winner.detour):
        return ""
    return message(
        "{rival} went {times:.3g} times as far as the straight line from its start to its end, {winner} {other}.",
        rival=duel.names[1],
        times=rival.detour,
        winner=duel.names[0],
        other=message("went almost straight") if winner.detour < 1.05 else message("only {times:.3g} times", times=winner.detour),
    )


_EXPLANATIONS: tuple[Callable[[_Duel], str], ...] = (_escaped, _rival_failed, _zigzag, _slow, _detour)


def _capital(text: str) -> str:
    return text if text.startswith("lr ") else capital(text)
