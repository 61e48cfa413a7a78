"""Who wins from where, and which minimum every entry reaches, as a sentence and a table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.core import metrics
from optim.i18n.message import message
from optim.i18n.phrases import clauses, percentage, place, sentences, steps
from optim.sweeps import scores
from optim.sweeps.reductions import DIVERGED, LEFT, UNSETTLED
from optim.sweeps.result import NOBODY, TIE, SweepResult

MINIMA = 8
"""Minima that are told apart by a name of their own."""
MOSTLY = 0.8
"""Share of an entry's wins in one half of the starts from which they are said to be mostly there."""


def starts_claim(result: SweepResult) -> str:
    """Return who wins from how many of the starts, and from where where that can be told, and from how many it is a tie."""
    codes = _everywhere(result, result.winner)
    if not codes.size:
        return message("Starting ...")
    won = [float(np.mean(codes == i)) for i in range(len(result.labels))]
    nobody, tied = float(np.mean(codes == NOBODY)), float(np.mean(codes == TIE))
    within = steps(result.spec.race.steps)
    if not result.reached.any():
        return _none_arrives(result, within)
    regions = _regions(result)
    order = [int(i) for i in np.argsort(won)[::-1] if won[i]]
    parts = [_wins(result.labels[i], won[i], _where(codes == i, regions), first=i == order[0]) for i in order]
    if not parts:
        alike = message("It is a tie from {share} of the starts.", share=percentage(tied))
        return sentences(alike, message("From {share} nobody reaches the target.", share=percentage(nobody)) if nobody else "")
    if nobody:
        parts.append(message("nobody from {share}", share=percentage(nobody)))
    tie = message("It is a tie from {share}.", share=percentage(tied)) if tied else ""
    return sentences(message("{parts}.", parts=clauses(parts)), tie)


def _none_arrives(result: SweepResult, within: str) -> str:
    """Return that no entry reaches the target from any start, and who ends lowest from most of them, where ends can be compared."""
    codes = _everywhere(result, result.ends_lowest)
    share, i = max((float(np.mean(codes == i)), i) for i in range(len(result.labels)))
    if not share or len(result.labels) == 1:
        return message("No optimizer reaches and keeps the target within {steps}, from any start.", steps=within)
    return message(
        "No optimizer reaches and keeps the target within {steps}, from any start. {name} ends lowest from {share} of them.",
        steps=within,
        name=result.labels[i],
        share=percentage(share),
    )


def _wins(name: str, share: float, where: str, *, first: bool) -> str:
    """Return from how many starts one entry wins; the first of a sentence has its verb."""
    said = {"name": name, "share": percentage(share), "where": where}
    if first:
        return message("{name} wins from {share} of the starts{where}", **said)
    return message("{name} from {share}{where}", **said)


def _regions(result: SweepResult) -> dict[str, npt.NDArray[np.bool_]]:
    """Return the halves of the starts that were run, by what they are called: left, right, lower, upper, near and far."""
    points = result.spec.start_points[:, result.fill_from_coarse(result.done).all(axis=(0, -1))]
    x, y = points - np.median(points, axis=1, keepdims=True)
    halves: dict[str, npt.NDArray[np.bool_]] = {
        message(" (mostly on the left)"): x < 0,
        message(" (mostly on the right)"): x > 0,
        message(" (mostly in the lower half)"): y < 0,
        message(" (mostly in the upper half)"): y > 0,
    }
    if result.problem.targets:
        away = metrics.distance(points.T, list(result.problem.targets))
        near = away < np.median(away)
        halves |= {message(" (mostly near the minimum)"): near, message(" (mostly far from the minimum)"): ~near}
    return halves


def _where(wins: npt.NDArray[np.bool_], regions: dict[str, npt.NDArray[np.bool_]]) -> str:
    """Return in which half of the starts an entry has most of its wins, or "" where it has them in both."""
    share = {words: float(np.mean(half[wins.ravel()])) for words, half in regions.items()}
    best = max(share, key=lambda words: share[words])
    return best if share[best] >= MOSTLY else ""


def _everywhere(result: SweepResult, first: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Return who is first from every start; the coarse starts, which are everywhere, stand for those still to be run."""
    done, codes = result.fill_from_coarse(result.done).all(axis=0), result.fill_from_coarse(first)
    return np.asarray(codes[done])


def starts_table(result: SweepResult) -> pd.DataFrame:
    """Return per entry the shares of starts: won, target reached, each minimum, left, diverged, unsettled; and the evaluations.

    Where no entry reaches the target from any start, `lowest` is the share from which it ends lowest.
    """
    codes, evaluations, names = _everywhere(result, result.winner), scores.expected_evaluations(result), minima_names(result)
    low = _everywhere(result, result.ends_lowest) if not result.reached.any() else np.empty(0, dtype=np.int8)
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
                "lowest": float(np.mean(low == i)) if low.size else 0.0,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.drop(columns=[name for name in frame.columns[4:] if not frame[name].any()])


def _part(which: npt.NDArray[np.bool_]) -> float:
    return float(np.mean(which)) if which.size else float("nan")


def minima_names(result: SweepResult) -> tuple[str, ...]:
    """Return the names of the minima that runs ended in: a number and a place; those beyond the eighth have none."""
    return tuple(_named(result, k) for k in range(min(len(result.minima), MINIMA)))


def _named(result: SweepResult, k: int) -> str:
    """Return the name of the minimum k: one that stands for many is no place of its own."""
    if k not in result.lines:
        return f"{k + 1}: {place(result.minima[k])}"
    if k < result.lowest_minima:
        return message("1: a lowest place")
    return message("{number}: a line through {place}", number=k + 1, place=place(result.minima[k]))
