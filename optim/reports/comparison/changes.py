"""What was changed from one race to another: which racers are the same in both, and every setting that differs, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from optim.i18n.message import joined, message
from optim.i18n.numbers import short
from optim.races.entry import CONSTANT, Entry
from optim.races.labels import extras
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec

MATCHED = message(
    "Racers of both races are matched by name where they were given one, then by equal settings, then by optimizer, in order."
)
"""How `matched` finds a racer of one race in another."""
Matches = tuple[tuple[int | None, int | None], ...]
"""Pairs of a racer's index in the race before and in the race after; None where it is in one of them only."""
Words = Callable[[Any], str]


@dataclass(frozen=True, eq=False)
class Pair:
    """One racer in two races: its index `i` in the race before and `j` in the race after."""

    before: RaceResult
    after: RaceResult
    i: int
    j: int

    @property
    def name(self) -> str:
        """What the racer is called after the change."""
        return self.after.labels[self.j]

    @property
    def entries(self) -> tuple[Entry, Entry]:
        """The racer's settings, before and after."""
        return self.before.spec.entries[self.i], self.after.spec.entries[self.j]


def pairs(before: RaceResult, after: RaceResult) -> tuple[Pair, ...]:
    """Return the racers that are in both races, in the order of the race after."""
    matches = matched(before.spec, after.spec)
    return tuple(Pair(before, after, i, j) for i, j in matches if i is not None and j is not None)


def matched(before: RaceSpec, after: RaceSpec) -> Matches:
    """Return the racers of two races as pairs (index before, index after), None where one is in one race only.

    First come those of the race after, in its order; `MATCHED` says what makes two racers the same.
    """
    left, found = list(range(len(before.entries))), dict[int, int]()
    for alike in (_same_label, _same_settings, _same_optimizer):
        for j, entry in enumerate(after.entries):
            i = next((i for i in left if alike(before.entries[i], entry)), None) if j not in found else None
            if i is not None:
                found[j] = i
                left.remove(i)
    return (*((found.get(j), j) for j in range(len(after.entries))), *((i, None) for i in left))


def _same_label(one: Entry, other: Entry) -> bool:
    return one.label is not None and one.label == other.label


def _same_settings(one: Entry, other: Entry) -> bool:
    same = (one.hyper, one.schedule, one.modifiers) == (other.hyper, other.schedule, other.modifiers)
    return same and _same_optimizer(one, other)


def _same_optimizer(one: Entry, other: Entry) -> bool:
    return bool(one.optimizer == other.optimizer)


def changes(before: RaceResult, after: RaceResult) -> tuple[str, ...]:
    """Return every setting that differs between two races as a clause: what all racers share first, then each racer's own."""
    matches = matched(before.spec, after.spec)
    return (*_conditions(before.spec, after.spec), *_racers(before, after, matches))


def _conditions(before: RaceSpec, after: RaceSpec) -> Iterator[str]:
    for title, value, words in _CONDITIONS:
        one, other = value(before), value(after)
        if one != other:
            yield message("{setting}: {before} → {after}", setting=title, **_both(one, other, words))


def _both(one: Any, other: Any, words: Words | None = None) -> dict[str, str]:
    """Return two different values as text, with as many digits as tell them apart."""
    if words is not None:
        return {"before": words(one), "after": words(other)}
    written = ([_number(value, digits) for value in (one, other)] for digits in (6, 10, 17))
    return dict(zip(("before", "after"), next(texts for texts in written if texts[0] != texts[1]), strict=True))


def _number(value: Any, digits: int) -> str:
    if value is None:
        return message("none")
    if isinstance(value, bool):
        return message("on") if value else message("off")
    if isinstance(value, tuple):
        return f"({', '.join(_number(number, digits) for number in value)})"
    return short(value + 0.0, digits) if isinstance(value, float) else f"{value}"


def _gradient(name: str) -> str:
    return message("exact") if name == "exact" else message("numerical")


_CONDITIONS: tuple[tuple[str, Callable[[RaceSpec], Any], Words | None], ...] = (
    (message("function"), lambda spec: (spec.problem, spec.base_problem.title), lambda named: named[1]),
    (message("start"), lambda spec: spec.start, None),
    (message("steps"), lambda spec: spec.steps, None),
    (message("gradient"), lambda spec: spec.gradient, _gradient),
    (message("noise"), lambda spec: spec.noise, None),
    (message("seed"), lambda spec: spec.seed, None),
    (message("rotation in degrees"), lambda spec: spec.rotate, None),
    (message("stretch"), lambda spec: spec.stretch, None),
    (message("shift"), lambda spec: spec.shift, None),
    (message("target"), lambda spec: spec.target, None),
    (message("budget of evaluations"), lambda spec: spec.budget, None),
)
"""Everything that all racers share: what it is called, its value, and how one is said if not as a number."""


def _racers(before: RaceResult, after: RaceResult, matches: Matches) -> Iterator[str]:
    for i, j in matches:
        if i is not None and j is not None:
            yield from _settings(Pair(before, after, i, j))
    for i, j in matches:
        if i is None and j is not None:
            yield message("{name} added", name=after.labels[j])
        if j is None and i is not None:
            yield message("{name} taken out", name=before.labels[i])
    order = [i for i, j in matches if i is not None and j is not None]
    if order != sorted(order):
        yield message("another order of racers")


def _settings(pair: Pair) -> Iterator[str]:
    """Yield every setting of one racer that was changed."""
    (one, other), name = pair.entries, pair.name
    if one.label != other.label:
        yield message("{before} is called {after}", before=pair.before.labels[pair.i], after=name)
    if not _same_optimizer(one, other):
        titles = {"before": one.rule.title, "after": other.rule.title}
        yield message("{owner}'s {name} {before} → {after}", owner=name, name=message("optimizer"), **titles)
    else:
        for parameter, value in other.hyper.items():
            if value != one.hyper[parameter]:
                both = _both(one.hyper[parameter], value)
                yield message("{owner}'s {name} {before} → {after}", owner=name, name=parameter, **both)
    for title, words, held in _EXTRAS:
        if held(one) != held(other):
            yield message("{owner}'s {name} {before} → {after}", owner=name, name=title, **_both(one, other, words))


def _schedule(entry: Entry) -> str:
    return joined(", ", extras(replace(entry, modifiers=()))) if entry.schedule != CONSTANT else message("constant")


def _modifiers(entry: Entry) -> str:
    return joined(", ", extras(replace(entry, schedule=CONSTANT))) if entry.modifiers else message("none")


_EXTRAS: tuple[tuple[str, Words, Callable[[Entry], Any]], ...] = (
    (message("schedule"), _schedule, lambda entry: entry.schedule),
    (message("modifiers"), _modifiers, lambda entry: entry.modifiers),
)
