"""The panels of the Starts page: who wins from where, where each racer ends up, and the shares of both as a table."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import Lattice, RaceSpec, SpecError, SweepResult
from optim.figures import styles
from optim.figures.sweep.cell_maps import SHADES, Code, ends, winners
from optim.i18n.message import message
from optim.reports.starts import minima_names, starts_claim, starts_table
from pages.shared.components.cell_maps.component import cell_maps
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.navigation import follow_request, request_race
from pages.shared.panels.sweeps import shared
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

_NUMBER = st.column_config.NumberColumn


def show_starts(race: RaceSpec, theme: str, answer: DeltaGenerator) -> None:
    """Show every racer from every start of the window."""
    try:
        spec = sweep_specs.starts_spec(race)
    except SpecError as error:
        shared.show_too_much(error)
        return
    background.watch(background.sweeps(), spec, _claim, lambda result: _maps(result, theme), answer=answer, offer=_offer)


def _claim(result: SweepResult) -> None:
    claim = starts_claim(result)
    said = claim if result.complete else message("So far: {claim}", claim=claim)
    st.markdown(f"# {plain(translate(said))}")
    if result.reached.any():
        st.markdown(translate("Winner: fewest evaluations to the target."))


def _offer(result: SweepResult) -> None:
    if not result.reached.any(axis=(1, 2)).all():
        shared.offer_steps(result.spec.race.steps)


def _maps(result: SweepResult, theme: str) -> None:
    follow_request()

    def clicked(_: int, column: int, row: int) -> None:
        starts = result.spec.starts
        assert isinstance(starts, Lattice)
        request_race(result.spec.race_at(start=row * starts.across + column))

    first = winners(result, theme)
    used = set(first.index.ravel().tolist())
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(f"## {translate(first.title)}")
        cell_maps([first], "winner map", clicked, [code for i, code in enumerate(first.codes) if i in used], wide=True)
    with right:
        st.markdown("## " + translate("Where each one ends up"))
        maps = ends(result, theme)
        cell_maps(
            maps, "end maps", clicked, _legend(result, maps[0].codes, {int(i) for one in maps for i in set(one.index.ravel())})
        )
    st.caption(
        translate(
            "Dark: the target is reached in few steps; light: in many. A star with a number is a minimum. A click races from there."
        )
    )
    _table(result)


def _legend(result: SweepResult, codes: tuple[Code, ...], used: set[int]) -> list[Code]:
    """One chip per minimum, in its middle shade, and one per other end that occurs."""
    kinds, known = SHADES + 1, len(minima_names(result))
    chips = []
    for number in range(known):
        if used & set(range(number * kinds, (number + 1) * kinds)):
            middle, bare = codes[number * kinds + SHADES // 2], codes[number * kinds + SHADES]
            chips.append(Code(middle.colour, middle.sign, bare.words))
    return chips + [code for i, code in enumerate(codes) if i >= known * kinds and i in used]


def _table(result: SweepResult) -> None:
    table = starts_table(result)
    shares = [name for name in table.columns if name not in ("optimizer", "evaluations")]
    table[shares] *= 100
    config: dict[str, Any] = {
        "optimizer": translate("Racer"),
        "evaluations": shared.price_and_gap()["evaluations"],
        **{name: _share(name) for name in shares},
    }
    looks = styles(result.spec.race.entries)
    table["optimizer"] = [f"{look.sign} {translate(label)}" for look, label in zip(looks, result.labels, strict=True)]
    show_frame(table, config, "starts table", translate("Shares of the starts, every racer"))
    st.caption(plain(translate(_protocol(result))))


def _share(name: str) -> Any:
    """Return the column of a share of the starts; minima are called by their number and place."""
    titles = {
        "won": translate("Wins"),
        "reached": translate("Reaches the target"),
        "other minima": translate("Other minima"),
        "left the window": translate("Left the window"),
        "diverged": translate("Diverged"),
        "not settled": translate("Not settled"),
        "lowest": translate("Ends lowest"),
    }
    about = translate("Share of the starts from which it needs the fewest evaluations to the target") if name == "won" else None
    return _NUMBER(titles.get(name) or translate(name), format="%.1f %%", help=about)


def _protocol(result: SweepResult) -> str:
    spec, starts = result.spec, result.spec.starts
    assert isinstance(starts, Lattice)
    (left, right), (low, high) = starts.box or spec.race.base_problem.view
    limited = starts.across < sweep_specs.MAPS[0]
    grid = message("{across} × {up} starts", across=starts.across, up=starts.up)
    return message(
        "Settings: {grid}, x from {left:g} to {right:g}, y from {low:g} to {high:g}, the same for all; {steps} each{noise}; rates "
        "and settings as in the sidebar. {target}",
        grid=message("{grid} (limited by the number of steps)", grid=grid) if limited else grid,
        left=left,
        right=right,
        low=low,
        high=high,
        steps=shared.steps_said(spec.race),
        noise=shared.noise_said(spec.race),
        target=shared.target_said(result),
    )
