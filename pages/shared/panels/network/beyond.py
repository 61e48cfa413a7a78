"""What can be asked of a training that is done: which rates work, the inside of a network, and whether the toy was right."""

from dataclasses import replace
from functools import partial

import streamlit as st

from optim import NetworkResult, NetworkSpec
from optim.figures import styles
from optim.figures.network import activations, rate_losses
from optim.i18n.message import message, plural
from optim.networks.rates import STEPS, RateSweep
from optim.networks.views.inside import LayerState, inside
from optim.reports import layer_table, network_rates, toy_sentence, toy_table
from pages.shared.compute import background
from pages.shared.inputs import network, state
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.widgets import menu, switch
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import PLOT, plain
from pages.shared.text.translation import translate

_NUMBER = st.column_config.NumberColumn


def show_rates(result: NetworkResult, theme: str) -> None:
    """Show which learning rates train this network, every racer over the same ones; only where it is asked for."""
    title = translate("Which rates work here?")
    st.markdown(f"## {title}")
    if switch(network.RATED):
        jobs, spec, counted = (
            background.rate_sweeps(),
            _without_rates(result.spec),
            (lambda count: plural("racer", "racers", count)),
        )
        picture = partial(_rates, theme=theme)
        background.watch(jobs, spec, _suggested, picture, answer=st.container(), offer=_offer, counted=counted)


def _without_rates(spec: NetworkSpec) -> NetworkSpec:
    """Return the training with no rates of its own, so that to use what was found does not ask for it again."""
    kept = ({name: value for name, value in dict(entry.values).items() if name != "lr"} for entry in spec.entries)
    entries = tuple(replace(entry, values=values) for entry, values in zip(spec.entries, kept, strict=True))
    return replace(spec, entries=entries, steps=STEPS, weights="same", loss_at="before")


def _suggested(found: RateSweep) -> None:
    st.markdown(plain(translate(network_rates(found))))


def _rates(found: RateSweep, theme: str) -> None:
    alt = translate("Training loss against the learning rate, every racer")
    st.plotly_chart(rate_losses(found, theme, translator=translate), theme=None, config=PLOT, key="net rates", alt=alt)


def _offer(found: RateSweep) -> None:
    pairs = zip(state.value_of(network.WHO), found.suggested, strict=True)
    values = {network.RATES[name].key: rate for name, rate in pairs if rate is not None}
    used = all(state.value_of(field) == values.get(field.key, state.value_of(field)) for field in network.RATES.values())
    label = translate("In use") if used else translate("Train with these rates")
    st.button(label, key="net use", on_click=_put, args=(values,), disabled=used, type="primary", icon=":material/check:")


def _put(values: Values) -> None:
    """From a callback: the rates that were found, into their inputs."""
    st.session_state.update(values)


def show_inside(result: NetworkResult, theme: str) -> None:
    """Show what the hidden layers of one network give at the end, how large weights and gradients are, and which units are dead."""
    title = translate("Inside a network")
    st.markdown(f"## {title}")
    entry = racer_menu(network.INSIDE)
    if entry is None or not result.spec.layers:
        return
    states = inside(result, entry, max(0, len(result.marks) - 2))  # the last mark has no way to a next one
    st.markdown(plain(translate(_dead(states))))
    alt = translate("Histogram of the activations of every hidden layer")
    st.plotly_chart(activations(states, theme, translator=translate), theme=None, config=PLOT, key="net inside", alt=alt)
    config = {
        "layer": translate("Layer"),
        "dead": _NUMBER(translate("Dead units")),
        "weight": _NUMBER(translate("Deviation of the weights"), format="%.3g"),
        "gradient": _NUMBER(translate("Deviation of the gradients"), format="%.3g"),
        "moved": _NUMBER(translate("Update over weight"), format="%.2g"),
    }
    show_frame(layer_table(states), config, "net layers", translate("Weights and gradients of every layer"))


def _dead(states: tuple[LayerState, ...]) -> str:
    dead, units = sum(int(state.dead.sum()) for state in states[:-1]), sum(state.dead.size for state in states[:-1])
    return message(
        "{dead} of {units} hidden units are dead: they give the same for every example, so that nothing changes them.",
        dead=dead,
        units=units,
    )


def racer_menu(field: Field) -> int | None:
    """Show a menu of the racers and return the place of the one chosen, None where there is none."""
    names = state.value_of(network.WHO)
    options = network.INSIDE_OPTIONS
    chosen = menu(field, options={name: options[name] for name in (network.NOBODY, *names)})
    return names.index(chosen) if chosen in names else None


def show_toy(result: NetworkResult) -> None:
    """Show the order here beside that of the same optimizers on the book's bowl and over the functions."""
    title = translate("Was the toy right?")
    st.markdown(f"## {title}")
    st.markdown(plain(translate(toy_sentence(result))))
    table = toy_table(result)
    looks = dict(zip(result.labels, styles(result.spec.entries), strict=True))
    table["optimizer"] = [f"{looks[label].sign} {translate(label)}" for label in table.optimizer]
    config = {
        "optimizer": translate("Racer"),
        "network": _NUMBER(translate("Place here")),
        "bowl": _NUMBER(translate("On the book's bowl")),
        "functions": _NUMBER(translate("Over the functions")),
    }
    show_frame(table, config, "net toy", translate("Places of every racer here, on the bowl and over the functions"))
    told = translate(
        "Places here go by evaluations to a training loss of {target:.3g}, else by that loss; elsewhere each has its best rate.",
        target=result.target,
    )
    st.caption(plain(told))
