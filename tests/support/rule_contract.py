"""What every update rule owes the engine, as functions that tests call with a rule: batches, purity, charges, odd numbers."""

import types

import numpy as np

import optim
from optim.core.oracle import EVALUATION_KINDS, CountingOracle
from optim.core.simulate import Conditions, simulate, stacked
from tests.support import samples

RUNS, STEPS = 7, 12


def drawn(optimizer, rng):
    """Return drawn hyper-parameters for RUNS runs, structural ones alike."""
    alike = samples.structural(optimizer, rng)
    return [samples.hyper(optimizer, rng, **alike) for _ in range(RUNS)]


def batch(optimizer, problem, seed=1):
    """Return starts (2, RUNS) and hyper-parameters per run, structural ones alike; the first run is meant to overflow."""
    rng = np.random.default_rng(seed)
    x, hypers = samples.points(problem.view, RUNS, rng), drawn(optimizer, rng)
    x[:, 0] = 1e200, -3e180
    if "lr" in hypers[0]:
        hypers[0]["lr"] = 1e200
    if "weight_decay" in hypers[0]:
        hypers[0]["weight_decay"] = 0.0  # a decay times such an lr would bring it back to zero
    return x, hypers


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
    """Assert that a step writes to nothing it was given, gives the same twice and keeps the state's names and shapes, runs last."""
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
            before, shapes = shapes, {name: np.shape(value) for name, value in state.items()}
            assert before.keys() == shapes.keys()
            # A number that all runs share at the start, such as a power of beta, is each run's own from the first step on.
            assert all(shape == before[name] or (step, before[name], shape) == (0, (), (RUNS,)) for name, shape in shapes.items())
    assert set(shapes) <= set(optimizer.memory)
    assert all(shape == () or shape[-1] == RUNS for shape in shapes.values())


def check_charges(optimizer, problem, steps=STEPS):
    """Assert that the oracle is asked for what `uses` declares: exactly, or where the number varies, for those kinds alone."""
    x = samples.points(problem.view, RUNS, np.random.default_rng(2))
    _, _, counts = history(optimizer, samples.defaults(optimizer), x, Conditions(problem, steps), [0] * RUNS)
    for place, kind in enumerate(EVALUATION_KINDS):
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
    has_lr = any(parameter.name == "lr" for parameter in optimizer.parameters)
    entries = [optim.Entry(optimizer.name, values) for values in ({}, {"lr": 0.0}, {"lr": 1e300})[: 3 if has_lr else 1]]
    for odd in (*({kind: kinds[kind]} for kind in kinds), kinds):
        problem = optim.Problem("odd", **{**plain, **odd})
        for gradient in ("exact", "central"):
            result = optim.race(optim.RaceSpec(problem, entries, (1.0, 2.0), STEPS, gradient), True)
            for status, losses in zip(result.status, result.loss, strict=True):
                assert status.reason
                assert status.kind == "diverged" or np.isfinite(losses).all()
            assert len(result.standings()) == len(entries)
            assert len(result.table()) == len(entries) * (STEPS + 1)


def check_dimension(optimizer, d, steps=15, gentler=1.0):
    """Assert that a rule moves in `d` dimensions, alone as in a batch to 1e-12, and lowers a bowl, its lr times `gentler`."""
    scale = np.arange(1.0, d + 1.0)[:, None] / d  # curvatures up to 1, which every rule's default settings can take

    def hessian(x):
        result = np.zeros((d, *x.shape))
        for axis in range(d):
            result[axis, axis] = scale[axis]
        return result

    bowl = optim.Problem("bowl", lambda x: np.sum(scale * x * x, axis=0) / 2, lambda x: scale * x, hessian, dimension=d)
    x = np.random.default_rng(3).uniform(1.0, 2.0, (d, 4))
    hp, seeds = samples.defaults(optimizer), list(range(4))
    hp |= {"lr": hp["lr"] * gentler} if "lr" in hp else {}
    points, _, _ = history(optimizer, hp, x, Conditions(bowl, steps), seeds)
    assert np.all(bowl.value(points[-1]) < bowl.value(x))
    alone, _, _ = history(optimizer, hp, x[:, 1:2], Conditions(bowl, steps), seeds[1:2])
    np.testing.assert_allclose(alone[:, :, 0], points[:, :, 1], rtol=1e-12, atol=1e-12)


def check_commutes(optimizer, problem, steps, image):
    """Assert that the path on the changed problem is the changed path, bit for bit; `image` changes points (2, B) and slopes."""
    rng = np.random.default_rng(4)
    x, hp = samples.points(problem.view, RUNS, rng), stacked(drawn(optimizer, rng))

    def changed_hessian(x):
        rows = np.stack([image(row) for row in problem.hessian(image(x))])
        return image(rows.reshape(2, -1)).reshape(rows.shape)

    changed = optim.Problem(
        "changed", lambda x: problem.value(image(x)), lambda x: image(problem.gradient(image(x))), changed_hessian
    )
    plain, other = (
        history(optimizer, hp, start, Conditions(on, steps), [0] * RUNS)[0] for start, on in ((x, problem), (image(x), changed))
    )
    assert np.isfinite(plain[-1]).any()
    assert np.any(plain[-1] != plain[0])
    for before, after in zip(plain, other, strict=True):
        assert np.array_equal(after, image(before), equal_nan=True)


def check_mirrored(optimizer, problem, signs=(-1.0, 1.0), steps=20):
    """Assert that a reflected problem has the reflected path, bit for bit."""
    mirror = np.array(signs)[:, None]
    check_commutes(optimizer, problem, steps, lambda x: mirror * x)


def check_swapped(optimizer, problem, steps=20):
    """Assert that a problem with its coordinates swapped has the swapped path, bit for bit."""
    check_commutes(optimizer, problem, steps, lambda x: x[::-1].copy())
