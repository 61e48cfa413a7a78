"""The Learning rates page: which rates work for whom, and how wide the window of those is."""

from pages.shared import many, rates_view
from pages.shared.fields import RATES

many.page(rates_view.show_rates, RATES)
