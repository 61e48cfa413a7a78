"""Inputs and the address bar: a link is read once, before the first input; after that every input is bound to its parameter."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from optim import FormulaError, RaceSpec, RuleError, SpecError
from optim.core.errors import nearest
from optim.i18n.message import code, message
from pages.shared.inputs.drafts import as_typed, raced
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.fields import (
    FORMULA,
    FRAME,
    INSPECTED,
    LOOKED_AT,
    PLAYED,
    RACERS,
    fields,
    filled,
    function,
    function_text,
    is_slot,
    setting_fields,
    start_fields,
)
from pages.shared.inputs.link_codec import SECTION, decode, encode, link_keys, spec_of, values_of
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.rates import told_origin
from pages.shared.inputs.rules import optimizer_of
from pages.shared.sitemap import PAGES
from pages.shared.text import translation
from pages.shared.text.translation import translate

NOTES, SHOWN, PAGE, REQUESTED, MISSING = "link notes", "inputs on screen", "page", "race to open", "page that is missing"
TYPED, RATED, TOLD = "formula typed last", "function of the rates", "race with its origins"
"""What was typed last; the function that the racers' rates were offered for, as a spec names it; what a race told of its own."""
HISTORY_MOVES, STORED = "walks through the history", "book inputs"
"""How often the visitor has gone back or forward; what the inputs of all sections of the Book hold, while others are on screen."""
WHOLE = "race"
"""The query parameter of a link between pages: a whole race as JSON. An input keeps what it held where a link says its default."""
_LOOKED_AT = {field.key for field in LOOKED_AT}
BOUND: dict[str, Any] = {"bind": "query-params"}
"""What makes an input part of the address bar, and keeps its value from page to page."""


def enter_page(page: str) -> None:
    """Restore the inputs on a change of page: to what they held, or after Back and Forward to what the address says."""
    before = st.session_state.get(PAGE)
    st.session_state[PAGE] = page
    if before is None:
        st.session_state[MISSING] = _missing_page(page)
    if navigated_history():
        _restore()
        if before != page:
            # Streamlit hides what inputs of the page before had in the address, even where the new page has them too.
            st.rerun()
    elif before not in (None, page):
        st.session_state.pop(REQUESTED, None)
        values = current()
        st.session_state.update({field.key: as_typed(field, values[field.key]) for field in fields(values)})
        _inspect()


def _missing_page(page: str) -> list[str]:
    """Return a sentence for the page that a session's first address names, where there is none; `page` is shown instead."""
    context = get_script_run_ctx()
    wanted = (context.pages_manager.intended_page_name or "") if context else ""
    if wanted in ("", page):
        return []
    names = [one.name for one in PAGES]
    note = message("There is no page {name!r}. Pages: {names}.", name=wanted[:40], names=code(*names))
    near = nearest(wanted, names)
    return [message("{note} Nearest: {nearest}.", note=note, nearest=code(near)) if near else note]


def navigated_history() -> bool:
    """Whether the visitor has just gone back or forward in the browser's history: then the address says what the inputs hold."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _restore() -> None:
    """Set every input to what the address says."""
    context = get_script_run_ctx()
    address = dict(parse_qsl(context.query_string if context else "", keep_blank_values=True))
    for key in [key for key in st.session_state if re.fullmatch(link_keys(), str(key))]:
        del st.session_state[key]
    shown = f"{address.get(SECTION)}."
    st.session_state[STORED] = {key: value for key, value in st.session_state.get(STORED, {}).items() if not key.startswith(shown)}
    st.session_state[HISTORY_MOVES] = st.session_state.get(HISTORY_MOVES, 0) + 1
    translation.restore(address)
    _fill(address)


def _fill(address: Mapping[str, str]) -> list[str]:
    """Set every input to what an address says; return a sentence for each part that could not be used."""
    values, notes = decode(address)
    st.session_state.update({field.key: values[field.key] for field in chain(fields(values), LOOKED_AT)})
    return notes


def store(values: Mapping[str, Any]) -> None:
    """Store what inputs of the Book hold until they are on screen again."""
    st.session_state[STORED] = {**st.session_state.get(STORED, {}), **values}


def stored(key: str, default: Any) -> Any:
    """Return what an input of the Book held when it was last on screen."""
    return st.session_state.get(STORED, {}).get(key, default)


def store_inputs() -> None:
    """Store the value of every input by name before a change of language renames its options."""
    values = current()
    st.session_state.update({field.key: as_typed(field, value_of(field)) for field in chain(fields(values), LOOKED_AT)})


def read_link(unusable: Callable[[], Iterable[str]] = list) -> list[str]:
    """On a session's first run put the link's values into the inputs; return what in the link could not be used.

    `unusable` returns a sentence for each part of it that only the page can judge.
    """
    translation.set_language()
    if WHOLE in st.query_params:
        _read_whole()
    if NOTES not in st.session_state:
        query = {key: st.query_params[key] for key in st.query_params}
        st.session_state[NOTES] = [*st.session_state.get(MISSING, ()), *_fill(query), *translation.link_notes(), *unusable()]
        values = current()
        meant = {field.key: written(field, value_of(field)) for field in chain(fields(values), LOOKED_AT) if field.key in query}
        if any(meant[key] != query[key] for key in meant):
            # An input takes its value from the address bar and drops what it cannot read: give it what was meant.
            st.query_params.update(meant)
            st.rerun()
    return list(st.session_state[NOTES])


def _read_whole() -> None:
    """Put a whole race from another page into the inputs, in place of what they held."""
    text = st.query_params[WHOLE]
    del st.query_params[WHOLE]
    try:
        spec = RaceSpec.from_json(text)
        values, notes = decode({key: str(spec.problem) if key == FORMULA.key else value for key, value in encode(spec).items()})
        _tell(spec)
    except (SpecError, FormulaError, RuleError) as error:
        values, notes = {}, [message("The race in the link could not be used: {error}", error=error.args[0])]
    if values and values != {**current(), **{key: values[key] for key in _LOOKED_AT}}:
        remember_shown(())  # nothing is on screen yet
        put({key: value for key, value in values.items() if key not in _LOOKED_AT})
    _inspect()
    st.session_state[NOTES] = notes


def _inspect() -> None:
    """Look at the racer and the step that a link between pages names: inputs keep what they hold where it says their defaults."""
    given = {field.key: field.read(st.query_params[field.key]) for field in INSPECTED if field.key in st.query_params}
    st.session_state.update({key: value for key, value in given.items() if value is not None})


def _tell(spec: RaceSpec) -> None:
    """Remember what a race tells of where its rates come from, for as long as they are raced on its function."""
    st.session_state[TOLD] = replace(spec, problem=function_text(values_of(spec)))


def dismiss_notes() -> None:
    """Forget what was wrong with the link."""
    st.session_state[NOTES] = []


def current() -> Values:
    """Return the value of every input as it stands."""
    values: Values = {}
    for field in fields(values):
        values[field.key] = value_of(field)
    return values


def current_race() -> RaceSpec:
    """Return the race that the inputs ask for as they stand, on the last function that could be used where the formula cannot be.

    FormulaError or SpecError where there is none.
    """
    spec, told = spec_of(usable(current())), st.session_state.get(TOLD)
    said = (told_origin(entry, str(spec.problem), told) for entry in spec.entries)
    entries = zip(spec.entries, said, strict=True)
    return replace(spec, entries=tuple(replace(entry, origin=words or entry.origin) for entry, words in entries))


def usable(values: Values) -> Values:
    """Return the inputs, with the last function that could be used in place of a formula that cannot be."""
    with suppress(FormulaError):
        function(values)
        return values
    last = st.session_state.get(RATED)
    return values if last is None else {**values, FORMULA.key: last}  # a formula may also be a function's name


def value_of(field: Field) -> Any:
    """Return an input's value as it stands: on screen, or not yet but in the address bar, or its default."""
    if field.key in st.session_state:
        value = raced(field, st.session_state[field.key])
        if field.options is None or value in field.options:
            return value
        # What a browser sends that has not yet heard of another language is a title of the one before.
        return field.read(str(value)) or field.default
    value = field.read(st.query_params[field.key]) if field.key in st.query_params else None
    return field.default if value is None else value


def written(field: Field, value: Any) -> str:
    """Return a value as the address bar has it: Streamlit writes and restores options by what the visitor sees."""
    return translate(field.write(value)) if field.options is not None else field.write(value)


def query() -> dict[str, str]:
    """Return the query parameters that mean the race: those of its inputs that differ from their defaults."""
    return shown(fields(current()))


def shown(inputs: Iterable[Field]) -> dict[str, str]:
    """Return the query parameters of the inputs that differ from their defaults."""
    held = [(field, value_of(field)) for field in inputs]
    return {field.key: written(field, value) for field, value in held if value is not None and value != field.default}


def put(values: Values) -> None:
    """Set inputs, from a callback: those on screen by their state, those about to appear by their query parameter too."""
    complete = filled(current() | values)
    shown, wanted = st.session_state.get(SHOWN, ()), list(fields(complete))
    for key in [key for key in st.query_params if is_slot(key) and key not in shown]:
        write_parameter(key, None)
    for field in wanted:
        value = as_typed(field, complete[field.key])
        if field.key not in shown and value != field.default:
            write_parameter(field.key, written(field, value))
        st.session_state[field.key] = value


def write_parameter(key: str, text: str | None) -> None:
    """Set a query parameter, or take it out, unless an input on the page that the visitor comes from still holds it."""
    with suppress(StreamlitAPIException):
        if text is not None:
            st.query_params[key] = text
        elif key in st.query_params:
            del st.query_params[key]


def choose(values: Values) -> None:
    """Set what was chosen in the race view, where it is valid: start, what is shown, racers' settings; None is the default."""
    held = current()
    st.session_state.update(_valid(chain(start_fields(held), PLAYED), values))
    racers = range(1, held[RACERS.key] + 1)
    settings = _valid(chain.from_iterable(setting_fields(slot, optimizer_of(slot, held)) for slot in racers), values)
    if settings:
        put(settings)  # those at their defaults may not be on screen yet


def _valid(inputs: Iterable[Field], values: Values) -> Values:
    """Return the values of those inputs that are given a good one; None is the default."""
    given = ((field, values[field.key]) for field in inputs if field.key in values)
    meant = {field.key: field.default if value is None else field.accepted(value) for field, value in given}
    return {key: value for key, value in meant.items() if value is not None}


def remember_shown(keys: Iterable[str]) -> None:
    """Note which inputs are on screen: their parameters follow their state, the others' do not."""
    st.session_state[SHOWN] = tuple(keys)


def remember_function(values: Values) -> None:
    """Note the function that the inputs ask for, if it can be used: by it one can tell which rates nobody changed."""
    with suppress(FormulaError):
        function(values)
        st.session_state[RATED] = function_text(values)


def load(spec: RaceSpec) -> None:
    """Set every input so that it shows `spec`."""
    _tell(spec)
    put(values_of(spec))
    st.session_state[FRAME.key] = FRAME.default
    dismiss_notes()


def load_preset(key: str) -> None:
    """Load the preset chosen in the input `key`, which is cleared for the next choice."""
    title = st.session_state[key]
    st.session_state[key] = None
    for preset in PRESETS:
        if preset.title == title:
            load(preset.spec)


def reset() -> None:
    """Back to the default race."""
    load(PRESETS[0].spec)


def store_formula(text: str) -> None:
    """Remember what was typed, for when the visitor comes back from another function."""
    st.session_state[TYPED] = text
