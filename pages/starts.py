"""The Starts page: who wins from where, and in which minimum each racer ends up."""

from pages.shared import many, starts_view

many.page(starts_view.show_starts)
