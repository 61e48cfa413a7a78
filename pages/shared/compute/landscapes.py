"""The loss around a training: computed once for all visitors, coarse first, and drawn for the race view."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import streamlit as st

from optim import NetworkResult, NetworkSpec
from optim.figures import Landscape
from optim.figures.plane import plane_land, plane_pictures
from optim.networks.views.landscape import Truth, surfaces, truth
from optim.networks.views.plane import Plane, joint_plane, random_plane
from pages.shared.compute.cache import Ground, pictures
from pages.shared.text import translation
from pages.shared.text.translation import translate

KEPT = 8
"""Finished surfaces that are kept; one has 13 kB."""


@dataclass(frozen=True)
class Chosen:
    """Which plane of a training is looked at: the joint one of all paths, or a random one around the end of an `entry`."""

    spec: NetworkSpec
    entry: int | None = None


@dataclass(frozen=True, eq=False)
class Seen:
    """A plane of a training, what it hides, and its pictures: the first ones are coarse, finer ones follow under the same name."""

    plane: Plane
    truth: Truth
    grounds: Iterator[Ground]


@st.cache_resource
def _finished() -> dict[Chosen, tuple[Landscape, Truth]]:
    return {}


def seen(result: NetworkResult, entry: int | None, theme: str, texts: Mapping[str, str]) -> Seen:
    """Return the chosen plane of a training; `texts` are what the race view says over it. DataError where no path is seen."""
    chosen = Chosen(result.spec, entry)
    plane = joint_plane(result) if entry is None else random_plane(result, entry)
    kept = _finished().get(chosen)
    found = kept[1] if kept else truth(result, plane)
    lands = iter([kept[0]]) if kept else _computed(chosen, plane, found)
    name = hashlib.sha256(repr((chosen, theme, translation.language())).encode()).hexdigest()[:12]
    return Seen(plane, found, _drawn(plane, lands, name, theme, texts))


def _computed(chosen: Chosen, plane: Plane, found: Truth) -> Iterator[Landscape]:
    """Yield the loss on finer and finer grids; the last one is kept, with the heights of the first."""
    finished, land = _finished(), None
    for surface in surfaces(chosen.spec, plane):
        land = plane_land(plane, surface, found, land)
        yield land
    while len(finished) >= KEPT:
        finished.pop(next(iter(finished)), None)  # another visitor's run may have done so
    if land is not None:
        finished[chosen] = land, found


def _drawn(plane: Plane, lands: Iterator[Landscape], name: str, theme: str, texts: Mapping[str, str]) -> Iterator[Ground]:
    for land in lands:
        figures = plane_pictures(plane, land, theme, translator=translate)
        yield Ground(name, land, pictures(figures, name=name, drawing=f"{name} {len(land.x)}", place=name), texts)
