"""Which learning rate to use, which rates work for whom, and what a second hyper-parameter adds, in sentences."""

import math
from collections.abc import Mapping

import numpy as np

from optim.i18n.message import message, plural
from optim.i18n.phrases import counted, listed, percentage, rounded, sentences, steps
from optim.races.entry import Entry
from optim.sweeps import scores
from optim.sweeps.result import SweepResult

NEARLY = 1.25
"""How many times the evaluations of the best rate still count as nearly as good."""


def advised(result: SweepResult) -> Entry | None:
    """Return the entry to use, at a rate that leaves room on both sides; None where no rate of it works, or it has none, or where
    none is better than another.
    """
    i = _first(result)
    if scores.window(result, i) is None or scores.alike(result, i):
        return None
    return result.spec.entry_at(i, _middle(result, i))


def _middle(result: SweepResult, entry: int) -> int:
    """Return the place of the middle one of the rates that are nearly as good as the best, which may be the last that works."""
    top = scores.best(result, entry)
    share, price = scores.share(result)[entry], scores.expected_evaluations(result)[entry]
    good = (share >= top.share) & (price <= NEARLY * top.evaluations)
    low = high = top.at[0]
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(good) - 1 and good[high + 1]:
        high += 1
    return (low + high) // 2


def rates_claim(result: SweepResult) -> str:
    """Return in one sentence which entry to use at which rate, and who never reaches the target; or that all rates do as well."""
    if _all_alike(result):
        return _no_better(result)
    some, _ = _windows(result)
    first, entry = _first(result), advised(result)
    name = result.labels[first]
    if not some:
        top = scores.best(result, first)
        return _without_a_rate(result, name) if top.share >= scores.WORKS else _nothing_works(result, name, top)
    if entry is None:
        use = message("Use {name}", name=name)
    else:
        use = message("Use {name} with lr {lr:.3g}", name=name, lr=entry.hyper["lr"])
    never = [label for i, label in enumerate(result.labels) if not scores.best(result, i).share]
    if not never:
        return message("{use}.", use=use)
    return plural("{use}; {names} never arrives.", "{use}; {names} never arrive.", len(never), use=use, names=listed(never))


def _all_alike(result: SweepResult) -> bool:
    """Whether no entry does better at one of its rates than at another."""
    rated = [i for i in range(len(result.labels)) if scores.own_places(result, i)]
    return bool(rated) and all(scores.alike(result, i) for i in rated)


def _no_better(result: SweepResult) -> str:
    """Return that no rate is better than another, and why where it is the function's doing."""
    if scores.nothing_to_gain(result):
        return message("There is nothing to gain here: at every learning rate every run is at the target from its start on.")
    return message("No learning rate is better than another here: each optimizer does the same at all of them.")


def _nothing_works(result: SweepResult, name: str, top: scores.Best) -> str:
    failed = message(
        "No learning rate brings half of the starts to the target within {steps}.", steps=steps(result.spec.race.steps)
    )
    what = _named(name, top.settings)
    if top.share:
        reached = message("Best try: {what} brings {share} of the starts there.", what=what, share=percentage(top.share))
    else:
        reached = message("Best try: {what} ends {gap:.3g} above the minimum.", what=what, gap=top.gap)
    return sentences(failed, reached)


def _without_a_rate(result: SweepResult, name: str) -> str:
    """Return that an entry arrives which has no rate, and that no rate of the others works."""
    _, none = _windows(result)
    return message(
        "Use {name}, which has no learning rate; no rate of {names} brings half of the starts to the target within {steps}.",
        name=name,
        names=listed(none),
        steps=steps(result.spec.race.steps),
    )


def rates_so_far(result: SweepResult) -> str:
    """Return in one sentence who does best of what has been run, where the windows cannot be told yet."""
    if _all_alike(result):
        return message("So far no learning rate is better than another.")
    first = _first(result)
    top = scores.best(result, first)
    what, share = _named(result.labels[first], top.settings), percentage(top.share)
    return message("So far the best is {what}: {share} of the starts reach the target.", what=what, share=share)


def rates_more(result: SweepResult) -> str:
    """Return how the best rate does, from where to where rates work for whom, for whom none does, and where the grid ends."""
    some, none = _windows(result)
    if _all_alike(result):
        return ""
    if not some:
        first = _first(result)
        top = scores.best(result, first)
        return _arrives(result.labels[first], top) if top.share >= scores.WORKS else ""
    within = steps(result.spec.race.steps)
    low, high = _grid_ends(result)
    beyond = [label for label, window in some if window.low == low or window.high == high]
    return sentences(
        *_how_it_does(result),
        *(message("{window}.", window=_works(*pair)) for pair in some),
        message("No rate works for {names} within {steps}.", names=listed(none), steps=within) if none else "",
        plural(
            "For {names} a rate beyond the tried ones, {low:g} to {high:g}, may work too.",
            "For {names} rates beyond the tried ones, {low:g} to {high:g}, may work too.",
            len(beyond),
            names=listed(beyond),
            low=low,
            high=high,
        )
        if beyond
        else "",
    )


def _how_it_does(result: SweepResult) -> tuple[str, str]:
    """Return how the entry to use does, and where another rate would be faster still."""
    first = _first(result)
    top = scores.best(result, first)
    if advised(result) is None:
        return _arrives(result.labels[first], top), ""
    at, fastest = _middle(result, first), top.settings["lr"]
    price = float(scores.expected_evaluations(result)[first][at])
    it = message("It {brings}.", brings=_brings(top.share, price))
    if at == top.at[0]:
        return it, ""
    count = counted(top.evaluations)
    return it, message("The fastest is lr {lr:.3g}, with {count}; this one leaves room on both sides.", lr=fastest, count=count)


def _arrives(name: str, top: scores.Best) -> str:
    """Return how an entry does that has no rate, or none to advise."""
    return message("{name} {brings}.", name=name, brings=_brings(top.share, top.evaluations))


def second_claim(result: SweepResult, name: str) -> tuple[str, str]:
    """Return with which second parameter and rate to use the first entry, and in a second sentence what the usual value brings."""
    if scores.alike(result, 0):
        return _no_better(result), ""
    label, values = result.labels[0], np.array(result.spec.own_axes(0)[1][1])
    usual = int(np.argmin(np.abs(values - result.spec.race.entries[0].rule.parameter(name).default)))
    best, default = scores.best(result, 0), _best_of_column(result, usual)
    if not best.share:
        within = steps(result.spec.race.steps)
        none = message("No rate and no {name} brings {label} to the target within {steps}.", name=name, label=label, steps=within)
        return none, ""
    use = message("Use {what}: it {brings}.", what=_named(label, best.settings), brings=_brings(best.share, best.evaluations))
    there = message(
        "With the usual {name} {value:.3g} the best rate {brings}.", name=name, value=float(values[usual]), brings=_brings(*default)
    )
    return use, there


def _first(result: SweepResult) -> int:
    return int(scores.standings(result).entry.iloc[0])


def _named(label: str, settings: Mapping[str, float]) -> str:
    """Return a label with its settings, such as "Adam with lr 4.87"."""
    values = [message("{name} {value:.3g}", name=name, value=value) for name, value in settings.items()]
    return message("{label} with {values}", label=label, values=listed(values)) if values else label


def _works(label: str, window: scores.Window) -> str:
    if window.low == window.high:
        return message("{name} works with lr {low:.3g} alone", name=label, low=window.low)
    return message("{name} works with lr from {low:.3g} to {high:.3g}", name=label, low=window.low, high=window.high)


def _best_of_column(result: SweepResult, column: int) -> tuple[float, float]:
    """Return the first entry's best share, and its evaluations to the target, with the second parameter at one value."""
    share, price = scores.share(result)[0][:, column], scores.expected_evaluations(result)[0][:, column]
    order = np.lexsort((np.nan_to_num(price, nan=np.inf), -np.nan_to_num(share)))
    return float(share[order[0]]), float(price[order[0]])


def _brings(share: float, evaluations: float) -> str:
    if not math.isfinite(evaluations):
        return message("brings {share} of the starts to the target", share=percentage(share))
    return plural(
        "brings {share} of the starts to the target, in about {count:,} evaluation",
        "brings {share} of the starts to the target, in about {count:,} evaluations",
        rounded(evaluations),
        share=percentage(share),
    )


def _windows(result: SweepResult) -> tuple[list[tuple[str, scores.Window]], list[str]]:
    """Return the entries with a window, widest first, and the labels of those without; entries without a rate are neither."""
    known = [i for i in range(len(result.labels)) if result.spec.own_axes(i)[0][0]]
    windows = [(result.labels[i], scores.window(result, i)) for i in known]
    some = [(label, window) for label, window in windows if window is not None]
    return sorted(some, key=lambda pair: -pair[1].width), [label for label, window in windows if window is None]


def _grid_ends(result: SweepResult) -> tuple[float, float]:
    values = next(own[0][1] for own in map(result.spec.own_axes, range(len(result.labels))) if own[0][0])
    return values[0], values[-1]
