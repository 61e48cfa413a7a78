"""The Starts page: who wins from where, and in which minimum each racer ends up."""

from pages.shared.page import page
from pages.shared.panels.sweeps import starts
from pages.shared.panels.sweeps.shared import scored

page(scored(starts.show_starts), dict)
