"""The fair race in sentences and a table: what every entry faced, who comes first, and whether that depends on the rates."""

import math

import pandas as pd

from optim.i18n.phrases import listed
from optim.sweeps.tune import TuneResult
from optim.sweeps.tune_spec import AS_GIVEN, SHARED, TUNED

_SET = {AS_GIVEN: "with the rates given", SHARED: "with one shared rate", TUNED: "when tuned"}


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


def fair_changes(result: TuneResult) -> str:
    """Return how the order changes from one way of setting the entries to the next, in sentences."""
    said = []
    before: tuple[str, tuple[int, ...]] | None = None
    for setting in result.spec.settings:
        order = result.order(setting)
        names = [result.labels[i] for i in order]
        rate = f" ({result.shared:g})" if setting == SHARED and result.shared is not None else ""
        head = f"{setting[:1].upper()}{setting[1:]}{rate}: {', '.join(names)}."
        if before is not None:
            moved = [(before[1].index(i) - place, result.labels[i]) for place, i in enumerate(order)]
            up = [f"{name} gains {_places(by)}" for by, name in moved if by > 0]
            down = [f"{name} loses {_places(-by)}" for by, name in moved if by < 0]
            against = f"the settings {AS_GIVEN}" if before[0] == AS_GIVEN else before[0]
            head += f" Against {against}: {listed(up + down)}." if up or down else f" The same order as with {against}."
        said.append(head)
        before = setting, order
    return " ".join(said)


def _places(count: int) -> str:
    return f"{count} place{'s' if count > 1 else ''}"


def _spaces(result: TuneResult) -> str:
    """Return what was tuned, in words: once where it is the same for every entry, else entry by entry."""
    spaces: dict[str, list[str]] = {}
    for i, label in enumerate(result.labels):
        if result.spec.tuned(i):
            axes = result.search.spec.own_axes(i)
            words = listed([f"{name} over {len(values)} values from {values[0]:g} to {values[-1]:g}" for name, values in axes])
            spaces.setdefault(words, []).append(label)
    if len(spaces) == 1:
        return f"For every racer the same is tuned: {next(iter(spaces))}"
    return (
        f"As many parameters are tuned for every racer: {'; '.join(f'for {listed(who)} {words}' for words, who in spaces.items())}"
    )


def fair_protocol(result: TuneResult) -> str:
    """Return the rules that every entry of a fair race ran under, in sentences."""
    spec = result.spec
    untouched = [result.labels[i] for i in range(len(spec.race.entries)) if not spec.tuned(i)]
    bare = (
        f" {listed(untouched)} {'has' if len(untouched) == 1 else 'have'} no such parameter and ran as given." if untouched else ""
    )
    return (
        f"Every run may spend {spec.budget} evaluations and stops before the step that would exceed them. "
        f"{_spaces(result)}, everything else as given.{bare} "
        f"Tuned on {spec.starts} starts, scored on {spec.starts} others that the tuning did not see, the same for all. "
        f"Order: the share of starts from which a racer reaches and keeps a gap of {result.search.target:.3g} inside the domain, "
        "then the expected evaluations to it with restarts, then the median of the largest gap over the last steps."
    )
