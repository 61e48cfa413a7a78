"""The eighth section: the chapter's comparison on handwritten digits, small enough to run at once, and the chapter's next steps."""

import streamlit as st

from optim import NetworkSpec
from optim.figures import styles
from optim.figures.network import batch_losses, measured
from optim.i18n.message import message
from optim.reports import network_claim, network_more, network_protocol, toy_sentence
from pages.shared.compute import cache
from pages.shared.inputs import network
from pages.shared.inputs.field import Values
from pages.shared.panels.book.section import Section, count, head, number, observe, show_inputs, tell
from pages.shared.sitemap import NETWORK
from pages.shared.text.markdown import PLOT, legend
from pages.shared.text.translation import translate

SMALL = (50, 50)
"""Hidden layers that four optimizers can train for 100 steps within half a second."""
FEW = 500
"""Steps of a training that shows a next step: a quarter of the page's own."""
NEXT = (
    (message("The book's own comparison: four layers of 100, 2000 steps, own weights each"), network.BOOKS),
    (message("First weights too small: deviation 0.01"), {network.FIRST.key: "0.01"}),
    (message("First weights for sigmoid: Xavier"), {network.FIRST.key: "xavier", network.ACTIVATION.key: "sigmoid"}),
    (message("Batch normalisation"), {network.NORM.key: True}),
    (message("Dropout"), {network.DROPOUT.key: 0.2}),
    (message("Weight decay: Adam and AdamW"), {network.WHO.key: ("adam", "adamw")}),
    (message("Nine rates for each optimizer"), {network.RATED.key: True}),
)
"""The chapter's next steps -> the inputs of the Network page that show them."""


def spec_of(values: Values) -> NetworkSpec:
    """Return the training of this section."""
    return NetworkSpec("digits", layers=SMALL, steps=values["n"], weights="own" if values["own"] else "same")


def show(section: Section, theme: str) -> None:
    """Show the four on real digits, what their order says, and where the chapter goes on."""
    head(translate("The four on handwritten digits"))
    tell(
        translate(
            "The book closes its comparison with MNIST. In its place stand 1797 handwritten digits of 8 × 8 points, and a smaller "
            "network, so that all four train while you look."
        )
    )
    values = show_inputs(section)
    result = cache.training(spec_of(values))
    st.markdown(legend(zip(styles(result.spec.entries), map(translate, result.labels), strict=True)))
    left, right = st.columns(2, gap="large")
    picture, alt = batch_losses(result, theme, translator=translate), translate("Loss on the batch by step, every racer")
    left.plotly_chart(picture, theme=None, config=PLOT, key="book digits loss", alt=alt)
    picture, alt = measured(result, "test_accuracy", theme, translator=translate), translate("Test result by step, every racer")
    right.plotly_chart(picture, theme=None, config=PLOT, key="book digits test", alt=alt)
    said = (network_claim(result), network_more(result), toy_sentence(result), network_protocol(result))
    observe(*map(translate, said))
    head(translate("Where the chapter goes on"))
    for title, changed in NEXT:
        if st.button(translate(title), key=f"book {title}", on_click=_put, args=(changed,), icon=NETWORK.icon):
            st.switch_page(NETWORK.file)


def _put(changed: Values) -> None:
    """From a callback: the inputs of the Network page, which is opened next."""
    st.session_state.update({**{field.key: field.default for field in network.NETWORK}, network.STEPS.key: FEW, **changed})


SECTION = Section(
    "digits",
    message("On handwritten digits"),
    message("Does the order of the four hold on a real network?"),
    (count(100, 500), number("own", message("Own first weights for each, as in the book"), False, 0, 1, "bool")),
    show,
)
