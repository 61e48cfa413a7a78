"""The Network page: the same optimizers on a real network, from the same weights, on the same batches."""

from functools import partial

from pages.shared.inputs.network import NETWORK
from pages.shared.inputs.state import shown
from pages.shared.page import page
from pages.shared.panels.network.inputs import show_inputs
from pages.shared.panels.network.training import show_network

page(show_network, partial(shown, NETWORK), inputs=show_inputs, race=False)
