"""The second section: the gradient's arrows, by how much they miss the minimum, and the gradient taken numerically."""

import streamlit as st

from optim.book import gradient_field
from optim.figures.line_chart import quiver, series
from optim.i18n.message import message
from pages.shared.inputs.field import Values
from pages.shared.panels.book.ends import race_here
from pages.shared.panels.book.section import Section, at, head, num, number, observe, show_inputs, table, tell
from pages.shared.text.markdown import PLOT
from pages.shared.text.translation import translate

START = (-7.0, 2.0)


def show(section: Section, theme: str) -> None:
    """Show the arrows with what they miss, then the two ways to a gradient."""
    head(translate("The gradient, with its sign turned round"), 19)
    values = show_inputs(section)
    a, half, limit = values["a"], values["half"], values["miss"]
    shown, every = gradient_field.arrows(a, gradient_field.seen(half)), gradient_field.arrows(a)
    names = (
        translate("points at the minimum to within {limit}°", limit=num(limit)),
        translate("misses it by more than {limit}°", limit=num(limit)),
    )
    picture = quiver(shown, half, limit, names, theme)
    st.plotly_chart(picture, theme=None, config=PLOT, key="book arrows", alt=translate("Downhill arrows around the minimum"))
    st.caption(
        translate(
            "An arrow is 0.1 times as long as the gradient, as in the notebook, which shows -0.5 to 0.5 so that arrows can be "
            "told apart."
        )
    )
    observe(
        translate(
            "The notebook sees it: at most places the arrows do not point straight at (0, 0). Counted over its 100 × 100 arrows, "
            "{share} miss it by more than {limit}°, and the middle one by {median}°.",
            share=f"{every.share(limit):.1%}",
            limit=num(limit),
            median=num(every.median),
        ),
        translate(
            "At the book's start {start} the arrow misses by {miss}°. No arrow of this bowl can miss by more than {worst}°.",
            start=at(*START),
            miss=num(gradient_field.miss(a, START)),
            worst=num(gradient_field.worst(a)),
        ),
        translate(
            "Why: downhill is (-2x/{a}, -2y), but the way home is (-x, -y). The part across the valley is {a} times too long "
            "beside the part along it. Only on the two axes do both agree.",
            a=num(a),
        )
        if a != 1
        else translate(
            "With a = 1 downhill is (-2x, -2y), which is the way home (-x, -y) twice over: every arrow points at the minimum."
        ),
        translate(
            "A gradient knows the slope at one place. It says where it goes down steepest from here, not where the minimum is."
        ),
    )
    head(translate("Numerical and exact gradient"), 19)
    _numerical(values, theme)
    race_here(gradient_field.race_name(a))


def _numerical(values: Values, theme: str) -> None:
    a, h = values["a"], values["h"]
    st.latex(r"\frac{\partial f}{\partial x} \approx \frac{f(x + h,\, y) - f(x - h,\, y)}{2h}")
    taken = gradient_field.derivative(a, START, h)
    rows = [
        (translate("numerical, h = {h}", h=num(h)), *(f"`{value!r}`" for value in taken.numerical)),
        (translate("exact"), *(f"`{value!r}`" for value in taken.exact)),
    ]
    left, right = st.columns(2, gap="large")
    with left:
        tell(translate("At the start {start}:", start=at(*START)))
        table("gradient", ("", "∂f/∂x", "∂f/∂y"), rows, "---")
        observe(
            translate("The two are {error} apart.", error=num(taken.error)),
            translate(
                "A central difference of a quadratic is exact for any h. What is left is rounding: two nearly equal numbers are "
                "subtracted, and the digits lost are divided by 2h. So here a smaller h is worse, not better."
            ),
            translate(
                "That is where the tails in the notebook's coordinates come from: it prints -6.334999999999862 where -6.335 is "
                "meant."
            ),
        )
    with right:
        titles = (translate("half step h"), translate("error of the numerical gradient"))
        picture = series({titles[1]: gradient_field.errors(a, START)}, titles, theme, places=gradient_field.STEPS, log_places=True)
        st.plotly_chart(picture, theme=None, config=PLOT, key="book errors", alt=titles[1])


SECTION = Section(
    "gradient",
    message("The gradient"),
    message("Where do the arrows of the gradient point, and why do most of them not point at (0, 0)?"),
    (
        number("a", message("a in x²/a + y²"), gradient_field.BOOK_A, 1.0, 200.0),
        number("half", message("Shown from 0 to"), 0.5, 0.1, 5.0),
        number("miss", message("A miss, in degrees, is more than"), 10.0, 0.1, 89.0),
        number("h", message("Half step h"), 1e-4, 1e-12, 0.1),
    ),
    show,
)
