"""The inputs of the Network page in the sidebar, bound to the address bar, and the file that a visitor brings."""

import streamlit as st

from optim import DataError, DataSet, read_data
from optim.i18n.message import message
from optim.networks.data.bounds import MAX_FILE
from pages.shared.inputs import network, state
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.rules import OWN_RULE, TRAINED_RULE
from pages.shared.inputs.state import BOUND
from pages.shared.inputs.widgets import menu, number, number_with_slider, several, switch, uploaded
from pages.shared.panels.own_rule import ABOUT, lines_input
from pages.shared.text import translation
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

SETTINGS = message("lr gets an input here. Another name that no line sets keeps its usual value; a line sets it: momentum = 0.8.")
UPLOAD, MORE = "net upload", "net more"
"""The uploader, and the switch that shows all inputs."""


def show_inputs() -> None:
    """Show the inputs of a training in the sidebar."""
    with st.sidebar:
        translation.switch(state.store_inputs)
        chosen = menu(network.DATA)
        if chosen == network.WRITTEN:
            learned = network.LEARNED
            st.text_input(translate(learned.title), learned.default, network.LONGEST, key=learned.key, **BOUND)
        if chosen == network.BROUGHT:
            _uploader()
        menu(network.LAYERS)
        number_with_slider(network.STEPS, translate(network.STEPS.title))
        number(network.SEEDS)
        several(network.WHO, network.TRAINABLE, translate("Optimizers that train"))
        chosen = state.value_of(network.WHO)
        lines = _own_rule() if OWN_RULE in chosen else TRAINED_RULE.default
        for name in chosen:
            if network.rated(name, lines):
                number(network.RATES[name], title=translate(network.RATES[name].title), step=None)
        every = st.toggle(translate("More: activation, first weights, batch, seed"), key=MORE)
        for field in network.CONDITIONS:
            if every or state.value_of(field) != field.default:
                _show(field)
        st.button(translate("As in the book"), key="net book", on_click=_put_books, width="stretch", icon=":material/menu_book:")


def _own_rule() -> str:
    """Show the lines of the visitor's own rule and return those that count."""
    return lines_input(TRAINED_RULE, TRAINED_RULE.key, None, _use_lines, (*ABOUT[:3], SETTINGS, *ABOUT[4:]))


def _use_lines(lines: str) -> None:
    """From a callback: put lines into the field, as if they had been typed."""
    st.session_state[TRAINED_RULE.key] = lines


def _show(field: Field) -> None:
    show = menu if field.options is not None else switch if field.parameter and field.parameter.kind == "bool" else number
    show(field)


def _put_books() -> None:
    """From a callback: the book's comparison on these digits."""
    st.session_state.update(network.BOOKS)


def _uploader() -> None:
    words = translate(
        "CSV with a header and the classes in a column called label, or .npz with images and labels; up to {most} MB. It stays on "
        "this server only while you look.",
        most=MAX_FILE // 10**6,
    )
    st.file_uploader(translate(network.BROUGHT_TITLE), ["csv", "npz"], key=UPLOAD, help=words)


def brought(values: Values) -> tuple[DataSet | None, bool]:
    """Return the data of the visitor's file, and whether it is missing; where it is, the page says so, and why."""
    if values[network.DATA.key] != network.BROUGHT:
        return None, False
    file = uploaded(UPLOAD)
    if file is None:
        _say(translate("Which file?"), translate("Bring one in the sidebar."))
        return None, True
    try:
        return _read(file.getvalue(), file.name), False
    except DataError as error:
        _say(translate("This file cannot be used"), plain(translate(error.args[0])))
        return None, True


def _say(title: str, text: str) -> None:
    st.markdown(f"# {title}")
    st.markdown(text)


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(content: bytes, name: str) -> DataSet:
    return read_data(content, name=name)
