"""What is raced beside the race: one that was pinned, to be compared with, and the same racers on more functions."""

import math
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from optim import PROBLEMS, FormulaError, RaceResult, RaceSpec, SpecError
from optim.figures import styles
from optim.i18n.message import message, transformed
from optim.i18n.numbers import short
from optim.i18n.phrases import capital
from optim.reports import compared, comparison_table, places_table
from optim.reports.comparison.changes import MATCHED
from pages.shared.components.race_view.component import Beside, Others
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.beside import ALSO, PIN
from pages.shared.inputs.link_codec import pinned_query, pinned_race
from pages.shared.inputs.widgets import several
from pages.shared.text.markdown import marker, plain, said_of, small_print
from pages.shared.text.translation import translate

HEAD = {"status": message("How it ended"), "steps to target": message("Steps to target"), "final loss": message("Final loss")}
"""What a quantity of the comparison is called at the head of its column."""


def others(result: RaceResult) -> Others:
    """Return the races beside this one, each with its title: the pinned one first."""
    pinned = _pinned()
    elsewhere = [Beside(race.problem.title, race) for race in _elsewhere(result)]
    if pinned is None:
        return elsewhere
    found, same = compared(pinned, result), pinned.spec.problem == result.spec.problem
    # On another function its name comes first, and what was changed fits no line.
    change = transformed(found.changes, capital) if found.changed and same else ""
    return [Beside(message("Pinned: {title}", title=pinned.problem.title), pinned, change), *elsewhere]


def _pinned() -> RaceResult | None:
    spec = pinned_race(state.value_of(PIN))
    return None if spec is None else cache.run(spec)


def _elsewhere(result: RaceResult) -> list[RaceResult]:
    """Return the same race on each of the other functions, from its first start; under all other conditions of this one."""
    names = [name for name in state.value_of(ALSO) if name != result.spec.problem]
    return [cache.run(replace(result.spec, problem=name, start=PROBLEMS[name].starts[0])) for name in names]


def show_beside(result: RaceResult) -> None:
    """Show in one row what can be put beside the race; below it what comes of that, where there is something."""
    pinned = _pinned()
    with st.container(horizontal=True, vertical_alignment="bottom", key="beside"):
        _buttons(result.spec, pinned)
        _menu(result.spec)
    if pinned is not None:
        _show_comparison(pinned, result)
    elsewhere = _elsewhere(result)
    if elsewhere:
        _show_places([result, *elsewhere])


def _buttons(spec: RaceSpec, pinned: RaceResult | None) -> None:
    query = pinned_query(spec)
    here, fits = pinned is not None and query == state.value_of(PIN), PIN.read(query) is not None
    words = translate("Keeps this race beside the next ones: change anything, and both play on one clock.")
    words = words if fits else translate("The lines of this race's rules are too long for a pin.")
    st.button(
        translate("Pin this race"), key="pin this", on_click=_pin, disabled=here or not fits, help=words, icon=":material/keep:"
    )
    if pinned is not None:
        st.button(translate("Unpin"), key="unpin", on_click=_unpin, icon=":material/keep_off:")
        st.button(translate("Load the pinned race"), key="load pinned", on_click=_load, disabled=here, icon=":material/undo:")


def _pin() -> None:
    """From a callback: pin the race in the inputs, unless they ask for none."""
    try:
        st.session_state[PIN.key] = pinned_query(state.current_race())
    except (FormulaError, SpecError):
        return


def _unpin() -> None:
    st.session_state[PIN.key] = PIN.default


def _load() -> None:
    spec = pinned_race(state.value_of(PIN))
    if spec is not None:
        state.load(spec)


def _menu(spec: RaceSpec) -> None:
    """The menu of functions for the same racers; the race's own is not among them."""
    titles = {name: problem.title for name, problem in PROBLEMS.items() if name != spec.problem}
    several(ALSO, titles, translate("More functions for the same racers"))


def _show_comparison(pinned: RaceResult, result: RaceResult) -> None:
    """Say what was changed since the pinned race and what differs, and list how every racer ended in both."""
    found = compared(pinned, result)
    first, *rest = (plain(translate("{reason}.", reason=transformed(words, capital))) for words in found.outcomes)
    changes = plain(translate(transformed(found.changes, capital)))
    head = said_of(changes, f"**{first}**") if found.changed else f"{translate('{changes}.', changes=changes)} **{first}**"
    said = "\n".join([head, "", *(f"- {words}" for words in rest)])
    parts = ("## " + translate("Against the pinned race"), said, _comparison(pinned, result), small_print(translate(MATCHED)))
    st.markdown("\n\n".join(parts))


def _comparison(pinned: RaceResult, result: RaceResult) -> str:
    """The comparison as a table: a row per racer, in each cell what was and what is."""
    rows = [(translate("Racer"), *map(translate, HEAD.values())), ("---", "---", "---:", "---:")]
    for racer, own in comparison_table(pinned, result).groupby("racer", sort=False):
        ends = {row.quantity: (_cell(row.before), _cell(row.after)) for row in own.itertuples()}
        cells = (one if one == other else f"{one} → {other}" for one, other in (ends[quantity] for quantity in HEAD))
        rows.append((plain(translate(cast(str, racer))), *cells))
    return _table(rows)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return plain(translate(value)) if isinstance(value, str) else short(value) if isinstance(value, float) else f"{value}"


def _show_places(results: list[RaceResult]) -> None:
    """List who came where on which function, and how."""
    table = places_table(results)
    titles = [plain(translate(title)) for title in table.function.unique()]
    rows = [(translate("Racer"), *titles), ("---", *("---" for _ in titles))]
    looks = styles(results[0].spec.entries)
    for look, (racer, own) in zip(looks, table.groupby("racer", sort=False), strict=True):
        cells = (f"**{_place(row)}** {small_print(translate(cast(str, row.status)))}" for row in own.itertuples())
        rows.append((f"{marker(look)}&nbsp;{plain(translate(cast(str, racer)))}", *cells))
    words = translate("Same racers, rates, steps and conditions everywhere. Each further function starts at its own first start.")
    st.markdown("\n\n".join(("## " + translate("Places on several functions"), _table(rows), small_print(words))))


def _place(row: Any) -> str:
    """Return who came where; there is no order among those that have no loss."""
    return f"{row.place}" if math.isfinite(row.final_loss) else short(math.nan)


def _table(rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
