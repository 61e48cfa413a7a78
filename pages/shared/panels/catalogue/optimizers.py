"""The panels of the Optimizers page: the list, one rule with when it shines and fails, and the proof that it is right."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import OPTIMIZERS, Optimizer, RaceResult
from optim.figures import contour
from optim.i18n.message import message, plural, transformed
from optim.i18n.phrases import capital, evaluations, place, sentences, steps
from optim.races.entry import every_optimizer
from optim.reports import optimizers as catalogue
from optim.reports.comparison.strengths import BUDGET, RATES, STARTS, strengths
from optim.reports.protocol import answers, entrants
from optim.reports.verdict import verdict
from pages.shared.compute import cache
from pages.shared.inputs import network, state
from pages.shared.inputs.fields import FAMILY, OPTIMIZER
from pages.shared.inputs.navigation import open_race
from pages.shared.inputs.widgets import menu
from pages.shared.sitemap import NETWORK
from pages.shared.text.markdown import PLOT, badge, plain, race_legend, said_of
from pages.shared.text.translation import translate, translate_formula

_NUMBER, _TEXT = st.column_config.NumberColumn, st.column_config.TextColumn
TABLE = "catalogue"
PROOF = "checked-against"
"""The place on the page where the proof stands."""


def show_answer(rule: Optimizer, place: DeltaGenerator) -> None:
    """Say what the rule does, with a badge that leads to its proof; `place` is for the headline."""
    does = plain(translate("{name} {idea}", name=rule.title, idea=rule.idea))
    words = translate("{count} optimizers, each checked independently", count=len(OPTIMIZERS))
    # Of a rule on matrices nothing is recorded: it is none of those that the badge counts.
    place.markdown(f"# {does}" if rule.matrices else f"# {does}\n\n{badge(words, PROOF)}")


def choose_rule() -> str:
    """Show the list of optimizers, one family or all, and return the registry name of the one looked at."""
    left, right = st.columns(2)
    with left:
        chosen: str = menu(OPTIMIZER)
    with right:
        table = cache.catalogue(menu(FAMILY)).copy()
    rules = every_optimizer()
    table["price"] = [translate(catalogue.price(rules[name])) for name in table.name]
    table["libraries"] = [translate(catalogue.libraries(rules[name])) for name in table.name]
    table["family"] = [translate(family) for family in table.family]
    columns = _overview()
    st.dataframe(
        table,
        hide_index=True,
        column_order=list(columns),
        column_config=columns,
        key=TABLE,
        on_select=_look_at,
        selection_mode="single-row",
        height="content" if len(table) < 12 else 560,
        alt=translate("All optimizers with what each was checked against and how far it was off"),
    )
    st.caption(translate("A click on a row shows that optimizer."))
    return chosen


def _overview() -> dict[str, Any]:
    farthest = translate("Largest distance from the other implementation at any step")
    asked = translate("A gradient costs 1, a value 1, a Hessian 2 in the plane")
    return {
        "title": translate("Optimizer"),
        "family": translate("Family"),
        "year": _NUMBER(translate("Year"), format="%d"),
        "price": _TEXT(translate("A step asks for"), help=asked),
        "libraries": translate("Checked against"),
        "runs": _NUMBER(translate("Comparisons"), help=translate("Each over up to 200 steps")),
        "deviation": _NUMBER(translate("Deviation"), format="%.0e", help=farthest),
    }


def _look_at() -> None:
    """Look at the optimizer whose row was clicked."""
    rows = st.session_state[TABLE].selection.rows
    if rows:
        st.session_state[OPTIMIZER.key] = cache.catalogue(st.session_state[FAMILY.key])["name"][rows[0]]


def show_race(rule: Optimizer, result: RaceResult, theme: str) -> None:
    """Show the rule on the book's bowl, beside SGD, and who won there."""
    said = verdict(result)
    st.markdown(race_legend(result))
    picture = contour(result, theme, legend=False, translator=translate)
    picture.update_layout(height=300)
    alt = translate("{title} on the book's bowl", title=rule.title)
    st.plotly_chart(picture, theme=None, config=PLOT, key="mini race", alt=alt)
    st.markdown(plain(translate(sentences(said.headline, said.margin))))
    averaged = answers(result)
    conditions = sentences(
        message("On the book's bowl: {steps} from {place}.", steps=steps(result.spec.steps), place=place(result.spec.start)),
        message("{entrants}.", entrants=entrants(result)),
        message("{averaged}.", averaged=averaged) if averaged else "",
    )
    st.caption(plain(translate(conditions)))
    open_race(result.spec)


def show_strengths(rule: Optimizer) -> None:
    """Say when the rule shines and when it fails, as measured."""
    st.markdown("\n\n".join(f"**{translate(head)}** {plain(translate(said))}" for head, said in strengths(rule)))
    st.caption(_how_measured())


def _how_measured() -> str:
    return translate(
        "Measured on one function of each kind of the Functions page: best of {rates} learning rates, {starts} starts, at most "
        "{budget} evaluations each; the evaluations said are expected ones, with restarts.",
        rates=RATES,
        starts=STARTS,
        budget=BUDGET,
    )


def show_rule(rule: Optimizer, result: RaceResult) -> None:
    """Show the rule itself: its formula, what a step costs, what it remembers, and where it comes from."""
    looks, taken = evaluations(int(result.evaluations[0, -1])), steps(result.taken[0])
    price = message("It asks for {price}: {looks} in these {steps}.", price=catalogue.price(rule), looks=looks, steps=taken)
    _show_lines(rule, sentences(price, _memory(catalogue.remembers(result))))


def show_matrix_rule(rule: Optimizer) -> None:
    """Show a rule that moves matrices: what it needs, and a way to the network that it can train."""
    st.markdown(translate("It moves matrices, so it trains networks and takes no part in races: a point of a race is a vector."))
    if st.button(translate("Train a network with it"), key="train", on_click=_train, args=(rule.name,), icon=NETWORK.icon):
        st.switch_page(NETWORK.file, query_params={network.WHO.key: network.WHO.write(state.value_of(network.WHO))})
    _show_lines(rule, message("It asks for {price} in a step.", price=catalogue.price(rule)))


def _train(name: str) -> None:
    """From a callback: a rule beside SGD and Adam, into the inputs of the Network page, which is opened next."""
    st.session_state[network.WHO.key] = ("sgd", "adam", name)


def _show_lines(rule: Optimizer, asked: str) -> None:
    """Show a rule's lines, what a step asks for, what is remembered, and where it comes from."""
    title = translate("The update rule")
    st.markdown(f"## {title}")
    st.latex(translate_formula(catalogue.formula(rule)))
    st.markdown(plain(translate(asked)))
    st.markdown("\n".join(f"- {said_of(f'`{name}`', plain(translate(meaning)))}" for name, meaning in rule.memory.items()))
    st.caption(plain(translate("{family}. {reference}.", family=rule.family, reference=rule.reference)))


def _memory(count: int) -> str:
    if count == 0:
        return message("It remembers nothing.")
    return plural("It remembers {count} number per coordinate.", "It remembers {count} numbers per coordinate.", count)


def show_settings(rule: Optimizer) -> None:
    """Show the rule's parameters."""
    title = translate("Settings")
    st.markdown(f"## {title}")
    if not rule.parameters:
        st.markdown(translate("It has none."))
        return
    table = catalogue.parameters(rule)
    table["accepted"] = [translate(parameter.expected) for parameter in rule.parameters]
    table["meaning"] = [translate(parameter.doc) for parameter in rule.parameters]
    columns = {
        "name": translate("Name"),
        "symbol": translate("Symbol"),
        "default": translate("Default"),
        "accepted": translate("Accepted"),
        "meaning": translate("Meaning"),
    }
    alt = translate("Settings of {title}", title=rule.title)
    st.dataframe(table, hide_index=True, column_config=columns, key="parameters", alt=alt)


def show_proof(rule: Optimizer) -> None:
    """Show what the rule was checked against and how far off it was."""
    st.subheader(translate("Checked against other implementations"), anchor=PROOF)
    table, alt = catalogue.evidence(rule), translate("What {title} was checked against", title=rule.title)
    if table.empty:
        st.markdown(translate("None yet: no run of another implementation has been recorded for it."))
    else:
        columns = _evidence()
        for column in ("library", "what"):
            table[column] = [translate(text) for text in table[column]]
        st.dataframe(table, hide_index=True, column_order=list(columns), column_config=columns, key="evidence", alt=alt)
    if rule.form:
        form = translate("Which form this is.")
        st.markdown(f"**{form}** {plain(translate(rule.form))}")
    if rule.exempt:
        know = translate("What to know.")
        st.markdown(f"**{know}** " + plain(translate(sentences(*_reasons(rule)))))
    st.caption(plain(translate(cache.claim())))


def _evidence() -> dict[str, Any]:
    how = translate("On its own path each walks freely; on the same gradients the rule alone is compared")
    return {
        "library": translate("Checked against"),
        "deviation": _NUMBER(translate("Largest deviation"), format="%.0e"),
        "what": _TEXT(translate("How"), help=how),
        "runs": translate("Runs"),
        "functions": translate("Functions"),
        "steps": translate("Steps each"),
    }


def _reasons(rule: Optimizer) -> list[str]:
    return [message("{reason}.", reason=transformed(reason, capital)) for reason in dict.fromkeys(rule.exempt.values())]
