"""The third section: SGD's zigzag, its printed coordinates, and what limits its rate."""

import math

import streamlit as st

from optim import Entry, RaceResult, RaceSpec
from optim.book import sgd
from optim.i18n.message import message
from optim.i18n.phrases import steps, times
from pages.shared.components.race_view.component import fixed_race
from pages.shared.compute import cache
from pages.shared.inputs.field import Values
from pages.shared.panels.book.ends import ways_out
from pages.shared.panels.book.section import (
    NUMERICAL,
    Section,
    at,
    count,
    gradient,
    head,
    num,
    observe,
    rate,
    show_inputs,
    start,
    tell,
    where,
)
from pages.shared.text.translation import translate

CODE = """class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params.keys():
            params[key] -= self.lr * grads[key]"""
LISTED, LONGEST = 100, 2000


def spec_of(values: Values) -> RaceSpec:
    """Return the race of this section."""
    return RaceSpec("elongated_bowl", (Entry("sgd", {"lr": values["lr"]}),), where(values), values["n"], gradient=gradient(values))


def show(section: Section, theme: str) -> None:
    """Show the rule, the zigzag, what it is made of, and the coordinates as printed."""
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        head(translate("The rule"), 3)
        st.latex(r"\boldsymbol{W} \leftarrow \boldsymbol{W} - \eta\,\frac{\partial L}{\partial \boldsymbol{W}}")
        tell(translate("SGD keeps one number, the learning rate, and moves every parameter against its gradient."))
    right.code(CODE)
    head(translate("The weakness of SGD"), 20)
    values = show_inputs(section)
    result = cache.run(spec_of(values))
    fixed_race(result, "book sgd", theme)
    observe(*_seen(values, result))
    head(translate("The coordinates, as the notebook prints them"), 20)
    _printed(values)
    head(translate("As a function"), 21)
    tell(translate("The notebook makes a function of this, to use it with the other optimizers. It is here too:"))
    x, y = values["x"], values["y"]
    st.code(
        "from optim.book import SGD, eval_optimizer\n\n"
        f'eval_optimizer(SGD(lr={values["lr"]!r}), init_pos={{"x": {x!r}, "y": {y!r}}}, count={values["n"]})'
    )
    ways_out(result, section.name, theme)


def _seen(values: Values, result: RaceResult) -> tuple[str, ...]:
    lr, path = values["lr"], result.path[0]
    way, (fx, fy), (best, slowest) = sgd.zigzag(path), sgd.factors(lr), sgd.best_rate()
    end = [float(value) for value in path[-1]]
    if not all(map(math.isfinite, end)) or result.status[0].kind == "diverged":
        first = translate("SGD diverges: every step multiplies y by {fy}, and that is more than 1 in size.", fy=num(fy))
    else:
        first = translate(
            "y changes its sign {turns} in {steps}. The way is {walked} long; a straight line from the start to the "
            "minimum is {straight}. It ends at {end} with loss {loss}.",
            turns=times(way.turns),
            steps=steps(values["n"]),
            walked=num(way.walked),
            straight=num(way.straight),
            end=at(*end),
            loss=num(result.loss[0, -1]),
        )
    return (
        first,
        translate(
            "Each step multiplies x by 1 - 0.1η = {fx} and y by 1 - 2η = {fy}. {sign}",
            fx=num(fx),
            fy=num(fy),
            sign=translate("The minus sign is the zigzag.") if fy < 0 else translate("Neither is negative, so there is no zigzag."),
        ),
        translate(
            "The notebook says that only this rate, 0.95, draws a fine zigzag in 30 steps. It is also nearly the best that SGD "
            "can do: at η = 2 / (0.1 + 2) = {best} x and y shrink alike, by {slowest} per step. Below it x crawls, above it y "
            "swings longer, and above {limit} y grows.",
            best=num(best),
            slowest=num(slowest),
            limit=num(sgd.limit()),
        ),
        translate("So the zigzag is only the look of it. The weakness is that one rate has to serve two directions."),
    )


def _printed(values: Values) -> None:
    """Both lists with every digit that Python prints."""
    shown = min(values["n"], LISTED)
    for axis in sgd.printed(values["lr"], (values["x"], values["y"]), shown):
        st.code(str(axis.tolist()), language=None, wrap_lines=True)
    tell(
        translate(
            "x_history above, y_history below: {shown} of {steps}, without the start, by the numerical gradient. With the "
            "notebook's values every digit is the one printed there; the list of y is cut short there.",
            shown=shown,
            steps=steps(values["n"]),
        )
    )


SECTION = Section(
    "sgd",
    message("SGD"),
    message("Why does SGD go down in a zigzag?"),
    (rate(0.95), count(30, LONGEST), *start(), NUMERICAL),
    show,
    (
        (message("η = 0.45: no zigzag"), {"lr": 0.45}),
        (message("η = 1: it never gets lower in y"), {"lr": 1.0}),
        (message("η = 1.05: too far"), {"lr": 1.05}),
    ),
)
