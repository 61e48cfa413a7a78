"""The engine: runs are bit for bit the same alone, in a batch, in a race and in blocks of any size; rules are pure."""

import dataclasses
import types

import numpy as np
import pytest

import optim
from optim import engine
from optim.engine import Conditions, simulate, simulate_blocks, stacked
from optim.oracle import CountingOracle
from optim.record import joined, record
from optim.spec import MAX_ENTRIES
from tests import samples

STEPS, RUNS = 12, 9

RULES = pytest.mark.parametrize("optimizer", optim.OPTIMIZERS.values(), ids=lambda optimizer: optimizer.name)
PROBLEMS = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)
HEATS = pytest.mark.parametrize("rules", samples.heats(list(optim.OPTIMIZERS.values())), ids=lambda rules: f"{rules[0].name}...")
SOME = pytest.mark.parametrize("problem", samples.SOME, ids=lambda problem: problem.name)
GRADIENTS = pytest.mark.parametrize("central", [False, True], ids=["exact", "central"])


def batch(optimizer, problem, runs=RUNS, seed=1):
    """Return starts (2, runs) and hyper-parameters per run, structural ones alike; the first run is meant to overflow."""
    rng = np.random.default_rng(seed)
    alike = samples.structural(optimizer, rng)
    hypers = [samples.hyper(optimizer, rng, **alike, **({"lr": 1e200} if i == 0 else {})) for i in range(runs)]
    x = samples.points(problem.view, runs, rng)
    x[:, 0] = 1e200
    return x, hypers


def history(optimizer, hp, x, conditions, seeds=None):
    """Return every point (steps + 1, d, B) of a block and every state variable of its end."""
    log = []
    simulate(optimizer, hp, x, conditions, seeds or [0] * x.shape[1], lambda x, state, _: log.append((x, state)))
    return np.stack([point for point, _ in log]), log[-1][1]


BATCHES = [(rule, problem) for rule in optim.OPTIMIZERS.values() for problem in samples.SOME]
BATCHES += [(optim.OPTIMIZERS[name], problem) for name in ("sgd", "adam") for problem in optim.PROBLEMS.values()]


@GRADIENTS
@pytest.mark.parametrize(("optimizer", "problem"), BATCHES, ids=[f"{rule.name}-{problem.name}" for rule, problem in BATCHES])
def test_a_run_alone_is_the_run_inside_a_batch(optimizer, problem, central):
    x, hypers = batch(optimizer, problem)
    conditions = Conditions(problem, STEPS, central=central, noise=0.1)
    seeds = list(range(RUNS))
    together, state = history(optimizer, stacked(hypers), x, conditions, seeds)
    for i in range(RUNS):
        alone, own = history(optimizer, hypers[i], x[:, i : i + 1], conditions, seeds[i : i + 1])
        assert samples.bits(alone[:, :, 0]) == samples.bits(together[:, :, i])
        for name, value in own.items():
            column = state[name][..., i] if isinstance(state[name], np.ndarray) else state[name]
            assert samples.bits(np.ravel(value)) == samples.bits(np.ravel(column))


@RULES
def test_the_batch_of_that_test_really_differs_from_run_to_run(optimizer):
    problem = optim.PROBLEMS["rosenbrock"]
    x, hypers = batch(optimizer, problem)
    block = stacked(hypers)
    ends = history(optimizer, block, x, Conditions(problem, 50))[0][-1]
    with np.errstate(all="ignore"):
        assert not np.isfinite(problem.value(ends[:, 0]))
    assert np.isfinite(ends[:, 1:]).any()
    for parameter in optimizer.parameters:
        if not parameter.structural:
            assert isinstance(block[parameter.name], np.ndarray)


@RULES
def test_a_run_that_overflows_leaves_the_others_alone(optimizer):
    problem = optim.PROBLEMS["rosenbrock"]
    x, hypers = batch(optimizer, problem)
    whole = simulate(optimizer, stacked(hypers), x, Conditions(problem, 200), [0] * RUNS)
    rest = simulate(optimizer, stacked(hypers[1:]), x[:, 1:], Conditions(problem, 200), [0] * (RUNS - 1))
    assert samples.bits(whole[:, 1:]) == samples.bits(rest)


def field(rules, seed=3):
    """Return one entry of each optimizer with drawn settings, structural ones not alike."""
    rng = np.random.default_rng(seed)
    return [optim.Entry(rule.name, samples.hyper(rule, rng, lr=0.01)) for rule in rules]


def racers(seed=3):
    """Return two or three entries of the first optimizers with drawn settings: as many as may race."""
    rules = list(optim.OPTIMIZERS.values())[:5]
    return [entry for more in range(3) for entry in field(rules, seed + more)][:MAX_ENTRIES]


@GRADIENTS
@SOME
@HEATS
def test_an_entry_alone_is_the_entry_inside_a_race(problem, central, rules):
    entries = field(rules)
    common = {"start": problem.starts[0], "steps": 25, "gradient": "central" if central else "exact", "noise": 0.2, "seed": 5}
    together = optim.race(optim.RaceSpec(problem.name, entries, **common), states=True)
    for i, entry in enumerate(entries):
        alone = optim.race(optim.RaceSpec(problem.name, entry, **common), states=True)
        for name in ("path", "loss", "gradient_norm", "evaluations"):
            assert samples.bits(getattr(alone, name)[0]) == samples.bits(getattr(together, name)[i])
        assert alone.states[0].keys() == together.states[i].keys()
        assert all(samples.bits(alone.states[0][name]) == samples.bits(together.states[i][name]) for name in alone.states[0])


def test_records_of_entries_alone_join_to_the_record_of_all():
    spec = optim.RaceSpec("beale", racers(), (1.0, 1.5), 20, noise=0.2)
    seeds = [4, 0, 4, 9]
    together = record(spec, seeds, states=True)
    single = [dataclasses.replace(spec, entries=entry, seed=seed) for entry in spec.entries for seed in seeds]
    alone = joined([record(one, states=True) for one in single])
    assert samples.bits(together.path) == samples.bits(alone.path)
    assert all(np.array_equal(together.counts[kind], alone.counts[kind]) for kind in together.counts)
    for one, other in zip(together.states, alone.states, strict=True):
        assert all(samples.bits(one[name]) == samples.bits(other[name]) for name in one)


@pytest.mark.parametrize("optimizer", [rule for rule in optim.OPTIMIZERS.values() if any(p.structural for p in rule.parameters)])
def test_runs_that_differ_in_structure_are_kept_apart(optimizer):
    parameter = next(p for p in optimizer.parameters if p.structural)
    values = [parameter.low, parameter.high, parameter.low, parameter.high]
    entries = [samples.entry(optimizer, **{parameter.name: value, "lr": 0.01 * (i + 1)}) for i, value in enumerate(values)]
    spec = optim.RaceSpec("rosenbrock", entries, (-1.2, 1.0), 20)
    together = optim.race(spec)
    for i, entry in enumerate(entries):
        assert samples.bits(optim.race(dataclasses.replace(spec, entries=entry)).path[0]) == samples.bits(together.path[i])


@RULES
@pytest.mark.parametrize("size", [1, 4, 10, 8192])
def test_the_size_of_a_block_does_not_matter(optimizer, size, monkeypatch):
    problem, runs = optim.PROBLEMS["himmelblau"], 10
    x, hypers = batch(optimizer, problem, runs)
    hp, conditions, seeds = stacked(hypers), Conditions(problem, STEPS, noise=0.3), list(range(runs))
    whole = simulate(optimizer, hp, x, conditions, seeds)
    parts = list(engine.blocks(runs, size))
    assert len(parts) == -(-runs // size)
    monkeypatch.setattr(engine, "blocks", lambda _: parts)
    assert samples.bits(simulate_blocks(optimizer, hp, x, conditions, seeds)) == samples.bits(whole)


@pytest.mark.parametrize(("runs", "size"), [(1, 1), (1, 8), (7, 3), (8, 8), (9, 8), (100, 7), (20_000, engine.BLOCK)])
def test_blocks_cover_every_run_once(runs, size):
    parts = list(engine.blocks(runs, size))
    assert [i for part in parts for i in range(runs)[part]] == list(range(runs))
    lengths = [part.stop - part.start for part in parts]
    assert max(lengths) <= size
    assert max(lengths) - min(lengths) <= 1


def test_hyper_parameters_are_plain_where_all_runs_agree():
    block = stacked([{"lr": 0.1, "beta": 0.9, "centered": True}, {"lr": 0.2, "beta": 0.9, "centered": True}])
    assert isinstance(block["lr"], np.ndarray)
    assert block["lr"].tolist() == [0.1, 0.2]
    assert (block["beta"], block["centered"]) == (0.9, True)
    assert type(block["beta"]) is float


class Frozen(CountingOracle):
    """An oracle whose answers cannot be written to: the next look may share them."""

    def gradient(self, x, where=None):
        answer = super().gradient(x, where)
        answer.setflags(write=False)
        return answer


def frozen(x, state):
    """Return a point and a state that cannot be written to."""
    x.setflags(write=False)
    for value in state.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return x, types.MappingProxyType(state)


@SOME
@RULES
def test_a_step_writes_to_nothing_that_it_was_given(optimizer, problem):
    x, hypers = batch(optimizer, problem)
    for hp in (stacked(hypers), hypers[1], optim.Entry(optimizer.name).hyper):
        oracle = Frozen(problem, [0] * RUNS, STEPS)
        with np.errstate(all="ignore"):
            point, state = frozen(x.copy(), optimizer.init(oracle, x.copy(), hp))
            for step in range(STEPS):
                oracle.begin(step)
                point, state = frozen(*optimizer.step(oracle, point, state, hp))
        assert point.shape == x.shape


@RULES
def test_the_same_step_twice_is_the_same(optimizer):
    problem = optim.PROBLEMS["beale"]
    x, hypers = batch(optimizer, problem)
    hp, oracle = stacked(hypers), CountingOracle(problem, [0] * RUNS, STEPS)
    with np.errstate(all="ignore"):
        start, state = optimizer.step(oracle, x, optimizer.init(oracle, x, hp), hp)
        results = []
        for _ in range(2):
            oracle.begin(1)
            results.append(optimizer.step(oracle, start, state, hp))
    once, again = results
    assert samples.bits(once[0]) == samples.bits(again[0])
    assert once[1].keys() == again[1].keys()


@RULES
def test_a_step_keeps_the_names_and_shapes_of_the_state(optimizer):
    problem = optim.PROBLEMS["beale"]
    x, hypers = batch(optimizer, problem)
    hp, oracle = stacked(hypers), CountingOracle(problem, [0] * RUNS, STEPS)
    with np.errstate(all="ignore"):
        before = optimizer.init(oracle, x, hp)
        _, after = optimizer.step(oracle, x, before, hp)
    assert before.keys() == after.keys()
    for value in after.values():
        assert np.shape(value)[-1:] in {(RUNS,), ()}


@PROBLEMS
def test_the_same_spec_gives_the_same_bits(problem):
    spec = optim.RaceSpec(problem.name, racers(), problem.starts[0], 30, noise=0.5, seed=9, rotate=20.0)
    first, second = optim.race(spec), optim.race(spec)
    assert samples.bits(first.path) == samples.bits(second.path)
    assert samples.bits(first.loss) == samples.bits(second.loss)
    assert first.status == second.status


@RULES
@pytest.mark.parametrize("slope", [0.0, 1e300, -1e300, float("inf"), float("nan")])
def test_any_gradient_ends_in_a_status(optimizer, slope):
    steep = optim.Problem("steep", lambda x: x[0] + x[1], lambda x: np.full_like(x, slope), lambda x: np.zeros((2, *x.shape)))
    for gradient in ("exact", "central"):
        for lr in (0.0, 0.1, 1e300):
            spec = optim.RaceSpec(steep, samples.entry(optimizer, lr=lr), (1.0, 2.0), 40, gradient)
            result = optim.race(spec, states=True)
            assert result.status[0].reason
            assert len(result.table()) == 41
            assert len(result.standings()) == 1


@RULES
@pytest.mark.parametrize("value", [1e300, float("inf"), float("-inf"), float("nan")])
def test_any_value_ends_in_a_status(optimizer, value):
    odd = optim.Problem("odd", lambda x: np.full(x.shape[1:], value), np.zeros_like)
    for gradient in ("exact", "central"):
        result = optim.race(optim.RaceSpec(odd, optim.Entry(optimizer.name), (1.0, 2.0), 5, gradient))
        assert (result.status[0].kind == "diverged") or np.isfinite(value)
        assert len(result.standings()) == 1
