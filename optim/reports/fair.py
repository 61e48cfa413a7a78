"""The fair race in sentences and a table: what every entry faced, who comes first, and whether that depends on the rates."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from optim.i18n.message import joined, message, plural
from optim.i18n.phrases import clauses, evaluations, listed, sentences
from optim.sweeps import scores
from optim.sweeps.tune import TuneResult
from optim.sweeps.tune_spec import AS_GIVEN, SHARED, TUNED

_SET: dict[str, Callable[[str], str]] = {
    AS_GIVEN: lambda name: message("{name} with the rates given", name=name),
    SHARED: lambda name: message("{name} with one shared rate", name=name),
    TUNED: lambda name: message("{name} when tuned", name=name),
}
SETTINGS: dict[str, str] = {
    AS_GIVEN: message("As given"),
    SHARED: message("One shared rate"),
    TUNED: message("Tuned"),
}
"""What the ways of setting the rates are called at the head of a line."""


def fair_claim(result: TuneResult) -> str:
    """Return in one sentence the order of the entries, each tuned alike, on starts that the tuning did not see; or that there is
    none, where all are at the target from the start on.
    """
    if nothing_to_win(result):
        return message("There is nothing to win here: at every learning rate every run is at the target from its start on.")
    if len(result.labels) == 1:
        return message("{name} races alone.", name=result.labels[0])
    tiers, places = result.tiers(TUNED), result.places(TUNED)
    if len(tiers) == 1:
        return message("Tuned alike: a tie between {names}.", names=_names(result, tiers[0]))
    each = [message("{place}. {name}", place=places[tier[0]], name=_together(result, tier)) for tier in tiers]
    return message("Tuned alike: {order}.", order=joined(", ", each))


def _names(result: TuneResult, tier: tuple[int, ...]) -> str:
    return listed([result.labels[i] for i in tier])


def _together(result: TuneResult, tier: tuple[int, ...]) -> str:
    """Return who stands at a place: one entry, or several that tie."""
    names = _names(result, tier)
    return message("{names} (a tie)", names=names) if len(tier) > 1 else names


def nothing_to_win(result: TuneResult) -> bool:
    """Return whether every run, tuned or not, is within the target from its start on, so that there is no order."""
    return all(scores.nothing_to_gain(part) for part in (result.search, *result.scored.values()))


def fair_sure(result: TuneResult) -> str:
    """Return how sure the order is: from how many starts the first is ahead of the second, and whether other rates change it."""
    if nothing_to_win(result):
        return message("So no rate is tuned, and nobody comes first.")
    if len(result.labels) == 1:
        return ""
    tiers = {name: result.tiers(name) for name in result.spec.settings}
    leaders = {name: frozenset(order[0]) for name, order in tiers.items()}
    if len(set(leaders.values())) > 1:
        each = joined(", ", [_SET[name](_together(result, order[0])) for name, order in tiers.items()])
        return sentences(_duel(result), message("Who is first depends on the rates: {each}.", each=each))
    first, same = _names(result, tiers[TUNED][0]), len({result.places(name) for name in tiers}) == 1
    if len(tiers[TUNED]) == 1:
        kept = message("They tie with every choice of rates.")
    elif len(leaders[TUNED]) > 1 and same:
        kept = message("{names} tie for first with every choice of rates, and the rest of the order does not change.", names=first)
    elif len(leaders[TUNED]) > 1:
        kept = message("{names} tie for first with every choice of rates; behind them the order changes.", names=first)
    elif same:
        kept = message("{name} is first with every choice of rates, and the rest of the order does not change.", name=first)
    else:
        kept = message("{name} is first with every choice of rates; behind it the order changes.", name=first)
    return sentences(_duel(result), kept)


def _duel(result: TuneResult) -> str:
    """Return from how many held-out starts the first is ahead of the second, or that the first are level."""
    first = result.tiers(TUNED)[0]
    if len(first) > 1:
        return message(
            "On the held-out starts {names} score the same: the share that reaches the target, the evaluations to it and the "
            "median end gap.",
            names=_names(result, first),
        )
    one, other = result.order(TUNED)[:2]
    said = {"first": result.labels[one], "second": result.labels[other]}
    ahead, count = _ahead(result, one, other), result.spec.starts
    return plural(
        "{first} is ahead of {second} from {ahead} of {count} held-out start.",
        "{first} is ahead of {second} from {ahead} of {count} held-out starts.",
        count,
        **said,
        ahead=ahead,
    )


def _ahead(result: TuneResult, one: int, other: int) -> int:
    """Return from how many held-out starts one tuned entry is ahead: fewer evaluations to the target, else the smaller end gap."""
    scored = result.scored[TUNED]
    price = np.where(scored.reached, scored.reached_evaluations.astype(float), np.inf)[..., 0]
    gap = np.where(np.isnan(scored.end_gap), np.inf, scored.end_gap)[..., 0]
    neither = np.isinf(price[one]) & np.isinf(price[other])
    return int(np.sum((price[one] < price[other]) | (neither & (gap[one] < gap[other]))))


def fair_table(result: TuneResult) -> pd.DataFrame:
    """Return one row per entry, best tuned first: its place and settings in every way of setting, and how it did tuned."""
    settings = result.spec.settings
    tables = {name: result.standings(name).set_index("entry").to_dict("index") for name in settings}
    rows = []
    for i in result.order(TUNED):
        own = tables[TUNED][i]
        places = {name: _placed(result.places(name)[i], tables[name][i]["settings"]) for name in settings}
        scored = {name: own[name] for name in ("share", "evaluations", "median_gap", "used")}
        rows.append({"entry": i, "optimizer": result.labels[i], **places, **scored})
    return pd.DataFrame(rows).replace({"evaluations": {math.inf: math.nan}})


def _placed(place: int, settings: str) -> str:
    return message("{place} ({settings})", place=place, settings=settings) if settings else f"{place}"


def fair_caveat(result: TuneResult) -> str:
    """Return what to keep in mind: that nobody reached the target, that a tuned value is the last of the grid, or that all values
    of it do as well and none was chosen; else "".
    """
    if nothing_to_win(result):
        return ""
    alike = [label for i, label in enumerate(result.labels) if scores.alike(result.search, i)]
    edge = [label for label, best in zip(result.labels, result.best, strict=True) if best.edge]
    return sentences(
        ""
        if any(scored.reached.any() for scored in result.scored.values())
        else message("No optimizer reaches the target from any start: the places are those of the median end gaps."),
        message("The best rate of {names} is at the end of the grid: a better one may lie beyond.", names=listed(edge))
        if edge
        else "",
        message("All rates tried do as well for {names}: there the rate stays as given.", names=listed(alike)) if alike else "",
    )


def fair_changes(result: TuneResult) -> str:
    """Return how the order changes from one way of setting the entries to the next, in sentences."""
    said: list[str] = []
    before: tuple[int, ...] | None = None
    for setting in result.spec.settings:
        tiers, places = result.tiers(setting), result.places(setting)
        head = {"setting": SETTINGS[setting], "names": joined(", ", [_together(result, tier) for tier in tiers])}
        if setting == SHARED and result.shared is not None:
            said.append(message("{setting} ({rate:.3g}): {names}.", rate=result.shared, **head))
        else:
            said.append(message("{setting}: {names}.", **head))
        if before is not None:
            said.append(_moved(result, before, places))
        before = places
    return sentences(*said)


def _moved(result: TuneResult, before: tuple[int, ...], places: tuple[int, ...]) -> str:
    """Return who gained and who lost places, from first to last."""
    moved = sorted((now, was - now, i) for i, (was, now) in enumerate(zip(before, places, strict=True)))
    gains = [(by, result.labels[i]) for _, by, i in moved]
    up = [plural("{name} gains {count} place", "{name} gains {count} places", by, name=name) for by, name in gains if by > 0]
    down = [plural("{name} loses {count} place", "{name} loses {count} places", -by, name=name) for by, name in gains if by < 0]
    if up or down:
        return message("Here {moves}.", moves=clauses(up + down))
    return message("The same order.") if len(set(places)) > 1 else message("A tie again.")


def _spaces(result: TuneResult) -> str:
    """Return what was tuned, in words: once where it is the same for every entry, else entry by entry."""
    spaces: dict[str, list[str]] = {}
    for i, label in enumerate(result.labels):
        if result.spec.tuned(i):
            spaces.setdefault(listed([_space(*axis) for axis in result.search.spec.own_axes(i)]), []).append(label)
    if len(spaces) == 1:
        return message("For every racer the same is tuned: {space}", space=next(iter(spaces)))
    each = [message("for {names} {space}", names=listed(names), space=space) for space, names in spaces.items()]
    return message("As many parameters are tuned for every racer: {each}", each=joined("; ", each))


def _space(name: str, values: tuple[float, ...]) -> str:
    ends = {"low": values[0], "high": values[-1]}
    if len(values) == 1:
        return message("{name} at the one value {low:g}", name=name, low=values[0])
    return message("{name} over {count} values from {low:g} to {high:g}", name=name, count=len(values), **ends)


def fair_protocol(result: TuneResult) -> str:
    """Return the rules that every entry of a fair race ran under, in sentences."""
    spec = result.spec
    untouched = [result.labels[i] for i in range(len(spec.race.entries)) if not spec.tuned(i)]
    return sentences(
        message("Every run may spend {budget} and stops before the step that would exceed them.", budget=evaluations(spec.budget)),
        message("{spaces}, everything else as given.", spaces=_spaces(result)),
        plural(
            "{names} has no such parameter and ran as given.",
            "{names} have no such parameter and ran as given.",
            len(untouched),
            names=listed(untouched),
        )
        if untouched
        else "",
        plural(
            "Tuned on {count} start, scored on another that the tuning did not see, the same for all.",
            "Tuned on {count} starts, scored on {count} others that the tuning did not see, the same for all.",
            spec.starts,
        ),
        message(
            "Order: the share of starts from which a racer reaches and keeps a gap of {target:.3g} inside the domain, then the "
            "expected evaluations to it with restarts, then the median of the largest gap over the last steps.",
            target=result.search.target,
        ),
    )
