"""The mistake in the first Momentum, as a part of its section: both versions, what they do, and one velocity for all."""

import streamlit as st

from optim.book import first_momentum
from optim.book.optimizers import Momentum
from pages.shared.panels.book.section import at, observe, tell
from pages.shared.text.translation import translate

ONE = first_momentum.source(first_momentum.OneVelocity)


def show_mistake() -> None:
    """Show the first version, what it says when it runs, and the one that is right."""
    said = first_momentum.complaint()
    tell(translate("First attempt:"))
    st.code(first_momentum.WRONG)
    tell(translate("What happens when the first attempt runs:"))
    st.code(first_momentum.UNKNOWN_NAME, language=None)
    tell(translate("A self. is missing too. With self.momentum it gets one step further:"))
    st.code(said.message, language=None, wrap_lines=True)
    observe(
        translate("For np.zeros_like of a dict is {zeros}: a single zero, which has no place called x or W1.", zeros=said.zeros),
        translate(
            "As the notebook then finds: there must be one velocity per parameter (W1, W2, ...), and each must have its "
            "parameter's shape. np.zeros_like(value) makes just that."
        ),
    )
    tell(translate("Corrected:"))
    st.code(first_momentum.RIGHT)
    _one_for_all()


def _one_for_all() -> None:
    """Show what really happens where there is one velocity for all parameters."""
    one, two = (first_momentum.walked(kind, 0.1, 0.95, 30) for kind in (first_momentum.OneVelocity, Momentum))
    tell(translate("And if there were really only one velocity for all?"))
    st.code(ONE)
    observe(
        translate(
            "Nothing complains, which is worse: it runs, and it is wrong. y is pushed by the velocity of x, and x by that of y."
        ),
        translate(
            "After 5 steps it has moved away from the minimum, to {early} (with its own velocities: {early_own}); after 30 steps "
            "it is at {late} (with its own: {late_own}).",
            early=at(*one[5]),
            early_own=at(*two[5]),
            late=at(*one[30]),
            late_own=at(*two[30]),
        ),
    )
