"""What differs in how two races ended: clauses that their numbers bear, most important first, and the numbers as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optim.core.claim import Claim
from optim.i18n.message import joined, message
from optim.i18n.phrases import apart
from optim.races.result import RaceResult
from optim.races.status import Kind
from optim.reports.comparison.changes import Pair, changes, matched, pairs
from optim.reports.verdict import verdict

LOST: tuple[Kind, ...] = ("diverged", "left the window")
"""Ends that are told before everything else."""


@dataclass(frozen=True)
class Comparison:
    """What was `changed` from one race to another and what `differs` in how they ended, most important first, in clauses.

    `common` is the number of racers that are in both, `caveat` says what was not compared, if anything.
    """

    changed: tuple[str, ...]
    differs: tuple[str, ...]
    common: int
    caveat: str

    @property
    def changes(self) -> str:
        """What was changed, in one line."""
        return joined(" · ", self.changed) if self.changed else message("nothing was changed")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What differs in how the races ended, or that nothing does, and what was not compared."""
        same = message("every racer that is in both races ends as before")
        return (*(self.differs or (() if self.common == 0 else (same,))), *filter(None, (self.caveat,)))


def compared(before: RaceResult, after: RaceResult) -> Comparison:
    """Return what was changed from one race to another and what differs in how they ended; reasons are not given."""
    both = [_Ends(pair, _end(before, pair.i), _end(after, pair.j)) for pair in pairs(before, after)]
    told = [next(((rank, claim.words(one)) for rank, claim in enumerate(CLAIMS) if claim.holds(one)), None) for one in both]
    winner = _winner(before, after)
    differs = sorted([clause for clause in (*told, winner) if clause is not None], key=lambda clause: clause[0])
    caveat = "" if both else message("no racer is in both races")
    if both and not both[0].comparable:
        caveat = message("final losses on different functions are not compared")
    return Comparison(changes(before, after), tuple(words for _, words in differs), len(both), caveat)


def comparison_table(before: RaceResult, after: RaceResult) -> pd.DataFrame:
    """Return one row per racer and quantity (status, steps to target, final loss): racer, quantity, before, after.

    None stands where a racer is in one race only, or did not reach the target.
    """
    rows: list[tuple[Any, ...]] = []
    for i, j in matched(before.spec, after.spec):
        name = next(result.labels[k] for result, k in ((after, j), (before, i)) if k is not None)
        ends = [None if k is None else _end(result, k) for result, k in ((before, i), (after, j))]
        for quantity, of in _QUANTITIES.items():
            rows.append((name, quantity, *(None if end is None else of(end) for end in ends)))
    return pd.DataFrame(rows, columns=["racer", "quantity", "before", "after"], dtype=object)


@dataclass(frozen=True)
class _End:
    """How a racer ended: its status and what that is called, the step since when, the first step at the target, its final loss."""

    kind: Kind
    label: str
    since: int
    reached: int | None
    loss: float

    @property
    def sort(self) -> str:
        """What is told of it: that it was lost, in one of two ways, reached the target, or ended anywhere else."""
        return self.kind if self.kind in LOST else "at the target" if self.reached is not None else "elsewhere"

    @property
    def step(self) -> int | None:
        """The step that belongs to that, if one does."""
        return self.since if self.kind in LOST else self.reached

    @property
    def words(self) -> str:
        """The end as a clause without its subject."""
        return _ENDS[self.sort](self)


def _end(result: RaceResult, i: int) -> _End:
    status = result.status[i]
    return _End(status.kind, status.label, status.step, result.reached[i], float(result.answer_loss[i, -1]))


_ENDS: dict[str, Callable[[_End], str]] = {
    "diverged": lambda end: message("diverges at step {step}", step=end.step),
    "left the window": lambda end: message("leaves the window at step {step}", step=end.step),
    "at the target": lambda end: message("reaches the target at step {step}", step=end.step),
    "elsewhere": lambda end: message("ends at loss {loss:.3g}", loss=end.loss),
}
_QUANTITIES: dict[str, Callable[[_End], Any]] = {
    "status": lambda end: end.label,
    "steps to target": lambda end: end.reached,
    "final loss": lambda end: end.loss,
}


@dataclass(frozen=True)
class _Ends:
    """A racer that is in both races, and how it ended `then` and `now`."""

    pair: Pair
    then: _End
    now: _End

    @property
    def comparable(self) -> bool:
        """Whether both losses are values of one function, whatever its dials."""
        return self.pair.before.spec.problem == self.pair.after.spec.problem

    @property
    def losses(self) -> tuple[str, str]:
        """The final losses, then and now, with as many digits as tell them apart."""
        then, now = apart(self.then.loss, self.now.loss)
        return then, now

    @property
    def loss_differs(self) -> bool:
        """Whether two finite losses of one function read differently; where a racer is lost, its loss says nothing more."""
        finite = np.isfinite([self.then.loss, self.now.loss]).all()
        return self.comparable and self.now.kind not in LOST and bool(finite) and self.losses[0] != self.losses[1]

    def sorts(self, *named: str) -> bool:
        """Whether the two ends are told differently and one of them is of a sort named here."""
        return self.then.sort != self.now.sort and bool({self.then.sort, self.now.sort} & set(named))


def _another_end(ends: _Ends) -> str:
    return message("{name} now {now} (before: {then})", name=ends.pair.name, now=ends.now.words, then=ends.then.words)


def _another_step(ends: _Ends) -> str:
    return message("{name} now {now}, before at {then}", name=ends.pair.name, now=ends.now.words, then=ends.then.step)


def _another_loss_and_status(ends: _Ends) -> str:
    then, now = ends.losses
    return message(
        "{name} now ends at loss {now} ({status}), before at {then} ({other})",
        name=ends.pair.name,
        now=now,
        status=ends.now.label,
        then=then,
        other=ends.then.label,
    )


def _another_status(ends: _Ends) -> str:
    return message(
        "{name}'s final status changes from {then} to {now}", name=ends.pair.name, now=ends.now.label, then=ends.then.label
    )


def _another_loss(ends: _Ends) -> str:
    then, now = ends.losses
    return message("{name} now ends at loss {now}, before at {then}", name=ends.pair.name, now=now, then=then)


CLAIMS: tuple[Claim[_Ends], ...] = (
    Claim(_another_end, lambda ends: ends.now.kind in LOST and ends.sorts(*LOST)),
    Claim(_another_end, lambda ends: ends.sorts(*LOST)),
    Claim(_another_end, lambda ends: ends.sorts("at the target")),
    Claim(_another_step, lambda ends: ends.then.sort == ends.now.sort and ends.then.step != ends.now.step),
    Claim(_another_loss_and_status, lambda ends: ends.then.label != ends.now.label and ends.loss_differs),
    Claim(_another_status, lambda ends: ends.then.label != ends.now.label),
    Claim(_another_loss, lambda ends: ends.loss_differs),
)
"""What can be said of one racer; only the first that holds is, and clauses about all racers are sorted by their place here."""
AFTER_LOST = 1.5
"""The winner's place among them: behind the racers that are lost or found again, before those at the target."""


def _winner(before: RaceResult, after: RaceResult) -> tuple[float, str] | None:
    """Say that another racer wins; only where at least two race both times."""
    if min(len(before.labels), len(after.labels)) < 2:
        return None
    then, now = verdict(before).winner, verdict(after).winner
    if (then, now) in {(None, None), *((pair.i, pair.j) for pair in pairs(before, after))}:
        return None
    if now is None:
        return AFTER_LOST, message("nobody wins now, before {name}", name="" if then is None else before.labels[then])
    if then is None:
        return AFTER_LOST, message("{name} wins now, before nobody", name=after.labels[now])
    return AFTER_LOST, message("{name} wins now, before {other}", name=after.labels[now], other=before.labels[then])
