"""The sixth section: Adam, where the notebook stops: both moments, their correction with numbers, and the run."""

import streamlit as st

from optim import Entry, RaceResult, RaceSpec
from optim.book import adam
from optim.book.adam import Moments
from optim.book.oscillation import swing
from optim.figures.line_chart import series
from optim.i18n.message import message
from optim.i18n.phrases import steps
from pages.shared.components.race_view.component import fixed_race
from pages.shared.compute import cache
from pages.shared.inputs.field import Values
from pages.shared.panels.book.ends import ways_out
from pages.shared.panels.book.section import (
    Section,
    at,
    count,
    head,
    num,
    number,
    observe,
    rate,
    show_inputs,
    start,
    table,
    tell,
    where,
)
from pages.shared.text.markdown import PLOT
from pages.shared.text.translation import translate

LONGEST, ROWS = 1000, 5
AXES = {"x": 0, "y": 1}


def spec_of(values: Values) -> RaceSpec:
    """Return the race of this section."""
    entry = Entry("adam", {name: values[name] for name in ("lr", "beta1", "beta2")})
    return RaceSpec("elongated_bowl", (entry,), where(values), values["n"])


def run_of(values: Values, corrected: bool = True) -> Moments:
    """Return the run with both moments."""
    return adam.moments(values["lr"], values["beta1"], values["beta2"], where(values), values["n"], corrected)


def show(section: Section, theme: str) -> None:
    """Show the formulas, the moments of the first steps, what the correction is for, and the run."""
    head(translate("From the formula"))
    st.latex(
        r"\boldsymbol{m} \leftarrow \beta_1 \boldsymbol{m} + (1-\beta_1)\,\frac{\partial L}{\partial \boldsymbol{W}} \qquad "
        r"\boldsymbol{v} \leftarrow \beta_2 \boldsymbol{v} + (1-\beta_2)\,\frac{\partial L}{\partial \boldsymbol{W}} \odot "
        r"\frac{\partial L}{\partial \boldsymbol{W}}"
    )
    st.latex(
        r"\hat{\boldsymbol{m}} = \frac{\boldsymbol{m}}{1-\beta_1^t} \qquad \hat{\boldsymbol{v}} = "
        r"\frac{\boldsymbol{v}}{1-\beta_2^t} \qquad "
        r"\boldsymbol{W} \leftarrow \boldsymbol{W} - \eta\,\frac{\hat{\boldsymbol{m}}}{\sqrt{\hat{\boldsymbol{v}}} + \varepsilon}"
    )
    observe(
        translate("Here the notebook stops, and the book does not go into the theory. Everything needed is on this page already."),
        translate("The first moment m is Momentum's idea: an average of the gradients, in which old ones fade by β1 per step."),
        translate(
            "The second moment v is AdaGrad's idea: squared gradients, element by element. But v is an average too, so it forgets "
            "by β2."
        ),
        translate("t counts the steps from 1. ε only keeps the division possible."),
    )
    values = show_inputs(section)
    result = cache.run(spec_of(values))
    fixed_race(result, "book adam", theme)
    observe(*_seen(values, result))
    head(translate("The moments of the first steps"))
    _numbers(values)
    head(translate("What the correction is for"))
    _correction(values, theme)
    ways_out(result, section.name, theme)


def _seen(values: Values, result: RaceResult) -> tuple[str, ...]:
    path = result.path[0]
    across = swing(path[:, 1])
    passed = (
        translate(
            "y passes 0 with step {passed}: m is an average, and still points the way that was downhill before.",
            passed=across.passed,
        )
        if across.passed is not None
        else translate("y does not pass 0 in these steps.")
    )
    first = [abs(float(step)) for step in path[1] - path[0]]
    return (
        translate(
            "The first step is {x} in x and {y} in y: η in both, as with AdaGrad. As long as slopes keep their signs, it goes on "
            "in steps of about η.",
            x=num(first[0]),
            y=num(first[1]),
        ),
        passed,
        translate(
            "After {steps} it is at {end} with loss {loss}.",
            steps=steps(values["n"]),
            end=at(*path[-1]),
            loss=num(result.loss[0, -1]),
        ),
    )


def _numbers(values: Values) -> None:
    """Both moments before and after correction, coordinate by coordinate."""
    run = run_of(values)
    for name, axis in AXES.items():
        heads = (f"{name}: t", "g", "m", "m̂", "v", "v̂", translate("step"))
        columns = [part[:, axis] for part in (run.gradient, run.m, run.m_hat, run.v, run.v_hat, run.path[1:] - run.path[:-1])]
        rows = range(min(ROWS, values["n"]))
        table(f"adam-{name}", heads, ([f"{row + 1}", *(num(float(column[row])) for column in columns)] for row in rows))
    g, m, v = (float(part[0, 1]) for part in (run.gradient, run.m, run.v))
    observe(
        translate(
            "Both averages start at 0, so at first they are far too small. In y the gradient is {g}, but after one step m is {m} "
            "and v is {v}.",
            g=num(g),
            m=num(m),
            v=num(v),
        ),
        translate(
            "An average that has seen t gradients carries a weight of 1 - β^t in all; the rest is still the zero. Dividing by it "
            "gives m̂ = {g} and v̂ = {square}: after one step exactly the gradient and its square.",
            g=num(float(run.m_hat[0, 1])),
            square=num(float(run.v_hat[0, 1])),
        ),
        translate(
            "m is nearly right after step {fast} or so, v only after step {slow}: 1 / (1 - β) steps are what an average remembers.",
            fast=num(1 / (1 - values["beta1"])),
            slow=num(1 / (1 - values["beta2"])),
        ),
    )


def _correction(values: Values, theme: str) -> None:
    """With and without the correction: the lengths of the steps."""
    run, bare = run_of(values), run_of(values, corrected=False)
    left, right = st.columns(2, gap="large")
    with left:
        names = (translate("with correction"), translate("without correction"))
        lengths = dict(zip(names, (run.moves[:, 1], bare.moves[:, 1]), strict=True))
        title = translate("length of the step in y")
        picture = series(lengths, (translate("step"), title), theme, log=False)
        st.plotly_chart(picture, theme=None, config=PLOT, key="book lengths", alt=title)
    with right:
        times = adam.first_step_without(values["beta1"], values["beta2"])
        observe(
            translate(
                "Without it the first step would be (1 - β1) / √(1 - β2) = {times} × η: {longer}.",
                times=num(times),
                longer=translate("too long, since v lags farther behind than m")
                if times > 1
                else translate("too short, since m lags farther behind than v"),
            ),
            translate(
                "After {steps} it would be at {bare}, not at {run}.",
                steps=steps(values["n"]),
                bare=at(*bare.path[-1]),
                run=at(*run.path[-1]),
            ),
            translate(
                "The book puts both corrections into the rate, and adds its 10⁻⁷ before v is corrected. Over these steps that "
                "moves x and y by {apart} at most.",
                apart=num(adam.forms_apart(values["lr"], values["beta1"], values["beta2"], where(values), values["n"])),
            ),
        )
    tell(translate("How the four compare on this bowl, as in the book's figure 6-8, is the next section."))


SECTION = Section(
    "adam",
    message("Adam"),
    message("What do the two moments remember, and what is the correction for?"),
    (
        rate(0.3),
        number("beta1", "β1", 0.9, 0.0, 0.9999),
        number("beta2", "β2", 0.999, 0.0, 0.999999),
        count(30, LONGEST),
        *start(),
    ),
    show,
    (
        (message("30 steps"), {"n": 30}),
        (message("300 steps"), {"n": 300}),
        (message("β2 = 0.9: v forgets as fast as m"), {"beta2": 0.9}),
    ),
)
