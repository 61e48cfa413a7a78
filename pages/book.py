"""The Book page: the notebook's way through the book's chapter on optimizers, section by section, live."""

from streamlit.delta_generator import DeltaGenerator

from pages.shared.page import page
from pages.shared.panels.book import contents


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw the section that is open."""
    section = contents.requested()
    contents.show_head(section, head)
    section.show(section, theme)
    contents.show_end(section)


page(show, contents.linked, inputs=contents.show_sidebar, race=False, unusable=contents.unusable)
