"""What many races say, in sentences and tables: which learning rates work, who wins from where."""

import numpy as np
import pandas as pd

from optim import scores
from optim.sweep_result import NOBODY, TIE, SweepResult
from optim.tally import DIVERGED, LEFT, UNSETTLED
from optim.wording import listed, place


def rates_claim(result: SweepResult) -> str:
    """Return in one or two sentences over how wide a window of values each entry works, widest first."""
    windows = [(scores.window(result, i), label) for i, label in enumerate(result.labels)]
    some = [(window, label) for window, label in windows if window is not None]
    none = [label for window, label in windows if window is None]
    if not some:
        rows = scores.standings(result).iloc[0]
        return (
            f"No learning rate brings half of the starts to the target within {result.spec.race.steps} steps. "
            f"Nearest came {rows.optimizer} at {rows.lr:.3g}, with a median end gap of {rows.median_gap:.2g}."
        )
    some.sort(key=lambda pair: -pair[0].width)
    first = _window_words(result, *some[0], full=True)
    others = [_window_words(result, *pair, full=False) for pair in some[1:]]
    more = f" {listed(none)} {'works' if len(none) == 1 else 'work'} at none within {result.spec.race.steps} steps." if none else ""
    return f"{', '.join([first, *others])}.{more}"


def _window_words(result: SweepResult, window: scores.Window, label: str, *, full: bool) -> str:
    unit = " decades of learning rates" if full else ""
    ends = _grid_ends(result)
    beyond = ", the end of the grid" if window.high == ends[1] or window.low == ends[0] else ""
    return f"{label} {'works over ' if full else ''}{window.width:.1f}{unit} ({window.low:.2g} to {window.high:.2g}{beyond})"


def _grid_ends(result: SweepResult) -> tuple[float, float]:
    values = next(own[0][1] for own in map(result.spec.own_axes, range(len(result.labels))) if own[0][0])
    return values[0], values[-1]


def starts_claim(result: SweepResult) -> str:
    """Return in one sentence who wins from how many of the starts."""
    won, done = _won(result), int(result.done.all(axis=0).sum())
    if not done:
        return "Nothing has been run yet."
    order = np.argsort(-won, kind="stable")
    winners = [f"{result.labels[i]} from {won[i] / done:.0%}" for i in order if won[i]]
    codes = result.winner[result.done.all(axis=0)]
    nobody, tied = float(np.mean(codes == NOBODY)), float(np.mean(codes == TIE))
    steps = result.spec.race.steps
    if not winners and not tied:
        return f"From no start does anybody reach and keep the target within {steps} steps."
    tail = [f"nobody from {nobody:.0%}"] if nobody else []
    tail += [f"a tie from {tied:.0%}"] if tied else []
    head = f"{winners[0].replace(' from', ' wins from', 1)} of the starts" if winners else ""
    return f"{', '.join(filter(None, [head, *winners[1:], *tail]))}."


def _won(result: SweepResult) -> "np.typing.NDArray[np.int64]":
    codes = result.winner[result.done.all(axis=0)]
    return np.array([int(np.count_nonzero(codes == i)) for i in range(len(result.labels))])


def starts_table(result: SweepResult) -> pd.DataFrame:
    """Return per entry the shares of starts: won, target reached, each minimum, left, diverged, unsettled; and the evaluations."""
    won, evaluations = _won(result), scores.expected_evaluations(result)
    everywhere = max(1, int(result.done.all(axis=0).sum()))
    rows = []
    for i, label in enumerate(result.labels):
        done = result.done[i]
        count = max(1, int(done.sum()))
        status, minimum = result.status[i][done], result.minimum[i][done]
        rows.append(
            {
                "optimizer": label,
                "won": won[i] / everywhere,
                "reached": int(result.reached[i][done].sum()) / count,
                "evaluations": float(np.where(np.isfinite(evaluations[i]), evaluations[i], np.nan)),
                **{name: int((minimum == k).sum()) / count for k, name in enumerate(minima_names(result))},
                "elsewhere": int((minimum >= len(minima_names(result))).sum()) / count,
                "left the window": int((status == LEFT).sum()) / count,
                "diverged": int((status == DIVERGED).sum()) / count,
                "not settled": int((status == UNSETTLED).sum()) / count,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.drop(columns=[name for name in frame.columns[5:] if not frame[name].any()])


MINIMA = 8
"""Minima that are told apart by a name of their own."""


def minima_names(result: SweepResult) -> tuple[str, ...]:
    """Return the names of the minima that runs ended in: a number and a place; those beyond the eighth have none."""
    if not result.problem.targets and result.problem.minima:
        others = result.minima[len(result.problem.minima) :]
        return ("1: a lowest place",) * len(result.problem.minima) + tuple(
            f"{k}: {place(point)}" for k, point in enumerate(others, start=2)
        )[:MINIMA]
    return tuple(f"{k}: {place(point)}" for k, point in enumerate(result.minima[:MINIMA], start=1))


def middle_start(result: SweepResult, entry: int, *at: int) -> int:
    """Return the number of the start whose end gap is the median one of an entry at a place of the axes, the lower of two."""
    gaps = np.where(result.done[entry][at], result.end_gap[entry][at], np.nan)[:, 0]
    order = np.argsort(gaps, kind="stable")
    return int(order[max(0, (int(np.count_nonzero(~np.isnan(gaps))) - 1) // 2)])
