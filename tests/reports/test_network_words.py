"""What is said of a training follows from its numbers: who is ahead, who is too near to tell, who lost the numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.networks.rates import sweep_rates
from optim.reports import network_claim, network_more, network_protocol, network_rates, network_table
from optim.reports.training.network import leaders, ranked

FOUR = tuple(optim.Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adagrad", "adam"))
SPEC = optim.NetworkSpec("two_moons", FOUR, layers=(6, 5), batch=16, steps=40)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


def ended(result, *shares, losses=None):
    """Return the result with these shares of right answers, and losses, on the test examples in the end."""
    accuracy, loss = result.test_accuracy.copy(), result.test_loss.copy()
    accuracy[:, -1] = shares
    loss[:, -1] = [1 - share for share in shares] if losses is None else losses
    return replace(result, test_accuracy=accuracy, test_loss=loss)


def test_a_clear_lead_has_one_name(result):
    made = ended(result, 0.5, 0.6, 0.7, 0.95)
    assert network_claim(made) == "Adam is ahead: 95.0% of the test examples right after 40 steps."
    assert network_more(made).startswith("Behind: AdaGrad (70.0%), Momentum (60.0%), SGD (50.0%).")


def test_a_lead_within_chance_names_all_who_share_it(result):
    made = ended(result, 0.5, 0.94, 0.92, 0.95)
    assert network_claim(made) == (
        "Adam, Momentum and AdaGrad are too near to tell apart: 92.0% to 95.0% of the test examples right after 40 steps."
    )
    assert network_more(made).startswith("Behind: SGD (50.0%).")
    same = ended(result, 0.9, 0.9, 0.9, 0.9)
    assert "90.0% of the test examples" in network_claim(same)
    assert "Behind" not in network_more(same)


@pytest.mark.parametrize("gap", [0.02, 0.05, 0.06, 0.1])
def test_the_doubt_is_that_of_two_shares_of_so_many_examples(result, gap):
    count = len(SPEC.examples.inputs) - SPEC.examples.training
    one, other = 0.9, 0.9 - gap
    doubt = math.sqrt(one * (1 - one) / count + other * (1 - other) / count)
    assert (len(leaders(ended(result, 0.1, 0.1, other, one))) == 2) is (gap <= 2 * doubt)


def test_nobody_is_ahead_before_the_first_step(result):
    begun = replace(result, loss=result.loss[:, :1], marks=(0,))
    assert network_claim(begun) == "Nobody has taken a step yet."
    assert network_more(begun) == ""


def test_who_lost_the_numbers_is_last_and_named(result):
    made = ended(result, np.nan, 0.6, 0.7, 0.95, losses=(np.nan, 0.4, 0.3, 0.05))
    assert ranked(made) == [3, 2, 1, 0]
    assert "Lost: SGD, with a loss that is no number any more." in network_more(made)
    nobody = ended(result, *[np.nan] * 4, losses=[np.nan] * 4)
    assert network_claim(nobody).startswith("Nobody can train with these settings")


def test_values_are_judged_by_their_test_loss_and_a_racer_alone_leads_nobody():
    spec = optim.NetworkSpec("x*y", FOUR, layers=(8,), batch=16, steps=20)
    learned = optim.train(spec)
    best = int(np.argmin(learned.test_loss[:, -1]))
    assert network_claim(learned) == (
        f"{learned.labels[best]} is ahead: its test loss is {learned.test_loss[best, -1]:.3g} after 20 steps."
    )
    alone = optim.train(replace(spec, entries=FOUR[:1]))
    assert network_claim(alone) == f"SGD has a test loss of {alone.test_loss[0, -1]:.3g} after 20 steps."
    moons = optim.train(replace(SPEC, entries=FOUR[:1]))
    assert network_claim(moons) == f"SGD gets {moons.test_accuracy[0, -1]:.1%} of the test examples right after 40 steps."


def test_the_protocol_says_what_was_trained_on_what(result):
    said = network_protocol(result)
    assert "2-6-5-2, relu; 65 weights and biases" in said
    assert "480 examples to train on, 120 to test" in said
    assert "same weights" in said
    assert "of its own, as in the book" in network_protocol(optim.train(replace(SPEC, weights="own", steps=2)))
    digits = optim.train(optim.NetworkSpec("digits", FOUR[:1], layers=(), steps=1))
    assert "Alpaydin" in network_protocol(digits)


def test_the_table_has_the_results_numbers_best_first(result):
    table = network_table(result)
    assert list(table.entry) == ranked(result)
    for row in table.itertuples():
        assert row.test_accuracy == result.test_accuracy[row.entry, -1]
        assert row.train_loss == result.train_loss[row.entry, -1]
        assert row.lr == 0.05


def test_rates_are_said_of_those_that_were_tried():
    found = sweep_rates(SPEC, rates=(1e-9, 0.1, 1e6), steps=30)
    said = network_rates(found)
    assert "Adam lr 0.1 (rates train from 0.1 to 0.1)." in said
    half = replace(found, loss=np.where(np.arange(4)[:, None] < 1, found.loss, np.nan))
    assert not half.complete
    assert "Adam" not in network_rates(half)
    none = replace(found, loss=np.full((4, 3), np.inf))
    assert "SGD: no rate that was tried trains." in network_rates(none)
