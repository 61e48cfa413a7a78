"""Sentences and tables for people, each derived from a result."""

from optim.reports.comparison.outcomes import Comparison, compared, comparison_table
from optim.reports.comparison.places import places_table
from optim.reports.comparison.toy import toy_sentence, toy_table
from optim.reports.fair import fair_caveat, fair_changes, fair_claim, fair_protocol, fair_sure, fair_table
from optim.reports.protocol import answers, entrants, protocol
from optim.reports.rates import advised, rates_claim, rates_more, rates_so_far, second_claim
from optim.reports.seeds import seeds_sentence, seeds_table
from optim.reports.starts import minima_names, starts_claim, starts_table
from optim.reports.step import because
from optim.reports.training.network import (
    layer_table,
    network_claim,
    network_more,
    network_protocol,
    network_rates,
    network_table,
    training_seeds_claim,
    training_seeds_more,
    training_seeds_table,
)
from optim.reports.training.plane import line_sentence, plane_claim, plane_hides
from optim.reports.verdict import Verdict, verdict

__all__ = [
    "Comparison",
    "Verdict",
    "advised",
    "answers",
    "because",
    "compared",
    "comparison_table",
    "entrants",
    "fair_caveat",
    "fair_changes",
    "fair_claim",
    "fair_protocol",
    "fair_sure",
    "fair_table",
    "layer_table",
    "line_sentence",
    "minima_names",
    "network_claim",
    "network_more",
    "network_protocol",
    "network_rates",
    "network_table",
    "places_table",
    "plane_claim",
    "plane_hides",
    "protocol",
    "rates_claim",
    "rates_more",
    "rates_so_far",
    "second_claim",
    "seeds_sentence",
    "seeds_table",
    "starts_claim",
    "starts_table",
    "toy_sentence",
    "toy_table",
    "training_seeds_claim",
    "training_seeds_more",
    "training_seeds_table",
    "verdict",
]
