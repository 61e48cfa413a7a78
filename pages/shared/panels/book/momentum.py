"""The fourth section: Momentum, the mistake in the first attempt, and how far it runs past the minimum."""

import streamlit as st

from optim import Entry, RaceResult, RaceSpec
from optim.book import oscillation
from optim.book import sgd as book_sgd
from optim.core.types import Array
from optim.i18n.message import joined, message
from optim.i18n.phrases import steps, times
from pages.shared.components.race_view.component import fixed_race
from pages.shared.compute import cache
from pages.shared.inputs.field import Values
from pages.shared.panels.book.ends import ways_out
from pages.shared.panels.book.mistake import show_mistake
from pages.shared.panels.book.section import (
    NUMERICAL,
    Section,
    count,
    gradient,
    head,
    num,
    number,
    observe,
    rate,
    show_inputs,
    start,
    where,
)
from pages.shared.panels.book.sgd import SECTION as SGD
from pages.shared.panels.book.sgd import spec_of as sgd_spec
from pages.shared.text.translation import translate, translate_plural


def spec_of(values: Values) -> RaceSpec:
    """Return the race of this section."""
    entry = Entry("momentum", {"lr": values["lr"], "momentum": values["m"]})
    return RaceSpec("elongated_bowl", (entry,), where(values), values["n"], gradient=gradient(values))


def show(section: Section, theme: str) -> None:
    """Show the formula, the mistake and its correction, the run, and the overshoot."""
    head(translate("From the formula"))
    st.latex(
        r"\boldsymbol{v} \leftarrow \alpha \boldsymbol{v} - \eta\,\frac{\partial L}{\partial \boldsymbol{W}} \qquad "
        r"\boldsymbol{W} \leftarrow \boldsymbol{W} + \boldsymbol{v}"
    )
    _formula()
    head(translate("The mistake, and its correction"), 8, 22)
    show_mistake()
    head(translate("The run"), 23, 24)
    values = show_inputs(section)
    result = cache.run(spec_of(values))
    fixed_race(result, "book momentum", theme)
    observe(*_seen(values, result))
    ways_out(result, section.name, theme, step=min(2, values["n"]))


def _formula() -> None:
    observe(
        translate("v is a velocity: each step keeps α times the last one and adds the downhill pull. η is the learning rate."),
        translate(
            "The notebook guesses: the larger α, the duller the update; the smaller, the sharper, as with SGD. The second half is "
            "exact: with α = 0 it is SGD. The first half is one side of it: a large α turns slowly, but it also gathers speed. On "
            "a steady slope it ends up {steady} times as fast as SGD at α = 0.95, since 1 / (1 - 0.95) = {steady}.",
            steady=num(oscillation.steady(0.95)),
        ),
        translate("α is 0.95 in the notebook and 0.9 in the book. Both are one click away below."),
    )


def _seen(values: Values, result: RaceResult) -> tuple[str, ...]:
    path = result.path[0]
    sgd = cache.run(sgd_spec({**{field.key: field.default for field in SGD.inputs}, "x": values["x"], "y": values["y"]}))
    along = oscillation.swing(path[:, 0])
    (jump, far), (sgd_jump, sgd_far) = (book_sgd.reach(run[:, 1]) for run in (path, sgd.path[0]))
    return (
        translate(
            "y changes its sign {turns} in {steps}: wide swings instead of a zigzag. SGD at 0.95 changes it {sgd} in 30.",
            turns=times(book_sgd.crossings(path[:, 1])),
            steps=steps(values["n"]),
            sgd=times(book_sgd.crossings(sgd.path[0][:, 1])),
        ),
        translate(
            "The notebook sees smaller swings. From one step to the next they are: y moves by {jump} at most, where SGD jumps by "
            "{sgd_jump}. But on the other side it comes as far as {far}, where SGD comes to {sgd_far}.",
            jump=num(jump),
            sgd_jump=num(sgd_jump),
            far=num(far),
            sgd_far=num(sgd_far),
        ),
        *_past(along, path, result, sgd),
        *_after(along, values, result),
    )


def _past(along: oscillation.Swing, path: Array, result: RaceResult, sgd: RaceResult) -> tuple[str, ...]:
    """What is to be said of the way to the minimum and past it."""
    if along.passed is None:
        return (translate("It has not passed x = 0 in these steps."),)
    farthest = along.turns[0]
    return (
        translate(
            "It passes x = 0 with step {passed}, where SGD is still at x = {sgd_x} after 30 steps. But to pass is not to arrive: "
            "there y is {y} and the loss {loss}; SGD ends at {sgd_loss}.",
            passed=along.passed,
            sgd_x=num(sgd.path[0, -1, 0]),
            y=num(path[along.passed, 1]),
            loss=num(result.loss[0, along.passed]),
            sgd_loss=num(sgd.loss[0, -1]),
        ),
        translate(
            "The velocity carries it on: at step {step} it is {far} past 0, and it has come from {start}.",
            step=farthest.step,
            far=num(abs(farthest.value)),
            start=num(path[0, 0]),
        ),
    )


def _after(along: oscillation.Swing, values: Values, result: RaceResult) -> tuple[str, ...]:
    """What is to be said of the swings after the first."""
    if along.kept is None or not 0 < along.kept < 1:
        return ()
    turns = joined(", ", [message("{x} (step {step})", x=num(turn.value), step=turn.step) for turn in along.turns[:4]])
    kept = translate(
        "In the picture it seems to swing for ever. The turning points say otherwise: {turns} ... Each swing keeps {kept} of the "
        "one before.",
        turns=turns,
        kept=f"{along.kept:.0%}",
    )
    reached = result.reached[0]
    if reached is None:
        later = translate_plural(
            "So it does come to rest at (0, 0), only later than this step.",
            "So it does come to rest at (0, 0), only later than these {count} steps.",
            values["n"],
        )
        return kept, later
    return (
        kept,
        translate(
            "So it does come to rest at (0, 0): from step {step} on the loss stays below {target}, and after {steps} it is {loss}.",
            step=reached,
            target=num(result.target),
            steps=steps(values["n"]),
            loss=num(result.loss[0, -1]),
        ),
    )


SECTION = Section(
    "momentum",
    message("Momentum"),
    message("What does a velocity change, and what happens once it has arrived?"),
    (rate(0.1), number("m", message("Momentum α"), 0.95, 0.0, 0.999), count(30), *start(), NUMERICAL),
    show,
    (
        (message("30 steps"), {"n": 30}),
        (message("1000 steps"), {"n": 1000}),
        (message("α = 0.9, the book's"), {"m": 0.9}),
        (message("α = 0: SGD"), {"m": 0.0}),
    ),
)
