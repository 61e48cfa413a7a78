"""The Fair race page: everybody tuned alike with one budget, and how that changes the order."""

from pages.shared.page import page
from pages.shared.panels.sweeps import fair
from pages.shared.panels.sweeps.shared import scored

page(scored(fair.show_fair), dict)
