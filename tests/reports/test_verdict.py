"""The verdict and the protocol: sentences that follow from the result and change with it."""

import dataclasses

import numpy as np
import pytest

import optim
from optim.reports.protocol import entrants, protocol
from optim.reports.verdict import verdict

BOOK = {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}


def raced(rates, problem="elongated_bowl", start=(-7.0, 2.0), steps=30, **more):
    entries = [optim.Entry(name, {"lr": lr}) for name, lr in rates.items()]
    return optim.race(optim.RaceSpec(problem, entries, start, steps, **more))


def said(*args, **more):
    result = raced(*args, **more)
    found = verdict(result)
    return None if found.winner is None else result.spec.entries[found.winner].optimizer, found


def test_the_books_race_is_won_by_adagrad_because_sgd_zigzags():
    winner, found = said(BOOK)
    assert winner == "adagrad"
    assert "0.000722" in found.headline
    assert "Second: SGD, loss 0.0133 (18.5 times higher)." in found.margin
    assert "SGD zigzags: every step reverses direction (AdaGrad: 0%)." in found.why
    assert "close to the stability limit: lr × curvature = 0.95 × 2 = 1.9, and the limit is 2." in found.why


def test_a_zigzag_is_told_of_a_racer_alone_too_and_only_where_it_turns_back():
    _, found = said({"sgd": 0.95})
    assert found.why.startswith(
        "SGD zigzags: every step reverses direction. Its learning rate is close to the stability limit: lr × curvature = 0.95 × 2 "
        "= 1.9, and the limit is 2. Still improving"
    )
    _, slow = said({"sgd": 0.3})
    assert "zigzag" not in slow.why
    for rate in (0.52, 0.7, 0.9, 0.99):
        result = raced({"sgd": rate})
        moves = np.diff(result.path[0], axis=0)
        turned = np.mean(np.sum(moves[1:] * moves[:-1], axis=1) < 0)
        assert (f"SGD zigzags: {turned:.0%}" in verdict(result).why or "every step" in verdict(result).why) is bool(turned >= 0.4)


def test_one_rate_for_all_is_won_by_momentum_because_adam_is_slow():
    winner, found = said(dict.fromkeys(BOOK, 0.1))
    assert winner == "momentum"
    assert "Adam was too slow" in found.why


def test_a_changed_setting_changes_winner_and_reason():
    stories = {said({**BOOK, **change}) for change in ({}, {"adagrad": 0.01}, {"adagrad": 0.01, "sgd": 1.2}, {"sgd": 0.9})}
    assert {winner for winner, _ in stories} >= {"adagrad", "sgd", "momentum"}
    assert len({found.why for _, found in stories}) == len(stories)


def test_reaching_the_target_first_wins_by_evaluations():
    winner, found = said(BOOK, steps=300)
    assert winner == "adagrad"
    assert "AdaGrad won: it reached the target in 58 steps." in found.headline
    assert "SGD reached the target in 79 steps." in found.margin


def test_a_rival_that_diverged_is_the_reason():
    winner, found = said({"adam": 0.3, "sgd": 1.5}, steps=400)
    assert winner == "adam"
    assert "Nobody else did." in found.margin
    assert "SGD diverged: lr × curvature = 1.5 × 2 = 3 > 2" in found.why


@pytest.mark.parametrize(
    ("rates", "steps", "headline"),
    [
        ({"sgd": 3.0, "momentum": 9.0}, 400, "No winner: every run diverged."),
        ({"sgd": 3.0}, 400, "It diverged."),
        ({"sgd": 1.001, "momentum": 1.91}, 200, "No winner: every run ended higher than the start."),
        ({"sgd": 0.0}, 5, "It ended no lower than it started."),
        ({"sgd": 0.0, "adam": 0.0}, 5, "No winner: no run ended lower than the start."),
        ({"sgd": 0.5}, 5, "SGD: loss "),
    ],
)
def test_a_race_without_a_winner_says_so(rates, steps, headline):
    result = raced(rates, steps=steps)
    found = verdict(result)
    assert found.headline.startswith(headline)
    assert (found.winner is None) == ("loss" not in headline)


def test_evaluations_are_said_where_they_are_not_the_steps():
    entries = [optim.Entry("newton"), optim.Entry("sgd", {"lr": 0.1})]
    found = verdict(optim.race(optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 300)))
    assert "Newton won: it reached the target in 1 step, with 3 evaluations." in found.headline


@pytest.mark.parametrize(
    ("rates", "steps", "headline"),
    [
        ({"sgd": 0.05, "momentum": 0.01}, 400, "Nobody found the lowest valley (0): SGD and Momentum tie at loss 0.299."),
        (
            {"sgd": 0.05, "adam": 0.05},
            150,
            "Nobody found the lowest valley (0): SGD got lowest, with loss 0.2986384 after 150 steps.",
        ),
        ({"sgd": 0.05}, 400, "SGD did not find the lowest valley (0): loss 0.299 after 400 steps."),
    ],
)
def test_where_all_sit_in_a_wrong_valley_nobody_found_the_lowest(rates, steps, headline):
    _, found = said(rates, "three_hump_camel", (-2.0, 1.0), steps)
    assert found.headline.startswith(headline)
    _, right = said(rates, "three_hump_camel", (0.5, 0.2), steps)
    assert "lowest valley" not in right.headline


UNKNOWN = dataclasses.replace(optim.problem("y**2 - x**2"), search=None, bounded=True)
"""A function of which nobody said, and no search found, that it falls without end."""


def test_nobody_wins_by_leaving_the_function_for_good():
    entries = [optim.Entry("sgd", {"lr": 0.5}), optim.Entry("adam", {"lr": 0.01})]
    result = optim.race(optim.RaceSpec(UNKNOWN, entries, (-2.0, 1.0), 20))
    assert result.status[result.order[0]].kind == "diverged"
    assert verdict(result).winner is None


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e12])
def test_who_wins_and_who_ties_is_the_same_on_any_scale(scale):
    entries = [optim.Entry("sgd", {"lr": lr / scale}) for lr in (0.1, 0.1, 0.01)]
    result = optim.race(optim.RaceSpec(f"{scale!r}*(x**4 + y**2)", entries[1:], (1.0, 2.0), 20))
    assert verdict(result).winner == 0
    tie = optim.race(optim.RaceSpec(f"{scale!r}*(x**4 + y**2)", entries[:2], (1.0, 2.0), 20))
    assert verdict(tie).winner is None
    assert verdict(tie).headline.startswith("A tie")


def test_entries_that_cannot_be_told_apart_tie():
    result = optim.race(optim.RaceSpec("sphere", [optim.Entry("sgd", {"lr": 0.1})] * 2, (1.0, 1.0), 5))
    assert verdict(result).winner is None
    assert verdict(result).headline.startswith("A tie between SGD (lr 0.1) #1 and SGD (lr 0.1) #2: each ended at loss")


def test_a_tie_is_one_on_a_function_that_falls_without_end():
    result = optim.race(optim.RaceSpec("x + y", [optim.Entry("sgd", {"lr": 0.1})] * 2, (1.0, 1.0), 3))
    assert verdict(result).headline.startswith("A tie between SGD (lr 0.1) #1 and SGD (lr 0.1) #2: each ended at loss")


def test_a_tie_by_price_says_no_more_of_the_steps_than_is_true():
    entries = [optim.Entry("newton"), optim.Entry("sgd", {"lr": 0.425})]
    result = optim.race(optim.RaceSpec("x**2 + y**2", entries, (1.0, 0.5), 40, target=1e-4))
    assert verdict(result).headline == "A tie between Newton and SGD: each reached the target with 3 evaluations."


def test_all_who_are_second_are_named():
    entries = [optim.Entry("sgd", {"lr": lr}) for lr in (0.1, 0.3, 0.1)]
    result = optim.race(optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 20))
    assert "Second: SGD (lr 0.1) #1 and SGD (lr 0.1) #2, loss " in verdict(result).margin


@pytest.mark.parametrize("problem", ["elongated_bowl", "himmelblau", "monkey_saddle", "ackley"])
def test_the_places_say_what_the_verdict_says(problem):
    """A winner is alone at the first place; where the verdict calls a tie, those that it names share it."""
    start = optim.PROBLEMS[problem].starts[0]
    for names in (("sgd", "adam", "sgd"), ("adam", "sgd", "adam", "momentum"), ("signum", "signum")):
        result = optim.race(optim.RaceSpec(problem, [optim.Entry(name, {"lr": 0.01}) for name in names], start, 40))
        found, first = verdict(result), [result.labels[i] for i, place in enumerate(result.places) if place == 1]
        if found.winner is not None:
            assert first == [result.labels[found.winner]]
        elif " tie" in found.headline:
            assert len(first) > 1
            assert all(name in found.headline for name in first)


def test_ending_in_different_minima_is_told():
    _, found = said({"sgd": 0.01, "momentum": 0.01}, "himmelblau", (0.0, 0.0), 300)
    assert "They ended in different minima: SGD in (3, 2) and Momentum in (3.584, -1.848)." in found.margin


def test_on_a_saddle_the_first_to_leave_gets_lowest():
    winner, found = said({"sgd": 0.05, "adam": 0.3}, "saddle", (-1.5, 0.001), 40)
    assert winner == "adam"
    assert "got lowest" in found.headline
    assert "Adam left the window at step" in found.why
    assert "SGD is still inside the window" in found.why


def test_the_protocol_names_every_condition():
    result = raced(BOOK, noise=0.5, seed=7, gradient="central", rotate=30.0, stretch=4.0, shift=(1.0, 0.0), budget=99, target=0.01)
    text = protocol(result)
    for part in (
        "rotated 30 degrees",
        "stretched 4 times",
        "shifted by (1, 0)",
        "at most 99 evaluations",
        "start (-7, 2)",
        "30 steps each",
        "numerical gradient",
        "noise 0.5",
        "seed 7",
        "within 0.01 of 0",
    ):
        assert part in text
    assert "AdaGrad: lr 1.5 (set by hand)" in entrants(result)
