"""The Fair race page: everybody tuned alike with one budget, and how that changes the order."""

from pages.shared import fair_view, many

many.page(fair_view.show_fair)
