"""The panels of the Fair race page: the same budget and the same tuning for all, and what that does to the order."""

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import RaceSpec, SpecError, TuneResult
from optim.figures import styles
from optim.figures.sweep.placings import fair
from optim.figures.sweep.rates import rates
from optim.i18n.phrases import sentences
from optim.problems.diagnostics import conditioning
from optim.reports.fair import SETTINGS, fair_caveat, fair_changes, fair_claim, fair_protocol, fair_sure, fair_table, nothing_to_win
from optim.sweeps.tune_spec import SHARED
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.navigation import open_race
from pages.shared.panels.sweeps import shared
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import PLOT, plain
from pages.shared.text.translation import translate

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
        st.markdown(f"# {plain(translate(fair_claim(result)))}")
        st.markdown(plain(translate(sentences(fair_sure(result), fair_caveat(result)))))
    else:
        title = translate("Tuning everybody alike ...")
        st.markdown(f"# {title}")
        st.markdown(translate("Then the same racers are scored on starts that the tuning did not see."))


def _order(result: TuneResult, race: RaceSpec, theme: str) -> None:
    if result.complete and not nothing_to_win(result):
        left, right = st.columns([3, 2], gap="large")
        with left:
            title = translate("Places on the held-out starts")
            st.markdown(f"## {title}")
            alt = translate("Places with the rates set in three ways")
            st.plotly_chart(fair(result, theme, translator=translate), theme=None, config=PLOT, key="fair order", alt=alt)
            st.markdown(plain(translate(fair_changes(result))))
        with right:
            _protocol(result, race)
        _table(result)
    title = translate("The tuning: median end gap and share of starts against the rate")
    st.markdown(f"## {title}")
    picture = rates(result.search, theme, limit=conditioning(result.search.problem).stable_step, translator=translate)
    alt = translate("Median end gap against the learning rate")
    st.plotly_chart(picture, theme=None, config=PLOT, key="fair tuning", alt=alt)


def _protocol(result: TuneResult, race: RaceSpec) -> None:
    """The rules, in a card of their own, with the ways to take the rates along."""
    spec = result.spec
    with st.container(border=True):
        title = translate("Settings")
        st.markdown(f"## {title}")
        st.markdown(plain(translate(fair_protocol(result))))
        tried = translate(
            "{steps} each. Tried: {count} values for each racer that is tuned; seed {seed}.",
            steps=shared.steps_said(spec.race),
            count=spec.count,
            seed=spec.seed,
        )
        st.markdown(plain(tried))
        open_race(replace(race, entries=result.entries), translate("Race with the tuned rates"))
        if SHARED in result.scored and result.shared is not None:
            shared_entries = result.scored[SHARED].spec.race.entries
            label = translate("Race with the shared rate {rate:g}", rate=result.shared)
            open_race(replace(race, entries=shared_entries), label)


def _table(result: TuneResult) -> None:
    table = fair_table(result)
    looks = styles(result.spec.race.entries)
    table["optimizer"] = [f"{looks[i].sign} {translate(result.labels[i])}" for i in table.entry]
    table["share"] *= 100
    used = translate("Evaluations spent by the run that spent most")
    config: dict[str, Any] = {
        "optimizer": translate("Racer"),
        **{name: translate("{setting}: place and settings", setting=SETTINGS[name]) for name in result.spec.settings},
        "share": _NUMBER(translate("Tuned: starts that reach"), format="%.0f %%"),
        **shared.price_and_gap(),
        "used": _NUMBER(translate("Used of {budget}", budget=result.spec.budget), help=used),
    }
    show_frame(table, config, "fair table", translate("Places and rates in all settings"))
