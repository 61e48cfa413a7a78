"""The panels of the Race page: verdict, pictures, curves, standings, table, and what the function teaches."""

from typing import Any

import streamlit as st

from optim import FormulaError, Problem, RaceResult
from optim.figures import LOOKS, chart
from optim.known import lowest_in_words, search_in_words
from optim.protocol import answers, entrants, protocol
from optim.spread import spread_sentence, spread_table
from optim.verdict import verdict
from pages.shared import compute
from pages.shared.copy_link import copy_link
from pages.shared.fields import ALONG, ARROWS, CURVE, GRID, HEIGHT, LOG, Field
from pages.shared.presets import PRESETS, Preset
from pages.shared.race_view.component import race_view
from pages.shared.state import BOUND, dismiss_notes, query, value_of

FURTHER = (
    ("step", "Why that step?", "search"),
    ("rates", "Which learning rates work?", "tune"),
    ("starts", "Who wins from where?", "grid_on"),
    ("fair", "Was it fair?", "balance"),
)
"""Pages that begin with the race at hand, and what each asks about it."""
PLOT = {"displaylogo": False, "showSendToCloud": False, "scrollZoom": False}


def show_notes(notes: list[str]) -> None:
    """Say which parts of the link could not be used."""
    if notes:
        with st.container(border=True):
            st.markdown("**Part of the link could not be used.** The rest is as the link says.")
            st.markdown("\n".join(f"- {plain(note)}" for note in notes))
            st.button("Understood", on_click=dismiss_notes)


def show_formula_error(text: str, error: FormulaError) -> None:
    """Say what is wrong with a typed formula, and point at the place."""
    st.markdown(plain(f"{error.problem[:1].upper()}{error.problem[1:]} (column {error.column})."))
    st.code(f"{text}\n{' ' * (error.column - 1)}^", language=None)


def show_no_race(text: str, error: FormulaError) -> None:
    """Say in place of the race why there is none."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown("### This formula cannot be used")
    with right:
        copy_link(query())
    show_formula_error(text, error)
    st.caption("What you typed is still in the sidebar: change it there, or choose a function from the menu.")


def show_verdict(result: RaceResult) -> None:
    """Say who won and why, then under which conditions."""
    said = verdict(result)
    preset = next((preset for preset in PRESETS if preset.spec == result.spec), None)
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        if preset is not None:
            st.caption(plain(f"{preset.title}: {preset.question}"))
        sign = "" if said.winner is None else f"{_sign(said.winner)} "
        st.markdown(f"### {sign}{plain(said.headline)}")
    with right:
        copy_link(query())
    st.markdown(plain(f"{said.margin} {said.why}".strip()))
    for sentence in (_compared(result, preset), _over_seeds(result)):
        if sentence:
            st.markdown(f"**{plain(sentence)}**")
    st.caption(
        plain(" ".join(f"{words}." for words in (f"Protocol: {protocol(result)}", entrants(result), answers(result)) if words))
    )


def _sign(entry: int) -> str:
    return f':color[{LOOKS[entry].sign}]{{foreground="{LOOKS[entry].colour}"}}'


def _compared(result: RaceResult, preset: Preset | None) -> str:
    """Where a preset is to be compared with another, say whether the winner is still the same."""
    if preset is None or preset.versus is None:
        return ""
    other = compute.run(preset.versus.spec)
    here, there = (verdict(race).winner for race in (result, other))
    if here is None or there is None:
        return ""
    names = result.labels[here], other.labels[there]
    if names[0] == names[1]:
        return f"{names[0]} wins here and in “{preset.versus.title}” too."
    return f"The winner flips: {names[0]} here, {names[1]} in “{preset.versus.title}”. Other conditions, another winner."


def _over_seeds(result: RaceResult) -> str:
    return spread_sentence(result, compute.seeds(result.spec)) if result.spec.noise else ""


def show_race(result: RaceResult, theme: str) -> None:
    """Show the race view: surface, contour map, curves and leader board; below it, what can be shown otherwise."""
    looks: dict[str, Any] = {"height": value_of(HEIGHT), "downhill": bool(value_of(ARROWS))}
    ground = compute.ground(result.spec, theme, points=int(value_of(GRID)), **looks)
    shown = chart(result, value_of(CURVE), log=bool(value_of(LOG)), along=value_of(ALONG))
    race_view(result, ground, shown, theme)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field in (CURVE, ALONG):
            _choice(field)
        _switch(LOG, "Logarithmic shows small losses; linear shows the true proportions.")
        for field in (HEIGHT, GRID):
            _choice(field)
        _switch(ARROWS, "Minus the gradient all over the map; longer where steeper.")


def show_further(result: RaceResult) -> None:
    """Lead on to the pages that ask further about this very race, whose inputs go along; then name the function."""
    with st.container(horizontal=True):
        for page, question, icon in FURTHER:
            st.page_link(f"pages/{page}.py", label=question, icon=f":material/{icon}:")
    st.markdown(_formula(result))


def _formula(result: RaceResult) -> str:
    """The function's formula and its lowest value, in one line."""
    dials = ", then rotated, stretched or shifted as the protocol says" if _dialled(result) else ""
    return f"$f(x, y) = {result.problem.latex}${dials}; {plain(lowest_in_words(result.problem))}"


def _dialled(result: RaceResult) -> bool:
    return result.problem is not result.spec.base_problem


def race_key(result: RaceResult) -> str:
    """Which sign and colour is whose."""
    return " &emsp; ".join(f"{_sign(i)}&nbsp;{plain(label)}" for i, label in enumerate(result.labels))


def _choice(field: Field) -> None:
    options = field.options or {}
    st.segmented_control(
        field.title,
        list(options),
        default=field.default,
        format_func=lambda name: options[name],
        key=field.key,
        required=True,
        width="content",
        **BOUND,
    )


def _switch(field: Field, words: str) -> None:
    st.toggle(field.title, field.default, key=field.key, help=words, **BOUND)


def show_standings(result: RaceResult) -> None:
    """Show who came where and how each ended; with noise, the middle and the range over many seeds too."""
    st.markdown("##### Standings")
    head = ("Place", "Racer", "How it ended", "Final loss", "Steps to target", "Evaluations")
    rows = [head, ("---:", "---", "---", "---:", "---:", "---:")]
    for rank, i in enumerate(result.order, start=1):
        name = f"{_sign(i)}&nbsp;{plain(result.labels[i])}"
        steps = "–" if result.reached[i] is None else f"{result.reached[i]}"
        loss, looks = f"{result.loss[i, -1]:.4g}", f"{result.evaluations[i, -1]}"
        rows.append((f"{rank}", name, result.status[i].kind, loss, steps, looks))
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))
    ends = [f"{_sign(i)}&nbsp;**{plain(result.labels[i])}**: {plain(result.status[i].reason)}." for i in result.order]
    st.markdown("\n".join(f"- {end}" for end in ends))
    if result.spec.noise:
        st.markdown("##### Over 20 seeds")
        many = spread_table(result, compute.seeds(result.spec))
        st.dataframe(many, hide_index=True, column_config=_SPREAD, key="seeds", alt="Standings over 20 seeds")


_NUMBER = st.column_config.NumberColumn
_SPREAD: dict[str, Any] = {
    "optimizer": "Optimizer",
    "median_loss": _NUMBER("Median final loss", format="%.4g"),
    "lowest_loss": _NUMBER("Lowest", format="%.4g"),
    "highest_loss": _NUMBER("Highest", format="%.4g"),
    "reached": _NUMBER("Reached the target", format="percent"),
}


def show_table(result: RaceResult) -> None:
    """Show the loss of every racer at every step."""
    st.markdown("##### Loss by step")
    st.dataframe(
        result.losses(),
        column_config={name: _NUMBER(format="%.6g") for name in result.labels},
        height=320,
        key="losses",
        alt="Loss of every racer at every step",
    )


def show_problem(result: RaceResult) -> None:
    """Show what the function teaches and where it comes from; of a typed one, what a search found."""
    problem: Problem = result.spec.base_problem
    st.markdown(f"##### {plain(problem.title if problem.search is None else 'Your own function')}")
    if problem.teaches:
        st.markdown(plain(problem.teaches))
    if problem.search is not None:
        st.markdown(f"`{problem.formula}`")
        st.caption(plain(("Before the dials: " if _dialled(result) else "") + search_in_words(problem)))
    if problem.tags:
        st.caption(plain(f"Keywords: {', '.join(problem.tags)}"))
    if problem.reference:
        st.caption(plain(f"Source: {problem.reference}"))


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    for sign in "\\`*_[]<>#$~|{}:":
        text = text.replace(sign, f"\\{sign}")
    return text
