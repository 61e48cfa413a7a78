"""Was the toy right? The order of racers on a network, beside the order of the same on the book's bowl and over functions."""

import itertools

import numpy as np
import pandas as pd

from optim.i18n.message import message, plural
from optim.networks.result import NetworkResult
from optim.reports.comparison.strengths import recorded_prices

BOWL = "elongated_bowl"
COLUMNS = ["optimizer", "network", "bowl", "functions"]


def toy_table(result: NetworkResult) -> pd.DataFrame:
    """Return one row per entry, the network's winner first: its place on the network, on the book's bowl, and over the functions.

    On functions each optimizer has its best rate, and places go by what it pays for the target, or over all of them by its mean
    place; equal ones share a place, and a rule that was not tried there has none.
    """
    prices = [recorded_prices().get(str(entry.optimizer), {}) for entry in result.spec.entries]
    on = pd.DataFrame(prices, index=range(len(prices)), dtype=float)
    places = on.rank(method="min") if len(on.columns) else on
    table = pd.DataFrame(
        {
            "optimizer": list(result.labels),
            "network": list(result.places),
            "bowl": places.get(BOWL, pd.Series(np.nan, index=on.index)),
            "functions": places.mean(axis=1).rank(method="min") if len(on.columns) else np.nan,
        }
    )
    return table.astype({"bowl": "Int64", "functions": "Int64"}).loc[list(result.order)].reset_index(drop=True)[COLUMNS]


def toy_sentence(result: NetworkResult) -> str:
    """Return how well the bowl and the functions foretold the network's order, pair by pair of racers."""
    table = toy_table(result)
    (bowl, of_bowl), (functions, of_functions) = (_foretold(table, name) for name in ("bowl", "functions"))
    if not of_bowl and not of_functions:
        return message("Neither the book's bowl nor the functions put these racers in an order.")
    return plural(
        "The book's bowl puts {bowl} of {count} pair of these racers in the order that the network does, the functions together "
        "{functions} of {of_functions}.",
        "The book's bowl puts {bowl} of {count} pairs of these racers in the order that the network does, the functions together "
        "{functions} of {of_functions}.",
        of_bowl,
        bowl=bowl,
        functions=functions,
        of_functions=of_functions,
    )


def _foretold(table: pd.DataFrame, name: str) -> tuple[int, int]:
    """Return how many pairs stand in the network's order in a column of places, and how many are in an order in both."""
    both = table[["network", name]].dropna().astype(int).itertuples(index=False, name=None)
    pairs = [(there, here) for (a, there), (b, here) in itertools.combinations(both, 2) if a != b and there != here]
    return sum(there < here for there, here in pairs), len(pairs)
