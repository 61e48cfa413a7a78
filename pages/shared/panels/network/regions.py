"""What every network decides where, for data in a plane: as it forms, and at the step that is chosen once the training is done."""

import streamlit as st

from optim import NetworkResult
from optim.figures import styles
from optim.figures.network import decision
from optim.i18n.numbers import short
from optim.networks.views.regions import regions
from pages.shared.inputs import network, state
from pages.shared.inputs.widgets import in_step, is_latest
from pages.shared.text.markdown import PLOT, plain
from pages.shared.text.translation import translate

ACROSS = 4
"""Pictures beside one another."""
SHOWN = "net shown step"
"""The slider of steps, which writes into the input in the link."""


def show_regions(result: NetworkResult, theme: str, *, done: bool, several: bool) -> None:
    """Show the decision regions of all racers, where the data has two inputs: the latest, or at a step that is chosen.

    Where there are `several` seeds, the result is that of the first, and the page says so.
    """
    if not result.spec.examples.view or not result.done:
        return
    title = translate("What each network decides") if result.spec.examples.classes else translate("What each network predicts")
    st.markdown(f"## {title}")
    if several:
        st.caption(translate("These are the networks of the first seed, {seed}.", seed=result.spec.seed))
    _pictures(result, theme, _chosen(list(result.marks)) if done else len(result.marks) - 1)


def _chosen(marks: list[int]) -> int:
    """Show a slider of the steps whose weights are known, and return the place of the one chosen: in the link, else the last."""
    wanted = min(state.value_of(network.SHOWN), marks[-1])
    near = min(marks, key=lambda mark: abs(mark - wanted))
    key = in_step(SHOWN, near)
    st.select_slider(translate(network.SHOWN.title), marks, near, key=key, on_change=_keep, args=(key, marks[-1]))
    return marks.index(near)


def _keep(key: str, last: int) -> None:
    """From a callback: the step that was chosen, into its input; the end is the default, however many steps there are."""
    if is_latest(key):
        step = st.session_state[key]
        st.session_state[network.SHOWN.key] = network.SHOWN.default if step == last else step


def _pictures(result: NetworkResult, theme: str, place: int) -> None:
    found, looks = regions(result, place), styles(result.spec.entries)
    names = [translate(label) for label in result.labels]
    for begin in range(0, len(names), ACROSS):
        for i, column in zip(range(begin, len(names)), st.columns(ACROSS), strict=False):
            with column:
                st.markdown(f"{looks[i].sign} {plain(_share(result, i, place, names[i]))}")
                picture = decision(result, found, i, theme, translator=translate)
                alt = translate("What the network of {name} decides over the window", name=names[i])
                st.plotly_chart(picture, theme=None, config=PLOT, key=f"net region {i}", alt=alt)


def _share(result: NetworkResult, entry: int, place: int, name: str) -> str:
    """Return what a network gets right on the test examples, or its loss there."""
    if result.spec.examples.classes:
        return translate("{name}: {share} right", name=name, share=f"{result.test_accuracy[entry, place]:.1%}")
    return translate("{name}: test loss {loss}", name=name, loss=short(result.test_loss[entry, place], 3))
