"""Lines while they are being typed: a mistake stays in its field, and the lines before it race on until it is mended."""

from typing import Any

import streamlit as st

from optim.races.spec import MAX_ENTRIES
from pages.shared.inputs.field import Field
from pages.shared.inputs.rules import TRAINED_RULE, RuleField, rule_field

RULES = "rules as typed and as raced"
"""What stands in the fields of lines, also of those that are not on screen now, and which lines race by them, by key."""


def remember_lines(field: RuleField, typed: str) -> None:
    """Note what stands in a field of lines: for when the visitor comes back from another optimizer, or makes a mistake."""
    st.session_state[RULES] = {**st.session_state.get(RULES, {}), field.key: (typed, raced(field, typed))}


def raced(field: Field, held: Any) -> Any:
    """Return what counts of what an input holds: of lines with a mistake in them those before."""
    return held if not isinstance(field, RuleField) or field.read(held) is not None else last_raced(field)


def last_raced(field: RuleField) -> str:
    """Return the lines of a racer that raced last, on screen or not; at first those of the field's default."""
    return str(_both(field)[1])


def as_typed(field: Field, value: Any) -> Any:
    """Return what an input is to hold for a value: a mistake that somebody is mending stays in its field."""
    return _both(field)[0] if isinstance(field, RuleField) and value == last_raced(field) else value


def mistakes() -> list[str]:
    """Return what stands in the fields of lines and cannot be used: the address holds the lines that race in its place."""
    fields = [TRAINED_RULE, *(rule_field(slot) for slot in range(1, MAX_ENTRIES + 1))]
    found = ((field, st.session_state.get(field.key)) for field in fields)
    return [typed for field, typed in found if typed is not None and field.read(typed) is None]


def _both(field: RuleField) -> tuple[str, str]:
    typed, used = st.session_state.get(RULES, {}).get(field.key, (field.default, field.default))
    return typed, used
