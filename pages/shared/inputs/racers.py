"""Callbacks of the inputs: racers come, go, move and change, and another function brings its start and rates that work there."""

import random
from collections.abc import Callable
from contextlib import suppress
from itertools import chain

import streamlit as st

from optim import OPTIMIZERS, Entry, FormulaError
from optim.races.spec import MAX_ENTRIES
from optim.sweeps.offered import LR
from pages.shared.inputs.display import HIDDEN, STRONG, NameField, name_field
from pages.shared.inputs.drafts import last_raced
from pages.shared.inputs.fields import (
    CUSTOM,
    FORMULA,
    FUNCTION,
    RACERS,
    extra_fields,
    function,
    function_text,
    optimizer_field,
    setting_fields,
)
from pages.shared.inputs.link_codec import entries_of, entry_values
from pages.shared.inputs.rates import offered_entry, rate_origin, told_origin
from pages.shared.inputs.rules import NAME, OWN_RULE, RULE, optimizer_of, optimizer_values, rule_field, slot_key
from pages.shared.inputs.state import RATED, SHOWN, TOLD, TYPED, current, put, usable, value_of


def formula_typed() -> None:
    """After a formula was typed: put a * where a blank stands for it, which in a link could be a +; then as `function_chosen`."""
    st.session_state[FORMULA.key] = FORMULA.write(st.session_state[FORMULA.key])
    _suit()


def function_chosen() -> None:
    """After another function was chosen: bring back what was typed last, the function's start, and rates that work there."""
    if st.session_state[FUNCTION.key] == CUSTOM and TYPED in st.session_state:
        put({FORMULA.key: st.session_state[TYPED]})
    _suit()


def _suit() -> None:
    """Move the start to the function's first one, and give each racer whose rate nobody changed one that works there.

    A formula that cannot be used changes nothing.
    """
    values = current()
    try:
        start, here = function(values).starts[0], function_text(values)
    except FormulaError:
        return
    before = st.session_state.get(RATED, here)
    rates = {slot: _rate(entry, before, here) for slot, entry in enumerate(entries_of(values), start=1)}
    known = {slot_key(slot, LR): rate for slot, rate in rates.items() if rate is not None}
    put({"x": start[0], "y": start[1], **known})
    st.session_state[RATED] = here


def _rate(entry: Entry, before: str, here: str) -> float | None:
    """Return the rate that a racer gets on another function; None where it has none, or keeps the one that a visitor chose.

    Where none works it is the default: an old one would count as chosen from then on.
    """
    untouched = rate_origin(entry, before) or told_origin(entry, before, st.session_state.get(TOLD))
    return offered_entry(str(entry.optimizer), here).hyper.get(LR) if untouched else None


def random_start() -> None:
    """Move the start to a random place in the window."""
    try:
        problem = function(current())
    except FormulaError:
        return
    (x0, x1), (y0, y1) = (
        (max(low, least), min(high, most)) for (low, high), (least, most) in zip(problem.view, problem.domain, strict=True)
    )
    put({"x": round(random.uniform(x0, x1), 2), "y": round(random.uniform(y0, y1), 2)})  # noqa: S311 - no secret


def optimizer_chosen(slot: int) -> None:
    """After another optimizer was chosen for a racer: its default settings and the rate offered here, no schedule or modifiers.

    A rule of the visitor's own comes back with the lines that were typed last.
    """
    chosen = value_of(optimizer_field(slot))  # a browser may send what is not in the menu
    name = last_raced(rule_field(slot)) if chosen == OWN_RULE else chosen
    values = optimizer_values(slot, name)
    settings = chain([name_field(slot_key(slot, NAME), name)], setting_fields(slot, name), extra_fields(slot, values))
    usual = {field.key: field.default for field in settings}
    put(values | usual | {slot_key(slot, name): value for name, value in _fresh(name).hyper.items()})


def lines_typed(slot: int) -> None:
    """After a racer's lines were typed: a rate that nobody changed becomes the one offered for them; a mistake changes nothing."""
    before, values = last_raced(rule_field(slot)), current()
    now, key = optimizer_of(slot, values), slot_key(slot, LR)
    if now != before and key in values and _offered_before(before, values[key]):
        put({key: _fresh(now).hyper[LR]})


def lines_chosen(slot: int, lines: str) -> None:
    """Put lines into a racer's field, as if they had been typed."""
    st.session_state[slot_key(slot, RULE)] = lines
    lines_typed(slot)


def _offered_before(lines: str, rate: float) -> bool:
    """Whether lines had a rate that nobody changed, or none."""
    entry = Entry(lines)
    return LR not in entry.hyper or bool(rate_origin(Entry(lines, {LR: rate}), function_text(usable(current()))))


def name_typed(field: NameField) -> None:
    """After a racer's name was typed: leave out what cannot be in one."""
    st.session_state[field.key] = field.cleaned(st.session_state[field.key])


def count_chosen() -> None:
    """After another number of racers was chosen: those that are new get the rates offered here."""
    shown, entries = st.session_state.get(SHOWN, ()), entries_of(current())
    new = {slot: _fresh(str(entry.optimizer)) for slot, entry in enumerate(entries, 1) if slot_key(slot) not in shown}
    put({slot_key(slot, LR): entry.hyper[LR] for slot, entry in new.items() if LR in entry.hyper})


def add_racer() -> None:
    """Add a racer: the first optimizer that is not racing yet, at the settings offered here."""
    racing = [str(entry.optimizer) for entry in entries_of(current())]
    fresh = next((name for name in OPTIMIZERS if name not in racing), racing[-1])
    if len(racing) < MAX_ENTRIES:
        put(entry_values((*entries_of(current()), _fresh(fresh))))


def remove_racer(slot: int) -> None:
    """Take a racer out; those after it move up."""
    _order(lambda slots: slots[: slot - 1] + slots[slot:])


def duplicate_racer(slot: int) -> None:
    """Add the same racer again, right after it."""
    _order(lambda slots: slots[:slot] + slots[slot - 1 :])


def move_racer(slot: int, to: int) -> None:
    """Move a racer to another place; those between make room."""

    def moved(slots: list[int]) -> list[int]:
        others = slots[: slot - 1] + slots[slot:]
        return [*others[: to - 1], slot, *others[to - 1 :]]

    _order(moved)


def _order(changed: Callable[[list[int]], list[int]]) -> None:
    """Put the racers into the order that `changed` makes of their slots, unless they are too many, or none; looks go along."""
    entries = entries_of(current())
    slots = changed(list(range(1, len(entries) + 1)))
    if not 1 <= len(slots) <= MAX_ENTRIES:
        return
    put(entry_values(tuple(entries[slot - 1] for slot in slots)))
    hidden, strong = value_of(HIDDEN), value_of(STRONG)
    _hide({place for place, slot in enumerate(slots, start=1) if slot in hidden})
    st.session_state[STRONG.key] = next((f"{place}" for place, slot in enumerate(slots, 1) if f"{slot}" == strong), STRONG.default)


def show_or_hide(slot: int) -> None:
    """Hide a racer in the pictures, or show it again."""
    _hide({slot} ^ set(value_of(HIDDEN)))


def show_alone(slot: int) -> None:
    """Hide all other racers; where they are hidden already, show them again."""
    others = set(range(1, value_of(RACERS) + 1)) - {slot}
    _hide(set() if others == set(value_of(HIDDEN)) else others)


def highlight(slot: int) -> None:
    """Let a racer stand out in the pictures, or no longer."""
    st.session_state[STRONG.key] = STRONG.default if value_of(STRONG) == f"{slot}" else f"{slot}"


def _hide(slots: set[int]) -> None:
    """Hide these racers; all of them are as good as none."""
    st.session_state[HIDDEN.key] = tuple(sorted(slots)) if len(slots) < value_of(RACERS) else HIDDEN.default


def _fresh(optimizer: str) -> Entry:
    """Return an optimizer at the settings offered on the function in the inputs; at its defaults where that cannot be used."""
    with suppress(FormulaError):
        return offered_entry(optimizer, function_text(current()))
    return Entry(optimizer)
