"""Cached computations: keyed on specs, which are plain data, and holding arrays, never figures."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from optim import PROBLEMS, RaceResult, RaceSpec
from optim.catalogue import overview, proven
from optim.facts import checked, facts
from optim.figures import thumbnail
from optim.race import judged, race
from optim.record import Record, joined, record
from optim.replay import Replay, replay
from optim.spread import Spread, spread

SLOW = 20_000
"""Entries times steps from which the page says that it is working."""

# A resource is handed out as it is; these are frozen, and copying them on every rerun would cost more than making them.
# A spec says all it holds in its repr, which is ten times faster than Streamlit's walk through its fields.
_BY_REPR: dict[str, Any] = {"show_spinner": False, "hash_funcs": {RaceSpec: repr}}


@st.cache_resource(max_entries=96, **_BY_REPR)  # the longest run of one racer holds 0.5 MB
def _alone(spec: RaceSpec) -> Record:
    return record(spec)


@st.cache_resource(max_entries=24, **_BY_REPR)  # the longest race of twelve holds 8 MB
def _race(spec: RaceSpec) -> RaceResult:
    # Nobody's rows depend on the others: when one racer's slider moves, only that racer runs again.
    return judged(spec, joined([_alone(replace(spec, entries=(entry,), target=None, budget=None)) for entry in spec.entries]))


_spread = st.cache_resource(max_entries=96, **_BY_REPR)(spread)


def run(spec: RaceSpec) -> RaceResult:
    """Return the race; what was run before comes from the cache."""
    with _working(spec, "Racing ..."):
        return _race(spec)


@st.cache_data(show_spinner=False)
def catalogue(family: str = "all") -> pd.DataFrame:
    """Return the overview of one family of optimizers, or of all."""
    return overview(None if family == "all" else family)


@st.cache_resource(show_spinner="Drawing and checking every function ...")
def gallery(theme: str) -> dict[str, bytes]:
    """Return a small picture of every function."""
    gradients()
    return {name: thumbnail(problem, theme) for name, problem in PROBLEMS.items()}


@st.cache_data(show_spinner=False)
def gradients() -> str:
    """Return how well all gradients passed their check."""
    return checked()


@st.cache_data(show_spinner=False)
def facts_of(name: str) -> dict[str, str]:
    """Return what there is to know about a function of the registry."""
    return facts(PROBLEMS[name])


@st.cache_data(show_spinner=False)
def claim() -> str:
    """Return in one sentence how well the optimizers are proven."""
    return proven()


@st.cache_resource(max_entries=48, **_BY_REPR)
def with_states(spec: RaceSpec) -> RaceResult:
    """Return the race with every state variable's history."""
    return race(spec, states=True)


@st.cache_resource(max_entries=12, **_BY_REPR)  # the longest run of L-BFGS remembers 32 MB
def _replay(spec: RaceSpec) -> Replay:
    return replay(spec)


def under_the_glass(spec: RaceSpec, racer: int) -> Replay:
    """Return the run of one racer, counted from 0, with its memory; the other racers do not matter to it."""
    alone = replace(spec, entries=(spec.entries[racer],))
    with _working(alone, "Working the steps out ..."):
        return _replay(alone)


def seeds(spec: RaceSpec) -> Spread:
    """Return the race over 20 seeds."""
    with _working(spec, "Racing 20 seeds ..."):
        return _spread(spec)


def _working(spec: RaceSpec, text: str) -> AbstractContextManager[object]:
    return st.spinner(text, show_time=True) if len(spec.entries) * spec.steps > SLOW else nullcontext()
