"""The Lessons page: a question, answered before its race runs, and the numbers that prove the answer."""

from streamlit.delta_generator import DeltaGenerator

from pages.shared.page import page
from pages.shared.panels.lessons import contents
from pages.shared.panels.lessons import lesson as panels


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw the open lesson, or the list of all."""
    lesson, unknown = contents.requested()
    if lesson is None:
        contents.show_all(head, unknown)
    else:
        panels.show(lesson, theme, head)


page(show, contents.linked, inputs=contents.show_sidebar, race=False)
