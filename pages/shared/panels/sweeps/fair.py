"""The panels of the Fair race page: the same budget and the same tuning for all, and what that does to the order."""

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import RaceSpec, SpecError, TuneResult
from optim.figures import styles
from optim.figures.sweep.placings import fair
from optim.figures.sweep.rates import rates
from optim.problems.diagnostics import conditioning
from optim.reports.fair import fair_caveat, fair_changes, fair_claim, fair_protocol, fair_table
from optim.sweeps.tune_spec import SHARED
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.navigation import open_race
from pages.shared.panels.sweeps import shared
from pages.shared.text.markdown import PLOT, plain

_NUMBER = st.column_config.NumberColumn


def show_fair(race: RaceSpec, theme: str, answer: DeltaGenerator) -> None:
    """Tune everybody alike, race again on other starts, and show what that does to the order."""
    try:
        spec = sweep_specs.fair_spec(race)
        _ = spec.tuning
    except SpecError as error:
        shared.show_too_much(error)
        return
    background.watch(background.fair_races(), spec, _claim, lambda result: _order(result, race, theme), answer=answer)


def _claim(result: TuneResult) -> None:
    if result.complete:
        st.markdown(f"### {plain(fair_claim(result))}")
        st.markdown(plain(" ".join(filter(None, (fair_changes(result), fair_caveat(result))))))
    else:
        st.markdown("### Tuning everybody alike ...")
        st.markdown("Then the same racers are scored three times on starts that the tuning did not see.")


def _order(result: TuneResult, race: RaceSpec, theme: str) -> None:
    if result.complete:
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.markdown("##### Places on the held-out starts")
            st.plotly_chart(fair(result, theme), theme=None, config=PLOT, key="fair order", alt="Places in three settings")
        with right:
            _protocol(result, race)
        _table(result)
    st.markdown("##### The tuning: median end gap and share of starts against the rate")
    picture = rates(result.search, theme, limit=conditioning(result.search.problem).stable_step)
    st.plotly_chart(picture, theme=None, config=PLOT, key="fair tuning", alt="Median end gap against the learning rate")


def _protocol(result: TuneResult, race: RaceSpec) -> None:
    """The rules, in a card of their own, with the ways to take the rates along."""
    with st.container(border=True):
        st.markdown("##### Protocol")
        st.markdown(plain(fair_protocol(result)))
        st.markdown(plain(f"Search space: {result.spec.count} settings for each racer that is tuned; seed {result.spec.seed}."))
        open_race(replace(race, entries=result.entries), "Race with the tuned rates")
        if SHARED in result.scored:
            shared = result.scored[SHARED].spec.race.entries
            open_race(replace(race, entries=shared), f"Race with the shared rate {result.shared:g}")


def _table(result: TuneResult) -> None:
    table = fair_table(result)
    looks = styles(result.spec.race.entries)
    table["optimizer"] = [f"{looks[i].sign} {label}" for i, label in zip(table.entry, table.optimizer, strict=True)]
    table["share"] *= 100
    titles = [f"{name[:1].upper()}{name[1:]}: place and settings" for name in result.spec.settings]
    config: dict[str, Any] = {
        "optimizer": "Racer",
        **dict(zip(result.spec.settings, titles, strict=True)),
        "share": _NUMBER("Tuned: starts that reach", format="%.0f %%"),
        "evaluations": _NUMBER("Evaluations to target", format="%.0f", help="Expected, with restarts from another start"),
        "median_gap": _NUMBER("Median end gap", format="%.2g"),
        "used": _NUMBER(f"Used of {result.spec.budget}", help="Evaluations spent by the run that spent most"),
    }
    shared.show_frame(table, config, "fair table", "Places and rates in all settings")
