"""The engine: runs are bit for bit the same alone, in a batch, in a race and in blocks of any size; rules are pure."""

import dataclasses

import numpy as np
import pytest

import optim
import optim.core.simulate as engine
from optim.core.simulate import Conditions, simulate, simulate_blocks, stacked
from optim.races.record import concatenated, record
from tests.support import rule_contract, samples
from tests.support.rule_contract import RUNS, STEPS

RULES = pytest.mark.parametrize("optimizer", optim.OPTIMIZERS.values(), ids=lambda optimizer: optimizer.name)
MEETINGS = pytest.mark.parametrize(("optimizer", "problem"), samples.meetings(), ids=samples.named(samples.meetings()))
DRESSED = [rule for rule in optim.OPTIMIZERS.values() if samples.dressed(rule, STEPS)]


@MEETINGS
@pytest.mark.parametrize("conditions", [{}, {"noise": 0.1}, {"noise": 0.1, "central": True}], ids=["exact", "noisy", "central"])
def test_a_run_alone_is_the_run_inside_a_batch(optimizer, problem, conditions):
    rule_contract.check_alone_is_in_a_batch(optimizer, problem, **conditions)


@pytest.mark.parametrize("optimizer", DRESSED, ids=lambda rule: rule.name)
def test_with_a_schedule_and_modifiers_too(optimizer):
    problem, rule = optim.PROBLEMS["rosenbrock"], samples.dressed(optimizer, STEPS)
    rule_contract.check_alone_is_in_a_batch(rule, problem, noise=0.1)
    rule_contract.check_pure(rule, problem)
    rule_contract.check_charges(rule, problem)
    rule_contract.check_dimension(rule, 3, gentler=0.25)  # Grokfast makes gradients three times as long


@RULES
def test_the_batch_of_that_test_really_differs_from_run_to_run(optimizer):
    problem = optim.PROBLEMS["elongated_bowl"]
    x, hypers = rule_contract.batch(optimizer, problem)
    block = stacked(hypers)
    ends = simulate(optimizer, block, x, Conditions(problem, STEPS), [0] * RUNS)
    with np.errstate(all="ignore"):
        assert not np.isfinite(problem.value(ends[:, 0]))
    assert np.isfinite(ends[:, 1:]).any()
    for parameter in optimizer.parameters:
        if not parameter.structural:
            assert isinstance(block[parameter.name], np.ndarray)


@RULES
def test_a_run_that_overflows_leaves_the_others_alone(optimizer):
    problem = optim.PROBLEMS["rosenbrock"]
    x, hypers = rule_contract.batch(optimizer, problem)
    whole = simulate(optimizer, stacked(hypers), x, Conditions(problem, 200), [0] * RUNS)
    rest = simulate(optimizer, stacked(hypers[1:]), x[:, 1:], Conditions(problem, 200), [0] * (RUNS - 1))
    assert samples.bits(whole[:, 1:]) == samples.bits(rest)


def racers(seed=3):
    """Return two entries of every optimizer with drawn settings, structural ones not alike, in fields of 12."""
    rng = np.random.default_rng(seed)
    rules = optim.OPTIMIZERS.values()
    return samples.heats([optim.Entry(rule.name, samples.hyper(rule, rng, lr=lr)) for rule in rules for lr in (1e-3, 0.05)])


HEATS = pytest.mark.parametrize("entries", racers(), ids=lambda entries: f"{entries[0].optimizer}...")
PLACES = pytest.mark.parametrize("problem", samples.SOME, ids=lambda problem: problem.name)


@pytest.mark.parametrize("gradient", ["exact", "central"])
@PLACES
@HEATS
def test_an_entry_alone_is_the_entry_inside_a_race(entries, problem, gradient):
    common = {"start": problem.starts[0], "steps": 25, "gradient": gradient, "noise": 0.2, "seed": 5}
    together = optim.race(optim.RaceSpec(problem.name, entries, **common), states=True)
    for i, entry in enumerate(entries):
        alone = optim.race(optim.RaceSpec(problem.name, entry, **common), states=True)
        for name in ("path", "loss", "gradient_norm", "evaluations"):
            assert samples.bits(getattr(alone, name)[0]) == samples.bits(getattr(together, name)[i])
        assert alone.states[0].keys() == together.states[i].keys()
        assert all(samples.bits(alone.states[0][name]) == samples.bits(together.states[i][name]) for name in alone.states[0])


@HEATS
def test_records_of_entries_alone_join_to_the_record_of_all(entries):
    spec = optim.RaceSpec("beale", entries, (1.0, 1.5), 20, noise=0.2)
    seeds = [4, 0, 4, 9]
    together = record(spec, seeds, states=True)
    single = [dataclasses.replace(spec, entries=entry, seed=seed) for entry in spec.entries for seed in seeds]
    alone = concatenated([record(one, states=True) for one in single])
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
@pytest.mark.parametrize("size", [1, 3, RUNS, 8192])
def test_the_size_of_a_block_does_not_matter(optimizer, size, monkeypatch):
    problem, runs = optim.PROBLEMS["himmelblau"], RUNS
    x, hypers = rule_contract.batch(optimizer, problem)
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


@MEETINGS
def test_a_step_writes_to_nothing_it_was_given_and_is_the_same_twice(optimizer, problem):
    rule_contract.check_pure(optimizer, problem)


@RULES
@pytest.mark.parametrize("d", [1, 3, 6])
def test_any_number_of_coordinates_will_do(optimizer, d):
    rule_contract.check_dimension(optimizer, d, steps=60)


@PLACES
@HEATS
def test_the_same_spec_gives_the_same_bits(entries, problem):
    spec = optim.RaceSpec(problem.name, entries, problem.starts[0], 30, noise=0.5, seed=9, rotate=20.0)
    first, second = optim.race(spec), optim.race(spec)
    assert samples.bits(first.path) == samples.bits(second.path)
    assert samples.bits(first.loss) == samples.bits(second.loss)
    assert first.status == second.status


@RULES
@pytest.mark.parametrize("number", [0.0, 1e300, -1e300, np.inf, -np.inf, np.nan])
def test_any_numbers_end_in_a_status(optimizer, number):
    rule_contract.check_odd_numbers(optimizer, number)
