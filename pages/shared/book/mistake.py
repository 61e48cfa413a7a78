"""The mistake in the first Momentum, as a part of its section: both versions, what they do, and one velocity for all."""

import streamlit as st

from optim.book import Momentum
from optim.chapter import mistake
from pages.shared.book.section import at, observe, tell
from pages.shared.words import say

ONE = mistake.source(mistake.OneVelocity)


def show_mistake() -> None:
    """Show both versions beside each other, what the first one says when it runs, and why the second is right."""
    said = mistake.complaint()
    left, right = st.columns(2, gap="large")
    with left:
        tell(say("First attempt:"))
        st.code(mistake.WRONG, wrap_lines=True)
    with right:
        tell(say("Corrected:"))
        st.code(mistake.RIGHT, wrap_lines=True)
    tell(say("What happens when the first attempt runs:"))
    st.code(mistake.UNKNOWN_NAME, language=None)
    tell(say("A self. is missing too. With self.momentum it gets one step further:"))
    st.code(said.message, language=None, wrap_lines=True)
    observe(
        say("For np.zeros_like of a dict is {zeros}: a single zero, which has no place called x or W1.", zeros=said.zeros),
        say(
            "As the notebook then finds: there must be one velocity per parameter (W1, W2, ...), and each must have its "
            "parameter's shape. np.zeros_like(value) makes just that."
        ),
    )
    _one_for_all()


def _one_for_all() -> None:
    """Show what really happens where there is one velocity for all parameters."""
    one, own = (mistake.walked(kind, 0.1, 0.95, 30) for kind in (mistake.OneVelocity, Momentum))
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        tell(say("And if there were really only one velocity for all?"))
        st.code(ONE, wrap_lines=True)
    with right:
        observe(
            say(
                "Nothing complains, which is worse: it runs, and it is wrong. y is pushed by the velocity of x, and x by that of y."
            ),
            say(
                "After 5 steps it has moved away from the minimum, to {early} (with its own velocities: {early_own}); after 30 "
                "steps it is at {late} (with its own: {late_own}).",
                early=at(*one[5]),
                early_own=at(*own[5]),
                late=at(*one[30]),
                late_own=at(*own[30]),
            ),
        )
