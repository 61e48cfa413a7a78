"""Learning rates that the inputs offer: which one works on a function, and where a racer's own comes from; no Streamlit here."""

from typing import Any

from optim import Entry, RaceSpec
from optim.i18n.message import message
from optim.races.entry import CONSTANT
from optim.sweeps.offered import LR, TUNED, offered_rate
from pages.shared.inputs.presets import BOOK, PRESETS

DEFAULT = "default"
KEPT = message("kept from the book")
UNDIALLED = message("tuned for this function without its dials")
_BOOKS = {str(entry.optimizer): entry.hyper[LR] for entry in BOOK.spec.entries}


def offered(optimizer: str, problem: str) -> float | None:
    """Return the rate that the inputs offer for an optimizer on a function: the book's on the book's own, else a tuned one.

    Raises FormulaError where a formula cannot be used.
    """
    book = _BOOKS.get(optimizer) if problem == BOOK.spec.problem else None
    return offered_rate(optimizer, problem) if book is None else book


def offered_entry(optimizer: str, problem: str) -> Entry:
    """Return an optimizer at its default settings, with the rate that is offered on a function."""
    rate = offered(optimizer, problem)
    return Entry(optimizer) if rate is None else Entry(optimizer, {LR: rate})


def rate_origin(entry: Entry, problem: str) -> str:
    """Say where an entry's learning rate comes from on a function; "" where it has none, or a visitor chose it."""
    rate, name = entry.hyper.get(LR), str(entry.optimizer)
    if rate is None:
        return ""
    if rate == Entry(name).hyper[LR]:
        return DEFAULT
    shown = (other for preset in PRESETS if preset.spec.problem == problem for other in preset.spec.entries)
    known = next((other.origin for other in shown if other.optimizer == name and other.hyper[LR] == rate), "")
    if known:
        return known
    if rate == _BOOKS.get(name):  # asked before the tuning, which of a typed function is a sweep
        return KEPT
    return TUNED if rate == offered_rate(name, problem) else ""


def told_origin(entry: Entry, problem: str, told: RaceSpec | None) -> str:
    """Say what a race from another page or a file told of such an entry on a function; "" where it has none."""
    if told is None or told.problem != problem:
        return ""
    return next((other.origin for other in told.entries if _settings(other) == _settings(entry)), "")


def _settings(entry: Entry) -> tuple[Any, ...]:
    return entry.optimizer, entry.hyper, entry.schedule, entry.modifiers


def origin(entry: Entry, spec: RaceSpec) -> str:
    """Say where an entry's settings come from: where its rate does, unless somebody set more than that."""
    plain = entry.schedule == CONSTANT and not entry.modifiers
    if plain and not entry.values:
        return DEFAULT
    found = rate_origin(entry, str(spec.problem)) if plain and set(dict(entry.values)) == {LR} else ""
    dialled = (spec.rotate, spec.stretch, spec.shift) != (0.0, 1.0, (0.0, 0.0))
    return UNDIALLED if found is TUNED and dialled else found or entry.origin
