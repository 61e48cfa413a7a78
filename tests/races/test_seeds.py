"""The run_seeds over seeds is exactly many races, and says what they say."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.races.seeds import run_seeds
from optim.reports.seeds import seeds_sentence, seeds_table

ENTRIES = (optim.Entry("sgd", {"lr": 0.95}), optim.Entry("adagrad", {"lr": 1.5}), optim.Entry("adam", {"lr": 0.3}))
SPEC = optim.RaceSpec("elongated_bowl", ENTRIES, (-7.0, 2.0), 60, noise=0.5, seed=3)


def test_every_seed_is_the_race_with_that_seed():
    many = run_seeds(SPEC, seeds=5)
    assert many.seeds == (3, 4, 5, 6, 7)
    races = [optim.race(replace(SPEC, seed=seed)) for seed in many.seeds]
    np.testing.assert_array_equal(many.final, np.stack([race.loss[:, -1] for race in races], axis=1))
    np.testing.assert_array_equal(
        many.reached, np.array([[hit is not None for hit in race.reached] for race in races], dtype=float).T
    )


def test_a_tie_of_the_medians_is_called_one():
    spec = replace(SPEC, entries=(ENTRIES[0], ENTRIES[2], ENTRIES[2]))
    result, many = optim.race(spec), run_seeds(spec, seeds=5)
    assert f"5 seeds {result.labels[1]} and {result.labels[2]} tie for the lowest median loss" in seeds_sentence(result, many)


def test_progress_goes_from_entry_to_entry_and_may_end_the_work():
    told = []
    run_seeds(SPEC, 2, told.append)
    assert told == pytest.approx([1 / 3, 2 / 3, 1])

    def enough(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_seeds(SPEC, 2, enough)


def test_the_share_that_reached_the_target_is_counted():
    easy = run_seeds(replace(SPEC, target=0.3, steps=200))
    table = seeds_table(optim.race(SPEC), easy)
    assert 0 < table.reached.max() <= 1
    assert table.reached.min() < table.reached.max()


def test_the_table_has_median_and_range_and_counts_divergence_as_worst():
    wild = replace(SPEC, entries=(*ENTRIES, optim.Entry("momentum", {"lr": 9.0})), steps=400)
    many = run_seeds(wild)
    table = seeds_table(optim.race(wild), many)
    assert table.optimizer.iloc[-1] == "Momentum"
    assert np.isinf(table.median_loss.iloc[-1])
    for i, label in enumerate(optim.race(wild).labels[:3]):
        row = table[table.optimizer == label].iloc[0]
        assert (row.median_loss, row.lowest_loss, row.highest_loss) == (
            np.median(many.final[i]),
            many.final[i].min(),
            many.final[i].max(),
        )


def test_the_sentence_names_who_is_ahead_in_the_middle():
    result, many = optim.race(SPEC), run_seeds(SPEC)
    best = seeds_table(result, many).optimizer.iloc[0]
    wins = int(np.sum(np.argmin(many.final, axis=0) == result.labels.index(best)))
    sentence = seeds_sentence(result, many)
    assert f"Over 20 seeds {best} has the lowest median loss" in sentence
    assert f"lowest in {wins} of them" in sentence
