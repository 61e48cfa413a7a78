"""The panels of the Race page: verdict, pictures, curves, standings, table, and what the function teaches."""

from typing import Any

import pandas as pd
import streamlit as st

from optim import FormulaError, Problem, RaceResult
from optim.figures import ENTRY_STYLES
from optim.i18n.message import joined, message, transformed
from optim.i18n.phrases import capital, sentences
from optim.problems.lowest_value import lowest_in_words, search_in_words
from optim.reports.protocol import answers, entrants, protocol
from optim.reports.seeds import seeds_sentence, seeds_table
from optim.reports.verdict import verdict
from pages.shared.components.race_view.component import race_view
from pages.shared.compute import cache
from pages.shared.inputs.fields import ALONG, ARROWS, CURVE, GRID, HEIGHT, LOG, Field
from pages.shared.inputs.presets import PRESETS, Preset
from pages.shared.inputs.state import BOUND, dismiss_notes
from pages.shared.text.translation import translate, translate_each

FURTHER = (
    ("step", message("Why that step?"), "search"),
    ("rates", message("Which learning rates work?"), "tune"),
    ("starts", message("Who wins from where?"), "grid_on"),
    ("fair", message("Was it fair?"), "balance"),
)
"""Pages that begin with the race at hand, and what each asks about it."""
OWN_TITLE = message("Your own function")
PLOT = {"displaylogo": False, "showSendToCloud": False, "scrollZoom": False}


def show_notes(notes: list[str]) -> None:
    """Say which parts of the link could not be used."""
    if notes:
        with st.container(border=True):
            st.markdown(translate("**Part of the link could not be used.** The rest is as the link says."))
            st.markdown("\n".join(f"- {plain(translate(note))}" for note in notes))
            st.button(translate("Understood"), on_click=dismiss_notes)


def show_formula_error(text: str, error: FormulaError) -> None:
    """Say what is wrong with a typed formula, and point at the place."""
    st.markdown(plain(translate("{problem} (column {column}).", problem=transformed(error.problem, capital), column=error.column)))
    st.code(f"{text}\n{' ' * (error.column - 1)}^", language=None)


def show_no_race(text: str, error: FormulaError) -> None:
    """Say in place of the race why there is none."""
    st.markdown("### " + translate("This formula cannot be used"))
    show_formula_error(text, error)
    st.caption(translate("What you typed is still in the sidebar: change it there, or choose a function from the menu."))


def show_verdict(result: RaceResult) -> None:
    """Say who won and why, then under which conditions, and the function's formula.

    In few elements: each costs time in the browser on every rerun.
    """
    said = verdict(result)
    preset = next((preset for preset in PRESETS if preset.spec == result.spec), None)
    if preset is not None:
        st.caption(plain(translate("{title}: {question}", title=preset.title, question=preset.question)))
    sign = "" if said.winner is None else f"{_sign(said.winner)} "
    st.markdown(f"### {sign}{plain(translate(said.headline))}")
    more = [f"**{plain(translate(sentence))}**" for sentence in (_compared(result, preset), _over_seeds(result)) if sentence]
    why = plain(translate(sentences(said.margin, said.why)))
    st.markdown("\n\n".join([why, *more, _quiet(translate(conditions(result))), _formula(result)]))


def conditions(result: RaceResult) -> str:
    """Return what everybody faced and who raced with which settings, in sentences."""
    averaged = answers(result)
    return sentences(
        message("Protocol: {protocol}.", protocol=protocol(result)),
        message("{entrants}.", entrants=entrants(result)),
        message("{averaged}.", averaged=averaged) if averaged else "",
    )


def _sign(entry: int) -> str:
    return f':color[{ENTRY_STYLES[entry].sign}]{{foreground="{ENTRY_STYLES[entry].colour}"}}'


def _compared(result: RaceResult, preset: Preset | None) -> str:
    """Where a preset is to be compared with another, say whether the winner is still the same."""
    if preset is None or preset.versus is None:
        return ""
    other = cache.run(preset.versus.spec)
    here, there = (verdict(race).winner for race in (result, other))
    if here is None or there is None:
        return ""
    names = result.labels[here], other.labels[there]
    if names[0] == names[1]:
        return message("{name} wins here and in “{title}” too.", name=names[0], title=preset.versus.title)
    return message(
        "The winner flips: {here} here, {there} in “{title}”. Other conditions, another winner.",
        here=names[0],
        there=names[1],
        title=preset.versus.title,
    )


def _over_seeds(result: RaceResult) -> str:
    return seeds_sentence(result, cache.seeds(result.spec)) if result.spec.noise else ""


def show_race(result: RaceResult, theme: str) -> None:
    """Show the race view: surface, contour map, curves and leader board; below it, what can be shown otherwise."""
    race_view(result, theme)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field in (CURVE, ALONG):
            _choice(field)
        _switch(LOG, translate("Logarithmic shows small losses; linear shows the true proportions."))
        for field in (HEIGHT, GRID):
            _choice(field)
        _switch(ARROWS, translate("Minus the gradient all over the map; longer where steeper."))


def show_further() -> None:
    """Lead on to the pages that ask further about this very race, whose inputs go along."""
    with st.container(horizontal=True):
        for page, question, icon in FURTHER:
            st.page_link(f"pages/{page}.py", label=translate(question), icon=f":material/{icon}:")


def _formula(result: RaceResult) -> str:
    """The function's formula and its lowest value, in one line."""
    dials = translate(", then rotated, stretched or shifted as the protocol says") if _dialled(result) else ""
    return f"$f(x, y) = {result.problem.latex}${dials}; {plain(translate(lowest_in_words(result.problem)))}"


def _dialled(result: RaceResult) -> bool:
    return result.problem is not result.spec.base_problem


def race_key(result: RaceResult) -> str:
    """Which sign and colour is whose."""
    return " &emsp; ".join(f"{_sign(i)}&nbsp;{plain(translate(label))}" for i, label in enumerate(result.labels))


def _choice(field: Field) -> None:
    options = translate_each(field.options or {})
    st.segmented_control(
        translate(field.title),
        list(options),
        default=field.default,
        format_func=options.__getitem__,
        key=field.key,
        required=True,
        width="content",
        **BOUND,
    )


def _switch(field: Field, about: str) -> None:
    st.toggle(translate(field.title), field.default, key=field.key, help=about, **BOUND)


def show_ends(result: RaceResult) -> None:
    """Show how the race ended and, beside it, on which function; with noise, how it ends over many seeds too."""
    with st.container(horizontal=True, gap="large", key="ends"):
        st.markdown(_standings(result))
        st.markdown(_about(result))
    if result.spec.noise:
        st.markdown("##### " + translate("Over 20 seeds"))
        many = seeds_table(result, cache.seeds(result.spec))
        many["optimizer"] = many["optimizer"].map({label: translate(label) for label in result.labels})
        alt = translate("Standings over 20 seeds")
        st.dataframe(many, hide_index=True, column_config=_seeds_columns(), key="seeds", alt=alt)


def _standings(result: RaceResult) -> str:
    """Who came where and how each ended."""
    title, head = translate("Standings"), tuple(map(translate, HEAD))
    rows = [head, ("---:", "---", "---", "---:", "---:", "---:")]
    for rank, i in enumerate(result.order, start=1):
        name = f"{_sign(i)}&nbsp;{plain(translate(result.labels[i]))}"
        steps = "–" if result.reached[i] is None else f"{result.reached[i]}"
        loss, looks = f"{result.loss[i, -1]:.4g}", f"{result.evaluations[i, -1]}"
        rows.append((f"{rank}", name, translate(result.status[i].kind), loss, steps, looks))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    ends = [(i, translate("{reason}.", reason=result.status[i].reason)) for i in result.order]
    told = "\n".join(f"- {_sign(i)}&nbsp;**{plain(translate(result.labels[i]))}**: {plain(end)}" for i, end in ends)
    return f"##### {title}\n\n{table}\n\n{told}"


HEAD = (
    message("Place"),
    message("Racer"),
    message("How it ended"),
    message("Final loss"),
    message("Steps to target"),
    message("Evaluations"),
)
_NUMBER = st.column_config.NumberColumn


def _seeds_columns() -> dict[str, Any]:
    return {
        "optimizer": translate("Optimizer"),
        "median_loss": _NUMBER(translate("Median final loss"), format="%.4g"),
        "lowest_loss": _NUMBER(translate("Lowest"), format="%.4g"),
        "highest_loss": _NUMBER(translate("Highest"), format="%.4g"),
        "reached": _NUMBER(translate("Reached the target"), format="percent"),
    }


def show_table(result: RaceResult) -> None:
    """Show the loss of every racer at every step."""
    st.markdown("##### " + translate("Loss by step"))
    losses = result.losses()
    losses.columns = pd.Index([translate(label) for label in result.labels])
    losses.index.name = translate("step")
    st.dataframe(
        losses,
        column_config={name: _NUMBER(format="%.6g") for name in losses.columns},
        height=320,
        key="losses",
        alt=translate("Loss of every racer at every step"),
    )


def _about(result: RaceResult) -> str:
    """What the function teaches and where it comes from; of a typed one, what a search found."""
    problem: Problem = result.spec.base_problem
    told = [f"##### {plain(translate(problem.title if problem.search is None else OWN_TITLE))}"]
    if problem.teaches:
        told.append(plain(translate(problem.teaches)))
    if problem.search is not None:
        told.append(f"`{problem.formula}`")
        found = search_in_words(problem)
        told.append(_quiet(translate("Before the dials: {found}", found=found) if _dialled(result) else translate(found)))
    if problem.tags:
        told.append(_quiet(translate("Keywords: {tags}", tags=joined(", ", problem.tags))))
    if problem.reference:
        told.append(_quiet(translate("Source: {reference}", reference=problem.reference)))
    return "\n\n".join(told)


def _quiet(text: str) -> str:
    """What is read last, as a caption looks."""
    return f":small[:gray[{plain(text)}]]"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    for sign in "\\`*_[]<>#$~|{}:":
        text = text.replace(sign, f"\\{sign}")
    return text
