"""The Starts page: who wins from where, and in which minimum each racer ends up."""

from pages.shared.panels.sweeps import page as sweep_page
from pages.shared.panels.sweeps import starts

sweep_page.page(starts.show_starts)
