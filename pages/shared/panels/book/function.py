"""The first section: the function, its surface, and the contour lines on the floor."""

import math

import streamlit as st

from optim.book import gradient_field
from optim.figures import relief
from optim.figures.function.landscape import landscape
from optim.i18n.message import message
from pages.shared.panels.book.ends import race_here
from pages.shared.panels.book.section import Section, head, num, number, observe, show_inputs
from pages.shared.text.markdown import PLOT
from pages.shared.text.translation import translate

START = (-7.0, 2.0)


def show(section: Section, theme: str) -> None:
    """Show the formula, the surface, and what the two curvatures are."""
    head(translate("The formula"))
    st.latex(r"f(x, y) = \frac{1}{20}x^2 + y^2")
    head(translate("The surface, with contour lines on its floor"), 18)
    a = show_inputs(section)["a"]
    problem = gradient_field.bowl(a)
    picture = relief(problem, landscape(problem, START, points=101, surface_log=False), theme, starts=[START], translator=translate)
    st.plotly_chart(
        picture, theme=None, config=PLOT, key="book surface", alt=translate("The surface, with contour lines on its floor")
    )
    st.caption(translate("Turn it with the mouse, or with two fingers. The dot is the book's start, the diamond the minimum."))
    along, across = gradient_field.curvatures(a)
    ratio = max(along, across) / min(along, across)
    observe(
        translate("The lowest point is (0, 0), and f is 0 there."),
        _share(a, *START),
        translate(
            "The slope grows by {along} per unit along x and by {across} per unit along y. These curvatures are {ratio} to 1, and "
            "the contour lines are {ovals}.",
            along=num(along),
            across=num(across),
            ratio=num(ratio),
            ovals=message("ovals {longer} times as long as wide", longer=num(math.sqrt(ratio)))
            if ratio > 1
            else message("circles"),
        ),
        translate(
            "This one number, the ratio of the curvatures, makes everything that follows hard or easy. With a = 1 the bowl is "
            "round."
        )
        if a != 1
        else translate("With a = 1 the bowl is round: both curvatures are the same, and nothing that follows would be hard."),
    )
    race_here(gradient_field.race_name(a))


SECTION = Section(
    "function",
    message("The function"),
    message("What does the function that all optimizers of the chapter have to go down look like?"),
    (number("a", message("a in x²/a + y²"), gradient_field.BOOK_A, 1.0, 200.0),),
    show,
)


def _share(a: float, x: float, y: float) -> str:
    """Return what x and y bring to f at the start: on the book's bowl the one that is farther from 0 brings less."""
    facts = {"x": x, "y": y, "f": x * x / a + y * y, "fx": x * x / a, "fy": y * y, "times": abs(x / y)}
    said = {name: num(value) for name, value in facts.items()}
    if x * x / a < y * y:
        return translate(
            "At the book's start ({x}, {y}) f is {f}: x brings {fx} of it and y {fy}, although x is {times} times as far from 0.",
            **said,
        )
    return translate(
        "At the book's start ({x}, {y}) f is {f}: x brings {fx} of it and y {fy}, and x is {times} times as far from 0.", **said
    )
