"""The panels of the Race page: verdict, pictures, curves, standings, table, and what the function teaches."""

from typing import Any

import pandas as pd
import streamlit as st

from optim import Problem, RaceResult
from optim.figures import ENTRY_STYLES
from optim.i18n.message import joined, message
from optim.i18n.phrases import sentences
from optim.reports.functions import lowest_in_words, search_in_words
from optim.reports.protocol import answers, entrants, protocol
from optim.reports.seeds import seeds_sentence, seeds_table
from optim.reports.verdict import verdict
from pages.shared.components.race_view.component import Others, race_view
from pages.shared.compute import cache
from pages.shared.inputs.fields import ALONG, ARROWS, CURVE, GRID, HEIGHT, LOG
from pages.shared.inputs.presets import PRESETS, Preset
from pages.shared.inputs.widgets import segments, switch
from pages.shared.sitemap import PAGES
from pages.shared.text.markdown import marker, plain, small_print
from pages.shared.text.translation import translate

CUSTOM_TITLE = message("Your own function")


def show_verdict(result: RaceResult) -> None:
    """Say who won and why, then under which conditions, and the function's formula.

    In few elements: each costs time in the browser on every rerun.
    """
    said = verdict(result)
    preset = next((preset for preset in PRESETS if preset.spec == result.spec), None)
    if preset is not None:
        st.caption(plain(translate("{title}: {question}", title=preset.title, question=preset.question)))
    sign = "" if said.winner is None else f"{marker(ENTRY_STYLES[said.winner])} "
    st.markdown(f"### {sign}{plain(translate(said.headline))}")
    more = [f"**{plain(translate(sentence))}**" for sentence in (_compared(result, preset), _over_seeds(result)) if sentence]
    why = plain(translate(sentences(said.margin, said.why)))
    st.markdown("\n\n".join([why, *more, small_print(translate(conditions(result))), _formula(result)]))


def conditions(result: RaceResult) -> str:
    """Return what everybody faced and who raced with which settings, in sentences."""
    averaged = answers(result)
    return sentences(
        message("Protocol: {protocol}.", protocol=protocol(result)),
        message("{entrants}.", entrants=entrants(result)),
        message("{averaged}.", averaged=averaged) if averaged else "",
    )


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


def show_race(result: RaceResult, theme: str, others: Others = ()) -> None:
    """Show the race view, with other races beside this one; below it, what can be shown otherwise."""
    race_view(result, theme, others)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field in (CURVE, ALONG):
            segments(field)
        switch(LOG, about=translate("Logarithmic shows small losses; linear shows the true proportions."))
        for field in (HEIGHT, GRID):
            segments(field)
        switch(ARROWS, about=translate("Minus the gradient all over the map; longer where steeper."))


def show_further() -> None:
    """Lead on to the pages that ask further about this very race, whose inputs go along."""
    with st.container(horizontal=True):
        for page in PAGES:
            if page.question:
                st.page_link(page.file, label=translate(page.question), icon=page.icon)


def _formula(result: RaceResult) -> str:
    """The function's formula and its lowest value, in one line."""
    dials = translate(", then rotated, stretched or shifted as the protocol says") if _dialled(result) else ""
    return f"$f(x, y) = {result.problem.latex}${dials}; {plain(translate(lowest_in_words(result.problem)))}"


def _dialled(result: RaceResult) -> bool:
    return result.problem is not result.spec.base_problem


def show_ends(result: RaceResult) -> None:
    """Show how the race ended and, beside it, on which function; with noise, how it ends over many seeds too."""
    with st.container(horizontal=True, gap="large", key="ends"):
        st.markdown(_standings(result))
        st.markdown(_about(result))
    if result.spec.noise:
        st.markdown("##### " + translate("Over 20 seeds"))
        table = seeds_table(result, cache.seeds(result.spec))
        table["optimizer"] = table["optimizer"].map({label: translate(label) for label in result.labels})
        alt = translate("Standings over 20 seeds")
        st.dataframe(table, hide_index=True, column_config=_seeds_columns(), key="seeds", alt=alt)


def _standings(result: RaceResult) -> str:
    """Who came where and how each ended."""
    title, head = translate("Standings"), tuple(map(translate, HEAD))
    rows = [head, ("---:", "---", "---", "---:", "---:", "---:")]
    for rank, i in enumerate(result.order, start=1):
        name = f"{marker(ENTRY_STYLES[i])}&nbsp;{plain(translate(result.labels[i]))}"
        steps = "–" if result.reached[i] is None else f"{result.reached[i]}"
        loss, looks = f"{result.loss[i, -1]:.4g}", f"{result.evaluations[i, -1]}"
        rows.append((f"{rank}", name, translate(result.status[i].kind), loss, steps, looks))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    ends = [(i, translate("{reason}.", reason=result.status[i].reason)) for i in result.order]
    endings = "\n".join(
        f"- {marker(ENTRY_STYLES[i])}&nbsp;**{plain(translate(result.labels[i]))}**: {plain(end)}" for i, end in ends
    )
    return f"##### {title}\n\n{table}\n\n{endings}"


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
    parts = [f"##### {plain(translate(problem.title if problem.search is None else CUSTOM_TITLE))}"]
    if problem.teaches:
        parts.append(plain(translate(problem.teaches)))
    if problem.search is not None:
        parts.append(f"`{problem.formula}`")
        found = search_in_words(problem)
        parts.append(small_print(translate("Before the dials: {found}", found=found) if _dialled(result) else translate(found)))
    if problem.tags:
        parts.append(small_print(translate("Keywords: {tags}", tags=joined(", ", problem.tags))))
    if problem.reference:
        parts.append(small_print(translate("Source: {reference}", reference=problem.reference)))
    return "\n\n".join(parts)
