"""An entry in words: its name, what differs from the defaults, its schedule and its modifiers."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from optim.i18n.message import joined, message, transformed
from optim.i18n.numbers import short
from optim.optimizers.transforms.modifiers import MODIFIERS
from optim.races.entry import CONSTANT, Entry, with_defaults


def settings(entry: Entry) -> str:
    """Return an entry's settings as text: the learning rate, what differs from the defaults, its schedule and modifiers."""
    hyper = entry.hyper
    shown = {
        parameter.name: hyper[parameter.name]
        for parameter in entry.rule.parameters
        if parameter.name == "lr" or hyper[parameter.name] != parameter.default
    }
    return joined(", ", [*_written(shown.items()), *extras(entry)])


def labels(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return one distinct name per entry: its label or its title, with the settings that tell equal ones apart."""
    names = [entry.label or entry.rule.title for entry in entries]
    detailed = [
        message("{title} ({settings})", title=name, settings=settings(entry))
        if names.count(name) > 1 and not entry.label and settings(entry)
        else name
        for name, entry in zip(names, entries, strict=True)
    ]
    distinct: list[str] = []
    for name in detailed:
        numbered = (message("{name} #{number}", name=name, number=number) for number in itertools.count(1))
        free = itertools.chain([name] if detailed.count(name) == 1 else [], numbered)
        distinct.append(next(label for label in free if label not in distinct))
    return tuple(distinct)


def extras(entry: Entry) -> list[str]:
    """Return an entry's schedule and modifiers as text, in the order in which they act; empty where it has none."""
    parts = []
    if entry.schedule != CONSTANT:
        schedule, values = entry.schedule_with_values
        title = message("{title} schedule", title=transformed(schedule.title, _small))
        parts.append(_called(title, values))
    for name, *pairs in entry.modifiers:
        modifier = MODIFIERS[name]
        parts.append(_called(transformed(modifier.title, _small), with_defaults(name, modifier.parameters, pairs)))
    return parts


def _called(title: str, values: dict[str, Any]) -> str:
    return message("{title} ({settings})", title=title, settings=joined(", ", _written(values.items()))) if values else title


def _written(pairs: Iterable[tuple[str, Any]]) -> list[str]:
    return [f"{name} {short(value, 6)}" if isinstance(value, float) else f"{name} {value}" for name, value in pairs]


def _small(title: str) -> str:
    """Return a title as it stands within a sentence: "L2 penalty" keeps its capital, "Cosine" does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
