"""The panels of the Network page: who is ahead, the curves as they grow, the table, and what was the same for all."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import NetworkResult, NetworkSpec
from optim.export import Script, network_script, numpy_training, torch_training
from optim.figures import styles
from optim.figures.network import batch_losses, measured
from optim.i18n.message import message
from optim.reports import network_claim, network_more, network_protocol, network_table
from pages.shared.compute import background
from pages.shared.inputs import network, state
from pages.shared.panels.network import beyond, inputs
from pages.shared.panels.scripts import show_scripts
from pages.shared.panels.sweeps.shared import show_frame
from pages.shared.text.markdown import PLOT, legend, plain
from pages.shared.text.translation import translate

SCRIPTS: dict[str, tuple[str, Callable[[NetworkSpec], Script]]] = {
    "NumPy": ("training_numpy.py", numpy_training),
    "optim": ("training_optim.py", network_script),
    "PyTorch": ("training_torch.py", torch_training),
}
"""What a script is called -> the file that it is kept in, and who writes it."""
_NUMBER = st.column_config.NumberColumn


def show_network(theme: str, answer: DeltaGenerator) -> None:
    """Train what the inputs ask for, and show it while it grows."""
    values = {field.key: state.value_of(field) for field in network.NETWORK}
    with answer:
        data, missing = inputs.brought(values)
        if not values[network.WHO.key]:
            title = translate("Nobody trains")
            st.markdown(f"# {title}")
            st.markdown(translate("Choose an optimizer in the sidebar."))
            return
    if missing:
        return
    spec: NetworkSpec = network.training_spec(values, data)
    picture, counted = partial(_picture, theme=theme), message("training steps")
    background.watch(background.trainings(network.first_view()), spec, _claim, picture, answer=answer, counted=counted)


def _claim(result: NetworkResult) -> None:
    said = network_claim(result)
    st.markdown(f"# {plain(translate(said if result.complete else message('So far: {claim}', claim=said)))}")
    st.markdown(plain(translate(network_more(result))))


def _picture(result: NetworkResult, theme: str) -> None:
    st.markdown(legend(zip(styles(result.spec.entries), map(translate, result.labels), strict=True)))
    _curves(result, theme)
    _table(result)
    _code(result)
    if result.complete:
        beyond.show_rates(result, theme)
        beyond.show_landscape(result, theme)
        beyond.show_inside(result, theme)
        beyond.show_toy(result)
    with st.container(border=True):
        title = translate("Settings")
        st.markdown(f"## {title}")
        st.markdown(plain(translate(network_protocol(result))))


def _curves(result: NetworkResult, theme: str) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        title = translate("Loss on the batch")
        st.markdown(f"## {title}")
        picture, alt = batch_losses(result, theme, translator=translate), translate("Loss on the batch by step, every racer")
        st.plotly_chart(picture, theme=None, config=PLOT, key="net loss", alt=alt)
    with right:
        what = "test_accuracy" if result.spec.examples.classes else "test_loss"
        title = translate("On examples that nobody trained on")
        st.markdown(f"## {title}")
        picture, alt = measured(result, what, theme, translator=translate), translate("Test result by step, every racer")
        st.plotly_chart(picture, theme=None, config=PLOT, key="net test", alt=alt)


def _code(result: NetworkResult) -> None:
    box = st.expander(translate("As code"), key="net code", icon=":material/code:", on_change="rerun")
    if box.open:  # the digits alone are 60 kB of a script
        with box:
            st.caption(translate("Each script prints this training's table, the same numbers. The button at its corner copies it."))
            show_scripts(SCRIPTS, result.spec, "net")


def _table(result: NetworkResult) -> None:
    table = network_table(result)
    looks = styles(result.spec.entries)
    table["optimizer"] = [f"{looks[i].sign} {translate(result.labels[i])}" for i in table.entry]
    table["reason"] = [translate(reason) for reason in table.reason]
    table[["test_accuracy", "train_accuracy"]] *= 100
    shares: dict[str, Any] = {
        "test_accuracy": _NUMBER(translate("Test accuracy"), format="%.1f %%"),
        "train_accuracy": _NUMBER(translate("Training accuracy"), format="%.1f %%"),
    }
    config = {
        "optimizer": translate("Racer"),
        **(shares if result.spec.examples.classes else {}),
        "test_loss": _NUMBER(translate("Test loss"), format="%.3g"),
        "train_loss": _NUMBER(translate("Training loss"), format="%.3g"),
        "lr": _NUMBER("lr", format="%.4g"),
        "seconds": _NUMBER(translate("Seconds of work"), format="%.1f"),
        "reason": translate("How it ended"),
    }
    show_frame(table, config, "net table", translate("Accuracy and loss of every racer"))
    st.download_button(
        "CSV",
        lambda: result.table().to_csv(index=False),
        "training.csv",
        "text/csv",
        key="net csv",
        help=translate("One row per racer and step, with all digits"),
        icon=":material/download:",
        on_click="ignore",
    )
