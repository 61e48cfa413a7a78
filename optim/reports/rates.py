"""What many races say, in sentences and tables: which learning rates work, who wins from where."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.i18n.phrases import listed, place, steps
from optim.sweeps import scores
from optim.sweeps.reductions import DIVERGED, LEFT, UNSETTLED
from optim.sweeps.result import NOBODY, TIE, SweepResult
from optim.sweeps.tune import BOOK, SHARED, TUNED, TuneResult


def rates_claim(result: SweepResult) -> str:
    """Return in one sentence over how wide a window of rates the most and the least patient entry work."""
    some, _ = _windows(result)
    if not some:
        row = scores.standings(result).iloc[0]
        return (
            f"No learning rate brings half of the starts to the target within {steps(result.spec.race.steps)}. "
            f"Nearest: {row.optimizer} at {row.lr:.3g}, with a median end gap of {row.median_gap:.2g}."
        )
    (label, first), (other, last) = some[0], some[-1]
    rest = f", {other} over {last.width:.1f} ({_ends(last)})" if len(some) > 1 else ""
    return f"{label} works over {first.width:.1f} decades of learning rates ({_ends(first)}){rest}."


def _ends(window: scores.Window) -> str:
    return f"{window.low:.3g} to {window.high:.3g}" if window.low < window.high else f"{window.low:.3g} alone"


def rates_so_far(result: SweepResult) -> str:
    """Return in one sentence who does best of what has been run, where the windows cannot be told yet."""
    row = scores.standings(result).iloc[0]
    return f"{row.optimizer} does best, at {row.lr:.3g}: {_share(row.share)} of the starts reach the target."


def rates_more(result: SweepResult) -> str:
    """Return what the claim leaves out: those in between, those for whom no rate works, those limited by the grid alone."""
    some, none = _windows(result)
    low, high = _grid_ends(result)
    between = [f"{label} over {window.width:.1f}" for label, window in some[1:-1]]
    beyond = [label for label, window in some if window.low == low or window.high == high]
    said = [f"In between: {listed(between)}." if between else ""]
    if some and none:
        said.append(f"No rate works for {listed(none)} within {steps(result.spec.race.steps)}.")
    if beyond:
        said.append(f"{listed(beyond)} still {'works' if len(beyond) == 1 else 'work'} at the end of the grid.")
    return " ".join(filter(None, said))


def second_claim(result: SweepResult, name: str) -> str:
    """Return in two sentences where the first entry does best with a second parameter, and what its default brings."""
    label, values = result.labels[0], np.array(result.spec.own_axes(0)[1][1])
    usual = int(np.argmin(np.abs(values - result.spec.race.entries[0].rule.parameter(name).default)))
    best, default = scores.best(result, 0), _best_of_column(result, usual)
    if not best.share:
        return f"No rate and no {name} brings {label} to the target from any start within {steps(result.spec.race.steps)}."
    there = f"At the usual {name} {values[usual]:.4g} the best rate brings {_brought(*default)}"
    here = f"{label} does best with {name} {best.settings[name]:.4g} and lr {best.settings['lr']:.3g}"
    return f"{here}: {_brought(best.share, best.evaluations)}. {there}."


def _best_of_column(result: SweepResult, column: int) -> tuple[float, float]:
    """Return the first entry's best share, and its evaluations to the target, with the second parameter at one value."""
    share, price = scores.share(result)[0][:, column], scores.expected_evaluations(result)[0][:, column]
    order = np.lexsort((np.nan_to_num(price, nan=np.inf), -np.nan_to_num(share)))
    return float(share[order[0]]), float(price[order[0]])


def _brought(share: float, evaluations: float) -> str:
    within = f" in {evaluations:.0f} evaluations" if math.isfinite(evaluations) else ""
    return f"{_share(share)} of the starts to the target{within}"


def _windows(result: SweepResult) -> tuple[list[tuple[str, scores.Window]], list[str]]:
    """Return the entries with a window, widest first, and the labels of those without; entries without a rate are neither."""
    known = [i for i in range(len(result.labels)) if result.spec.own_axes(i)[0][0]]
    windows = [(result.labels[i], scores.window(result, i)) for i in known]
    some = [(label, window) for label, window in windows if window is not None]
    return sorted(some, key=lambda pair: -pair[1].width), [label for label, window in windows if window is None]


def _grid_ends(result: SweepResult) -> tuple[float, float]:
    values = next(own[0][1] for own in map(result.spec.own_axes, range(len(result.labels))) if own[0][0])
    return values[0], values[-1]


def starts_claim(result: SweepResult) -> str:
    """Return in one sentence who wins from how many of the starts."""
    codes = _winners(result)
    if not codes.size:
        return "Nothing has been run yet."
    won = [float(np.mean(codes == i)) for i in range(len(result.labels))]
    winners = [f"{result.labels[i]} from {_share(won[i])}" for i in np.argsort(won)[::-1] if won[i]]
    nobody, tied = float(np.mean(codes == NOBODY)), float(np.mean(codes == TIE))
    within = steps(result.spec.race.steps)
    if nobody == 1:
        return f"From no start does anybody reach and keep the target within {within}."
    tail = [f"a tie from {_share(tied)}"] if tied else []
    tail += [f"nobody from {_share(nobody)}"] if nobody else []
    head = [f"{winners[0].replace(' from', ' wins from', 1)} of the starts"] if winners else []
    return f"{listed([*head, *winners[1:], *tail])}."


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.01 or not value else "less than 1%"


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


_SET = {BOOK: "with the rates given", SHARED: "with one shared rate", TUNED: "when tuned"}


def fair_claim(result: TuneResult) -> str:
    """Return in one or two sentences who comes first in every way of setting the racers, and whether that depends on it."""
    orders = {name: result.order(name) for name in result.spec.settings}
    first = {name: result.labels[order[0]] for name, order in orders.items()}
    if len(set(first.values())) == 1:
        rest = "so is the rest of the order" if len(set(orders.values())) == 1 else "behind it the order changes"
        same = f"{first[TUNED]} is first however the rates are set; {rest}."
        return same if len(result.labels) > 1 else f"{first[TUNED]} races alone."
    said = [f"{label} {_SET[name]}" for name, label in first.items()]
    return f"Who is first depends on the rates: {', '.join(said)}."


def fair_table(result: TuneResult) -> pd.DataFrame:
    """Return one row per entry, best tuned first: its place and settings in every way of setting, and how it did tuned."""
    settings = result.spec.settings
    tables = {name: result.standings(name).set_index("entry").to_dict("index") for name in settings}
    rows = []
    for i in result.order(TUNED):
        own = tables[TUNED][i]
        places = {name: f"{result.order(name).index(i) + 1} at {tables[name][i]['settings'] or '-'}" for name in settings}
        scored = {name: own[name] for name in ("share", "evaluations", "median_gap", "used")}
        rows.append({"entry": i, "optimizer": result.labels[i], **places, **scored})
    return pd.DataFrame(rows).replace(math.inf, math.nan)


def fair_caveat(result: TuneResult) -> str:
    """Return what to keep in mind: that nobody reached the target, or that a tuned value is the last of the grid; else ""."""
    said = []
    if not any(scored.reached.any() for scored in result.scored.values()):
        said.append("Nobody reaches the target from any start: places are by the median end gap.")
    edge = [label for label, best in zip(result.labels, result.best, strict=True) if best.edge]
    if edge:
        said.append(f"The best rate of {listed(edge)} is at the end of the grid: a better one may lie beyond.")
    return " ".join(said)
