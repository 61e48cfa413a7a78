"""Cached computations: keyed on specs, which are plain data, and holding arrays, never figures."""

import streamlit as st

from optim import RaceResult, RaceSpec, race
from optim.spread import Spread, spread

# A resource is handed out as it is; a result is frozen, and copying it on every rerun would cost more than making it.
_race = st.cache_resource(max_entries=48, show_spinner=False)(race)
_spread = st.cache_resource(max_entries=48, show_spinner=False)(spread)

SLOW = 20_000
"""Entries times steps from which the page says that it is working."""


def run(spec: RaceSpec) -> RaceResult:
    """Return the race, from the cache where the same was run before."""
    with st.spinner("Racing ...", show_time=True) if len(spec.entries) * spec.steps > SLOW else st.empty():
        return _race(spec)


def seeds(spec: RaceSpec) -> Spread:
    """Return the race over 20 seeds."""
    with st.spinner("Racing 20 seeds ...", show_time=True) if len(spec.entries) * spec.steps > SLOW else st.empty():
        return _spread(spec)
