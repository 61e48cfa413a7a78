"""The loop over steps and runs as text: tiles of runs whose numbers stay in the cache, a step of all of a tile after the other.

A loop over runs with the steps inside reached a third of the speed of NumPy's bare loop on Adam, this one three times its speed.
"""

import re
from dataclasses import dataclass, field

TILE = 256
"""Runs of a tile: an even number of the processor's vectors, and the numbers of all of them fit the fastest cache."""
_CALLS = re.compile(r"= (hypot|power|raised)\(| % ")
"""Operations that are calls of the C library: no compiler does several runs at once in a loop that has one."""
_NAME = re.compile(r"\bt\d+\b")


@dataclass
class Scratch:
    """Rows of a tile's scratch, one number per run each: all in one array, so that a compiler sees that none overlaps another."""

    count: int = 0

    def rows(self, many: int = 1) -> tuple[str, ...]:
        """Return what so many new rows are called in the loop over runs."""
        self.count += many
        return tuple(f"w[i + {TILE * row}]" for row in range(self.count - many, self.count))


@dataclass(frozen=True)
class Parts:
    """What a loop is filled with: rows at its places, and the scratch rows with meanings of their own."""

    point: tuple[str, ...]
    tail: tuple[str, ...]
    going: str
    reads: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    begin: list[str] = field(default_factory=list)
    once: list[str] = field(default_factory=list)
    each: list[str] = field(default_factory=list)
    end: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)


def loop_text(parts: Parts, scratch: Scratch) -> str:
    """Return the source of a function `loop`."""
    loops = [f"            for i in range(n):\n{_indented(rows, 4)}" for rows in _by_calls(parts.each, scratch)]
    loss, low, high, before = parts.tail
    x, y = parts.point
    return _LOOP.format(
        tile=TILE,
        scratch=TILE * scratch.count,
        x=x,
        y=y,
        loss=loss,
        low=low,
        high=high,
        before=before,
        going=parts.going,
        reads=_indented(parts.reads, 1),
        filled=_indented(parts.filled, 3),
        begin=_indented(parts.begin, 2),
        once=_indented(parts.once, 3),
        loops="\n".join(loops),
        end=_indented(parts.end, 3),
        stopped=_indented(parts.stopped, 7),
        harmless=_indented(parts.harmless, 6),
        kept=_indented([*parts.stopped, *parts.kept], 4),
    )


def _by_calls(rows: list[str], scratch: Scratch) -> list[list[str]]:
    """Return rows in parts, each call in one of its own; what a later part needs goes there through the scratch."""
    parts: list[list[str]] = [[]]
    for row in rows:
        parts += [[row], []] if _CALLS.search(row) else []
        parts[-1] += [] if _CALLS.search(row) else [row]
    made: dict[str, tuple[int, str]] = {}
    kept: dict[str, str] = {}
    for number, part in enumerate(parts):
        for row in part:
            name, _, value = row.partition(" = ")
            made |= {name: (number, value)} if _NAME.fullmatch(name) else {}
    again: list[list[str]] = [[] for _ in parts]
    for number, part in enumerate(parts):
        needed = dict.fromkeys(name for row in part for name in _NAME.findall(row.partition(" = ")[2] or row))
        for name in needed:
            place, value = made.get(name, (number, ""))
            if place < number:
                if not value.startswith(("w[", "slopes[")) and name not in kept:
                    (kept[name],) = scratch.rows()
                again[number].append(f"{name} = {kept.get(name, value)}")
    for name, row in kept.items():
        parts[made[name][0]].append(f"{row} = {name}")
    return [[*before, *part] for before, part in zip(again, parts, strict=True) if part]


def _indented(rows: list[str], depth: int) -> str:
    return "\n".join(f"{'    ' * depth}{row}" for row in rows or ["pass"])


_LOOP = """
def loop(begin, stop, numbers, settings, memory, factors, slopes, x, first, box, lowest, levels, steps, tails,
         last, end, lost, tail, since, met):
    w = empty({scratch})
{reads}
    for base in range(begin, stop, {tile}):
        n = min({tile}, stop - base)
        for i in range(n):
{filled}
{begin}
        count = n
        bad = n
        for step in range(steps + 1):
            if bad > 0:
                for i in range(n):
                    if not (abs({x}) < inf and abs({y}) < inf and abs({loss}) < inf):
                        if {going} > 0.0:
                            {going} = 0.0
                            count -= 1
                            lost[base + i] = True
                            last[base + i] = step
{stopped}
                    if {going} == 0.0:
{harmless}
                if count == 0:
                    break
            back = steps - step
            if back == tails:
                for i in range(n):
                    {before} = {loss}
            if back == tails - 1:
                for i in range(n):
                    {low} = {loss}
                    {high} = {loss}
            if back < tails - 1:
                for i in range(n):
                    {low} = min({low}, {loss})
                    {high} = max({high}, {loss})
            if back == 0:
                break
{once}
            bad = 0
{loops}
{end}
        for i in range(n):
            if {going} > 0.0:
                last[base + i] = steps
{kept}
"""
