"""The last section: the four optimizers side by side, then the same race under other conditions, and what that teaches."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from optim import Entry, RaceResult, RaceSpec
from optim.figures import styles
from optim.i18n.message import joined, message
from pages.shared.components.race_view.component import fixed_race
from pages.shared.compute import cache
from pages.shared.inputs.field import Values
from pages.shared.inputs.navigation import open_page
from pages.shared.inputs.presets import BOOK
from pages.shared.inputs.state import store, stored
from pages.shared.panels.book.ends import ways_out
from pages.shared.panels.book.section import Section, at, count, head, num, observe, rate, show_inputs, start, table, tell
from pages.shared.sitemap import FAIR
from pages.shared.text.markdown import marker, plain
from pages.shared.text.translation import translate, translate_plural

START = (-9.0, -1.0)
"""Another start in the same bowl."""


@dataclass(frozen=True)
class Condition:
    """One way to set the same race: its name in links, its title, its spec from the inputs, and what it changes."""

    name: str
    title: str
    spec: Callable[[Values], RaceSpec]
    comment: Callable[[Values, RaceResult], str]


def book(values: Values) -> RaceSpec:
    """The book's race."""
    return replace(BOOK.spec, steps=values["n"])


def equal(values: Values) -> RaceSpec:
    """The same race, but every racer gets the same rate."""
    entries = tuple(Entry(entry.optimizer, {"lr": values["lr"]}, origin="same for all") for entry in BOOK.spec.entries)
    return replace(book(values), entries=entries)


def tuned(values: Values) -> RaceSpec:
    """The same race, with every rate tuned on other starts."""
    return replace(book(values), entries=cache.tuned(book(values)).entries)


def elsewhere(values: Values) -> RaceSpec:
    """The same race from another start."""
    return replace(book(values), start=(values["x"], values["y"]))


def _rates(spec: RaceSpec) -> str:
    return joined(", ", [f"{entry.rule.title} {num(entry.hyper['lr'])}" for entry in spec.entries])


def _comment_book(_values: Values, result: RaceResult) -> str:
    return translate(
        "Rates as in the book: {rates}. Each was chosen to show the optimizer well in 30 steps.", rates=_rates(result.spec)
    )


def _comment_equal(values: Values, _result: RaceResult) -> str:
    return translate(
        "Every rate is {lr}. That sounds fair and is not: a rate means something else to each of them. AdaGrad's and Adam's first "
        "step is η whatever the slope, SGD's is η times the slope, and Momentum's comes to ten times that on a steady slope.",
        lr=num(values["lr"]),
    )


def _comment_tuned(values: Values, result: RaceResult) -> str:
    search = cache.tuned(book(values)).spec
    text = translate_plural(
        "Each rate is the best of {values} between 0.0001 and 100 on {starts} starts all over the bowl, with {count} gradient "
        "each: {rates}.",
        "Each rate is the best of {values} between 0.0001 and 100 on {starts} starts all over the bowl, with {count} gradients "
        "each: {rates}.",
        search.budget,
        values=search.values,
        starts=search.starts,
        rates=_rates(result.spec),
    )
    far = [float(abs(path).max()) for path in result.path]
    leaps = [i for i, distance in enumerate(far) if distance > 2 * 10.0]
    if leaps:
        name, distance = result.labels[leaps[0]], far[leaps[0]]
        text += " " + translate(
            "Look at {name}: it leaps {far} away and comes back. On a bowl that goes on for ever this pays, on a network it would "
            "not: tuning finds whatever the problem rewards.",
            name=name,
            far=num(distance),
        )
    return text


def _comment_elsewhere(values: Values, _result: RaceResult) -> str:
    return translate("The book's rates, but from {start}: another place in the same bowl.", start=at(values["x"], values["y"]))


CONDITIONS = {
    condition.name: condition
    for condition in (
        Condition("book", message("As in the book's figure 6-8"), book, _comment_book),
        Condition("equal", message("Equal rates"), equal, _comment_equal),
        Condition("tuned", message("Tuned rates"), tuned, _comment_tuned),
        Condition("start", message("Another start"), elsewhere, _comment_elsewhere),
    )
}
HOW = "four.how"
"""The query parameter of the condition, and the key of its input."""


def show(section: Section, theme: str) -> None:
    """Show the race under the condition chosen, all four conditions in a table, and what they teach."""
    tell(translate("Four optimizers, one bowl. One click changes one condition, and everything else stays."))
    condition = _choose()
    values = show_inputs(section)
    result = cache.run(condition.spec(values))
    tell(condition.comment(values, result))
    fixed_race(result, "book four", theme)
    head(translate("The same race under four conditions"))
    results = {one.name: cache.run(one.spec(values)) for one in CONDITIONS.values()}
    _table(results, condition)
    observe(*_lessons(results))
    ways_out(result, section.name, theme)
    open_page(FAIR, result.spec, translate("Tune and score them in a fair race"))


def chosen() -> str:
    """Return the name of the condition asked for by the input or by the link; the first where none is."""
    name = st.session_state.get(HOW, st.query_params.get(HOW, stored(HOW, None)))
    return name if name in CONDITIONS else next(iter(CONDITIONS))


def linked() -> dict[str, str]:
    """Return what a link says of the condition: nothing of the first."""
    name = chosen()
    return {} if name == next(iter(CONDITIONS)) else {HOW: name}


def _choose() -> Condition:
    name = chosen()
    st.session_state[HOW] = name
    st.segmented_control(
        translate("Conditions"), list(CONDITIONS), format_func=lambda one: translate(CONDITIONS[one].title), key=HOW, required=True
    )
    store({HOW: name})
    return CONDITIONS[name]


def _table(results: dict[str, RaceResult], shown: Condition) -> None:
    """Who came where under each condition, with the final loss."""
    entries = len(BOOK.spec.entries)
    heads = [translate("Conditions"), *(translate("place {place}", place=place + 1) for place in range(entries))]
    rows = []
    for name, result in results.items():
        title = plain(translate(CONDITIONS[name].title))
        looks = styles(result.spec.entries)
        cells = [f"{marker(looks[i])}&nbsp;{plain(result.spec.entries[i].rule.title)} ({_end(result, i)})" for i in result.order]
        rows.append([f"**{title}**" if name == shown.name else title, *cells])
    table("four", heads, rows, "---")
    st.caption(translate("In brackets: the loss after the last step."))


def _end(result: RaceResult, i: int) -> str:
    """Return a racer's last loss, and whether it shares its place."""
    loss = num(result.answer_loss[i, -1])
    return translate("{loss}, a tie", loss=loss) if result.places.count(result.places[i]) > 1 else loss


def _alone(result: RaceResult, i: int) -> str:
    """Return the name of a racer that is alone at its place."""
    tie = result.places.count(result.places[i]) > 1
    return translate("nobody alone") if tie else result.spec.entries[i].rule.title


def _lessons(results: dict[str, RaceResult]) -> tuple[str, ...]:
    winners = {name: _alone(result, result.order[0]) for name, result in results.items()}
    lasts = {_alone(result, result.order[-1]) for result in results.values()} - {translate("nobody alone")}
    return (
        translate(
            "As in the book {book} wins, at equal rates {equal}, tuned {tuned}, from the other start {start}.",
            **winners,
        ),
        translate("{name} is first under one condition and last under another.", name=both)
        if (both := next((name for name in winners.values() if name in lasts), ""))
        else "",
        translate(
            "So a figure like this shows how each optimizer moves. It does not show which one is better: that depends on the "
            "rates, on who chose them and how, on the start, and on the number of steps."
        ),
        translate("A comparison should say all of these. The Race page does, in the protocol under every answer."),
    )


SECTION = Section(
    "four",
    message("The four compared"),
    message("Which of the four is the best, and what does that depend on?"),
    (
        count(30),
        replace(rate(0.1), title=message("Equal rate η")),
        *(
            replace(field, title=title)
            for field, title in zip(start(*START), (message("Other start x"), message("Other start y")), strict=True)
        ),
    ),
    show,
    more=linked,
)
