"""The fifth section: AdaGrad's h element by element, its run, and what makes its steps small."""

import streamlit as st

from optim import Entry, RaceResult, RaceSpec
from optim.book import adagrad
from optim.book.adagrad import Shrinking
from optim.book.optimizers import EPS
from optim.book.sgd import crossings
from optim.core.types import Array
from optim.figures.line_chart import series
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

ROWS, LONG = 5, 100


def spec_of(values: Values) -> RaceSpec:
    """Return the race of this section."""
    entry = Entry("adagrad", {"lr": values["lr"], "eps": EPS})
    more = {"gradient": gradient(values), "noise": values["noise"]}
    return RaceSpec("elongated_bowl", (entry,), where(values), values["n"], **more)


def show(section: Section, theme: str) -> None:
    """Show the formula, small matrices, where h starts, the run, and what its steps are made of."""
    head(translate("From the formula"))
    st.latex(
        r"\boldsymbol{h} \leftarrow \boldsymbol{h} + \frac{\partial L}{\partial \boldsymbol{W}} \odot "
        r"\frac{\partial L}{\partial \boldsymbol{W}} \qquad \boldsymbol{W} \leftarrow \boldsymbol{W} - "
        r"\eta\,\frac{1}{\sqrt{\boldsymbol{h}}}\,\frac{\partial L}{\partial \boldsymbol{W}}"
    )
    tell(
        translate("h is the record of all gradients so far, squared and added up. Where gradients were large, steps become small.")
    )
    head(translate("Warming up: element by element"), 25)
    _matrices()
    head(translate("Where h starts: 0 or zeros_like"), 26)
    _starts()
    head(translate("The run"), 27, 28)
    values = show_inputs(section)
    result = cache.run(spec_of(values))
    fixed_race(result, "book adagrad", theme)
    observe(*_seen(values, result))
    head(translate("What makes the steps small: h, or the gradient?"), 28)
    _anatomy(values, theme)
    ways_out(result, section.name, theme)


def _matrices() -> None:
    _printed(adagrad.matrices(), width=345)
    observe(
        translate(
            "A is all 2 and becomes √2; B is all 2.8. np.sqrt and the division go element by element: no element looks at another."
        ),
        translate(
            "The notebook reads 1/√h times the gradient as a product of matrices, whose shapes must fit. It is the product of "
            "elements, ⊙, as with the squares: h has the gradient's shape, so it always fits. The two products differ:"
        ),
    )
    _printed(adagrad.products(), width=160)
    observe(
        translate(
            "For the same reason h is not the squared norm of the gradient vector, which would be one number for all: every "
            "parameter keeps its own sum. That is what lets x and y have rates of their own."
        ),
        translate("Squares are never negative, so the root exists. 10⁻⁷ is added to it, so that nothing is divided by 0."),
    )


def _printed(results: dict[str, str], width: int) -> None:
    """Show what Python prints for some expressions, side by side, each `width` pixels wide."""
    with st.container(horizontal=True):
        for name, printed in results.items():
            with st.container(width=width, gap="xsmall"):
                st.markdown(f"`{name}`")
                st.code(printed, language=None)


def _starts() -> None:
    shape, apart = adagrad.starts_alike()
    tell(
        translate(
            "The notebook starts h at the number 0, the book at np.zeros_like(value), and the notebook finds its own way good "
            "enough. It is: with a parameter of shape (2, 3), h has the shape {shape} after the first step, and over 30 steps the "
            "two ways differ by {apart}. Only before the first step is there no shape to look at.",
            shape=shape,
            apart=num(apart),
        )
    )


def _seen(values: Values, result: RaceResult) -> tuple[str, ...]:
    path, first = result.path[0], [abs(float(step)) for step in result.path[0, 1] - result.path[0, 0]]
    end = translate(
        "After {steps} it is at {end} with loss {loss}.", steps=steps(values["n"]), end=at(*path[-1]), loss=num(result.loss[0, -1])
    )
    reached = result.reached[0]
    return (
        translate(
            "The first step is {x} in x and {y} in y: η in both, however steep, because a gradient divided by its own size is 1.",
            x=num(first[0]),
            y=num(first[1]),
        ),
        _swings(path) if not values["noise"] else "",
        end
        if reached is None
        else end + " " + translate("From step {step} on the loss stays below {target}.", step=reached, target=num(result.target)),
    )


def _swings(path: Array) -> str:
    x, y = crossings(path[:, 0]), crossings(path[:, 1])
    if x == y == 0:
        return translate("As the notebook says, it goes in cleanly: neither x nor y ever passes 0.")
    return translate("At this rate it does swing: x changes its sign {x}, y {y}.", x=times(x), y=times(y))


def parts(values: Values, axis: int) -> Shrinking:
    """Return what the steps of one coordinate are made of."""
    states = cache.with_states(spec_of(values))
    assert states.states is not None
    return adagrad.shrinking(values["lr"], states.path[0][:, axis], states.states[0]["accumulator"][:, axis])


def _anatomy(values: Values, theme: str) -> None:
    """Take the steps in x apart: the rate left over times the gradient."""
    x = parts(values, 0)
    left, right = st.columns([2, 3], gap="large")
    with left:
        names = (translate("step in x"), translate("η / √h: the rate left over"), translate("gradient in x"))
        picture = series(
            dict(zip(names, (x.step, x.rate, x.slope), strict=True)), (translate("step"), ""), theme, log_places=values["n"] > LONG
        )
        st.plotly_chart(
            picture, theme=None, config=PLOT, key="book parts", alt=translate("Step, rate and gradient in x, step by step")
        )
    with right:
        _table(values, x)
    observe(*_why(values, x))


def _table(values: Values, x: Shrinking) -> None:
    """The first steps and the last, worked out."""
    rows = sorted({*range(min(ROWS, values["n"])), values["n"] - 1})
    heads = (translate("step"), "g²", "h", "√h", "η / √h", translate("step in x"))
    columns = (x.slope**2, x.h, x.h**0.5, x.rate, x.step)
    table("adagrad", heads, ([f"{row + 1}", *(num(float(column[row])) for column in columns)] for row in rows))


def _why(values: Values, x: Shrinking) -> tuple[str, ...]:
    step, left, slope = x.times
    noisy = parts({**values, "noise": 1.0, "num": False, "n": 10_000}, 0)
    return (
        translate(
            "The notebook's observation is right in what it sees: the product of η/√h and the gradient goes to 0, and h hardly "
            "grows any more. Which of the two does it? From first to last step the step in x was divided by {step}: the rate "
            "left over by {rate}, the gradient by {slope}.",
            step=num(step),
            rate=num(left),
            slope=num(slope),
        ),
        translate(
            "So on this bowl it is the gradient. h stops at {h}, because squares of vanishing gradients add nothing, and with it "
            "the rate stops at {rate}: from there on AdaGrad is SGD with a rate of its own for x and another for y.",
            h=num(float(x.h[-1])),
            rate=num(float(x.rate[-1])),
        )
        if not values["noise"]
        else translate(
            "With noise the gradient never vanishes, h never stops growing ({h} now), and the rate left over falls like one over "
            "the root of the steps.",
            h=num(float(x.h[-1])),
        ),
        translate(
            "The steps die because of h where gradients do not vanish, as in training with mini-batches: with noise 1 on every "
            "gradient h in x is {h} after 10 000 steps and the rate left over is {rate}, {times} times smaller than at first. "
            "RMSProp and Adam forget old gradients for this reason.",
            h=num(float(noisy.h[-1])),
            rate=num(float(noisy.rate[-1])),
            times=num(float(noisy.rate[0] / noisy.rate[-1])),
        ),
    )


SECTION = Section(
    "adagrad",
    message("AdaGrad"),
    message("What does dividing by the root of all squared gradients do, and why do the steps die away?"),
    (rate(1.5), count(30), *start(), number("noise", message("Noise on the gradient"), 0.0, 0.0, 100.0), NUMERICAL),
    show,
    (
        (message("30 steps"), {"n": 30}),
        (message("10 000 steps"), {"n": 10_000}),
        (message("10 000 steps with noise 1"), {"n": 10_000, "noise": 1.0}),
    ),
)
