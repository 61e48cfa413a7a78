"""Who comes first: those that reached and kept the target inside the domain, by evaluations; then the others, by final loss."""

import numpy as np
import pytest

import optim
from tests.support import samples


def sgd(*lrs):
    return [optim.Entry("sgd", {"lr": lr}) for lr in lrs]


def order(problem, entries, start, steps, **more):
    return optim.race(optim.RaceSpec(problem, entries, start, steps, **more)).order


def test_fewer_evaluations_to_the_target_come_first():
    assert order("sphere", sgd(0.1, 0.5, 0.3), (3.0, 1.0), 200) == (1, 2, 0)


def test_reaching_the_target_beats_nothing_else():
    result = optim.race(optim.RaceSpec("sphere", sgd(0.01, 0.5, 1.0, 5.0), (3.0, 1.0), 100))
    assert result.order == (1, 0, 2, 3)
    assert result.reached == (None, 1, None, None)


def test_without_the_target_the_lower_final_loss_comes_first():
    assert order("elongated_bowl", sgd(1e-4, 3e-3, 1e-3, 0.0), (-7.0, 2.0), 30) == (1, 2, 0, 3)


def test_what_is_not_finite_comes_last_and_what_lasted_longer_before():
    assert order("elongated_bowl", sgd(100.0, 0.0, 10.0, 1e-3), (-7.0, 2.0), 500) == (3, 1, 2, 0)


def test_equals_keep_the_order_of_the_spec():
    assert order("sphere", sgd(0.1, 0.1, 0.1), (3.0, 1.0), 200) == (0, 1, 2)


def test_being_low_outside_the_domain_wins_nothing():
    """The function has its known minimum 0 inside, and falls below it outside."""
    trap = optim.Problem(
        "trap",
        lambda x: np.where(np.abs(x[0]) <= 2, x[0] ** 2, 4 - 100 * (np.abs(x[0]) - 2)) + x[1] ** 2 / 9,
        lambda x: np.stack([np.where(np.abs(x[0]) <= 2, 2 * x[0], -100 * np.sign(x[0])), 2 * x[1] / 9]),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        minima=((0.0, 0.0),),
    )
    result = optim.race(optim.RaceSpec(trap, sgd(2.5, 1e-3, 0.4), (1.9, 1.0), 60))
    assert result.loss[0, -1] < 0
    assert not result.inside[0]
    assert result.reached[0] is None
    assert result.order == (2, 1, 0)


def test_evaluations_count_and_not_steps():
    greedy = [optim.Entry("sgd", {"lr": 0.4}), optim.Entry("sgd", {"lr": 0.45})]
    result = optim.race(optim.RaceSpec("sphere", greedy, (3.0, 1.0), 100, gradient="central"))
    assert result.order == (1, 0)
    standings = result.standings()
    assert list(standings["evaluations_to_target"]) == [4 * steps for steps in standings["steps_to_target"]]


def kept(result, i):
    """Return whether entry i ends within the target, step by step as the rule is written, and inside the domain."""
    steps = result.loss.shape[1] - 1
    last = min(20, max(1, steps // 10))
    low, high = np.array(result.problem.domain).T
    inside = bool(np.all((low <= result.answer[i, -1]) & (result.answer[i, -1] <= high)))
    return inside and all(
        result.answer_loss[i, step] - result.lowest <= result.target for step in range(steps - last + 1, steps + 1)
    )


def last(result, i):
    """Return 2 for what is not finite, 1 for what fell below the minimum outside the domain, else 0."""
    final = result.answer_loss[i, -1]
    return 2 if not np.isfinite(final) else int(final < result.lowest and not result.inside[i])


CASES = [(name, 0) for name, problem in optim.PROBLEMS.items() if problem.lowest is not None]
CASES += [(problem.name, seed) for problem in samples.SOME for seed in range(1, 6)]


@pytest.mark.parametrize(("name", "seed"), CASES)
@pytest.mark.long
def test_the_order_of_any_race_follows_the_rules(name, seed):
    rng, rules = np.random.default_rng(seed), list(optim.OPTIMIZERS.values())
    entries = [optim.Entry(rule.name, samples.hyper(rule, rng, lr=rng.choice([0.01, 0.3]))) for rule in rng.permutation(rules)[:12]]
    start = tuple(samples.points(optim.PROBLEMS[name].view, 1, rng)[:, 0])
    result = optim.race(optim.RaceSpec(name, entries, start, 150, target=0.05))
    scores = []
    for i in result.order:
        hit = result.reached[i]
        assert (hit is not None) == kept(result, i)
        if hit is not None:
            assert np.all(result.answer_gap[i, hit:] <= result.target)
            assert hit == 0 or not result.answer_gap[i, hit - 1] <= result.target
        scores.append((0, result.evaluations[i, hit]) if hit is not None else (1 + last(result, i), result.answer_loss[i, -1]))
    assert [score for score in scores if score[0] < 3] == sorted(score for score in scores if score[0] < 3)
    assert [group for group, _ in scores] == sorted(group for group, _ in scores)
    assert sorted(result.order) == list(range(len(entries)))
