"""From the race in the inputs to the sweeps that the pages show; no Streamlit here."""

from dataclasses import replace

from optim import OPTIMIZERS, Axis, Entry, Jittered, Lattice, Parameter, RaceSpec, SpecError, SweepSpec, TuneSpec, spaced
from optim.figures import EntryStyle, styles
from optim.i18n.message import message
from optim.reports.functions import lowest_in_words

LR = "lr"
ENOUGH = (300, 1000, 3000, 10_000)
"""Steps to ask more races for, one after the other: with the first most racers that can reach the target do."""
MAPS = (200, 120, 60)
"""Cells each way of a map of starts: the finest that the bound allows is run."""
SECOND, RATES_THERE = 25, 49
"""Values of the second parameter, and of the learning rate beside it: every other one of those that the curves have."""
ADVISED = message("best on the Learning rates page")
"""Where a rate comes from that was taken from there."""
NEAR_ONE = 4
"""Decades below one over which a parameter that lives near one is spread."""


def more_steps(steps: int) -> int | None:
    """Return the next larger number of steps to offer, or None where there is none."""
    return next((more for more in ENOUGH if more > steps), None)


def rates_spec(race: RaceSpec) -> tuple[SweepSpec, tuple[EntryStyle, ...]]:
    """Return the sweep over learning rates, and each entry's look; racers that differ in their rate alone are one entry.

    The race's own rates and start play no part and are left out, so that the same question is the same work.
    """
    fields = _without_rates(race)
    bare = _bare(race, tuple(entry for entry, _ in fields))
    return SweepSpec(bare, (Axis(LR, _rates()),), Jittered()), tuple(style for _, style in fields)


def slots(race: RaceSpec) -> tuple[int, ...]:
    """Return for each entry of the sweep over learning rates which racer it is, counted from 0: the first of its kind."""
    return tuple(_distinct(race).values())


def with_rate(race: RaceSpec, slot: int, rate: float) -> RaceSpec:
    """Return the race with one racer, counted from 0, at another learning rate."""
    entries = list(race.entries)
    entries[slot] = replace(entries[slot], values={**dict(entries[slot].values), LR: rate}, origin=ADVISED)
    return replace(race, entries=tuple(entries))


def second_spec(race: RaceSpec, name: str) -> tuple[SweepSpec, tuple[EntryStyle, ...]] | None:
    """Return the sweep over the learning rate and a second parameter, of the entries that have both; None where none has."""
    fields = [
        (_without(entry, name), style)
        for entry, style in _without_rates(race)
        if {LR, name} <= {p.name for p in entry.rule.parameters}
    ]
    if not fields:
        return None
    bare = _bare(race, tuple(entry for entry, _ in fields))
    axes = (Axis(LR, _rates()[::2][:RATES_THERE]), Axis(name, _spread(fields[0][0].rule.parameter(name))))
    return SweepSpec(bare, axes, Jittered()), tuple(style for _, style in fields)


def starts_spec(race: RaceSpec) -> SweepSpec:
    """Return the map of starts, as fine as the bound allows; SpecError where even the coarsest is too much."""
    bare = replace(race, start=race.base_problem.centre, entries=tuple(replace(e, origin=_ORIGIN) for e in race.entries))
    for cells in MAPS:
        try:
            return SweepSpec(bare, starts=Lattice(cells, cells))
        except SpecError as error:
            if cells == MAPS[-1] or error.field != "run_steps":
                raise
    raise AssertionError


def fair_spec(race: RaceSpec) -> TuneSpec:
    """Return the fair race with these racers."""
    return TuneSpec(replace(race, start=race.base_problem.centre))


def unscored(race: RaceSpec) -> str:
    """Say why nothing can be scored on this function, where it has no lowest value to measure from; else ""."""
    problem = race.base_problem
    if problem.bounded and problem.lowest is not None:
        return ""
    return message("{title}: {lowest}.", title=problem.title, lowest=lowest_in_words(problem))


_ORIGIN = Entry("sgd").origin


def _bare(race: RaceSpec, entries: tuple[Entry, ...]) -> RaceSpec:
    return replace(race, entries=entries, start=race.base_problem.centre)


def _without_rates(race: RaceSpec) -> list[tuple[Entry, EntryStyle]]:
    """Return the distinct racers without their rates and with their looks, named by their place where an optimizer races twice."""
    found = _distinct(race)
    looks = styles(race.entries)
    titles = [entry.rule.title for entry in found]
    return [
        (
            entry if titles.count(entry.rule.title) == 1 else replace(entry, label=_numbered(entry, slot + 1)),
            looks[slot],
        )
        for entry, slot in found.items()
    ]


def _distinct(race: RaceSpec) -> dict[Entry, int]:
    """Return the racers without their rates, each once, with the place of the first of its kind."""
    found: dict[Entry, int] = {}
    for slot, entry in enumerate(race.entries):
        found.setdefault(_without(replace(entry, origin=_ORIGIN), LR), slot)
    return found


def _numbered(entry: Entry, number: int) -> str:
    return message("{title} (racer {number})", title=entry.rule.title, number=number)


def _without(entry: Entry, name: str) -> Entry:
    return replace(entry, values={key: value for key, value in dict(entry.values).items() if key != name})


def _rates() -> tuple[float, ...]:
    return spaced(OPTIMIZERS["sgd"].parameter(LR))


def _spread(parameter: Parameter) -> tuple[float, ...]:
    """Return the values of a second parameter: evenly, or, where it lives near one, in even steps towards one."""
    if parameter.log or parameter.low != 0 or not 0.99 < parameter.high <= 1 or parameter.default < 0.5:
        return spaced(parameter, SECOND)
    steps = (1 - 10 ** (-NEAR_ONE * k / (SECOND - 1)) for k in range(SECOND))
    return tuple(min(round(value, 5), parameter.high) for value in steps)
