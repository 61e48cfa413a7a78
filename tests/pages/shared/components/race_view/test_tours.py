"""What the guided ways say is true of the races that they open."""

import re
from itertools import pairwise

import numpy as np

import optim
from pages.shared.components.race_view.tours import TOURS, opened
from pages.shared.inputs.presets import BOOK
from pages.shared.text.translation import translate

DEFAULT = BOOK.spec


def test_a_race_of_each_optimizer_of_the_book_takes_a_quarter_of_sixty_seconds():
    stops = TOURS["zigzag"].stops
    assert sum(stop.seconds for stop in stops) == 60
    raced = [opened(["zigzag", at], lambda: DEFAULT).entries for at in range(len(stops))]
    assert raced == [BOOK.spec.entries[: at + 1] for at in range(4)]
    for at, stop in enumerate(stops):
        title = raced[at][-1].rule.title
        assert re.match(title, stop.text)


def test_sgd_zigzags_across_the_valley_and_the_others_lessen_it():
    result = optim.race(DEFAULT)
    x, y = np.moveaxis(result.path, 2, 0)
    moves = np.diff(y, axis=1)
    across = np.mean(moves[:, :-1] * moves[:, 1:] < 0, axis=1)
    sgd, momentum, adagrad, _ = range(4)
    assert across[sgd] == 1  # it turns back in y at every step, and never in x
    assert np.all(np.diff(x[sgd]) > 0)
    assert across[momentum] < 0.5
    # The gradients of the first half cancel across the valley more than along it.
    gradient = optim.problem("elongated_bowl").gradient(np.moveaxis(result.path[momentum], 1, 0))[:, :15]
    cancelled = np.abs(gradient.sum(axis=1)) / np.abs(gradient).sum(axis=1)
    assert cancelled[1] < 0.5 < cancelled[0]
    longest = np.maximum.accumulate(np.abs(moves[adagrad])[::-1])[::-1]
    assert np.all(np.abs(moves[adagrad]) == longest)  # each of AdaGrad's steps across the valley is shorter than the one before


def test_past_the_limit_each_step_across_the_valley_is_longer_than_the_one_before():
    for start in ((-7.0, 2.0), (3.0, -0.001), (0.0, 4.0)):
        for lr in (1.001, 1.05, 3.0):
            spec = optim.RaceSpec("elongated_bowl", [optim.Entry("sgd", {"lr": lr})], start, 30)
            moves = np.abs(np.diff(optim.race(spec).path[0, :, 1]))
            assert all(later > before for before, later in pairwise(moves) if np.isfinite(later))


def test_momentum_joins_the_race_at_hand():
    spec = optim.RaceSpec("elongated_bowl", [optim.Entry("sgd", {"lr": 1.2})], (1.0, 1.0), 30)
    joined = opened(["guide", 4], lambda: spec)
    assert joined.start == spec.start
    assert joined.entries == (spec.entries[0], BOOK.spec.entries[1])


def test_what_is_no_stop_opens_nothing():
    full = optim.RaceSpec("elongated_bowl", [optim.Entry("sgd", {"lr": 0.1})] * 12, (1.0, 1.0), 30)

    def broken():
        return optim.RaceSpec("x**", [optim.Entry("sgd")], (1.0, 1.0), 30)

    for chosen in (None, 3, [], ["guide"], ["guide", 99], ["guide", -1], ["guide", "4"], ["none", 0], [["guide"], 0], {"guide": 0}):
        assert opened(chosen, lambda: full) is None
    assert opened(["guide", 4], lambda: full) is None
    assert opened(["guide", 4], broken) is None


def test_every_text_of_the_guided_ways_can_be_translated(monkeypatch):
    for tour in TOURS.values():
        assert all(translate(text) for text in (tour.title, *(stop.text for stop in tour.stops)))
