"""The loss around a training: its paths play on a plane, with what that plane hides, or the loss between two ends."""

import streamlit as st

from optim import DataError, NetworkResult
from optim.figures.plane import line_losses
from optim.i18n.message import message
from optim.i18n.phrases import sentences
from optim.networks.views.landscape import line_between
from optim.reports import line_sentence, plane_hides
from pages.shared.components.race_view.plane import TEXTS, show_plane
from pages.shared.compute import landscapes
from pages.shared.inputs import network
from pages.shared.inputs.widgets import menu, switch
from pages.shared.panels.network.beyond import racer_menu
from pages.shared.text.markdown import PLOT, plain
from pages.shared.text.translation import translate


def show_landscape(result: NetworkResult, theme: str) -> None:
    """Show the loss on a plane or a line that is chosen; only where it is asked for, since it takes some seconds."""
    title = translate("The landscape")
    st.markdown(f"## {title}")
    if not switch(network.LANDSCAPE):
        return
    where, one, two = st.columns([2, 1, 1])
    with where:
        chosen = menu(network.PLANE)
    entry = other = None
    if chosen != network.JOINT:
        with one:
            entry = racer_menu(network.END)
    if chosen == network.LINE:
        with two:
            other = racer_menu(network.OTHER_END)
    try:
        if chosen == network.JOINT or (chosen == network.RANDOM and entry is not None):
            _plane(result, entry, theme)
        elif chosen == network.LINE and entry is not None and other is not None:
            _line(result, entry, other, theme)
    except DataError as error:
        st.markdown(plain(translate(error.args[0])))


def _plane(result: NetworkResult, entry: int | None, theme: str) -> None:
    seen = landscapes.seen(result, entry, theme, TEXTS)
    scaled = "" if entry is None else message("One step along an axis moves the weights of every unit by their own length.")
    st.markdown(plain(translate(sentences(seen.plane.sentence, scaled, plane_hides(result, seen.truth)))))
    show_plane(result, seen, theme)


def _line(result: NetworkResult, first: int, second: int, theme: str) -> None:
    line = line_between(result, first, second)
    st.markdown(plain(translate(line_sentence(result, line, first, second))))
    picture = line_losses(result, line, first, second, theme, translator=translate)
    alt = translate("Loss on the line between two ends")
    st.plotly_chart(picture, theme=None, config=PLOT, key="net line", alt=alt)
