"""The oracle: what every look costs, and the seeded noise that values and gradients share."""

import itertools

import numpy as np
import pytest

import optim
from optim.core.optimizer import ByHand
from optim.core.oracle import EVALUATION_KINDS, Counter, CountingOracle
from optim.core.rules.text import Lines
from optim.core.simulate import Conditions, simulate
from optim.races.run import priced
from tests.support import samples

BOWL = optim.PROBLEMS["elongated_bowl"]


@pytest.mark.parametrize(("gradient", "price", "kind"), [("exact", 1, "gradient"), ("central", 4, "value")])
@pytest.mark.parametrize("name", [name for name, rule in optim.OPTIMIZERS.items() if set(rule.uses) == {"gradient"}])
def test_a_race_shows_what_was_paid_so_far(name, gradient, price, kind):
    rule = optim.OPTIMIZERS[name]
    result = optim.race(optim.RaceSpec("rosenbrock", samples.entry(rule, lr=1e-4), (-1.2, 1.0), 17, gradient))
    assert result.evaluations[0].tolist() == [price * len(rule.uses) * step for step in range(18)]
    assert result.counts[kind][0].tolist() == result.evaluations[0].tolist()
    others = [counts for name, counts in result.counts.items() if name != kind]
    assert len(others) == 2
    assert not np.any(others)


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
@pytest.mark.parametrize("problem", ["rosenbrock", "himmelblau", "rastrigin"])
def test_what_a_rule_says_it_looks_at_is_what_is_counted(rule, problem):
    result = optim.race(optim.RaceSpec(problem, samples.entry(rule), optim.PROBLEMS[problem].starts[0], 25))
    looked = {kind for kind, counts in result.counts.items() if counts[0, -1]}
    assert looked == set(rule.uses) - {"normal"}
    if not rule.varies:
        for kind in looked:
            taken = result.taken[0]
            assert taken > 3
            assert np.diff(result.counts[kind][0])[:taken].tolist() == [rule.uses.count(kind)] * taken


def test_central_differences_cost_two_values_per_coordinate():
    flat = optim.Problem("flat", lambda x: np.zeros(x.shape[1:]), np.zeros_like, dimension=5, domain=((-1.0, 1.0),) * 5)
    result = optim.race(optim.RaceSpec(flat, optim.Entry("sgd"), (0.0,) * 5, 3, "central"))
    assert result.evaluations[0].tolist() == [0, 10, 20, 30]


def test_a_mask_charges_only_its_runs():
    counter = Counter(3)
    counter.add(2, None)
    assert counter.total() == 2
    counter.add(5, np.array([True, False, True]))
    counter.add(1, None)
    assert np.array_equal(counter.total(), [8, 3, 8])


def test_every_look_is_counted_by_kind_and_run():
    oracle, x = CountingOracle(BOWL, [0, 0, 0], 1), np.ones((2, 3))
    oracle.value(x)
    oracle.gradient(x)
    oracle.hessian(x)
    assert oracle.counts() == (1, 1, 1)
    oracle.value(x, np.array([True, False, False]))
    oracle.gradient(x, np.array([True, True, False]))
    oracle.hessian(x, np.array([False, False, True]))
    assert np.array_equal(oracle.counts(), [[2, 1, 1], [2, 2, 1], [1, 1, 2]])


def test_a_hessian_costs_one_per_coordinate():
    counts = {kind: np.array([[0, looks]]) for kind, looks in zip(EVALUATION_KINDS, (5, 7, 11), strict=True)}
    assert priced(counts, BOWL).tolist() == [[0, 5 + 7 + 2 * 11]]


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_coordinates_of_a_function_are_one_block(d):
    x = np.zeros((d, 3))
    (block,) = CountingOracle(BOWL, [0], 1).blocks(x)
    assert block.shape == (d,)
    assert x[block.part].shape == x.shape


def picky(oracle, x, state, hp):
    """Step by the gradient, and look at the value once more in runs whose x is positive."""
    oracle.value(x, x[0] > 0)
    return x - 0.5 * oracle.gradient(x), state


def test_the_engine_shows_masked_charges_step_by_step():
    rule = optim.Optimizer("picky", "Picky", "", (), Lines(), reference="", by_hand=ByHand(lambda oracle, x, hp: {}, picky))
    values, gradients = [], []

    def watch(x, state, oracle):
        value, gradient, _ = oracle.counts()
        values.append(value + np.zeros(3))
        gradients.append(gradient)

    simulate(rule, {}, np.array([[-4.0, 4.0, 0.1], [0.0, 0.0, 0.0]]), Conditions(BOWL, 3), [0, 0, 0], watch)
    assert np.array_equal(values, [[0, 0, 0], [0, 1, 1], [0, 2, 2], [0, 3, 3]])
    assert gradients == [0, 1, 2, 3]


def noisy(seeds, steps=6, noise=0.7, **more):
    return CountingOracle(BOWL, seeds, steps, noise=noise, **more)


def slopes(seeds, steps=6, noise=0.7):
    """Return what the noise adds to the gradient, (steps, 2, B)."""
    oracle, x, rows = noisy(seeds, steps, noise), np.zeros((2, len(seeds))), []
    for step in range(steps):
        oracle.begin(step)
        rows.append(oracle.gradient(x))
    return np.stack(rows)


def test_the_noise_is_a_slope_that_values_and_gradients_share():
    oracle, rng = noisy([4, 5, 6]), np.random.default_rng(0)
    expected = slopes([4, 5, 6])
    for step in (0, 1, 5, 2):
        oracle.begin(step)
        x = rng.normal(size=(2, 3))
        slope = expected[step]
        np.testing.assert_allclose(oracle.gradient(x) - BOWL.gradient(x), slope, atol=1e-14)
        np.testing.assert_allclose(oracle.value(x) - BOWL.value(x), np.sum(slope * x, axis=0), atol=1e-14)


def test_central_differences_see_the_same_noise():
    exact, central, x = noisy([4, 5]), noisy([4, 5], central=True), np.array([[1.0, -2.0], [0.5, 3.0]])
    np.testing.assert_allclose(central.gradient(x), exact.gradient(x), rtol=1e-9, atol=1e-9)


def test_the_noise_of_a_step_is_the_seed_s_alone():
    both, alone = slopes([7, 8]), slopes([8])
    assert samples.bits(both[:, :, 1]) == samples.bits(alone[:, :, 0])
    assert samples.bits(slopes([7, 7])[:, :, 0]) == samples.bits(both[:, :, 0])
    assert samples.bits(slopes([7], steps=60)[:6]) == samples.bits(both[:, :, :1])
    assert not np.any(both[:, :, 0] == both[:, :, 1])
    assert len(np.unique(both)) == both.size


def test_the_noise_is_standard_normal_times_its_size():
    z = slopes(range(3000), steps=4, noise=2.5) / 2.5
    assert abs(np.mean(z)) < 0.03
    assert abs(np.var(z) - 1) < 0.05
    assert abs(np.mean(z**4) - 3) < 0.3
    flat = z.transpose(2, 0, 1).reshape(3000, -1)
    assert np.max(np.abs(np.corrcoef(flat.T) - np.eye(8))) < 0.1


def test_all_entries_of_a_race_see_the_same_noise_and_its_loss_is_free_of_it():
    entries = [optim.Entry(name, {"lr": 0.1}) for name in ("sgd", "momentum", "sgd")]
    result, free = (optim.race(optim.RaceSpec("sphere", entries, (3.0, 1.0), 20, noise=noise)) for noise in (1.0, 0.0))
    assert samples.bits(result.path[0]) == samples.bits(result.path[2])
    assert samples.bits(result.path[0, 1]) == samples.bits(result.path[1, 1])
    assert np.any(result.path[0] != free.path[0])
    np.testing.assert_allclose(result.loss, np.sum(result.path**2, axis=-1), rtol=1e-14)


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_a_longer_noisy_race_begins_as_the_shorter_one(name):
    def path(steps, seed):
        return optim.race(optim.RaceSpec("sphere", optim.Entry(name), (0.1, -0.05), steps, noise=0.4, seed=seed)).path[0]

    assert samples.bits(path(10, 3)) == samples.bits(path(50, 3)[:11])
    assert np.any(path(10, 4) != path(10, 3))


BALLS = [("sgd", 0.1, 0.0), ("sgd", 0.4, 0.0), ("momentum", 0.1, 0.5), ("momentum", 0.05, 0.9)]


@pytest.mark.parametrize(("name", "lr", "beta"), BALLS)
def test_the_noise_floor_of_the_heavy_ball_is_the_closed_form(name, lr, beta):
    """Var = lr sigma^2 (1 + beta) / (h (1 - beta) (2 (1 + beta) - lr h)) on curvature h, over 4000 seeds."""
    curvature, noise, runs = np.array([1.0, 4.0]), 0.3, 4000
    problem = optim.problem("(x**2 + 4*y**2)/2")
    hp = optim.Entry(name, {"lr": lr, **({"momentum": beta} if beta else {})}).hyper
    ends = simulate(optim.OPTIMIZERS[name], hp, np.zeros((2, runs)), Conditions(problem, 250, noise=noise), range(runs))
    floor = lr * noise**2 * (1 + beta) / (curvature * (1 - beta) * (2 * (1 + beta) - lr * curvature))
    np.testing.assert_allclose(np.var(ends, axis=1), floor, rtol=0.12)
    assert np.all(np.abs(np.mean(ends, axis=1)) < 5 * np.sqrt(floor / runs))


def numbers(seeds, keys, step, k=3):
    oracle = CountingOracle(BOWL, seeds, 10, keys=keys)
    oracle.begin(step)
    return oracle.normal(k)


def test_an_optimizer_s_own_numbers_are_keyed_by_run_seed_and_step():
    drawn = numbers([1, 1, 2], [0, 1, 0], 4)
    assert drawn.shape == (3, 2, 3)
    assert samples.bits(numbers([2, 1], [0, 0], 4)) == samples.bits(drawn[:, :, [2, 0]])
    assert samples.bits(numbers([1], [1], 4)[:, :, 0]) == samples.bits(drawn[:, :, 1])
    many = [numbers([seed], [key], step) for seed, key, step in itertools.product(range(4), range(4), range(4))]
    assert len(np.unique(many)) == np.size(many)


def test_an_optimizer_s_own_numbers_differ_from_draw_to_draw_and_come_again_with_the_step():
    oracle = CountingOracle(BOWL, [1, 2], 10)
    first, second = oracle.normal(2), oracle.normal(2)
    oracle.begin(1)
    other = oracle.normal(2)
    oracle.begin(0)
    assert len(np.unique([first, second, other])) == 3 * first.size
    assert samples.bits(oracle.normal(2)) == samples.bits(first)


def test_an_optimizer_s_own_numbers_are_never_the_noise_of_some_seed():
    noise = slopes(range(6), steps=2, noise=1.0)
    own = [numbers([seed], [key], step, k=2) for seed, key, step in itertools.product(range(6), range(6), range(2))]
    assert not np.isin(own, noise).any()
