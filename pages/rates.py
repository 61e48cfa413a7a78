"""The Learning rates page: which rates work for whom, and how wide the window of those is."""

from functools import partial

from pages.shared.inputs.fields import RATES
from pages.shared.inputs.state import shown
from pages.shared.page import page
from pages.shared.panels.sweeps import rates
from pages.shared.panels.sweeps.shared import scored

page(scored(rates.show_rates), partial(shown, RATES))
