"""Cached computations: keyed on specs, which are plain data, and holding arrays, never figures."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from optim import PROBLEMS, Entry, NetworkResult, NetworkSpec, RaceResult, RaceSpec, TuneResult, TuneSpec, train, tune
from optim import problem as problem_of
from optim.core.types import Array
from optim.explain.replay import Replay, replay
from optim.explain.step import remembered_moves
from optim.figures import Landscape, flat, relief
from optim.figures.function.landscape import landscape
from optim.figures.function.thumbnail import thumbnail
from optim.problems.transforms import dialled
from optim.races.record import Record, concatenated, record
from optim.races.run import race, race_result
from optim.races.seeds import SEEDS, SeedResults, run_seeds
from optim.reports.functions import checked, facts
from optim.reports.optimizers import overview, proven
from pages.shared.text import translation
from pages.shared.text.translation import translate

HEIGHTS = {"auto": None, "linear": False, "logarithmic": True}
"""How high the surface is drawn: its scale -> whether it is logarithmic."""
SLOW, LONG = 20_000, 200_000
"""Entries times steps above which the page shows a spinner, and, over all seeds, how far it is."""

# A resource is handed out as it is; these are frozen, and copying them on every rerun would cost more than making them.
# A spec says all it holds in its repr, which is ten times faster than Streamlit's walk through its fields.
_BY_REPR: dict[str, Any] = {"show_spinner": False, "hash_funcs": {RaceSpec: repr}}


@st.cache_resource(max_entries=96, **_BY_REPR)  # the longest run of one racer holds 0.5 MB
def _alone(spec: RaceSpec) -> Record:
    return record(spec)


@st.cache_resource(max_entries=24, **_BY_REPR)  # the longest race of twelve holds 8 MB
def _race(spec: RaceSpec) -> RaceResult:
    # Nobody's rows depend on the others: when one racer's slider moves, only that racer runs again.
    return race_result(spec, concatenated([_alone(_only(spec, i)) for i in range(len(spec.entries))]))


def tried(spec: RaceSpec, racer: int) -> RaceResult:
    """Return the race while a setting of one racer, counted from 0, is being tried: its run is not kept, the others' are.

    A drag passes hundreds of settings that nobody asks for again; kept, they would push out what other visitors look at.
    """
    runs = [record(_only(spec, i)) if i == racer else _alone(_only(spec, i)) for i in range(len(spec.entries))]
    return race_result(spec, concatenated(runs))


def _only(spec: RaceSpec, racer: int) -> RaceSpec:
    return replace(spec, entries=(spec.entries[racer],), target=None, budget=None)


@dataclass(frozen=True, eq=False)
class Ground:
    """The pictures of a function without any path: their `name`, the grid, and both figures as plain data for the race view.

    `pictures["drawing"]` changes where these are drawn anew. `texts` are those of the view that are others over this ground.
    """

    name: str
    land: Landscape
    pictures: dict[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)


def ground(spec: RaceSpec, theme: str, *, height: str, points: int, downhill: bool) -> Ground:
    """Return the pictures of a race's function; they stay the same as long as the start is in the function's own window."""
    return _ground(_place(spec), theme, height, points, downhill, translation.language())


def same_ground(one: RaceSpec, other: RaceSpec) -> bool:
    """Whether two races have the same pictures."""
    return _place(one) == _place(other)


def _place(spec: RaceSpec) -> RaceSpec:
    """Return the function of a race, with its dials and its window, as the shortest race on it."""
    view = spec.base_problem.view
    if all(low <= value <= high for value, (low, high) in zip(spec.start, view, strict=True)):
        spec = replace(spec, start=tuple((low + high) / 2 for low, high in view))
    return RaceSpec(spec.problem, (Entry("sgd"),), spec.start, 1, rotate=spec.rotate, stretch=spec.stretch, shift=spec.shift)


@st.cache_resource(max_entries=24, **_BY_REPR)
def _ground(spec: RaceSpec, theme: str, height: str, points: int, downhill: bool, language: str) -> Ground:
    problem = spec.dialled_problem
    land = landscape(problem, spec.start, points, surface_log=HEIGHTS[height])
    name = hashlib.sha256(repr((spec, theme, height, points, downhill, language)).encode()).hexdigest()[:12]
    figures = (
        flat(problem, land, theme, arrows=downhill, translator=translate),
        relief(problem, land, theme, translator=translate),
    )
    place = repr((spec.problem, land.window))
    return Ground(name, land, pictures(figures, name=name, drawing=name, place=place))


def pictures(figures: tuple[Any, Any], *, name: str, drawing: str, place: str) -> dict[str, Any]:
    """Return a map and a surface as the race view takes them.

    A scene calls them by their name; they are drawn anew where `drawing` is another; a visitor's zoom stays where `place` does.
    """
    plain = {kind: json.loads(figure.to_json()) for kind, figure in zip(("map", "surface"), figures, strict=True)}
    return {"id": name, "drawing": drawing, "place": place, **plain}


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={NetworkSpec: repr})
def training(spec: NetworkSpec) -> NetworkResult:
    """Return a training that is short enough to wait for; what was trained before comes from the cache."""
    return train(spec)


@st.cache_resource(max_entries=96, **_BY_REPR)
def _run_seeds(spec: RaceSpec, _progress: Callable[[float], object] | None) -> SeedResults:
    return run_seeds(spec, progress=_progress)


def run(spec: RaceSpec) -> RaceResult:
    """Return the race; what was run before comes from the cache."""
    with _working(spec, translate("Racing ...")):
        return _race(spec)


@st.cache_data(show_spinner=False)
def catalogue(family: str = "all") -> pd.DataFrame:
    """Return the overview of one family of optimizers, or of all."""
    return overview(None if family == "all" else family)


@st.cache_resource(max_entries=96, show_spinner=False)
def picture(problem: str, *dials: Any) -> str:
    """Return a small picture of a function, by its name or formula, as an address that holds it: 2.3 kB each.

    The `dials` are those of `RaceSpec`, in its order: rotate, stretch, shift.

    Streamlit's own addresses of pictures end with the run that showed them: a page that was left at once asked in vain.
    """
    return f"data:image/png;base64,{b64encode(thumbnail(dialled(problem_of(problem), *dials))).decode()}"


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


def replayed(spec: RaceSpec, racer: int) -> Replay:
    """Return the run of one racer, counted from 0, with every state variable; it does not depend on the other racers."""
    alone = replace(spec, entries=(spec.entries[racer],))
    with _working(alone, translate("Working the steps out ...")):
        return _replay(alone)


def carried(spec: RaceSpec, tried: int | None = None) -> list[Array | None]:
    """Return the part of each racer's steps that came from memory, (d, steps); None where it remembers no direction.

    What is worked out for the racer `tried` is not kept.
    """
    return [(_remembered if i == tried else _carried)(_only(spec, i)) for i in range(len(spec.entries))]


def _remembered(spec: RaceSpec) -> Array | None:
    return remembered_moves(replay(spec))


_carried = st.cache_resource(max_entries=96, **_BY_REPR)(_remembered)


@st.cache_resource(max_entries=24, show_spinner="Tuning ...", hash_funcs={RaceSpec: repr})
def tuned(spec: RaceSpec) -> TuneResult:
    """Return the race's rates tuned on many starts, as the Fair race page does."""
    return tune(TuneSpec(spec))


def seeds(spec: RaceSpec) -> SeedResults:
    """Return the race over 20 seeds; where that takes long, how far it is stands on the page, and another run ends it."""
    if SEEDS * _work(spec) <= LONG:
        return _run_seeds(spec, None)
    place = st.empty()
    bar = place.progress(0.0, translate("Racing 20 seeds ..."))
    found = _run_seeds(spec, lambda share: bar.progress(share, translate("Racing 20 seeds ...")))
    place.empty()
    return found


def _work(spec: RaceSpec) -> int:
    return len(spec.entries) * spec.steps


def _working(spec: RaceSpec, text: str) -> AbstractContextManager[object]:
    return st.spinner(text, show_time=True) if _work(spec) > SLOW else nullcontext()
