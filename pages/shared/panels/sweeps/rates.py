"""The panels of the Learning rates page: which rates work, as a sentence, as curves or maps, and as a table."""

import math
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import RaceSpec, SpecError, SweepResult
from optim.figures import EntryStyle
from optim.figures.sweep.cell_maps import shares
from optim.figures.sweep.rates import rates
from optim.i18n.phrases import steps
from optim.problems.diagnostics import conditioning
from optim.reports.rates import rates_claim, rates_more, rates_so_far, second_claim
from optim.sweeps.scores import WORKS, median_start, standings
from pages.shared.components.cell_maps.component import cell_maps
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.fields import SECOND
from pages.shared.inputs.navigation import follow_request, request_race
from pages.shared.inputs.widgets import menu
from pages.shared.panels.sweeps import shared
from pages.shared.text.markdown import PLOT, legend, plain

_CHART = "rates chart"
_NUMBER = st.column_config.NumberColumn
_TABLE: dict[str, Any] = {
    "optimizer": "Racer",
    "lr": _NUMBER("Best rate", format="%.3g"),
    "share": _NUMBER("Starts that reach", format="%.0f %%", help="At the best rate: reached the target, kept it, in the domain"),
    "evaluations": _NUMBER("Evaluations to target", format="%.0f", help="Expected, with restarts from another start"),
    "median_gap": _NUMBER("Median end gap", format="%.2g"),
    "window_width": _NUMBER("Window (decades)", format="%.2f", help="Rates around the best one that work, in powers of ten"),
    "window_low": _NUMBER("From", format="%.3g"),
    "window_high": _NUMBER("To", format="%.3g"),
}


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
        return menu(SECOND, title="The learning rate against a second parameter", options=options)


def show_curves(race: RaceSpec, theme: str, answer: DeltaGenerator) -> None:
    """Show every racer's result against the learning rate."""
    try:
        spec, looks = sweep_specs.rates_spec(race)
    except SpecError as error:
        shared.show_too_much(error)
        return
    background.watch(background.sweeps(), spec, _claim, lambda result: _curves(result, looks, theme), answer=answer)


def _claim(result: SweepResult) -> None:
    follow_request()
    limit = conditioning(result.problem).stable_step
    bound = "" if limit is None else f"Gradient descent's limit near the minimum is 2/λ = {limit:.3g}."
    st.markdown(f"### {plain(rates_claim(result) if result.complete else f'So far: {rates_so_far(result)}')}")
    works = f"A rate works where at least {WORKS:.0%} of the starts reach the target and stay."
    st.markdown(plain(" ".join(filter(None, (rates_more(result) if result.complete else "", bound, works)))))
    if result.complete and not result.reached.any(axis=(1, 2, 3)).all():
        shared.offer_steps(result.spec.race.steps)


def _curves(result: SweepResult, looks: tuple[EntryStyle, ...], theme: str) -> None:
    follow_request()
    st.markdown(legend(zip(looks, result.labels, strict=False)))
    picture = rates(result, theme, limit=conditioning(result.problem).stable_step, looks=looks)
    st.plotly_chart(
        picture,
        theme=None,
        config=PLOT,
        key=_CHART,
        on_select=lambda: _clicked(result),
        selection_mode="points",
        alt="Median end gap, share of starts and window of rates, every racer",
    )
    st.caption("A click on a point opens its race: everybody at that rate, from the start where that racer did middling.")
    show_table(result, looks)


def show_maps(race: RaceSpec, name: str, theme: str, answer: DeltaGenerator) -> None:
    """Show how the learning rate and a second parameter work together, a map per racer that has it."""
    try:
        spec_and_looks = sweep_specs.second_spec(race, name)
    except SpecError as error:
        shared.show_too_much(error)
        return
    if spec_and_looks is None:
        st.markdown(f"### None of these racers has {plain(name)}")
        return
    spec, looks = spec_and_looks
    claim, picture = partial(_second_claim, name=name), partial(_maps, looks=looks, theme=theme)
    background.watch(background.sweeps(), spec, claim, picture, answer=answer)


def _second_claim(result: SweepResult, name: str) -> None:
    first, dot, rest = second_claim(result, name).partition(". ")
    st.markdown(f"### {'' if result.complete else 'So far: '}{plain(first)}{dot.strip()}")
    st.markdown(plain(rest))


def _maps(result: SweepResult, looks: tuple[EntryStyle, ...], theme: str) -> None:
    follow_request()

    def clicked(entry: int, column: int, row: int) -> None:
        request_race(result.spec.race_at(column, row, start=median_start(result, entry, column, row)))

    maps = shares(result, looks=looks, theme=theme)
    codes = maps[0].codes
    cell_maps(maps, "rate maps", clicked, [codes[i] for i in range(0, len(codes) - 1, 4)], wide=True)
    st.caption("The star is the best place. A click opens a cell's race, from the start where that racer did middling.")
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
    table["optimizer"] = [f"{looks[i].sign} {label}" for i, label in zip(table.entry, table.optimizer, strict=True)]
    second = {name: _NUMBER(name, format="%.4g") for name in table.columns if name in (SECOND.options or {})}
    config = {"optimizer": _TABLE["optimizer"], "lr": _TABLE["lr"], **second, **_TABLE}
    shared.show_frame(table.replace(math.inf, math.nan), config, "rates table", "Best rates and windows")
    st.caption(plain(_protocol(result)))


def _protocol(result: SweepResult) -> str:
    spec = result.spec
    axes = next(axes for axes in map(spec.own_axes, range(len(result.labels))) if axes[0][0])
    grid = " by ".join(f"{len(values)} values of {name} from {values[0]:g} to {values[-1]:g}" for name, values in axes)
    noise = f", gradient noise {spec.race.noise:g}, the same for all, seed {spec.race.seed}" if spec.race.noise else ""
    return (
        f"Protocol: {grid}, the same for all; {spec.starts.size} starts, the function's own and points scattered around them, the "
        f"same for all (the start in the sidebar plays no part); {steps(spec.race.steps)} each{noise}; everything else as in the "
        f"sidebar. Target: a gap of {result.target:.3g} above {result.lowest:.4g}, reached and kept, in the domain. "
        "End gap: the largest over the last steps, so that who swings to and fro is not lucky."
    )
