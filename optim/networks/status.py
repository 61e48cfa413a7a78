"""How a training ended, in the words of a race: a claim is made only where this run's own numbers bear it."""

from dataclasses import dataclass

import numpy as np

from optim.core import metrics
from optim.core.types import Array
from optim.i18n.message import message
from optim.races.status import Status

LOST = 100.0
"""A training loss of so many times the first one counts as diverged."""
FEW = 10
"""The fewest losses that are compared with as many before them."""
SURE = 2.0
"""A difference of means counts from so many standard errors on."""


@dataclass(frozen=True)
class Training:
    """One entry's numbers: the batch's `loss` by step up to the last it took, the `train_loss` on all examples at `marks`."""

    loss: Array
    train_loss: Array
    marks: tuple[int, ...]
    target: float
    stopped: bool


def classify(run: Training) -> Status:
    """Return the status of a training; the first rule that applies decides."""
    return _lost(run) or _converged(run) or _trend(run)


def _lost(run: Training) -> Status | None:
    """Not finite, or a hundred times the first loss."""
    last = len(run.loss) - 1
    finite = np.isfinite(run.train_loss)
    if run.stopped or not np.isfinite(run.loss[-1]) or not finite[-1]:
        if last == 0:
            return Status("diverged", 0, message("the loss has no finite value at the start"))
        return Status(
            "diverged",
            last,
            message("the loss overflowed after step {step}; it was {loss:.3g} before", step=last, loss=_before(run)),
        )
    first, final = float(run.train_loss[0]), float(run.train_loss[-1])
    if final > LOST * first:
        since = metrics.kept_from(run.train_loss > LOST * first)
        return Status(
            "diverged",
            run.marks[since or 0],
            message("the training loss rose from {first:.3g} to {final:.3g}", first=first, final=final),
        )
    return None


def _before(run: Training) -> float:
    finite = run.loss[np.isfinite(run.loss)]
    return float(finite[-1]) if len(finite) else float("nan")


def _converged(run: Training) -> Status | None:
    hit = metrics.reached(run.train_loss, run.target) if len(run.marks) > 1 else None
    if hit is None:
        return None
    reason = message("the training loss stays within {target:.3g} since step {step}", target=run.target, step=run.marks[hit])
    return Status("converged", run.marks[hit], reason)


def _trend(run: Training) -> Status:
    """Whether the mean of the last losses is below that of as many before by more than chance: batches differ."""
    last = len(run.loss) - 1
    few = max(FEW, last // 10)
    if 2 * few > last + 1:
        first, final = float(run.train_loss[0]), float(run.train_loss[-1])
        return Status("moving", last, message("the training loss went from {first:.3g} to {final:.3g}", first=first, final=final))
    earlier, later = run.loss[-2 * few : -few], run.loss[-few:]
    fall, doubt = float(earlier.mean() - later.mean()), float(np.hypot(earlier.std(), later.std()) / few**0.5)
    values = {"earlier": float(earlier.mean()), "later": float(later.mean()), "few": few}
    if fall > SURE * doubt:
        reason = message(
            "the mean loss fell from {earlier:.3g} to {later:.3g} within the last {few} steps and as many before", **values
        )
        return Status("moving", last, reason)
    reason = message(
        "the mean loss did not fall by more than chance: {earlier:.3g} over {few} steps, then {later:.3g} over the last {few}",
        **values,
    )
    return Status("stalled", last, reason)
