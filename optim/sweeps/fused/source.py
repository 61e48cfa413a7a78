"""A rule on a function as the source of a loop: what is read, kept, looked at and handed back for every run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from optim.core.rules.arrange import Kind, Program
from optim.core.rules.text import Call, Lines
from optim.sweeps.fused.formula_rows import Formula
from optim.sweeps.fused.loop_text import Parts, Scratch, loop_text
from optim.sweeps.fused.rows import NotFused, Rows, Value, parts_of
from optim.sweeps.fused.rule_rows import RuleRows

RATE = "lr"


@dataclass(frozen=True)
class Wanted:
    """What a loop does besides the rule's lines: a schedule on lr, noise, a search for the lowest value, so many levels."""

    scheduled: bool = False
    noise: bool = False
    search: bool = False
    levels: int = 1


@dataclass(frozen=True)
class Source:
    """The `text` of a function `loop`, and what it is to be given: names of settings and memory, by kind, and `hidden` numbers."""

    text: str
    numbers: tuple[str, ...]
    own: tuple[str, ...]
    counters: tuple[str, ...]
    memory: tuple[str, ...]
    hidden: tuple[float, ...]
    price: int


@lru_cache(maxsize=256)
def source(
    program: Program, settings: tuple[tuple[str, Kind], ...], lines: Lines, formula: Formula, wanted: Wanted
) -> Source | None:
    """Return the loop of a rule on a function; None where either is not written in operations that round alike everywhere."""
    try:
        return _written(program, dict(settings), lines.calls, formula, wanted)
    except NotFused:
        return None


def _written(program: Program, settings: Mapping[str, Kind], calls: Mapping[str, Call], formula: Formula, wanted: Wanted) -> Source:
    rows, scratch, kinds = Rows(), Scratch(), program.kinds
    used = {name for _, node in program.lines for name in node.names}
    settings = {name: kind for name, kind in settings.items() if name in used}
    numbers = tuple(name for name, kind in settings.items() if kind == Kind.NUMBER)
    own = tuple(name for name, kind in settings.items() if kind == Kind.RUN)
    counters = tuple(name for name in program.memory if kinds[name] == Kind.NUMBER)
    memory = tuple(name for name in program.memory if kinds[name] > Kind.NUMBER)

    point = scratch.rows(2)
    rates = {name: scratch.rows() for name in own}
    kept = {name: scratch.rows(parts_of(kinds[name])) for name in memory}
    tail = loss, *_ = scratch.rows(4)
    since, met = scratch.rows(wanted.levels), scratch.rows(wanted.search)
    box, (going,) = scratch.rows(4 * wanted.search), scratch.rows()

    names = {name: Value(Kind.NUMBER, (f"h{place}",)) for place, name in enumerate(numbers)}
    names |= {name: Value(Kind.NUMBER, (f"k{place}",)) for place, name in enumerate(counters)}
    for name, places in {"x": point, **rates, **kept}.items():
        kind = Kind.VECTOR if len(places) > 1 else Kind.RUN
        names[name] = Value(kind, tuple(rows.add(place) for place in places))
    if wanted.scheduled and RATE in settings:
        (rate,) = names[RATE].parts
        names[RATE] = Value(settings[RATE], (rows.add(f"{rate} * factors[step]", settings[RATE]),))
    slopes = tuple(rows.add(f"slopes[step, {axis}, base + i]") for axis in range(2)) if wanted.noise else ()
    price = RuleRows(program, calls, formula, rows, names, slopes).write()

    for name, places in {"x": point, **kept}.items():
        rows.each += [f"{place} = {part}" for place, part in zip(places, names[name].parts, strict=True)]
    x, y = names["x"].parts
    rows.each += [f"{loss} = {formula.value_rows(x, y, rows)}", f"bad += not abs({x}) + abs({y}) + abs({loss}) < inf"]
    look = _look(loss, point, since, met, box)
    rows.each += [row.replace("late", "step + 2.0") for row in look]

    reads = [f"h{place} = numbers[{place}]" for place in range(len(numbers))]
    reads += [f"c{place} = numbers[{len(numbers) + len(counters) + place}]" for place in range(len(rows.hidden))]
    begin = [f"k{place} = numbers[{len(numbers) + place}]" for place in range(len(counters))]
    counted = ", ".join(names[name].parts[0] for name in counters)  # all at once: one may be set to what another was
    end = [f"{', '.join(f'k{place}' for place in range(len(counters)))} = {counted}"] if counters else []
    filled = [f"{place} = x[{axis}, base + i]" for axis, place in enumerate(point)]
    filled += [f"{place} = settings[{row}, base + i]" for row, (place,) in enumerate(rates.values())]
    remembered = [place for places in kept.values() for place in places]
    filled += [f"{place} = memory[{row}, base + i]" for row, place in enumerate(remembered)]
    filled += [f"{place} = box[{row}, base + i]" for row, place in enumerate(box)]
    filled += [f"{place} = first[base + i]" for place in tail]
    filled += [*(f"{place} = 0.0" for place in since), *(f"{place} = inf" for place in met), f"{going} = 1.0"]
    filled += [row.replace("late", "1.0") for row in look]
    stopped = [f"end[{axis}, base + i] = {place}" for axis, place in enumerate(point)]
    stopped += [f"met[base + i] = {place}" for place in met]
    outcome = [f"tail[{row}, base + i] = {place}" for row, place in enumerate(tail)]
    outcome += [f"since[{level}, base + i] = {place}" for level, place in enumerate(since)]
    harmless = [f"{place} = 0.0" for place in (*point, loss, *remembered)]
    parts = Parts(point, tail, going, reads, filled, begin, rows.once, rows.each, end, stopped, outcome, harmless)
    text = loop_text(parts, scratch)
    return Source(text, numbers, own, counters, memory, tuple(rows.hidden), price)


def _look(loss: str, point: tuple[str, ...], since: tuple[str, ...], met: tuple[str, ...], box: tuple[str, ...]) -> list[str]:
    """Return the rows that look at a run after a step: until when it was outside each level, and the lowest value it met."""
    seen = [f"{place} = {place} if {loss} - lowest <= levels[{level}] else late" for level, place in enumerate(since)]
    if not met:
        return seen
    (x, y), (left, right, below, above), (least,) = point, box, met
    inside = f"({left} <= {x}) & ({x} <= {right}) & ({below} <= {y}) & ({y} <= {above})"
    return [*seen, f"{least} = {loss} if ({loss} < {least}) & ({loss} > -inf) & {inside} else {least}"]
