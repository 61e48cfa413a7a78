"""The loss around a training: computed once for all visitors, coarse first."""

from collections.abc import Iterator

import streamlit as st

from optim import NetworkSpec
from optim.networks.views.landscape import Surface, surfaces
from optim.networks.views.plane import Plane

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
