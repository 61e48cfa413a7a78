"""The loss around a training: computed once for all visitors, coarse first."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from optim import NetworkSpec
from optim.networks.inside import LayerState
from optim.networks.landscape import Surface, surfaces
from optim.networks.plane import Plane

KEPT = 8
"""Finished surfaces that are kept; one has 13 kB."""


@st.cache_resource
def _finished() -> dict[NetworkSpec, Surface]:
    return {}


def surfaces_of(spec: NetworkSpec, plane: Plane) -> Iterator[Surface]:
    """Yield the loss on a training's plane on finer and finer grids, or at once the last one where somebody has waited for it."""
    finished = _finished()
    if spec in finished:
        yield finished[spec]
        return
    for surface in surfaces(spec, plane):
        yield surface
    while len(finished) >= KEPT:
        finished.pop(next(iter(finished)), None)  # another visitor's run may have done so
    finished[spec] = surface


def layer_table(states: tuple[LayerState, ...]) -> pd.DataFrame:
    """Return one row per layer: its name, dead units, deviations of weights and gradients, and the update's size over theirs."""
    rows = [
        {
            "layer": number,
            "dead": int(state.dead.sum()),
            "weight": float(state.weights.std()),
            "gradient": float(state.gradients.std()),
            "moved": state.moved,
        }
        for number, state in enumerate(states, start=1)
    ]
    return pd.DataFrame(rows)
