"""Training with 32 bits: no array becomes one of 64 on the way, and the numbers stay near those of 64."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.core.simulate import advance, stacked
from optim.networks.oracle import BatchOracle
from optim.networks.spec import no_network
from optim.networks.stretch import first_weights
from optim.races.entry import every_optimizer

ABLE = [name for name, rule in every_optimizer().items() if not no_network(rule)]
SMALL = optim.NetworkSpec("two_moons", layers=(6, 5, 4), batch=16, steps=50, dtype="float32")
ODD = {"prodigy": 2e-2, "soap": 2e-2}
"""Rules whose steps feed on tiny differences -> how near they stay, of a loss of about 1; all others to 1e-4."""


def floats(value):
    """Yield the type of every array and NumPy scalar with a fraction in a memory, however it is nested."""
    if isinstance(value, np.ndarray | np.generic):
        if np.issubdtype(value.dtype, np.floating):
            yield value.dtype.name
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from floats(part)


@pytest.mark.parametrize("name", ABLE)
@pytest.mark.parametrize("runs", [1, 2])
def test_every_array_of_a_rule_keeps_32_bits(name, runs):
    spec = replace(SMALL, entries=(optim.Entry(name),))
    rule, hyper = spec.entries[0].assembled(spec.steps)
    # Two runs with other settings: then these are arrays too.
    others = {p.name: hyper[p.name] * 0.9 for p in rule.parameters if p.kind == "float" and not p.structural}
    hypers = [hyper, {**hyper, **others}][:runs]
    oracle = BatchOracle(spec.network, spec.examples, spec.seed, spec.batch, runs, dtype=spec.dtype)
    start = np.repeat(first_weights(spec), runs, axis=1)
    with np.errstate(all="ignore"):
        for x, state in itertools.islice(advance(rule, stacked(hypers, spec.dtype), start, oracle, keeps_states=False), 14):
            assert {x.dtype.name, *floats(state)} == {"float32"}
            assert oracle.gradient(x).dtype == oracle.value(x).dtype == np.float32


@pytest.mark.parametrize(
    "faces",
    [
        {"activation": "tanh", "batch_norm": True},
        {"activation": "sigmoid", "dropout": 0.2},
        {"data": "x*y", "batch": 0},
        {"data": "x*y", "layers": ()},
    ],
)
def test_every_layer_and_loss_keeps_32_bits(faces):
    spec = replace(SMALL, **faces)
    oracle = BatchOracle(spec.network, spec.examples, spec.seed, spec.batch, 2, dtype=spec.dtype)
    x = first_weights(spec)[:, :2]
    assert x.dtype == oracle.gradient(x).dtype == oracle.loss(x).dtype == oracle.normal(1).dtype == np.float32
    assert set(floats(oracle.running)) <= {"float32"}
    outputs, memory = spec.network.traced(x, spec.examples.examples(slice(0, 9), spec.dtype)[0])
    assert outputs.dtype == np.float32
    assert {kind for kept in memory.values() for kind in floats(kept)} == {"float32"}


@pytest.mark.parametrize("name", ABLE)
@pytest.mark.long
def test_fifty_steps_stay_near_those_with_64_bits(name):
    spec = replace(SMALL, entries=(optim.Entry(name),))
    single, double = optim.train(spec), optim.train(replace(spec, dtype="float64"))
    assert np.abs(single.loss - double.loss).max() < ODD.get(name, 1e-4)
    assert np.abs(single.train_loss - double.train_loss).max() < ODD.get(name, 1e-4)
    assert not np.array_equal(single.loss, double.loss)
    assert np.array_equal(single.points, single.points.astype(np.float32))


def test_it_goes_on_after_a_stop_and_stands_in_json_and_protocol():
    spec = replace(SMALL, entries=(optim.Entry("adam"), optim.Entry("sgd")))
    whole, calls = optim.train(spec), itertools.count()
    begun = optim.train(spec, cancel=lambda: next(calls) > 60)
    assert not begun.complete
    assert np.array_equal(optim.train(spec, resume=begun).loss, whole.loss)
    assert all(end.x.dtype == np.float32 for end in whole.ends)
    assert optim.NetworkSpec.from_json(spec.to_json()) == spec
    assert "32 bits" in str(optim.reports.network_protocol(whole))
    assert "32 bits" not in str(optim.reports.network_protocol(optim.train(replace(spec, dtype="float64", steps=1))))
    with pytest.raises(optim.SpecError, match="dtype") as error:
        replace(spec, dtype="float16")
    assert error.value.field == "dtype"
