"""Was the toy right? Places are those of the recorded prices, and pairs are counted as anybody would."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.reports import toy_sentence, toy_table
from optim.reports.comparison.strengths import recorded_prices

NAMES = ("sgd", "momentum", "adagrad", "adam")
SPEC = optim.NetworkSpec("xor", tuple(optim.Entry(name, {"lr": 0.01}) for name in NAMES), layers=(4,), steps=20)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


def in_order(result, *order):
    """Return the result with the entries in this order on the network."""
    loss = np.array([[1.0 + order.index(i)] for i in range(len(order))])
    return replace(result, train_loss=np.repeat(loss, len(result.marks), axis=1))


def test_the_table_has_every_entry_with_its_places(result):
    table = toy_table(in_order(result, 3, 1, 2, 0)).set_index("optimizer")
    assert list(table.index) == ["Adam", "Momentum", "AdaGrad", "SGD"]
    assert list(table.network) == [1, 2, 3, 4]
    prices = {name: recorded_prices()[name]["elongated_bowl"] for name in NAMES}
    for name, title in zip(NAMES, ("SGD", "Momentum", "AdaGrad", "Adam"), strict=True):
        assert table.bowl[title] == 1 + sum(other < prices[name] for other in prices.values())
    assert set(table.functions) <= {1, 2, 3, 4}


def test_the_sentence_counts_pairs_in_the_networks_order(result):
    bowl = sorted(range(4), key=lambda i: recorded_prices()[NAMES[i]]["elongated_bowl"])
    assert "bowl puts 6 of 6 pairs" in toy_sentence(in_order(result, *bowl))
    assert "bowl puts 0 of 6 pairs" in toy_sentence(in_order(result, *bowl[::-1]))
    assert "bowl puts 5 of 6 pairs" in toy_sentence(in_order(result, bowl[1], bowl[0], *bowl[2:]))


def test_those_that_tie_on_the_network_share_a_place_and_make_no_pair(result):
    tied = in_order(result, *range(4))
    tied = replace(tied, train_loss=np.repeat([[1.0], [2.0], [2.0], [4.0]], len(result.marks), axis=1))
    assert list(toy_table(tied).network) == [1, 2, 2, 4]
    assert "of 5 pairs" in toy_sentence(tied)


def test_who_was_never_tried_has_no_place():
    typed = "g = gradient(x)\nx = x - lr * g"
    found = optim.train(replace(SPEC, entries=(optim.Entry(typed), optim.Entry("sgd")), steps=2))
    assert toy_table(found).set_index("optimizer").bowl.isna().sum() == 1
    assert toy_sentence(found).startswith("Neither")
    alone = optim.train(replace(SPEC, entries=(optim.Entry(typed),), steps=2))
    assert toy_table(alone).bowl.isna().all()
