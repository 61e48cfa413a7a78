"""Who wins from where, and which minimum every entry reaches, as a sentence and a table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.i18n.phrases import listed, percentage, place, steps
from optim.sweeps import scores
from optim.sweeps.reductions import DIVERGED, LEFT, UNSETTLED
from optim.sweeps.result import NOBODY, TIE, SweepResult

MINIMA = 8
"""Minima that are told apart by a name of their own."""


def starts_claim(result: SweepResult) -> str:
    """Return in one sentence who wins from how many of the starts."""
    codes = _winners(result)
    if not codes.size:
        return "Nothing has been run yet."
    won = [float(np.mean(codes == i)) for i in range(len(result.labels))]
    winners = [f"{result.labels[i]} from {percentage(won[i])}" for i in np.argsort(won)[::-1] if won[i]]
    nobody, tied = float(np.mean(codes == NOBODY)), float(np.mean(codes == TIE))
    within = steps(result.spec.race.steps)
    if nobody == 1:
        return f"From no start does anybody reach and keep the target within {within}."
    tail = [f"a tie from {percentage(tied)}"] if tied else []
    tail += [f"nobody from {percentage(nobody)}"] if nobody else []
    head = [f"{winners[0].replace(' from', ' wins from', 1)} of the starts"] if winners else []
    return f"{listed([*head, *winners[1:], *tail])}."


def _winners(result: SweepResult) -> npt.NDArray[np.int8]:
    """Return who wins from every start; the coarse starts, which are everywhere, stand for those still to be run."""
    done, codes = result.fill_from_coarse(result.done).all(axis=0), result.fill_from_coarse(result.winner)
    return np.asarray(codes[done])


def starts_table(result: SweepResult) -> pd.DataFrame:
    """Return per entry the shares of starts: won, target reached, each minimum, left, diverged, unsettled; and the evaluations."""
    codes, evaluations, names = _winners(result), scores.expected_evaluations(result), minima_names(result)
    done, statuses, minima, reached = (
        result.fill_from_coarse(values) for values in (result.done, result.status, result.minimum, result.reached)
    )
    rows = []
    for i, label in enumerate(result.labels):
        status, minimum = statuses[i][done[i]], minima[i][done[i]]
        rows.append(
            {
                "optimizer": label,
                "won": _part(codes == i),
                "reached": _part(reached[i][done[i]]),
                "evaluations": float(np.where(np.isfinite(evaluations[i]), evaluations[i], np.nan)),
                **{name: _part(minimum == k) for k, name in enumerate(names)},
                "other minima": _part(minimum >= len(names)),
                "left the window": _part(status == LEFT),
                "diverged": _part(status == DIVERGED),
                "not settled": _part(status == UNSETTLED),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.drop(columns=[name for name in frame.columns[4:] if not frame[name].any()])


def _part(which: npt.NDArray[np.bool_]) -> float:
    return float(np.mean(which)) if which.size else float("nan")


def minima_names(result: SweepResult) -> tuple[str, ...]:
    """Return the names of the minima that runs ended in: a number and a place; those beyond the eighth have none."""
    if not result.problem.targets and result.problem.minima:
        others = result.minima[len(result.problem.minima) :]
        return ("1: a lowest place",) * len(result.problem.minima) + tuple(
            f"{k}: {place(point)}" for k, point in enumerate(others, start=2)
        )[:MINIMA]
    return tuple(f"{k}: {place(point)}" for k, point in enumerate(result.minima[:MINIMA], start=1))
