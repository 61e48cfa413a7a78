"""The fair race: the same budget, search space and starts for everybody, scored on starts that the tuning did not see."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import optim
from optim.i18n.numbers import powers
from optim.races.spec import MAX_ENTRIES
from optim.reports.fair import fair_caveat, fair_changes, fair_claim, fair_protocol, fair_sure, fair_table
from optim.sweeps import reductions, scores
from optim.sweeps import result as sweep_result
from optim.sweeps.tune_spec import AS_GIVEN, SHARED, TUNED
from tests.support import samples

DIVERGED = reductions.STATUS_KINDS.index("diverged")
RATED = [rule for rule in optim.OPTIMIZERS.values() if "lr" in {parameter.name for parameter in rule.parameters}]


def fair(*names, problem="rosenbrock", steps=60, gradient="exact", budget=None, **given):
    """Return a small fair race."""
    race = optim.RaceSpec(problem, [optim.Entry(name) for name in names], (-1.2, 1.0), steps, gradient, budget=budget)
    return optim.TuneSpec(race, **{"values": 9, "starts": 4, **given})


@pytest.fixture(scope="module")
def result():
    """One fair race of four, one of which has no rate to tune."""
    return optim.tune(fair("sgd", "adam", "nesterov", "nelder_mead"))


@pytest.mark.parametrize("gradient", ["exact", "central"])
@pytest.mark.parametrize("field", samples.heats(RATED), ids=lambda field: field[0].name)
@pytest.mark.long
def test_nobody_exceeds_the_budget_and_first_order_methods_use_exactly_the_same(field, gradient):
    spec = fair(*(rule.name for rule in field), steps=24, gradient=gradient, values=3, starts=2)
    done = optim.tune(spec)
    assert spec.budget == 24 * (1 if gradient == "exact" else 4)
    for sweep in (done.search, *done.scored.values()):
        assert (sweep.evaluations <= spec.budget).all()
        for i, rule in enumerate(field):
            finite = sweep.status[i] != DIVERGED
            if rule.uses == ("gradient",) and not rule.varies:
                assert (sweep.evaluations[i][finite] == spec.budget).all()
                assert (sweep.taken[i][finite] == 24).all()
    used = done.standings().set_index("entry").used
    assert all(used[i] == done.scored[TUNED].evaluations[i].max() for i in range(len(field)))
    assert (done.standings().budget == spec.budget).all()


def test_whoever_pays_less_for_a_step_may_take_more_of_them():
    """Nelder-Mead pays one or two values for a step where central differences cost the others four."""
    done = optim.tune(fair("sgd", "nelder_mead", steps=25, gradient="central"))
    taken = done.scored[TUNED].taken.max(axis=(-2, -1))
    assert done.spec.budget == 100
    assert taken[0] == 25 < taken[1]
    assert (done.scored[TUNED].evaluations <= 100).all()


def test_held_out_starts_are_disjoint_from_tuning_starts(result):
    problem = result.search.problem
    tuning = {tuple(p) for p in result.spec.tuning.starts.points(problem).T}
    for name in result.spec.settings:
        held_out = {tuple(p) for p in result.scored[name].spec.starts.points(problem).T}
        assert len(tuning) == len(held_out) == result.spec.starts
        assert not tuning & held_out


@pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)
@pytest.mark.parametrize("seed", [0, 7])
def test_so_they_are_for_every_function(problem, seed):
    whole = optim.Jittered(24, seed).points(problem)
    held_out = optim.Jittered(24, seed, first=24).points(problem)
    assert whole.shape == held_out.shape == (2, 24)
    assert len({tuple(p) for p in np.concatenate([whole, held_out], axis=1).T}) == 48
    assert np.array_equal(optim.Jittered(48, seed).points(problem), np.concatenate([whole, held_out], axis=1))
    assert [tuple(p) for p in whole.T[: len(problem.starts)]] == [tuple(map(float, start)) for start in problem.starts]


def test_everybody_has_the_same_search_space_and_the_same_number_of_values(result):
    spaces = [result.search.spec.own_axes(i) for i in range(4)]
    assert [[name for name, _ in own] for own in spaces] == [["lr"], ["lr"], ["lr"], [""]]
    assert all(len(own[0][1]) == result.spec.values for own in spaces[:3])
    assert len({own[0][1] for own in spaces[:3]}) == 1


def test_so_it_is_where_two_racers_give_a_parameter_different_ranges():
    """RMSProp's alpha is below 1, AdEMAMix's goes up to 20: both are tuned over what both can take."""
    spec = fair("rmsprop", "ademamix", parameters=("alpha",), values=5).tuning
    assert optim.OPTIMIZERS["rmsprop"].parameter("alpha").high < optim.OPTIMIZERS["ademamix"].parameter("alpha").high
    assert spec.own_axes(0) == spec.own_axes(1)
    assert spec.own_axes(0)[0][1][-1] == optim.OPTIMIZERS["rmsprop"].parameter("alpha").high


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_every_value_of_a_grid_is_one_that_the_parameter_takes(rule):
    for parameter in rule.parameters:
        values = optim.spaced(parameter, 9)
        assert (values[0], values[-1]) == (parameter.low, parameter.high)
        assert values == tuple(sorted(set(values)))
        assert all(parameter.canonical(value) == value for value in values)


def test_different_parameters_are_named_racer_by_racer():
    done = optim.tune(fair("momentum", "adam", parameters=(("momentum", "beta1"),), values=3, starts=2))
    assert "for Momentum momentum over 3 values from 0 to 1; for Adam beta1 over 3 values from 0 to 0.9999" in fair_protocol(done)


def test_the_best_rate_of_gradient_descent_on_a_round_bowl_is_the_one_nearest_to_its_newton_step():
    """On x^2 + y^2 a step multiplies by 1 - 2 lr: the best of the grid is where that is smallest."""
    done = optim.tune(fair("sgd", problem="x**2 + y**2", values=25, steps=30))
    rates = np.array(done.search.spec.own_axes(0)[0][1])
    assert done.best[0].settings["lr"] == rates[np.argmin(np.abs(1 - 2 * rates))]
    assert dict(done.entries[0].values)["lr"] == done.best[0].settings["lr"]
    assert done.shared == done.best[0].settings["lr"]


def test_the_tuned_rate_is_the_best_of_the_sweep_on_the_tuning_starts(result):
    for i in range(3):
        assert result.best[i] == scores.best(optim.sweep(result.spec.tuning), i)
        shared = dict(result.scored[SHARED].spec.race.entries[i].values)["lr"]
        tuned = dict(result.scored[TUNED].spec.race.entries[i].values)["lr"]
        assert (shared, tuned) == (result.shared, result.best[i].settings["lr"])
    assert result.scored[AS_GIVEN].spec.race.entries == result.spec.race.entries
    assert {result.scored[name].spec.race.entries[3] for name in result.spec.settings} == {result.spec.race.entries[3]}


def test_each_order_is_that_of_the_sweep_on_held_out_starts(result):
    for name in (AS_GIVEN, SHARED, TUNED):
        again = optim.sweep(result.scored[name].spec)
        assert result.order(name) == tuple(scores.standings(again).entry)
        assert result.standings(name).entry.tolist() == list(result.order(name))


def test_how_the_order_changes_is_said_in_words():
    """The book's own rates favour whoever they were chosen for: here SGD is given a rate with which it cannot arrive."""
    race = optim.RaceSpec("x**2 + y**2", [optim.Entry("sgd", {"lr": 1e-4}), optim.Entry("adam", {"lr": 0.1})], (1.0, 1.0), 60)
    done = optim.tune(optim.TuneSpec(race, values=17, starts=3))
    assert done.order(AS_GIVEN) == (1, 0)
    assert done.order(TUNED) == (0, 1)
    assert "As given: Adam, SGD." in fair_changes(done)
    assert "Here SGD gains 1 place and Adam loses 1 place." in fair_changes(done)
    assert fair_changes(done).endswith("Tuned: SGD, Adam. The same order.")


ALIKE = [optim.Entry("sgd", {"lr": 0.5}, label="one"), optim.Entry("sgd", {"lr": 0.5}, label="other")]


def test_two_of_a_kind_tie_and_share_a_place():
    """No start, rate or number can tell one rule from the same rule."""
    done = optim.tune(optim.TuneSpec(optim.RaceSpec("elongated_bowl", ALIKE, (1.0, 1.0), 60), values=9, starts=4))
    assert fair_claim(done) == "Tuned alike: a tie between one and other."
    assert fair_sure(done).startswith("On the held-out starts one and other score the same")
    assert fair_sure(done).endswith("They tie with every choice of rates.")
    assert fair_changes(done).startswith("As given: one and other (a tie). ")
    assert fair_changes(done).endswith("Tuned: one and other (a tie). A tie again.")
    assert {place.split()[0] for name in done.spec.settings for place in fair_table(done)[name]} == {"1"}


def test_on_a_constant_nobody_is_ahead():
    """Every run is at the lowest value from the start, at every rate: none of them is the better one, and none lies beyond."""
    book = [optim.Entry(name) for name in ("sgd", "momentum", "adagrad", "adam")]
    done = optim.tune(optim.TuneSpec(optim.RaceSpec("5", book, (1.0, 1.0), 30), values=5, starts=3))
    assert fair_claim(done).startswith("There is nothing to win here")
    assert {done.places(name) for name in done.spec.settings} == {(1, 1, 1, 1)}
    assert not any(best.edge for best in done.best)
    assert fair_caveat(done) == ""


def test_those_behind_a_tie_have_the_place_after_all_of_it():
    def told(adam, rate):
        entries = [optim.Entry("adam", {"lr": adam}), *(dataclasses.replace(entry, values={"lr": rate}) for entry in ALIKE)]
        return optim.tune(optim.TuneSpec(optim.RaceSpec("elongated_bowl", entries, (1.0, 1.0), 60), values=9, starts=4))

    done = told(0.3, 0.5)
    assert done.places(AS_GIVEN) == (3, 1, 1)
    assert done.tiers(AS_GIVEN) == ((1, 2), (0,))
    assert done.places(TUNED) == (1, 2, 2)
    assert fair_claim(done) == "Tuned alike: 1. Adam, 2. one and other (a tie)."
    assert "Who is first depends on the rates: one and other (a tie) with the rates given, Adam with" in fair_sure(done)
    assert "Here Adam gains 2 places, one loses 1 place and other loses 1 place." in fair_changes(done)
    again = told(0.3, 1e-5)
    assert again.places(AS_GIVEN) == again.places(TUNED) == (1, 2, 2)
    assert fair_sure(again).endswith("Adam is first with every choice of rates, and the rest of the order does not change.")


def test_who_ends_lowest_is_told_apart_as_in_a_race():
    """Ends that differ by rounding alone are a tie, as they are for the verdict and the places."""
    entries = [optim.Entry("sgd", {"lr": lr}) for lr in (0.01, 0.01 * (1 + 1e-14), 0.001)]
    swept = optim.sweep(
        optim.SweepSpec(optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 20), starts=((-7.0, 2.0), (1.0, 1.0)))
    )
    assert swept.end_gap[0, 0, 0] != swept.end_gap[1, 0, 0]
    assert (swept.ends_lowest == sweep_result.TIE).all()
    race = optim.race(swept.spec.race)
    assert race.places == (1, 1, 3)


def test_the_protocol_says_all_of_it(result):
    rates = result.search.spec.own_axes(0)[0][1]
    for words in (
        "may spend 60 evaluations",
        "stops before the step that would exceed",
        powers(f"lr over 9 values from {rates[0]:g} to {rates[-1]:g}"),
        "Nelder-Mead has no such parameter and ran as given",
        "Tuned on 4 starts, scored on 4 others that the tuning did not see",
        powers(f"a gap of {result.search.target:.3g} inside"),
    ):
        assert words in fair_protocol(result)
    assert all("9 values, 4 starts, 60 evaluations" in entry.origin for entry in result.entries[:3])
    assert all(len(entry.origin) <= 80 for entry in result.entries)


def test_two_parameters_can_be_tuned_where_all_have_two():
    done = optim.tune(fair("momentum", "nesterov", parameters=("lr", "momentum"), values=4, starts=2))
    assert done.spec.count == 16
    assert done.spec.settings == (AS_GIVEN, TUNED)
    assert set(done.best[0].settings) == {"lr", "momentum"}
    assert done.complete


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("parameters", {"parameters": ("no_such",)}),
        ("parameters", {"parameters": ("lr", ("momentum", "", "momentum", ""))}),
        ("parameters", {"parameters": ()}),
        ("values", {"values": 1}),
        ("starts", {"starts": 0}),
        ("problem", {"race": optim.RaceSpec("saddle", optim.Entry("sgd"), (1.0, 1.0), 10)}),
        ("run_steps", {"values": 97, "starts": 100_000}),
    ],
)
def test_a_bad_spec_names_its_field(field, given):
    with pytest.raises(optim.SpecError) as error:
        dataclasses.replace(fair("sgd", "adam", "momentum", "nelder_mead"), **given)
    assert error.value.field == field


def numbers(result):
    """Return everything that a fair race came to, as bytes."""
    sweeps = [result.search, *(result.scored[name] for name in result.spec.settings)]
    return [samples.bits(getattr(sweep, name)) for sweep in sweeps for name in ("end_gap", "reached_step", "evaluations", "end")]


def test_interrupted_and_resumed_it_is_the_same(result):
    part, turns = None, 0
    with ThreadPoolExecutor(2) as pool:
        while part is None or not part.complete:
            cancel = threading.Event()
            part = optim.tune(result.spec, lambda *_, cancel=cancel: cancel.set(), cancel, pool if turns % 2 else None, part)
            turns += 1
    assert turns > 4
    assert numbers(part) == numbers(result)
    assert fair_changes(part) == fair_changes(result)
    with pytest.raises(optim.SpecError, match="the same spec"):
        optim.tune(fair("sgd"), resume=part)


def test_progress_counts_every_run_once():
    spec, seen = fair("sgd", "adam"), []
    done = optim.tune(spec, lambda done, total, snapshot: seen.append((done, total, snapshot().done)))
    assert seen[-1][0] == seen[-1][1] == done.done == 2 * 9 * 4 + 3 * 2 * 4
    assert [row[0] for row in seen] == sorted(row[0] for row in seen)
    assert all(row[0] == row[2] for row in seen)
    assert len(spec.race.entries) <= MAX_ENTRIES
