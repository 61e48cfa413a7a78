"""The Learning rates page: which rates work for whom, and how wide the window of those is."""

from pages.shared.inputs.fields import RATES
from pages.shared.panels.sweeps import page as sweep_page
from pages.shared.panels.sweeps import rates

sweep_page.page(rates.show_rates, RATES)
