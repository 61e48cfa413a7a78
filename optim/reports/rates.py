"""Which learning rates work for whom, and what a second hyper-parameter adds, in sentences."""

import math

import numpy as np

from optim.i18n.phrases import listed, percentage, steps
from optim.sweeps import scores
from optim.sweeps.result import SweepResult


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
    return f"{row.optimizer} does best, at {row.lr:.3g}: {percentage(row.share)} of the starts reach the target."


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
    return f"{percentage(share)} of the starts to the target{within}"


def _windows(result: SweepResult) -> tuple[list[tuple[str, scores.Window]], list[str]]:
    """Return the entries with a window, widest first, and the labels of those without; entries without a rate are neither."""
    known = [i for i in range(len(result.labels)) if result.spec.own_axes(i)[0][0]]
    windows = [(result.labels[i], scores.window(result, i)) for i in known]
    some = [(label, window) for label, window in windows if window is not None]
    return sorted(some, key=lambda pair: -pair[1].width), [label for label, window in windows if window is None]


def _grid_ends(result: SweepResult) -> tuple[float, float]:
    values = next(own[0][1] for own in map(result.spec.own_axes, range(len(result.labels))) if own[0][0])
    return values[0], values[-1]
