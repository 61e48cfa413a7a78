"""Scores against cases worked out by hand."""

import dataclasses
import threading

import numpy as np
import pytest

import optim
from optim.sweeps import reductions, scores
from optim.sweeps.result import blank

CONVERGED, LEFT, DIVERGED = (reductions.STATUS_KINDS.index(kind) for kind in ("converged", "left the window", "diverged"))


def made(reached, paid, spent, gap, rates=(0.01, 0.1, 1.0), entries=("sgd", "adam")):
    """Return a made-up result: steps to the target, price by then and of the whole run, end gap, (entries, rates, starts)."""
    race = optim.RaceSpec("himmelblau", [optim.Entry(name) for name in entries], (1.0, 1.0), 100)
    starts = [(float(i), 0.0) for i in range(np.shape(reached)[-1])]
    spec = optim.SweepSpec(race, {"lr": rates}, starts)
    given = {"reached_step": reached, "reached_evaluations": paid, "evaluations": spent, "end_gap": gap}
    arrays = {name: np.array(values)[..., None] for name, values in given.items()}
    return dataclasses.replace(blank(spec), status=np.full(spec.shape, CONVERGED, dtype=np.int8), **arrays)


def example():
    """Two entries, three rates, four starts: SGD reaches from 0, 2, 3 of them, Adam from 2, 4, 1."""
    reached = [[[-1, -1, -1, -1], [10, 20, -1, -1], [5, 5, 5, -1]], [[7, 9, -1, -1], [1, 2, 3, 4], [8, -1, -1, -1]]]
    gap = [
        [[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 5.0, 7.0], [0.0, 0.0, 0.0, np.inf]],
        [[0.0, 0.0, 1.0, 1.0], [0.0] * 4, [0.0, 9.0, 9.0, 9.0]],
    ]
    return made(reached, reached, np.full((2, 3, 4), 100), gap)


def test_share_is_how_many_starts_reached_and_kept_the_target():
    assert scores.share(example()).tolist() == [[0.0, 0.5, 0.75], [0.5, 1.0, 0.25]]


def test_expected_evaluations_are_all_that_was_spent_over_the_runs_that_reached():
    """SGD at 0.1: (10 + 20 + 100 + 100) / 2; at 0.01 nobody reached. With p successes it is E[hit] + (1 - p)/p E[miss]."""
    expected = [[np.inf, 230 / 2, 115 / 3], [216 / 2, 10 / 4, 308 / 1]]
    assert scores.expected_evaluations(example()).tolist() == expected
    assert 230 / 2 == 15 + (1 - 0.5) / 0.5 * 100


@pytest.mark.parametrize(("budget", "miss"), [(None, 100.0), (40, 40.0)])
def test_a_run_that_diverges_costs_as_much_as_one_that_fails_to_the_end(budget, miss):
    """Lost after 3 of 100 steps at 1 evaluation each, and lost at its start: nobody knows, and both are waited for."""
    reached = [[[10, -1, -1, -1]]]
    result = made(reached, reached, [[[10, 3, 0, 100 if budget is None else 40]]], [[[0.0, np.inf, np.inf, 5.0]]], (0.1,), ("sgd",))
    result = dataclasses.replace(
        result,
        spec=dataclasses.replace(result.spec, race=dataclasses.replace(result.spec.race, budget=budget)),
        taken=np.array([[[100, 3, 0, 100 if budget is None else 40]]])[..., None],
        status=np.array([[[CONVERGED, DIVERGED, DIVERGED, LEFT]]], dtype=np.int8)[..., None],
    )
    assert scores.expected_evaluations(result).tolist() == [[10 + 3 * miss]]


def test_diverging_is_not_cheaper_than_crawling():
    """From half of the starts SGD diverges on x**4: its score says so, whatever the step at which the numbers overflow."""
    race = optim.RaceSpec("x**4 + y**2", optim.Entry("sgd", {"lr": 0.1}), (1.0, 1.0), 200, target=1e-3)
    for starts in ([(1.0, 1.0), (40.0, 1.0)], [(1.0, 1.0), (400.0, 1.0)]):
        result = optim.sweep(optim.SweepSpec(race, starts=starts))
        assert result.taken[0].min() < 20
        assert float(scores.expected_evaluations(result)[0]) == result.reached_evaluations.max() + 200


def test_the_median_gap_is_that_of_the_middle_two():
    assert scores.median_gap(example()).tolist() == [[2.5, 2.5, 0.0], [0.5, 0.0, 9.0]]


def test_a_median_between_infinities_is_infinite_and_nothing_is_made_of_runs_not_done():
    result = example()
    status, gap = result.status.copy(), result.end_gap.copy()
    gap[0, 0, :, 0] = 1.0, np.inf, np.inf, np.inf
    status[0, 1] = reductions.NOT_RUN
    status[0, 2, 1:] = reductions.NOT_RUN
    result = dataclasses.replace(result, status=status, end_gap=gap)
    assert scores.median_gap(result)[0].tolist() == pytest.approx([np.inf, np.nan, 0.0], nan_ok=True)
    assert np.isnan(scores.share(dataclasses.replace(result, reached_step=np.where(result.done, result.reached_step, -1)))[0, 1])


def test_best_is_by_share_then_by_evaluations_then_by_gap():
    assert [scores.best(example(), i).at for i in (0, 1)] == [(2,), (1,)]
    reached = [[[5, -1], [4, -1], [4, -1]]]
    equal = made(reached, reached, np.full((1, 3, 2), 10), [[[0.0, 9.0], [0.0, 9.0], [0.0, 8.0]]], entries=("sgd",))
    top = scores.best(equal, 0)
    assert (top.at, top.settings, top.share, top.evaluations, top.gap, top.edge) == ((2,), {"lr": 1.0}, 0.5, 14.0, 4.0, True)
    assert not scores.best(example(), 1).edge


def test_nobody_reached_the_target_then_the_lowest_median_gap_is_best_and_nan_is_worst():
    never = [[[-1, -1]] * 3]
    gap = [[[np.nan, np.nan], [3.0, np.inf], [2.0, 3.0]]]
    assert scores.best(made(never, never, np.full((1, 3, 2), 10), gap, entries=("sgd",)), 0).at == (2,)


def test_where_all_values_score_alike_none_is_best_and_none_is_at_the_edge():
    steps, gap = [[[0, 0]] * 3], [[[0.0, 0.0]] * 3]
    flat = made(steps, steps, np.full((1, 3, 2), 10), gap, entries=("sgd",))
    assert scores.alike(flat, 0)
    assert scores.nothing_to_gain(flat)
    assert (scores.best(flat, 0).settings, scores.best(flat, 0).edge) == ({}, False)
    assert np.isnan(scores.standings(flat).lr[0])
    late = made(steps, steps, np.full((1, 3, 2), 10), [[[0.0, 0.0], [0.0, 0.0], [0.0, 1e-9]]], entries=("sgd",))
    assert not scores.alike(late, 0)
    assert scores.best(late, 0).settings == {"lr": late.spec.axes[0].values[0]}
    never = [[[-1, -1]] * 3]
    lost = made(never, never, np.full((1, 3, 2), 10), [[[np.inf, np.inf]] * 3], entries=("sgd",))
    assert scores.alike(lost, 0)
    assert not scores.nothing_to_gain(lost)


def test_the_window_is_the_run_of_values_that_work_around_the_best():
    """Works at 0.1 and 1 (two decades-steps wide), not at 0.01; with a hole the part beyond it does not count."""
    window = scores.window(example(), 0)
    assert (window.low, window.high, window.log) == (0.1, 1.0, True)
    assert window.width == pytest.approx(2.0)
    hole = [[[1, 1], [-1, -1], [1, 1], [1, 1], [1, -1]]]
    rates = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    result = made(
        hole,
        np.where(np.array(hole) > 0, [[[9], [9], [9], [5], [9]]], -1),
        np.full((1, 5, 2), 10),
        np.zeros((1, 5, 2)),
        rates,
        ("sgd",),
    )
    window = scores.window(result, 0)
    assert (window.low, window.high) == (1e-2, 1.0)
    assert window.width == pytest.approx(3.0)


def test_there_is_no_window_where_the_best_value_works_from_fewer_than_half_of_the_starts():
    reached = [[[1, -1, -1], [-1, -1, -1], [-1, -1, -1]]]
    assert scores.window(made(reached, reached, np.full((1, 3, 3), 10), np.zeros((1, 3, 3)), entries=("sgd",)), 0) is None


def test_standings_are_in_the_order_of_the_best_places():
    frame = scores.standings(example())
    assert frame.entry.tolist() == [1, 0]
    assert frame.lr.tolist() == [0.1, 1.0]
    assert frame.share.tolist() == [1.0, 0.75]
    assert frame.evaluations.tolist() == [2.5, 115 / 3]
    assert frame.at_edge.tolist() == [False, True]


RAVINE = optim.RaceSpec("l1_ravine", optim.Entry("rmsprop", {"lr": 0.3}), (-7.0, 2.0), 300)


def test_the_two_cycle_of_rmsprop_on_the_ravine_scores_its_upper_end_whatever_the_parity():
    """On |x| + 10 |y| RMSProp ends in a cycle of two steps, {almost 0, -lr}: at every other step it looks as if it had arrived."""
    ends, gaps = [], []
    for steps in (300, 301):
        race = dataclasses.replace(RAVINE, steps=steps)
        result = optim.sweep(optim.SweepSpec(race))
        ends.append(float(optim.race(race).loss[0, -1]))
        gaps.append(float(result.end_gap[0, 0, 0]))
        assert not result.reached.any()
    assert min(ends) < 1e-2 < 3.0 < max(ends)
    assert min(gaps) > 3.0
    assert gaps[1] == pytest.approx(gaps[0], rel=0.01)


def test_a_target_that_is_met_at_every_other_step_is_not_reached():
    result = optim.sweep(optim.SweepSpec(dataclasses.replace(RAVINE, target=0.1)))
    assert not result.reached.any()
    assert optim.sweep(optim.SweepSpec(dataclasses.replace(RAVINE, target=3.7))).reached.all()


def test_a_rate_is_scored_by_the_median_start_so_that_one_lucky_zero_does_not_win():
    """A start from which the cycle happens to freeze at 0 (sign(0) = 0) is one of 24: the median does not see it."""
    race = dataclasses.replace(RAVINE, entries=(optim.Entry("sgd", {"lr": 0.5}),), steps=60)
    lucky = optim.sweep(optim.SweepSpec(race, starts=[(0.0, 0.0), (3.1, 0.7), (-7.3, 2.3)]))
    assert lucky.end_gap[0, :, 0].tolist()[0] == 0.0
    assert scores.share(lucky)[0] == pytest.approx(1 / 3)
    assert scores.median_gap(lucky)[0] > 1.0


def test_a_run_that_leaves_the_box_with_a_lower_value_does_not_win():
    """McCormick falls without end outside its domain: there SGD gets far below the minimum, and reaches nothing by it."""
    problem = optim.PROBLEMS["mccormick"]
    race = optim.RaceSpec("mccormick", [optim.Entry("sgd", {"lr": 0.1})], (0.0, 0.0), 200)
    result = optim.sweep(optim.SweepSpec(race, starts=[(0.0, 0.0), (-1.4, -2.9)]))
    stays, leaves = (0, 0, 0), (0, 1, 0)
    assert result.status[stays] == CONVERGED
    assert result.reached[stays]
    assert result.status[leaves] == LEFT
    assert problem.value(result.end[leaves]) < problem.lowest
    assert result.end_gap[leaves] < 0
    assert not result.reached[leaves]
    assert result.reached_evaluations[leaves] == -1
    assert scores.share(result)[0] == 0.5
    assert (result.winner.ravel() == [0, -1]).all()


def test_a_partial_sweep_is_scored_by_what_has_been_run():
    race = optim.RaceSpec("himmelblau", [optim.Entry("sgd"), optim.Entry("adam")], (1.0, 1.0), 20)
    spec, cancel = optim.SweepSpec(race, {"lr": tuple(np.geomspace(1e-3, 1.0, 25))}, optim.Jittered(4)), threading.Event()
    part = optim.sweep(spec, lambda *_: cancel.set(), cancel)
    done = part.done.any(axis=(-2, -1))
    assert done.any()
    assert not done.all()
    for score in (scores.share(part), scores.expected_evaluations(part), scores.median_gap(part)):
        assert (np.isnan(score) == ~done).all()
    whole = optim.sweep(spec)
    for score in (scores.share, scores.expected_evaluations, scores.median_gap):
        assert np.array_equal(score(part)[done], score(whole)[done])
    assert done[0][scores.best(part, 0).at]


class Paid:
    """An oracle of which only the looks so far are known, run by run."""

    def __init__(self, *looks):
        self.looks = np.array(looks)

    def counts(self):
        return self.looks, 0, 0


def test_what_comes_after_a_run_has_ended_does_not_count():
    """x^2 + y^2, target 1, budget 2: the first run ends after step 1, within the target, where it would leave it in step 2."""
    problem = optim.problem("x**2 + y**2")
    judge = reductions.Reducer(reductions.Criteria(problem, 3, 0.0, 1.0, 2), optim.OPTIMIZERS["sgd"], 2)
    for first, second, paid in ((3.0, 3.0, (0, 0)), (0.5, 2.0, (2, 1)), (7.0, 0.5, (4, 1)), (9.0, 0.25, (6, 2))):
        ended = judge.watch(np.array([[first, second], [0.0, 0.0]]), {}, Paid(*paid))
        assert not ended
    assert judge.watch(np.zeros((2, 2)), {}, Paid(8, 3))
    outcome = judge.outcome()
    assert outcome.taken.tolist() == [1, 3]
    assert outcome.reached_step.tolist() == [1, 2]
    assert outcome.reached_evaluations.tolist() == [2, 1]
    assert outcome.evaluations.tolist() == [2, 2]
    assert outcome.end_gap.tolist() == [0.25, 0.0625]
    assert outcome.end[0].tolist() == [0.5, 0.25]
