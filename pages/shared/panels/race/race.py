"""The panels of the Race page: verdict, pictures, curves, standings, table, and what the function teaches."""

import math
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import Problem, RaceResult
from optim.figures import styles
from optim.i18n.message import joined, message
from optim.i18n.numbers import short
from optim.i18n.phrases import sentences
from optim.reports.functions import lowest_in_words, search_in_words
from optim.reports.protocol import answers, dials, entrants, protocol
from optim.reports.seeds import seeds_sentence, seeds_table
from optim.reports.verdict import verdict
from pages.shared.compute import cache
from pages.shared.inputs.fields import ALONG, ARROWS, CURVE, GRID, HEIGHT, LOG
from pages.shared.inputs.navigation import link_to_step
from pages.shared.inputs.presets import PRESETS, Preset
from pages.shared.inputs.widgets import segments, switch
from pages.shared.panels.tables import show_frame
from pages.shared.sitemap import PAGES, STEP
from pages.shared.text.markdown import marker, plain, said_of, small_print
from pages.shared.text.translation import translate

CUSTOM_TITLE = message("Your own function")


NAME = "Optimizer Race"


def show_question(result: RaceResult) -> None:
    """Show the app's name and the one question that the race below answers."""
    preset = _preset(result)
    asked = preset.question if preset else message("{title}: which optimizer gets lowest?", title=result.problem.title)
    with st.container(key="question"):
        st.markdown(f"# {NAME}\n\n{plain(translate(asked))}")


def show_verdict(result: RaceResult) -> None:
    """Say who won and why, and under which conditions in one line that opens.

    The race view tells who won at its end, over the pictures, and the style sheet shows what stands here from then on; the
    headline is in the page for those who do not see pictures.
    """
    said, preset = verdict(result), _preset(result)
    sign = "" if said.winner is None else f"{marker(styles(result.spec.entries)[said.winner])} "
    why = plain(translate(sentences(said.margin, said.why)))
    compared = _compared(result, preset)
    more = [f"**{plain(translate(compared))}**"] if compared else []
    with st.container(key="why"):
        st.markdown("\n\n".join([f"## {sign}{plain(translate(said.headline))}", why, *more]))
    with st.expander(translate("Settings of this race")):
        st.markdown(f"{plain(translate(conditions(result)))}\n\n{_formula(result)}")


def _preset(result: RaceResult) -> Preset | None:
    return next((preset for preset in PRESETS if preset.spec == result.spec), None)


def conditions(result: RaceResult) -> str:
    """Return what everybody faced and who raced with which settings, in sentences."""
    averaged = answers(result)
    return sentences(
        message("Settings: {protocol}.", protocol=protocol(result)),
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


def show_options() -> None:
    """Show what the pictures can show otherwise."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field in (CURVE, ALONG):
            segments(field)
        switch(LOG, about=translate("Logarithmic shows small losses; linear shows the true proportions."))
        for field in (HEIGHT, GRID):
            segments(field)
        switch(ARROWS, about=translate("Minus the gradient all over the map; longer where steeper."))


def show_further(result: RaceResult) -> None:
    """Lead on to the pages that ask further about this very race, whose inputs go along, or about its very step."""
    with st.container(horizontal=True):
        for page in PAGES:
            if page.question:
                shown = link_to_step(result) if page is STEP else {}
                st.page_link(page.file, label=translate(page.question), icon=page.icon, query_params=shown)


def _formula(result: RaceResult) -> str:
    """The function's formula and its lowest value, in one line."""
    dials = translate(", then rotated, stretched or shifted as the settings say") if _dialled(result) else ""
    return f"$f(x, y) = {result.problem.latex}${dials}; {plain(translate(lowest_in_words(result.problem)))}"


def _dialled(result: RaceResult) -> bool:
    return result.problem is not result.spec.base_problem


def show_ends(result: RaceResult) -> None:
    """Show how the race ended and, beside it, on which function."""
    with st.container(horizontal=True, gap="large", key="ends"):
        st.markdown(_standings(result))
        st.markdown(_about(result))


def show_seeds(result: RaceResult, place: DeltaGenerator) -> None:
    """Under noise show in `place` how the race ends over many seeds, since one run says little."""
    if not result.spec.noise:
        return
    with place:
        many = cache.seeds(result.spec)
        table = seeds_table(result, many)
        table["optimizer"] = table["optimizer"].map({label: translate(label) for label in result.labels})
        title = translate("Over 20 seeds")
        st.markdown(f"## {title}\n\n{plain(translate(seeds_sentence(result, many)))}")
        alt = translate("Standings over 20 seeds")
        show_frame(table, _seeds_columns(), "seeds", alt)


def _standings(result: RaceResult) -> str:
    """Who came where and how each ended."""
    title, head = translate("Standings"), tuple(map(translate, HEAD))
    rows = [head, ("---:", "---", "---", "---:", "---:", "---:")]
    signs, none = [marker(look) for look in styles(result.spec.entries)], short(math.nan)
    for i in result.order:
        name = f"{signs[i]}&nbsp;{plain(translate(result.labels[i]))}"
        end = result.answer_loss[i, -1]
        place = f"{result.places[i]}" if math.isfinite(end) else none
        steps = none if result.reached[i] is None else f"{result.reached[i]}"
        loss, looks = short(end), f"{result.evaluations[i, -1]}"
        rows.append((place, name, translate(result.status[i].label), loss, steps, looks))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    ends = [(i, translate("{reason}.", reason=result.status[i].reason)) for i in result.order]
    endings = "\n".join(f"- {signs[i]}&nbsp;{said_of(f'**{plain(translate(result.labels[i]))}**', plain(end))}" for i, end in ends)
    return f"## {title}\n\n{table}\n\n{endings}"


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
    st.markdown("## " + translate("Loss by step"))
    losses = result.losses()
    losses.columns = pd.Index([translate(label) for label in result.labels])
    losses.index.name = translate("step")
    columns = {name: _NUMBER(format="%.6g") for name in losses.columns}
    show_frame(losses, columns, "losses", translate("Loss of every racer at every step"), height=320)


def _about(result: RaceResult) -> str:
    """What the function teaches and where it comes from; of a typed one, what a search found."""
    problem: Problem = result.spec.base_problem
    parts = [f"## {plain(translate(problem.title if problem.search is None else CUSTOM_TITLE))}"]
    dialled = _dialled(result)
    if dialled:
        parts.append(
            translate(
                "What follows tells of the function before its dials. In this race it is {dials}: how steep it is, in which "
                "directions and where may differ.",
                dials=joined(", ", dials(result.spec)),
            )
        )
    if problem.teaches:
        parts.append(plain(translate(problem.teaches)))
    if problem.search is not None:
        parts.append(f"`{problem.formula}`")
        found = search_in_words(problem)
        parts.append(small_print(translate("Before the dials: {found}", found=found) if dialled else translate(found)))
    if problem.tags:
        tags = joined(", ", problem.tags)
        said = translate("Keywords before the dials: {tags}", tags=tags) if dialled else translate("Keywords: {tags}", tags=tags)
        parts.append(small_print(said))
    if problem.reference:
        parts.append(small_print(translate("Source: {reference}", reference=problem.reference)))
    return "\n\n".join(parts)
