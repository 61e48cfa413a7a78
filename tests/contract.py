"""What every update rule owes the engine, as functions that tests call with a rule: batches, purity, charges, odd numbers."""

import types

import numpy as np

import optim
from optim.engine import Conditions, simulate, stacked
from optim.oracle import KINDS, CountingOracle
from tests import samples

RUNS, STEPS = 7, 12


def batch(optimizer, problem, seed=1):
    """Return starts (2, RUNS) and hyper-parameters per run, structural ones alike; the first run starts where values overflow."""
    rng = np.random.default_rng(seed)
    alike = samples.structural(optimizer, rng)
    x = samples.points(problem.view, RUNS, rng)
    x[:, 0] = 1e200, -3e180
    return x, [samples.hyper(optimizer, rng, **alike) for _ in range(RUNS)]


def history(optimizer, hp, x, conditions, seeds):
    """Return every point (steps + 1, 2, B), every state and every count of a block."""
    log = []
    simulate(optimizer, hp, x, conditions, seeds, lambda x, state, oracle: log.append((x, state, oracle.counts())))
    points, states, counts = zip(*log, strict=True)
    return np.stack(points), states, counts


def check_alone_is_in_a_batch(optimizer, problem, steps=STEPS, **conditions):
    """Assert that a run alone is the run in a batch, bit for bit: points, states and what was charged."""
    x, hypers = batch(optimizer, problem)
    given, seeds = Conditions(problem, steps, **conditions), list(range(RUNS))
    together, states, counts = history(optimizer, stacked(hypers), x, given, seeds)
    for i in range(RUNS):
        alone, own_states, own_counts = history(optimizer, hypers[i], x[:, i : i + 1], given, seeds[i : i + 1])
        assert samples.bits(alone[:, :, 0]) == samples.bits(together[:, :, i])
        for own, state in zip(own_states, states, strict=True):
            for name, value in own.items():
                column = state[name][..., i] if isinstance(state[name], np.ndarray) else state[name]
                assert samples.bits(np.ravel(value)) == samples.bits(np.ravel(column)), name
        for own, count in zip(own_counts, counts, strict=True):
            assert [np.ravel(one)[0] for one in own] == [np.broadcast_to(one, RUNS)[i] for one in count]


class Frozen(CountingOracle):
    """An oracle whose answers cannot be written to."""

    def value(self, x, where=None):
        return _frozen(super().value(x, where))

    def gradient(self, x, where=None):
        return _frozen(super().gradient(x, where))

    def hessian(self, x, where=None):
        return _frozen(super().hessian(x, where))

    def normal(self, k):
        return _frozen(super().normal(k))


def _frozen(value):
    value = np.asarray(value)
    value.setflags(write=False)
    return value


def check_pure(optimizer, problem):
    """Assert that a step writes to nothing it was given, gives the same twice, and keeps the state's names and shapes."""
    x, hypers = batch(optimizer, problem)
    hp, oracle = stacked(hypers), Frozen(problem, [0] * RUNS, STEPS)
    with np.errstate(all="ignore"):
        point, state = _frozen(x), optimizer.init(oracle, _frozen(x), hp)
        shapes = {name: np.shape(value) for name, value in state.items()}
        for step in range(STEPS):
            for value in state.values():
                if isinstance(value, np.ndarray):
                    value.setflags(write=False)
            oracle.begin(step)
            once = optimizer.step(oracle, point, types.MappingProxyType(state), hp)
            oracle.begin(step)
            again = optimizer.step(oracle, point, types.MappingProxyType(state), hp)
            assert samples.bits(once[0]) == samples.bits(again[0])
            assert {name: samples.bits(value) for name, value in once[1].items()} == {
                name: samples.bits(value) for name, value in again[1].items()
            }
            point, state = _frozen(once[0]), once[1]
            assert {name: np.shape(value) for name, value in state.items()} == shapes
    assert set(shapes) == set(optimizer.memory or {})
    assert all(shape == () or shape[-1] == RUNS for shape in shapes.values())


def check_charges(optimizer, problem, steps=STEPS):
    """Assert that the oracle is asked for what `uses` declares: exactly, or where the number varies, for those kinds alone."""
    x = samples.points(problem.view, RUNS, np.random.default_rng(2))
    _, _, counts = history(optimizer, optim.Entry(optimizer.name).hyper, x, Conditions(problem, steps), [0] * RUNS)
    for place, kind in enumerate(KINDS):
        first, last = (np.broadcast_to(counts[row][place], RUNS) for row in (0, -1))
        if optimizer.varies:
            assert np.all(last > first) == (kind in optimizer.uses)
        else:
            assert np.array_equal(last - first, [steps * optimizer.uses.count(kind)] * RUNS)


def check_odd_numbers(optimizer, number):
    """Assert that a function with such a value, slope and curvature everywhere ends in a status."""
    kinds = {
        "value": lambda x: np.full(x.shape[1:], number),
        "gradient": lambda x: np.full_like(x, number),
        "hessian": lambda x: np.full((2, *x.shape), number),
    }
    plain = {"value": lambda x: x[0] + x[1], "gradient": np.ones_like, "hessian": lambda x: np.zeros((2, *x.shape))}
    for odd in (*({kind: kinds[kind]} for kind in kinds), kinds):
        result = optim.race(
            optim.RaceSpec(optim.Problem("odd", **{**plain, **odd}), optim.Entry(optimizer.name), (1.0, 2.0), 12), True
        )
        assert result.status[0].reason
        assert len(result.standings()) == 1
        assert len(result.table()) == 13


def check_dimension(optimizer, d, steps=15):
    """Assert that a rule moves in `d` dimensions, alone as in a batch to 1e-12, and lowers a bowl."""
    scale = np.arange(1.0, d + 1.0)[:, None]

    def hessian(x):
        result = np.zeros((d, *x.shape))
        for axis in range(d):
            result[axis, axis] = 2 * scale[axis]
        return result

    bowl = optim.Problem("bowl", lambda x: np.sum(scale * x * x, axis=0), lambda x: 2 * scale * x, hessian, dimension=d)
    x = np.random.default_rng(3).uniform(1.0, 2.0, (d, 4))
    hp, seeds = optim.Entry(optimizer.name).hyper, list(range(4))
    points, _, _ = history(optimizer, hp, x, Conditions(bowl, steps), seeds)
    assert np.all(bowl.value(points[-1]) < bowl.value(x))
    alone, _, _ = history(optimizer, hp, x[:, 1:2], Conditions(bowl, steps), seeds[1:2])
    np.testing.assert_allclose(alone[:, :, 0], points[:, :, 1], rtol=1e-12, atol=1e-12)


def path(optimizer, problem, x, steps=15, **values):
    """Return every point (steps + 1, 2, B) of a block with the same settings."""
    return history(optimizer, optim.Entry(optimizer.name, values).hyper, x, Conditions(problem, steps), [0] * x.shape[1])[0]


def check_mirrored(optimizer, problem, signs=(-1.0, 1.0)):
    """Assert that a reflected problem has the reflected path, bit for bit."""
    sign = np.array(signs)[:, None]
    x = samples.points(problem.view, RUNS, np.random.default_rng(4))
    reflected = optim.Problem(
        "reflected",
        lambda x: problem.value(sign * x),
        lambda x: sign * problem.gradient(sign * x),
        lambda x: sign[:, :, None] * (sign[None] * problem.hessian(sign * x)),
    )
    assert np.array_equal(path(optimizer, reflected, sign * x), sign * path(optimizer, problem, x), equal_nan=True)


def check_swapped(optimizer, problem):
    """Assert that a problem with its coordinates swapped has the swapped path, bit for bit."""
    x = samples.points(problem.view, RUNS, np.random.default_rng(5))
    swapped = optim.Problem(
        "swapped",
        lambda x: problem.value(x[::-1].copy()),
        lambda x: problem.gradient(x[::-1].copy())[::-1].copy(),
        lambda x: problem.hessian(x[::-1].copy())[::-1, ::-1].copy(),
    )
    assert np.array_equal(path(optimizer, swapped, x[::-1].copy()), path(optimizer, problem, x)[:, ::-1], equal_nan=True)
