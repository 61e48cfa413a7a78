"""A menu of a field's options, in the visitor's language and in the link."""

import streamlit as st

from pages.shared.inputs.fields import Field
from pages.shared.inputs.state import BOUND
from pages.shared.text.translation import translate, translate_each


def menu(field: Field) -> str:
    """Show the options of a field as a menu and return the name of the one chosen."""
    options = translate_each(field.options or {})
    names = list(options)
    start = names.index(field.default)
    chosen: str = st.selectbox(translate(field.title), names, start, format_func=options.__getitem__, key=field.key, **BOUND)
    return chosen
