"""The panels of the Learning rates page: which rate to use, which rates work, as curves or maps, and as a table."""

import math
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import Entry, RaceSpec, SpecError, SweepResult
from optim.export import torch_line
from optim.figures import EntryStyle
from optim.figures.sweep.cell_maps import shares
from optim.figures.sweep.rates import rates
from optim.i18n.message import joined, message
from optim.i18n.phrases import sentences
from optim.problems.diagnostics import conditioning
from optim.reports.rates import advised, rates_claim, rates_more, rates_so_far, second_claim
from optim.sweeps.scores import WORKS, median_start, standings
from pages.shared.components.cell_maps.component import cell_maps
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.fields import SECOND
from pages.shared.inputs.navigation import follow_request, open_race, request_race
from pages.shared.inputs.rules import slot_key
from pages.shared.inputs.state import put
from pages.shared.inputs.widgets import menu
from pages.shared.panels.sweeps import shared
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import PLOT, legend, plain
from pages.shared.text.translation import translate

_CHART = "rates chart"
_NUMBER = st.column_config.NumberColumn


def show_rates(race: RaceSpec, theme: str, answer: DeltaGenerator) -> None:
    """Show curves over the learning rate, or maps over it and a second parameter."""
    second = choose_second(race)
    if second == SECOND.default:
        show_curves(race, theme, answer)
    else:
        show_maps(race, second, theme, answer)


def choose_second(race: RaceSpec) -> str:
    """Show the menu of second parameters that these racers have and return the one chosen, or "none"."""
    names = {p.name for entry in race.entries for p in entry.rule.parameters}
    options = {name: title for name, title in (SECOND.options or {}).items() if name == SECOND.default or name in names}
    left, _ = st.columns([2, 3])
    with left:
        return menu(SECOND, title=translate("The learning rate against a second parameter"), options=options)


def show_curves(race: RaceSpec, theme: str, answer: DeltaGenerator) -> None:
    """Show which rate to use, and every racer's result against the learning rate."""
    try:
        spec, looks = sweep_specs.rates_spec(race)
    except SpecError as error:
        shared.show_too_much(error)
        return
    picture, offer = partial(_curves, looks=looks, theme=theme), partial(_offer, race=race)
    background.watch(background.sweeps(), spec, _claim, picture, answer=answer, offer=offer)


def _claim(result: SweepResult) -> None:
    follow_request()
    st.markdown(f"# {plain(translate(rates_claim(result) if result.complete else rates_so_far(result)))}")
    st.markdown(plain(translate(sentences(rates_more(result) if result.complete else "", _limit(result), _works()))))


def _limit(result: SweepResult) -> str:
    limit = conditioning(result.problem).stable_step
    return "" if limit is None else message("The stability limit of SGD near the minimum is lr = 2/λ = {limit:.3g}.", limit=limit)


def _works() -> str:
    return message("A rate works where at least {share:.0%} of the starts reach the target and stay.", share=WORKS)


def _offer(result: SweepResult, race: RaceSpec) -> None:
    """Offer to use the rate, to race with it, its line in PyTorch, and more steps where some racer never arrives."""
    entry = advised(result)
    if entry is not None and "lr" in entry.hyper:
        _offer_rate(entry, race, sweep_specs.slots(race)[int(standings(result).entry.iloc[0])])
    if not result.reached.any(axis=(1, 2, 3)).all():
        shared.offer_steps(result.spec.race.steps)


def _offer_rate(entry: Entry, race: RaceSpec, slot: int) -> None:
    key, rate = slot_key(slot + 1, sweep_specs.LR), entry.hyper[sweep_specs.LR]
    with st.container(horizontal=True, vertical_alignment="center", key="use-rate"):
        used = race.entries[slot].hyper[sweep_specs.LR] == rate
        label = translate("In use") if used else translate("Use this")
        about = translate("Puts lr {rate:g} into racer {number} in the sidebar", rate=rate, number=slot + 1)
        st.button(
            label,
            key="use this",
            on_click=put,
            args=({key: rate},),
            disabled=used,
            type="primary",
            icon=":material/check:",
            help=about,
        )
        open_race(sweep_specs.with_rate(race, slot, rate), translate("Race it"))
    line = torch_line(entry)
    if line.text:
        st.code(line.text, language="python")
    for sentence in line.left_out:
        st.caption(plain(translate(sentence)))


def _curves(result: SweepResult, looks: tuple[EntryStyle, ...], theme: str) -> None:
    follow_request()
    st.markdown(legend(zip(looks, map(translate, result.labels), strict=False)))
    picture = rates(result, theme, limit=conditioning(result.problem).stable_step, looks=looks, translator=translate)
    st.plotly_chart(
        picture,
        theme=None,
        config=PLOT,
        key=_CHART,
        on_select=lambda: _clicked(result),
        selection_mode="points",
        alt=translate("Median end gap, share of starts and working rates, every racer"),
    )
    st.caption(translate("A click on a point opens its race: everybody at that rate, from that racer's median start."))
    show_table(result, looks)


def show_maps(race: RaceSpec, name: str, theme: str, answer: DeltaGenerator) -> None:
    """Show how the learning rate and a second parameter work together, a map per racer that has it."""
    try:
        spec_and_looks = sweep_specs.second_spec(race, name)
    except SpecError as error:
        shared.show_too_much(error)
        return
    if spec_and_looks is None:
        title = translate("None of these racers has {name}", name=name)
        st.markdown(f"# {plain(title)}")
        return
    spec, looks = spec_and_looks
    claim, picture = partial(_second_claim, name=name), partial(_maps, looks=looks, theme=theme)
    background.watch(background.sweeps(), spec, claim, picture, answer=answer)


def _second_claim(result: SweepResult, name: str) -> None:
    first, rest = second_claim(result, name)
    said = first if result.complete else message("So far: {claim}", claim=first)
    st.markdown(f"# {plain(translate(said))}")
    st.markdown(plain(translate(rest)))


def _maps(result: SweepResult, looks: tuple[EntryStyle, ...], theme: str) -> None:
    follow_request()

    def clicked(entry: int, column: int, row: int) -> None:
        request_race(result.spec.race_at(column, row, start=median_start(result, entry, column, row)))

    maps = shares(result, looks=looks, theme=theme)
    codes = maps[0].codes
    cell_maps(maps, "rate maps", clicked, [codes[i] for i in range(0, len(codes) - 1, 4)], wide=True)
    st.caption(translate("The star is the best place. A click opens a cell's race, from that racer's median start."))
    show_table(result, looks)


def _clicked(result: SweepResult) -> None:
    points = st.session_state[_CHART].selection.points
    data = points[0].get("customdata") if points else None
    if data:
        entry, at = int(data[0]), int(data[1])
        request_race(result.spec.race_at(at, start=median_start(result, entry, at)))


def show_table(result: SweepResult, looks: tuple[EntryStyle, ...]) -> None:
    """Show every racer at its best rate, best first, and under which conditions all this holds."""
    table = standings(result)
    table["share"] *= 100
    table["optimizer"] = [f"{looks[i].sign} {translate(result.labels[i])}" for i in table.entry]
    second = {name: _NUMBER(name, format="%.4g") for name in table.columns if name in (SECOND.options or {})}
    columns = _columns()
    config = {"optimizer": columns["optimizer"], "lr": columns["lr"], **second, **columns}
    show_frame(table.replace({"evaluations": {math.inf: math.nan}}), config, "rates table", translate("Best and working rates"))
    st.caption(plain(translate(_protocol(result))))


def _columns() -> dict[str, Any]:
    at_best = translate("At the best rate: reached the target, kept it, in the domain")
    return {
        "optimizer": translate("Racer"),
        "lr": _NUMBER(translate("Best rate"), format="%.3g"),
        "share": _NUMBER(translate("Starts that reach"), format="%.0f %%", help=at_best),
        **shared.price_and_gap(),
        "window_low": _NUMBER(translate("Works from"), format="%.3g", help=translate("Rates around the best one that work")),
        "window_high": _NUMBER(translate("Works to"), format="%.3g"),
    }


def _protocol(result: SweepResult) -> str:
    spec = result.spec
    axes = next(axes for axes in map(spec.own_axes, range(len(result.labels))) if axes[0][0])
    grids = [
        message("{count} values of {name} from {low:g} to {high:g}", count=len(values), name=name, low=values[0], high=values[-1])
        for name, values in axes
    ]
    return message(
        "Settings: {grid}, the same for all; {starts} starts, the function's own and points scattered around them, the same for "
        "all (the start in the sidebar plays no part); {steps} each{noise}; everything else as in the sidebar. {target} End gap: "
        "the largest over the last steps; an oscillating run gets no credit for a lucky last step.",
        grid=joined(" × ", grids),
        starts=spec.starts.size,
        steps=shared.steps_said(spec.race),
        noise=shared.noise_said(spec.race),
        target=shared.target_said(result),
    )
