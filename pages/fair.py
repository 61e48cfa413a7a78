"""The Fair race page: everybody tuned alike with one budget, and how that changes the order."""

from pages.shared.panels.sweeps import fair
from pages.shared.panels.sweeps import page as sweep_page

sweep_page.page(fair.show_fair)
