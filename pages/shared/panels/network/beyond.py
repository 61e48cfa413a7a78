"""What can be asked of a training that is done: its landscape, the inside of a network, and whether the toy was right."""

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import DataError, NetworkResult, NetworkSpec
from optim.figures import styles
from optim.figures.network import activations, plane_map, plane_truth, rate_losses
from optim.i18n.message import message
from optim.i18n.phrases import sentences
from optim.networks.rates import STEPS, RateSweep
from optim.networks.views.inside import LayerState, inside
from optim.networks.views.landscape import Truth, truth
from optim.networks.views.plane import Plane, joint_plane
from optim.reports import layer_table, network_rates, toy_sentence, toy_table
from pages.shared.compute import background, landscapes
from pages.shared.inputs import network, state
from pages.shared.inputs.field import Values
from pages.shared.inputs.widgets import menu, switch
from pages.shared.panels.sweeps.shared import show_frame
from pages.shared.text.markdown import PLOT, plain
from pages.shared.text.translation import translate

_NUMBER = st.column_config.NumberColumn


def show_rates(result: NetworkResult, theme: str) -> None:
    """Show which learning rates train this network, every racer over the same ones; only where it is asked for."""
    title = translate("Which rates work here?")
    st.markdown(f"## {title}")
    if switch(network.RATED):
        jobs, spec, counted = background.rate_sweeps(), _without_rates(result.spec), message("racers")
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
    pairs = zip(found.spec.entries, found.suggested, strict=True)
    values = {network.RATES[str(entry.optimizer)].key: rate for entry, rate in pairs if rate is not None}
    used = all(state.value_of(field) == values.get(field.key, state.value_of(field)) for field in network.RATES.values())
    label = translate("In use") if used else translate("Train with these rates")
    st.button(label, key="net use", on_click=_put, args=(values,), disabled=used, type="primary", icon=":material/check:")


def _put(values: Values) -> None:
    """From a callback: the rates that were found, into their inputs."""
    st.session_state.update(values)


def show_landscape(result: NetworkResult, theme: str) -> None:
    """Show the loss on the joint plane of all paths, coarse first, and what this plane hides; only where it is asked for."""
    title = translate("The landscape")
    st.markdown(f"## {title}")
    if not switch(network.LANDSCAPE):
        return
    try:
        plane = joint_plane(result)
    except DataError as error:
        st.markdown(plain(translate(error.args[0])))
        return
    found = truth(result, plane)
    st.markdown(plain(translate(sentences(plane.sentence, _hidden(result, found)))))
    left, right = st.columns(2, gap="large")
    with right:
        alt = translate("Loss along every path as it was, and on the plane")
        st.plotly_chart(plane_truth(result, found, theme, translator=translate), theme=None, config=PLOT, key="net truth", alt=alt)
    _map(result, plane, theme, left.empty())


def _map(result: NetworkResult, plane: Plane, theme: str, place: DeltaGenerator) -> None:
    alt = translate("Loss on the plane, with the path of every racer")
    for number, surface in enumerate(landscapes.surfaces_of(result.spec, plane)):
        picture = plane_map(result, plane, surface, theme, translator=translate)
        place.plotly_chart(picture, theme=None, config=PLOT, key=f"net plane {number}", alt=alt)


def _hidden(result: NetworkResult, found: Truth) -> str:
    """Where the plane is farthest from the truth."""
    entry, place = found.largest
    return message(
        "It hides most at step {step} of {name}: the loss there is {true:.3g}, on the plane {projected:.3g}.",
        step=result.marks[place],
        name=result.labels[entry],
        true=float(found.true[entry, place]),
        projected=float(found.projected[entry, place]),
    )


def show_inside(result: NetworkResult, theme: str) -> None:
    """Show what the hidden layers of one network give at the end, how large weights and gradients are, and which units are dead."""
    title = translate("Inside a network")
    st.markdown(f"## {title}")
    names = [str(entry.optimizer) for entry in result.spec.entries]
    options = {network.NOBODY: network.INSIDE_OPTIONS[network.NOBODY], **{name: network.TRAINABLE[name] for name in names}}
    chosen = menu(network.INSIDE, options=options)
    if chosen not in names or not result.spec.layers:
        return
    entry = names.index(chosen)
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
        "network": _NUMBER(
            translate("Place here, by evaluations to a training loss of {target:.3g}, else by that loss", target=result.target)
        ),
        "bowl": _NUMBER(translate("Place on the book's bowl, each at its best rate")),
        "functions": _NUMBER(translate("Place over the functions")),
    }
    show_frame(table, config, "net toy", translate("Places of every racer here, on the bowl and over the functions"))
