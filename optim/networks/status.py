"""How a training ended, in the words of a race: a claim is made only where this run's own numbers bear it."""

from dataclasses import dataclass

import numpy as np

from optim.core import metrics
from optim.core.types import Array
from optim.i18n.message import message, plural
from optim.races.status import Status

LOST = 100.0
"""A training loss of so many times the first one counts as diverged."""
SURE = 2.0
"""A difference of means counts from so many standard errors on."""
STILL = 1e-6
"""A fall of less than this share of the loss is none."""


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
    """Whether the training loss of the last marks is below that of as many before, on average and by more than chance.

    All examples are looked at, not a batch: batches differ by more than a network learns in a few steps.
    """
    last, few = run.marks[-1], max(1, len(run.marks) // 5)
    if 2 * few > len(run.marks):
        return Status("stalled", last, message("it took no step"))
    earlier, later = run.train_loss[-2 * few : -few], run.train_loss[-few:]
    fall, doubt = float(earlier.mean() - later.mean()), float(np.hypot(earlier.std(), later.std()) / few**0.5)
    means, count = {"earlier": float(earlier.mean()), "later": float(later.mean())}, last - run.marks[-2 * few]
    if fall > max(SURE * doubt, STILL * abs(means["earlier"])):
        reason = plural(
            "the training loss fell from {earlier:.3g} to {later:.3g} within its last step",
            "the training loss fell from {earlier:.3g} to {later:.3g} on average within its last {count} steps",
            count,
            **means,
        )
        return Status("moving", last, reason)
    reason = plural(
        "the training loss did not fall beyond chance in its last step: {earlier:.3g} before it, then {later:.3g}",
        "the training loss did not fall beyond chance in its last {count} steps: {earlier:.3g} on average, then {later:.3g}",
        count,
        **means,
    )
    return Status("stalled", last, reason)
