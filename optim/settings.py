"""An entry's settings in words: what differs from the defaults, its schedule and its modifiers."""

from collections.abc import Iterable
from typing import Any

from optim.entry import CONSTANT, Entry, with_defaults
from optim.modifiers import MODIFIERS
from optim.schedules import SCHEDULES


def settings(entry: Entry) -> str:
    """Return an entry's settings as text: the learning rate, what differs from the defaults, its schedule and modifiers."""
    hyper = entry.hyper
    shown = {
        parameter.name: hyper[parameter.name]
        for parameter in entry.rule.parameters
        if parameter.name == "lr" or hyper[parameter.name] != parameter.default
    }
    return ", ".join([*_written(shown.items()), *extras(entry)])


def extras(entry: Entry) -> list[str]:
    """Return an entry's schedule and modifiers as text, in the order in which they act; empty where it has none."""
    scheduled = [] if entry.schedule == CONSTANT else [(SCHEDULES[entry.schedule[0]], entry.schedule[1:], " schedule")]
    modified = [(MODIFIERS[name], pairs, "") for name, *pairs in entry.modifiers]
    return [
        _called(f"{_small(kind.title)}{more}", with_defaults(kind.name, kind.parameters, pairs))
        for kind, pairs, more in scheduled + modified
    ]


def _called(title: str, values: dict[str, Any]) -> str:
    return f"{title} ({', '.join(_written(values.items()))})" if values else title


def _written(pairs: Iterable[tuple[str, Any]]) -> list[str]:
    return [f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in pairs]


def _small(title: str) -> str:
    """Return a title as it stands within a sentence: "L2 penalty" keeps its capital, "Cosine" does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
