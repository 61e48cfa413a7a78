"""The loop over steps and runs as source: tiles of runs whose numbers stay in the cache, a step of all of a tile after the other.

A loop over runs with the steps inside reached a third of the speed of NumPy's bare loop on Adam, this one four times its speed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from optim.core.rules.arrange import Kind, Program
from optim.core.rules.text import Call, Lines
from optim.sweeps.fused.formula_rows import Formula
from optim.sweeps.fused.rows import NotFused, Rows, Value, parts_of
from optim.sweeps.fused.rule_rows import RuleRows

TILE = 256
"""Runs of a tile: an even number of the processor's vectors, and the numbers of all of them fit the fastest cache."""
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


@dataclass
class _Scratch:
    """Rows of a tile's scratch, one number per run each: all in one array, so that a compiler sees that none overlaps another."""

    count: int = 0

    def rows(self, many: int = 1) -> tuple[str, ...]:
        self.count += many
        return tuple(f"w[i + {TILE * row}]" for row in range(self.count - many, self.count))


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
    rows, scratch, kinds = Rows(), _Scratch(), program.kinds
    used = {name for _, node in program.lines for name in node.names}
    settings = {name: kind for name, kind in settings.items() if name in used}
    numbers = tuple(name for name, kind in settings.items() if kind == Kind.NUMBER)
    own = tuple(name for name, kind in settings.items() if kind == Kind.RUN)
    counters = tuple(name for name in program.memory if kinds[name] == Kind.NUMBER)
    memory = tuple(name for name in program.memory if kinds[name] > Kind.NUMBER)

    point = scratch.rows(2)
    rates = {name: scratch.rows() for name in own}
    kept = {name: scratch.rows(parts_of(kinds[name])) for name in memory}
    tail = loss, low, high, before = scratch.rows(4)
    since, met = scratch.rows(wanted.levels), scratch.rows(wanted.search)
    box = scratch.rows(4 * wanted.search)

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
    filled += [*(f"{place} = 0.0" for place in since), *(f"{place} = inf" for place in met)]
    filled += [row.replace("late", "1.0") for row in look]
    ended = [f"end[{axis}, base + i] = {place}" for axis, place in enumerate(point)]
    ended += [f"tail[{row}, base + i] = {place}" for row, place in enumerate(tail)]
    ended += [f"since[{level}, base + i] = {place}" for level, place in enumerate(since)]
    ended += [f"met[base + i] = {place}" for place in met]
    text = _LOOP.format(
        tile=TILE,
        scratch=TILE * scratch.count,
        loss=loss,
        low=low,
        high=high,
        before=before,
        x=point[0],
        y=point[1],
        reads=_indented(reads, 1),
        filled=_indented(filled, 3),
        begin=_indented(begin, 2),
        once=_indented(rows.once, 3),
        each=_indented(rows.each, 4),
        end=_indented(end, 3),
        ended=_indented(ended, 1),
        harmless=_indented([f"{place} = 0.0" for place in (*point, *remembered)], 6),
    )
    return Source(text, numbers, own, counters, memory, tuple(rows.hidden), price)


def _look(loss: str, point: tuple[str, ...], since: tuple[str, ...], met: tuple[str, ...], box: tuple[str, ...]) -> list[str]:
    """Return the rows that look at a run after a step: until when it was outside each level, and the lowest value it met."""
    seen = [f"{place} = {place} if {loss} - lowest <= levels[{level}] else late" for level, place in enumerate(since)]
    if not met:
        return seen
    (x, y), (left, right, below, above), (least,) = point, box, met
    inside = f"({left} <= {x}) & ({x} <= {right}) & ({below} <= {y}) & ({y} <= {above})"
    return [*seen, f"{least} = {loss} if ({loss} < {least}) & ({loss} > -inf) & {inside} else {least}"]


def _indented(rows: list[str], depth: int) -> str:
    return "".join(f"{'    ' * depth}{row}\n" for row in rows).rstrip("\n") or f"{'    ' * depth}pass"


_LOOP = """
def loop(begin, stop, numbers, settings, memory, factors, slopes, x, first, box, lowest, levels, steps, tails,
         last, end, lost, tail, since, met):
    w = empty({scratch})
    going = empty({tile}, boolean)
{reads}
    for base in range(begin, stop, {tile}):
        n = min({tile}, stop - base)
        count = n
        for i in range(n):
{filled}
            going[i] = isfinite({x}) and isfinite({y}) and isfinite({loss})
            if not going[i]:
                count -= 1
                ended(w, i, base, 0, True, last, end, lost, tail, since, met)
        remember(w, n, steps, tails)
{begin}
        for step in range(steps):
            if count == 0:
                break
{once}
            bad = 0
            for i in range(n):
{each}
{end}
            remember(w, n, steps - 1 - step, tails)
            if bad > 0:
                for i in range(n):
                    if going[i] and not (isfinite({x}) and isfinite({y}) and isfinite({loss})):
                        going[i] = False
                        count -= 1
                        ended(w, i, base, step + 1, True, last, end, lost, tail, since, met)
                    if not going[i]:
{harmless}
        for i in range(n):
            if going[i]:
                ended(w, i, base, steps, False, last, end, lost, tail, since, met)


def remember(w, n, back, tails):
    if back >= tails:
        if back == tails:
            for i in range(n):
                {before} = {loss}
    elif back == tails - 1:
        for i in range(n):
            {low} = {loss}
            {high} = {loss}
    else:
        for i in range(n):
            if {loss} < {low}:
                {low} = {loss}
            if {loss} > {high}:
                {high} = {loss}


def ended(w, i, base, step, was_lost, last, end, lost, tail, since, met):
    last[base + i] = step
    lost[base + i] = was_lost
{ended}
"""
