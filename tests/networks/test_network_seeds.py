"""Several seeds: each is the training with that seed, together they say medians, ranges and how often an order holds."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.figures.network import batch_losses, measured
from optim.figures.smoothing import smoothed
from optim.networks.seeds import MOST
from optim.races.spec import MAX_SEED
from optim.reports import training_seeds_claim, training_seeds_more, training_seeds_table

FOUR = tuple(optim.Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adagrad", "adam"))
SPEC = optim.NetworkSpec("two_moons", FOUR, layers=(6, 5), batch=16, steps=40, seed=3)


@pytest.fixture(scope="module")
def many():
    return optim.train_seeds(optim.NetworkSeeds(SPEC, 3))


@pytest.fixture(scope="module")
def alone():
    return [optim.train(replace(SPEC, seed=seed)) for seed in (3, 4, 5)]


def ended(many, *shares):
    """Return the result with these shares of right answers in the end, by seed and entry."""
    runs = []
    for run, row in zip(many.runs, shares, strict=True):
        accuracy, loss = run.test_accuracy.copy(), run.test_loss.copy()
        accuracy[:, -1], loss[:, -1] = row, [1 - share for share in row]
        runs.append(replace(run, test_accuracy=accuracy, test_loss=loss))
    return replace(many, runs=tuple(runs))


def test_each_is_the_training_with_that_seed(many, alone):
    assert many.complete
    for run, one in zip(many.runs, alone, strict=True):
        assert run.spec == one.spec
        np.testing.assert_array_equal(run.loss, one.loss)
        np.testing.assert_array_equal(run.test_accuracy, one.test_accuracy)
    table = many.table()
    assert table.seed.unique().tolist() == [3, 4, 5]
    np.testing.assert_array_equal(table.loss, np.concatenate([one.table().loss for one in alone]))
    assert len(many.first.points[0]) == len(many.first.marks)


def test_called_off_it_goes_on_where_it_was(many):
    calls = []

    def stop():
        calls.append(1)
        return len(calls) > 150

    spec = optim.NetworkSeeds(SPEC, 3)
    said = []
    part = optim.train_seeds(spec, lambda done, total, snapshot: said.append((done, total, len(snapshot().runs))), stop)
    assert not part.complete
    assert len(part.runs) > 1 or part.runs[0].done < 40
    assert said[-1][1] == 120
    again = optim.train_seeds(spec, resume=part)
    assert again.complete
    for run, one in zip(again.runs, many.runs, strict=True):
        np.testing.assert_array_equal(run.loss, one.loss)
    with pytest.raises(optim.SpecError):
        optim.train_seeds(optim.NetworkSeeds(SPEC, 2), resume=part)


def test_how_many_is_bounded():
    for wrong in (0, MOST + 1, 1.5):
        with pytest.raises(optim.SpecError, match="seeds"):
            optim.NetworkSeeds(SPEC, wrong)
    large = optim.NetworkSpec(steps=10_000)
    with pytest.raises(optim.SpecError, match="at most 3"):
        optim.NetworkSeeds(large, 4)
    last = optim.NetworkSeeds(replace(SPEC, seed=MAX_SEED), 2)
    assert [one.seed for one in last.each] == [MAX_SEED, 0]


def test_who_is_first_in_most_seeds_is_ahead_and_the_order_is_counted(many):
    made = ended(many, (0.5, 0.6, 0.7, 0.9), (0.5, 0.6, 0.7, 0.8), (0.5, 0.7, 0.6, 0.95))
    assert training_seeds_claim(made) == (
        "Adam is first in 3 of 3 seeds, with a median of 90.0% of the test examples right after 40 steps."
    )
    more = training_seeds_more(made)
    assert more.startswith("Behind: AdaGrad (70.0%, from 60.0% to 70.0%), Momentum (60.0%, from 60.0% to 70.0%)")
    assert "The whole order is the same in 2 of 3 seeds." in more
    table = training_seeds_table(made)
    assert table.entry.tolist() == [3, 2, 1, 0]
    assert table["first"].tolist() == [3, 0, 0, 0]
    assert table.low.tolist() == [0.8, 0.6, 0.6, 0.5]
    split = ended(many, (0.5, 0.6, 0.7, 0.9), (0.99, 0.6, 0.7, 0.8), (0.5, 0.97, 0.6, 0.95))
    assert training_seeds_claim(split).startswith("Nobody is first in most of 3 seeds: Adam is in 1, with a median of 90.0%")


def test_curves_are_the_medians_and_bands_the_ranges(many, alone):
    picture = measured(many.first, "test_loss", others=many.runs[1:])
    values = np.stack([one.test_loss for one in alone])
    for i in range(4):
        band, curve = picture.data[i], picture.data[4 + i]
        np.testing.assert_allclose(curve.y, np.median(values[:, i], axis=0))
        half = len(band.y) // 2
        np.testing.assert_allclose(band.y[:half], values[:, i].max(axis=0))
        np.testing.assert_allclose(band.y[half:][::-1], values[:, i].min(axis=0))
        assert band.fill == "toself"
    losses = batch_losses(many.first, others=many.runs[1:])
    np.testing.assert_allclose(losses.data[4].y, np.median([smoothed(one.loss)[0] for one in alone], axis=0))
