"""The panels of the Optimizers page: the claim, the list, and what there is to know about one rule."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import Optimizer, RaceResult
from optim.figures import contour
from optim.i18n.phrases import place, steps
from optim.reports.optimizers import evidence, formula, parameters, price, remembers
from optim.reports.protocol import answers, entrants
from optim.reports.verdict import verdict
from pages.shared.compute import cache
from pages.shared.inputs.fields import FAMILY, OPTIMIZER
from pages.shared.inputs.navigation import open_race
from pages.shared.inputs.widgets import menu
from pages.shared.text.markdown import PLOT, plain, race_legend

_NUMBER = st.column_config.NumberColumn
_OVERVIEW: dict[str, Any] = {
    "title": "Optimizer",
    "deviation": _NUMBER("Deviation", format="%.0e", help="Largest distance from the other implementation at any step"),
    "libraries": "Held against",
    "runs": _NUMBER("Comparisons", help="Each over up to 200 steps"),
    "price": st.column_config.TextColumn("A step asks for", help="A gradient costs 1, a value 1, a Hessian 2 in the plane"),
    "year": _NUMBER("Year", format="%d"),
    "family": "Family",
}
_EVIDENCE: dict[str, Any] = {
    "library": "Held against",
    "deviation": _NUMBER("Largest deviation", format="%.0e"),
    "what": st.column_config.TextColumn(
        "How", help="On its own path each walks freely; on the same gradients the rule alone is compared"
    ),
    "runs": "Runs",
    "functions": "Functions",
    "steps": "Steps each",
}
_PARAMETERS = {"name": "Name", "symbol": "Symbol", "default": "Default", "accepted": "Accepted", "meaning": "Meaning"}
TABLE = "catalogue"


def show_claim(place: DeltaGenerator) -> None:
    """Say how many optimizers there are and how well they are proven; `place` is for the headline."""
    place.markdown(f"### {len(cache.catalogue())} optimizers, each held against an independent implementation")
    st.markdown(plain(cache.claim()))


def choose_rule() -> str:
    """Show the list of optimizers, one family or all, and return the registry name of the one looked at."""
    left, right = st.columns(2)
    with left:
        chosen: str = menu(OPTIMIZER)
    with right:
        table = cache.catalogue(menu(FAMILY))
    st.dataframe(
        table,
        hide_index=True,
        column_order=list(_OVERVIEW),
        column_config=_OVERVIEW,
        key=TABLE,
        on_select=_look_at,
        selection_mode="single-row",
        height="content" if len(table) < 12 else 560,
        alt="All optimizers with what each was held against and how far it was off",
    )
    st.caption("A click on a row shows that optimizer.")
    return chosen


def _look_at() -> None:
    """Look at the optimizer whose row was clicked."""
    rows = st.session_state[TABLE].selection.rows
    if rows:
        st.session_state[OPTIMIZER.key] = cache.catalogue(st.session_state[FAMILY.key])["name"][rows[0]]


def show_rule(rule: Optimizer) -> None:
    """Show what a rule is: its idea, its formula, what it costs and remembers, and where it comes from."""
    st.markdown(f"### {plain(rule.title)}")
    st.markdown(f"**{plain(rule.title)}** {plain(rule.idea)}")
    st.latex(formula(rule))
    st.caption(plain(f"{rule.family}. {rule.reference}."))


def show_race(rule: Optimizer, result: RaceResult, theme: str) -> None:
    """Show the rule on the book's bowl, who won there, and the way to that race."""
    said = verdict(result)
    st.markdown("##### On the book's bowl")
    st.markdown(plain(f"{said.headline} {said.margin}".strip()))
    st.markdown(race_legend(result))
    picture = contour(result, theme, legend=False)
    picture.update_layout(height=300)
    st.plotly_chart(picture, theme=None, config=PLOT, key="mini race", alt=f"{rule.title} on the book's bowl")
    conditions = ". ".join(filter(None, (entrants(result), answers(result))))
    st.caption(plain(f"{steps(result.spec.steps)} from {place(result.spec.start)}. {conditions}."))
    open_race(result.spec)


def show_proof(rule: Optimizer) -> None:
    """Show what the rule was held against and how far off it was."""
    st.markdown("##### The proof")
    table, words = evidence(rule), f"What {rule.title} was held against"
    if table.empty:
        st.markdown("None yet: no run of another implementation has been recorded for it.")
    else:
        columns = list(_EVIDENCE)
        st.dataframe(table, hide_index=True, column_order=columns, column_config=_EVIDENCE, key="evidence", alt=words)
    if rule.form:
        st.markdown(f"**Which form this is.** {plain(rule.form)}")
    if rule.exempt:
        st.markdown("**What to know.** " + " ".join(f"{plain(reason[:1].upper() + reason[1:])}." for reason in _reasons(rule)))


def _reasons(rule: Optimizer) -> list[str]:
    return list(dict.fromkeys(rule.exempt.values()))


def show_settings(rule: Optimizer, result: RaceResult) -> None:
    """Show the rule's parameters, and what it carries from step to step."""
    st.markdown("##### Settings")
    if rule.parameters:
        st.dataframe(
            parameters(rule), hide_index=True, column_config=_PARAMETERS, key="parameters", alt=f"Settings of {rule.title}"
        )
    else:
        st.markdown("It has none.")
    st.markdown("##### A step")
    looks, taken = int(result.evaluations[0, -1]), steps(result.taken[0])
    st.markdown(
        plain(f"It asks for {price(rule)}: {looks} evaluations in these {taken}. It remembers {_memory(remembers(result))}.")
    )
    st.markdown("\n".join(f"- `{name}`: {plain(meaning)}" for name, meaning in rule.memory.items()))


def _memory(count: int) -> str:
    return "nothing" if count == 0 else f"{count} number{'s' if count > 1 else ''} per coordinate"
