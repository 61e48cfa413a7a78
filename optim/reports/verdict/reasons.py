"""Why the winner won: the first telling difference between it and the one behind it, borne by their numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optim.core import metrics
from optim.core.metrics import Travel
from optim.i18n.message import message
from optim.i18n.phrases import sentences, steps
from optim.races.claims.overshoot import Stretch
from optim.races.claims.run import Run
from optim.races.result import RaceResult
from optim.races.status import HOVERING

ZIGZAG = 0.4
"""Share of steps that turn back from which a way counts as a zigzag."""


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


def why(result: RaceResult, first: int, second: int) -> str:
    """Return the first telling difference between the winner and the one behind it, then what the winner's rule does."""
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
    return _ENDED[status.label](duel.names[1], status.reason)


_ENDED: dict[str, Callable[[str, str], str]] = {
    "diverged": lambda name, reason: message("{name} diverged: {reason}.", name=name, reason=reason),
    "left the window": lambda name, reason: message("{name} left the window: {reason}.", name=name, reason=reason),
    "local minimum": lambda name, reason: message("{name} stopped in a local minimum: {reason}.", name=name, reason=reason),
    "saddle": lambda name, reason: message("{name} hangs at a saddle: {reason}.", name=name, reason=reason),
    **dict.fromkeys(
        ("cycling", HOVERING), lambda name, reason: message("{name} does not settle: {reason}.", name=name, reason=reason)
    ),
    "stalled": lambda name, reason: message("{name} stalled: {reason}.", name=name, reason=reason),
}


def _zigzag(duel: _Duel) -> str:
    winner, rival = duel.winner, duel.rival
    if rival.reversals < ZIGZAG or rival.reversals < 1.5 * winner.reversals:
        return ""
    names = {"rival": duel.names[1], "winner": duel.names[0], "other": winner.reversals}
    if rival.reversals == 1:
        turns = message("{rival} zigzags: every step reverses direction ({winner}: {other:.0%}).", **names)
    else:
        turns = message(
            "{rival} zigzags: {share:.0%} of its steps reverse direction ({winner}: {other:.0%}).", share=rival.reversals, **names
        )
    return sentences(turns, _near_the_limit(duel.result, duel.second))


def zigzag(result: RaceResult, i: int) -> str:
    """Return that an entry zigzags, how much, and why, beside nobody; "" where it does not."""
    share = metrics.travel(result.answer[i], result.problem.targets).reversals
    if share < ZIGZAG:
        return ""
    if share == 1:
        turns = message("{name} zigzags: every step reverses direction.", name=result.labels[i])
    else:
        turns = message("{name} zigzags: {share:.0%} of its steps reverse direction.", name=result.labels[i], share=share)
    return sentences(turns, _near_the_limit(result, i))


def _near_the_limit(result: RaceResult, i: int) -> str:
    """Why an entry zigzags: lr times the curvature where it turns back is close to its bound, or ""."""
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
    return message(
        "Its learning rate is close to the stability limit: {product}, and the limit is {bound:.4g}.",
        product=stability.product,
        bound=bound,
    )


def _slow(duel: _Duel) -> str:
    """That the rival is still on its way and made less of it good; said where both went for the same minimum all the time."""
    winner, rival = duel.winner, duel.rival
    if duel.result.status[duel.second].kind != "moving" or not duel.to_one_minimum:
        return ""
    if not (winner.covered > 0.1 and 0 <= rival.covered < 0.8 * winner.covered and rival.length < 0.8 * winner.length):
        return ""
    return message(
        "{rival} was too slow: in {steps} it covered {share:.0%} of the distance to the minimum, {winner} {other:.0%}.",
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
