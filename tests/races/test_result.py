"""The result of a race: its arrays and tables, what stops a run, what is measured from, and who comes first."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import optim
from optim.core.oracle import EVALUATION_KINDS, CountingOracle
from optim.races.spec import MAX_ENTRIES, MAX_STEPS
from tests.support import samples

ALL = [samples.entry(rule, lr=0.01) for rule in optim.OPTIMIZERS.values()]
HEATS = pytest.mark.parametrize("entries", samples.heats(ALL), ids=lambda entries: f"{entries[0].optimizer}...")
EVERY = [entry for entry in ALL if entry.rule.uses == ("gradient",)][:12]
"""A full field of rules that look at one gradient per step and cost nothing at the start."""
COLUMNS = ["optimizer", "step", "x", "y", "loss", "gap", "gradient_norm", "distance", "evaluations"]


def race(problem="elongated_bowl", entries=EVERY[:1], start=(-7.0, 2.0), steps=30, states=False, **more):
    return optim.race(optim.RaceSpec(problem, entries, start, steps, **more), states=states)


PLACES = pytest.mark.parametrize("problem", samples.SOME, ids=lambda problem: problem.name)


@PLACES
@pytest.mark.parametrize("steps", [1, 13])
@HEATS
def test_arrays_are_by_entry_and_step_and_begin_at_the_start(problem, steps, entries):
    result = race(problem.name, entries, problem.starts[0], steps)
    many = len(entries)
    assert result.path.shape == (many, steps + 1, 2)
    assert result.answer.shape == result.path.shape
    for name in ("loss", "answer_loss", "gradient_norm", "evaluations", "gap", "distance"):
        assert getattr(result, name).shape == (many, steps + 1)
    assert np.array_equal(result.path[:, 0], [problem.starts[0]] * many)
    assert result.evaluations.dtype == np.int64
    assert np.all(np.diff(result.evaluations, axis=1) >= 0)
    assert len(result.status) == len(result.taken) == len(result.reached) == len(result.labels) == many
    assert result.states is None
    assert result.problem is problem


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.optimizer)
def test_the_looks_of_the_start_are_those_that_init_takes(entry):
    """Charged at step 0: nothing where init does not look at the function."""
    looks = CountingOracle(optim.PROBLEMS["rosenbrock"], [0], 1)
    entry.rule.init(looks, np.array([[-1.2], [1.0]]), entry.hyper)
    result = race("rosenbrock", entry, (-1.2, 1.0), 5)
    assert [result.counts[kind][0, 0] for kind in EVALUATION_KINDS] == list(looks.counts())
    assert result.evaluations[0, 0] == sum(looks.counts())
    if not entry.rule.varies:
        assert result.evaluations[0, 0] == 0


def everywhere():
    """Return problems with fields of racers: the first field meets all problems, the others the representative ones."""
    for entries in samples.heats(ALL):
        for problem in optim.PROBLEMS.values() if entries[0].optimizer == "sgd" else samples.SOME:
            yield pytest.param(problem, entries, id=f"{problem.name}-{entries[0].optimizer}...")


@pytest.mark.parametrize(("problem", "entries"), list(everywhere()))
def test_loss_and_gradient_norm_are_those_of_the_points(problem, entries):
    result = race(problem.name, entries, problem.starts[0], noise=0.3, gradient="central")
    for i, step in np.argwhere(np.isfinite(result.loss))[::7]:
        point = result.path[i, step]
        assert result.loss[i, step] == pytest.approx(problem.value(point), rel=1e-14, abs=1e-14)
        assert result.gradient_norm[i, step] == pytest.approx(math.hypot(*problem.gradient(point)), rel=1e-12)


def test_the_table_has_a_row_per_entry_and_step():
    result = race(entries=EVERY, steps=7)
    table = result.table()
    assert list(table.columns) == COLUMNS
    assert len(table) == len(EVERY) * 8
    assert isinstance(table["optimizer"].dtype, pd.CategoricalDtype)
    assert list(table["optimizer"].cat.categories) == list(result.labels)
    assert {str(table[name].dtype) for name in ("step", "evaluations")} == {"int64"}
    assert {str(table[name].dtype) for name in COLUMNS if name not in ("optimizer", "step", "evaluations")} == {"float64"}
    row = table.iloc[3 * 8 + 5]
    assert (row["optimizer"], row["step"]) == (result.labels[3], 5)
    assert (row["x"], row["y"]) == tuple(result.path[3, 5])
    for name in COLUMNS[4:]:
        assert row[name] == getattr(result, name)[3, 5]


def test_the_table_names_the_coordinates_of_other_dimensions():
    cube = optim.Problem(
        "cube", lambda x: np.sum(x * x, axis=0), lambda x: 2 * x, dimension=3, domain=((-5.0, 5.0),) * 3, minima=((0.0, 0.0, 0.0),)
    )
    result = race(cube, EVERY, (1.0, 2.0, 3.0), 40)
    assert list(result.table().columns)[2:5] == ["x1", "x2", "x3"]
    np.testing.assert_allclose(result.path[0, -1], 0.98**40 * np.array([1.0, 2.0, 3.0]), rtol=1e-12)
    np.testing.assert_allclose(result.distance[0], np.linalg.norm(result.path[0], axis=-1))
    assert len(result.standings()) == len(EVERY)


def test_losses_have_a_column_per_entry():
    result = race(entries=EVERY, steps=7)
    losses = result.losses()
    assert list(losses.columns) == list(result.labels)
    assert losses.shape == (8, len(EVERY))
    assert (losses.index.name, list(losses.index)) == ("step", list(range(8)))
    assert np.array_equal(losses.to_numpy().T, result.loss)


def test_standings_have_a_row_per_entry():
    result = race(entries=EVERY, steps=200)
    standings = result.standings()
    assert list(standings["rank"]) == list(range(1, len(EVERY) + 1))
    assert sorted(standings["optimizer"]) == sorted(result.labels)
    for rank, i in enumerate(result.order):
        row = standings.iloc[rank]
        assert row["optimizer"] == result.labels[i]
        assert (row["status"], row["reason"]) == (result.status[i].kind, result.status[i].reason)
        assert (row["final_loss"], row["evaluations"]) == (result.answer_loss[i, -1], result.evaluations[i, -1])
        assert (row["final_gap"], row["distance"]) == (result.gap[i, -1], result.distance[i, -1])
        assert (row["settings"], row["origin"]) == ("lr 0.01", "set by hand")
        hit = result.reached[i]
        assert row["steps_to_target"] is pd.NA if hit is None else row["steps_to_target"] == hit
        assert row["evaluations_to_target"] is pd.NA if hit is None else row["evaluations_to_target"] == result.evaluations[i, hit]
    assert {str(standings[name].dtype) for name in ("steps_to_target", "evaluations_to_target")} == {"Int64"}


TWINS = [
    optim.Entry("sgd", {"lr": 0.1}, label="one"),
    optim.Entry("adam", {"lr": 0.1}),
    optim.Entry("sgd", {"lr": 0.1}, label="two"),
]


@pytest.mark.parametrize(
    ("problem", "start", "steps", "places"),
    [
        ("elongated_bowl", (-7.0, 2.0), 30, (2, 1, 2)),
        ("sphere", (2.0, 2.0), 300, (1, 3, 1)),  # they reach the target with as many evaluations
        ("elongated_bowl", (0.0, 0.0), 30, (1, 1, 1)),
        ("x + y", (1.0, 1.0), 10, (1, 3, 1)),  # no lowest value to measure from
    ],
)
def test_racers_that_tie_share_a_place(problem, start, steps, places):
    result = race(problem, TWINS, start, steps)
    assert result.places == places
    assert list(result.standings()["rank"]) == sorted(places)
    assert [result.places[i] for i in result.order] == sorted(places)


def test_the_same_price_is_a_tie_whatever_the_steps():
    """Newton's one step costs three evaluations; gradient descent shrinks the loss by 0.15² at each of its steps, 1.25 at first."""
    result = race("x**2 + y**2", [optim.Entry("newton"), optim.Entry("sgd", {"lr": 0.425})], (1.0, 0.5), 40, target=1e-4)
    assert (result.reached, result.evaluations[[0, 1], list(result.reached)].tolist()) == ((1, 3), [3, 3])
    assert result.places == (1, 1)


def test_those_who_lost_the_numbers_share_the_last_place():
    result = race(entries=[optim.Entry("sgd", {"lr": lr}) for lr in (9.0, 0.1, 90.0)], steps=2000)
    assert np.isnan(result.answer_loss[:, -1]).tolist() == [True, False, True]
    assert result.places == (2, 1, 2)


def test_the_point_reported_is_the_average_where_an_optimizer_says_so():
    entries = [optim.Entry("schedule_free_sgd", {"lr": 0.5}), optim.Entry("sgd", {"lr": 0.95})]
    result = race(entries=entries, states=True)
    assert samples.bits(result.answer[0]) == samples.bits(result.states[0]["average"])
    assert samples.bits(result.answer[1]) == samples.bits(result.path[1])
    assert np.any(result.answer[0] != result.path[0])
    np.testing.assert_allclose(result.answer_loss[0], [result.problem.value(point) for point in result.answer[0]], rtol=1e-14)
    assert result.standings().set_index("optimizer").loc["Schedule-Free SGD", "final_loss"] == result.answer_loss[0, -1]
    z, y, x = result.states[0]["z"], result.path[0], result.answer[0]
    np.testing.assert_allclose(y, 0.1 * z + 0.9 * x, atol=1e-14)
    np.testing.assert_allclose(x, [np.mean(z[1 : step + 1], axis=0) if step else z[0] for step in range(31)], atol=1e-14)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.optimizer)
def test_states_are_the_memory_of_every_step(entry):
    rule = entry.rule
    shown = {}
    for end in ("low", "high"):
        switches = {parameter.name: getattr(parameter, end) for parameter in rule.parameters if parameter.structural}
        states = race(entries=optim.Entry(entry.optimizer, switches), steps=5, states=True).states
        assert len(states) == 1
        shown |= states[0]
    assert all(len(history) == 6 for history in shown.values())
    assert set(shown) == set(rule.memory)


def test_the_velocity_shown_is_what_moved_the_ball():
    result = race(entries=optim.Entry("momentum", {"lr": 0.1}), states=True)
    np.testing.assert_allclose(np.diff(result.path[0], axis=0), -0.1 * result.states[0]["velocity"][1:], atol=1e-14)


def test_rows_after_an_overflow_are_nan_and_counting_stops():
    entries = [optim.Entry("sgd", {"lr": 50.0}), optim.Entry("sgd", {"lr": 0.1}), optim.Entry("momentum", {"lr": 50.0})]
    result = race(entries=entries, steps=400, states=True)
    for i in (0, 2):
        last = result.taken[i]
        assert 0 < last < 400
        assert np.isfinite(result.loss[i, :last]).all()
        assert not np.isfinite(result.loss[i, last])
        for array in (result.path, result.loss, result.gradient_norm, result.gap, result.distance):
            assert np.isnan(array[i, last + 1 :]).all()
        assert result.evaluations[i].tolist() == [*range(last + 1), *[last] * (400 - last)]
        assert all(np.isnan(history[last + 1 :]).all() for history in result.states[i].values())
    assert result.taken[1] == 400
    assert np.isfinite(result.path[1]).all()


def test_a_start_where_the_function_is_not_defined_takes_no_step():
    result = race("log(x) + y**2", start=(-1.0, 1.0), steps=5)
    assert result.taken == (0,)
    assert tuple(result.path[0, 0]) == (-1.0, 1.0)
    assert np.isnan(result.path[0, 1:]).all()
    assert result.status[0].kind == "diverged"


BUDGETS = [("exact", 7, 7, 7), ("central", 10, 2, 8), ("exact", 99, 30, 30)]


@pytest.mark.parametrize(("gradient", "budget", "taken", "used"), BUDGETS)
def test_a_budget_stops_a_run_before_the_step_that_would_exceed_it(gradient, budget, taken, used):
    entries = [entry for entry in EVERY if entry.rule.uses == ("gradient",)]
    free, result = (race(entries=entries, gradient=gradient, budget=limit) for limit in (None, budget))
    assert result.taken == (taken,) * len(entries)
    assert result.evaluations[:, -1].tolist() == [used] * len(entries)
    assert samples.bits(result.path[:, : taken + 1]) == samples.bits(free.path[:, : taken + 1])
    assert np.array_equal(result.path[:, taken:], np.repeat(result.path[:, taken : taken + 1], 31 - taken, axis=1))
    assert list(result.standings()["evaluations"]) == [used] * len(entries)


@HEATS
@pytest.mark.parametrize("gradient", ["exact", "central"])
def test_a_budget_too_small_for_one_step_leaves_the_run_at_the_start_with_what_was_paid_there(entries, gradient):
    free = race(entries=entries, gradient=gradient)
    for i, entry in enumerate(entries):
        first, second = (int(price) for price in free.evaluations[i, :2])
        assert second > first
        for budget in {0, first, second - 1}:
            result = race(entries=entry, gradient=gradient, budget=budget)
            assert result.taken == (0,)
            assert np.all(result.evaluations == first)
            assert np.array_equal(result.path, np.full((1, 31, 2), (-7.0, 2.0)))
            assert (result.status[0].kind, result.status[0].step) == ("stalled", 0)
            assert "budget" in result.status[0].reason
            assert len(result.standings()) == 1
        assert race(entries=entry, gradient=gradient, budget=second).taken[0] >= 1


CORNER = optim.Problem(
    "corner", lambda x: np.abs(x[0]) + x[1] ** 2, lambda x: np.stack([np.sign(x[0]), 2 * x[1]]), minima=((0.0, 0.0),)
)


def test_a_run_that_its_budget_stops_has_not_kept_what_it_touched_last():
    """It lands on the minimum with its last step: one step on it says nothing about keeping it."""
    spec = optim.RaceSpec(CORNER, optim.Entry("sgd", {"lr": 0.1}), (5.0, 0.0), 200, budget=50)
    result = optim.race(spec)
    assert result.taken == (50,)
    assert result.gap[0, 49] > 0.09
    assert result.gap[0, 50] < 1e-6
    assert (result.reached[0] is not None) == (result.status[0].kind == "converged")


def test_the_largest_race_there_may_be():
    entries = [optim.Entry(("sgd", "momentum", "adam")[i % 3], {"lr": 1e-4}) for i in range(MAX_ENTRIES)]
    result = race("rosenbrock", entries, (-1.2, 1.0), MAX_STEPS)
    assert result.path.shape == (12, 10_001, 2)
    assert len(result.table()) == 12 * 10_001
    assert len(set(result.labels)) == 12


@pytest.mark.parametrize(
    "entries",
    [
        [optim.Entry("sgd")] * 3,
        [optim.Entry("sgd", {"lr": lr}) for lr in (0.1, 0.2, 0.1)],
        [optim.Entry("sgd", label="mine"), optim.Entry("adam", label="mine"), optim.Entry("sgd")],
        [optim.Entry("sgd", label="Adam"), optim.Entry("adam")],
        [optim.Entry("sgd", label="A"), optim.Entry("sgd", label="A"), optim.Entry("sgd", label="A #2")],
        [optim.Entry("sgd"), optim.Entry("sgd"), optim.Entry("sgd", label="SGD (lr 0.001) #1")],
        [optim.Entry("sgd"), optim.Entry("sgd", {"lr": 0.2}), optim.Entry("adam", label="SGD (lr 0.2)")],
    ],
)
def test_labels_tell_every_entry_apart(entries):
    result = race(entries=entries, steps=2)
    assert len(set(result.labels)) == len(entries)
    assert result.losses().columns.is_unique
    assert result.table()["optimizer"].nunique() == len(entries)


def test_the_settings_tell_equal_optimizers_apart():
    entries = [optim.Entry("sgd", {"lr": 0.1}), optim.Entry("sgd", {"lr": 0.2}), optim.Entry("adam", label="mine")]
    assert race(entries=entries, steps=2).labels == ("SGD (lr 0.1)", "SGD (lr 0.2)", "mine")


def test_gaps_count_from_the_known_minimum():
    result = race("himmelblau", EVERY, (-0.5, -1.0), 300)
    assert result.lowest == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(result.gap, result.loss, atol=1e-12)
    assert result.target == result.problem.target
    targets = np.array(optim.PROBLEMS["himmelblau"].minima)
    expected = np.min(np.linalg.norm(result.path[:, :, None] - targets, axis=-1), axis=-1)
    np.testing.assert_allclose(result.distance, expected)


def test_gaps_count_from_the_lowest_value_met_where_no_minimum_is_known():
    unknown = dataclasses.replace(optim.problem("x**2/20 + y**2 - 5"), minima=(), search=None)
    result = race(unknown, EVERY)
    assert result.lowest == np.min(result.loss)
    assert -5 < result.lowest < -2
    assert result.target == pytest.approx(optim.problem("x**2/20 + y**2").target, rel=1e-2)
    assert np.min(result.gap) == 0
    assert np.isnan(result.distance).all()


def test_domain_and_minimum_move_with_a_shift():
    result = race("elongated_bowl", EVERY, shift=(15.0, 0.0))
    assert result.lowest == 0
    assert result.problem.minima == ((15.0, 0.0),)
    assert result.problem.domain == ((5.0, 25.0), (-10.0, 10.0))


def test_nothing_is_measured_from_where_a_function_falls_without_end():
    result = race("saddle", EVERY, (-1.5, 0.001), 100)
    assert result.lowest is None
    assert np.isnan(result.gap).all()
    assert np.isnan(result.target)
    assert result.reached == (None,) * len(EVERY)
    assert list(result.standings()["rank"]) == list(range(1, len(EVERY) + 1))


def test_a_target_of_one_s_own_replaces_the_default():
    loose, tight = (race(entries=optim.Entry("sgd", {"lr": 0.1}), target=target, steps=100) for target in (1.0, 1e-9))
    assert (loose.target, tight.target) == (1.0, 1e-9)
    first = int(np.argmax(loose.gap[0] <= 1.0))
    assert loose.reached == (first,)
    assert tight.reached == (None,)


def test_a_spec_with_an_object_of_one_s_own_races_like_the_registry_s():
    bowl = optim.PROBLEMS["elongated_bowl"]
    own = dataclasses.replace(bowl, name="own", hessian=None)
    assert samples.bits(race(own, EVERY).path) == samples.bits(race(entries=EVERY).path)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(samples.SPECS)
@pytest.mark.long
def test_any_spec_that_can_be_made_can_be_raced(spec):
    result = optim.race(dataclasses.replace(spec, steps=min(spec.steps, 40)), states=True)
    assert len(result.table()) == result.loss.size
    assert len(result.standings()) == len(set(result.labels)) == len(result.path)
    assert sorted(result.order) == list(range(len(result.path)))
    for last, status, path in zip(result.taken, result.status, result.path, strict=True):
        assert 0 <= status.step <= last
        assert status.reason
        assert np.isfinite(path[: last or 1]).all()
