"""The panels of the Network page: who is ahead, the curves as they grow, the table, and what was the same for all."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import NetworkSeeds, SeedsResult
from optim.export import Script, network_script, numpy_training, torch_training
from optim.figures import styles
from optim.figures.network import batch_losses, measured
from optim.i18n.message import message, plural
from optim.i18n.numbers import short
from optim.reports import network_protocol, training_seeds_claim, training_seeds_more, training_seeds_table
from pages.shared.compute import background
from pages.shared.inputs import network, state
from pages.shared.panels.network import beyond, inputs
from pages.shared.panels.network.landscape import show_landscape
from pages.shared.panels.network.regions import show_regions
from pages.shared.panels.scripts import show_scripts
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import PLOT, legend, plain
from pages.shared.text.translation import translate

SCRIPTS: dict[str, tuple[str, Callable[[NetworkSeeds], Script]]] = {
    "NumPy": ("training_numpy.py", lambda spec: numpy_training(spec.training, spec.seeds)),
    "optim": ("training_optim.py", lambda spec: network_script(spec.training, spec.seeds)),
    "PyTorch": ("training_torch.py", lambda spec: torch_training(spec.training, spec.seeds)),
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
    spec: NetworkSeeds = network.with_seeds(values, data)
    picture, counted = partial(_picture, theme=theme), (lambda count: plural("training step", "training steps", count))
    background.watch(background.trainings(network.first_view()), spec, _claim, picture, answer=answer, counted=counted)


def _claim(many: SeedsResult) -> None:
    said = training_seeds_claim(many)
    st.markdown(f"# {plain(translate(said if many.complete else message('So far: {claim}', claim=said)))}")
    st.markdown(plain(translate(training_seeds_more(many))))


def _picture(many: SeedsResult, theme: str) -> None:
    result = many.first
    st.markdown(legend(zip(styles(result.spec.entries), map(translate, result.labels), strict=True)))
    _curves(many, theme)
    show_regions(result, theme, done=many.complete, several=many.spec.seeds > 1)
    _table(many)
    _code(many.spec)
    if many.complete:
        if len(many.runs) > 1:
            st.caption(translate("What follows is of the first seed, {seed}.", seed=result.spec.seed))
        beyond.show_rates(result, theme)
        show_landscape(result, theme)
        beyond.show_inside(result, theme)
        beyond.show_toy(result)
    with st.container(border=True):
        title = translate("Settings")
        st.markdown(f"## {title}")
        st.markdown(plain(translate(network_protocol(result, many.spec.seeds))))


def _curves(many: SeedsResult, theme: str) -> None:
    result, *others = many.whole
    if others:
        count = len(many.whole)
        st.caption(translate("Lines are medians of {count} seeds; behind each is the range of all.", count=count))
    left, right = st.columns(2, gap="large")
    with left:
        title = translate("Loss on the batch")
        st.markdown(f"## {title}")
        picture = batch_losses(result, theme, others=others, translator=translate)
        alt = translate("Loss on the batch by step, every racer")
        st.plotly_chart(picture, theme=None, config=PLOT, key="net loss", alt=alt)
    with right:
        what = "test_accuracy" if result.spec.examples.classes else "test_loss"
        title = translate("On examples that nobody trained on")
        st.markdown(f"## {title}")
        picture = measured(result, what, theme, others=others, translator=translate)
        alt = translate("Test result by step, every racer")
        st.plotly_chart(picture, theme=None, config=PLOT, key="net test", alt=alt)


def _code(spec: NetworkSeeds) -> None:
    box = st.expander(translate("As code"), key="net code", icon=":material/code:", on_change="rerun")
    if box.open:  # the digits alone are 60 kB of a script
        with box:
            st.caption(translate("Each script prints this training's table, the same numbers. The button at its corner copies it."))
            show_scripts(SCRIPTS, spec, "net")


def _table(many: SeedsResult) -> None:
    result, table = many.first, training_seeds_table(many)
    looks, several = styles(result.spec.entries), len(many.whole) > 1
    table["optimizer"] = [f"{looks[i].sign} {translate(result.labels[i])}" for i in table.entry]
    classes = bool(result.spec.examples.classes)
    table[["test_accuracy", "train_accuracy"]] *= 100
    range_title = translate("Range of test accuracy") if classes else translate("Range of test loss")
    if several:
        table["range"] = [
            f"{low:.1%} – {high:.1%}" if classes else f"{short(low, 3)} – {short(high, 3)}"
            for low, high in zip(table.low, table.high, strict=True)
        ]
    else:
        table["reason"] = [translate(result.status[i].reason) for i in table.entry]  # a frame keeps no messages
    shares: dict[str, Any] = {
        "test_accuracy": _NUMBER(translate("Test accuracy"), format="%.1f %%"),
        "train_accuracy": _NUMBER(translate("Training accuracy"), format="%.1f %%"),
    }
    config = {
        "optimizer": translate("Racer"),
        **(shares if classes else {}),
        **({"range": range_title, "first": _NUMBER(translate("Seeds in which it is first"))} if several else {}),
        "test_loss": _NUMBER(translate("Test loss"), format="%.3g"),
        "train_loss": _NUMBER(translate("Training loss"), format="%.3g"),
        "lr": _NUMBER("lr", format="%.4g"),
        "seconds": _NUMBER(translate("Seconds of work"), format="%.1f"),
        **({} if several else {"reason": translate("How it ended")}),
    }
    show_frame(table, config, "net table", translate("Accuracy and loss of every racer"))
    st.download_button(
        "CSV",
        lambda: many.table().to_csv(index=False),
        "training.csv",
        "text/csv",
        key="net csv",
        help=translate("One row per racer and step, with all digits"),
        icon=":material/download:",
        on_click="ignore",
    )
