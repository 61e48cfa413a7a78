"""Layers: every gradient against a complex step, and each kind of layer for what it promises."""

import itertools

import numpy as np
import pytest

from optim import Entry, train
from optim.networks.layers import ACTIVATIONS, BATCH_NORM_EPS, Pass
from optim.networks.network import dense_network
from optim.networks.oracle import BatchOracle, measure, whole_pass
from optim.networks.spec import NetworkSpec

RNG = np.random.default_rng(3)
INPUTS = RNG.standard_normal((7, 3))


def made(activation="relu", classes=3, batch_norm=False, dropout=0.0, runs=2):
    """Return a small network, weights of several of it, targets, and a training pass."""
    network = dense_network((3, 5, 4, classes), activation, classifies=classes > 1, batch_norm=batch_norm, dropout=dropout)
    rng = np.random.default_rng(8)
    x = np.stack([network.initial(rng, "he") + 0.1 * rng.standard_normal(network.dimension) for _ in range(runs)], axis=1)
    targets = rng.integers(0, classes, len(INPUTS)) if classes > 1 else rng.standard_normal((len(INPUTS), 1))
    masks = {layer.name: (rng.random((len(INPUTS), layer.width)) >= layer.ratio).astype(float) for layer in network.masked}
    return network, x, targets, Pass(masks=masks or None)


def complex_step(function, x, h=1e-30):
    """Return the gradient (d, B) of a function (d, B) -> (B,), without any difference: exact to the last digits."""
    rows = []
    for i in range(len(x)):
        shaken = x.astype(complex)
        shaken[i] += 1j * h
        rows.append(function(shaken).imag / h)
    return np.stack(rows)


@pytest.mark.parametrize(
    ("activation", "classes", "batch_norm", "dropout"), [*itertools.product(ACTIVATIONS, (3, 1), (False, True), (0.0, 0.4))]
)
def test_the_gradient_is_that_of_a_complex_step(activation, classes, batch_norm, dropout):
    network, x, targets, how = made(activation, classes, batch_norm, dropout)
    value, gradient, _ = network.value_and_gradient(x, INPUTS, targets, how)
    exact = complex_step(lambda at: network.value(at, INPUTS, targets, how), x)
    assert np.allclose(gradient, exact, rtol=1e-11, atol=1e-13)
    assert np.array_equal(value, network.value(x, INPUTS, targets, how))
    for block in network.blocks:
        normalised = batch_norm and block.name in {"dense1.b", "dense2.b"}
        assert normalised or np.abs(gradient[block.part]).max() > 1e-3, block.name


def test_blocks_cover_the_weights_in_order():
    network, x, *_ = made(batch_norm=True)
    parts = [block.part for block in network.blocks]
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == len(x) == network.dimension
    assert all(np.prod(block.shape) == block.part.stop - block.part.start for block in network.blocks)
    assert [block.name for block in network.blocks][:4] == ["dense1.W", "dense1.b", "norm1.gamma", "norm1.beta"]


def test_a_loss_of_large_outputs_neither_overflows_nor_loses_a_small_share():
    network, *_ = made()
    outputs = np.array([[[1000.0, 0.0, 0.0], [0.0, 1000.0, 0.0], [0.0, 0.0, 0.0]]])
    assert np.allclose(network.loss.value(outputs, np.array([0, 0, 0])), (0 + 1000 + np.log(3)) / 3)
    assert np.isfinite(network.loss.slope(outputs, np.array([0, 0, 0]))).all()


def test_a_network_alone_gives_what_it_gives_in_a_stack():
    network, x, targets, how = made(batch_norm=True, dropout=0.3, runs=4)
    together = network.value_and_gradient(x, INPUTS, targets, how)
    for i in range(4):
        alone = network.value_and_gradient(x[:, [i]], INPUTS, targets, how)
        assert np.allclose(alone[0], together[0][i], rtol=1e-13)
        assert np.allclose(alone[1][:, 0], together[1][:, i], rtol=1e-12, atol=1e-15)


def test_first_weights_have_the_deviation_of_their_name():
    network = dense_network((400, 300, 2), "relu", classifies=True, batch_norm=True)
    for weights, scale in (("he", (2 / 400) ** 0.5), ("xavier", (1 / 400) ** 0.5), (0.01, 0.01)):
        x = network.initial(np.random.default_rng(0), weights)
        by_name = {block.name: x[block.part] for block in network.blocks}
        assert np.isclose(by_name["dense1.W"].std(), scale, rtol=0.01)
        assert (by_name["norm1.gamma"] == 1).all()
        assert all((by_name[name] == 0).all() for name in ("dense1.b", "norm1.beta", "dense2.b"))


def test_a_batch_normalisation_gives_mean_0_and_variance_1():
    network, x, _, how = made(batch_norm=True)
    _, memory = network.traced(x, INPUTS, how)
    seen = memory["norm1"]
    assert np.allclose(seen.scaled.mean(axis=1), 0, atol=1e-12)
    assert np.allclose(seen.scaled.var(axis=1), seen.variance / (seen.variance + BATCH_NORM_EPS))


def test_a_test_goes_by_what_a_batch_normalisation_remembers():
    spec = NetworkSpec("two_moons", layers=(4,), batch=16, batch_norm=True)
    oracle = BatchOracle(spec.network, spec.examples, seed=1, batch=16, runs=1)
    x = spec.network.initial(np.random.default_rng(0), "he")[:, None]
    assert whole_pass(oracle) == Pass()
    expected = None
    for step in range(3):
        oracle.begin(step)
        oracle.gradient(x)
        oracle.gradient(x + 1.0)  # a second look within a step is not remembered
        rows = np.random.default_rng(np.random.SeedSequence(1, spawn_key=(3, step))).integers(0, 480, 16)
        h = spec.examples.scaled(spec.examples.inputs[rows]) @ x[:8].reshape(2, 4)
        mean, variance = h.mean(axis=0), h.var(axis=0)
        old = expected or (mean, variance)
        expected = tuple(0.9 * before + 0.1 * now for before, now in zip(old, (mean, variance), strict=True))
    running = whole_pass(oracle).running["norm1"]
    assert np.allclose(running[0][0], expected[0], rtol=1e-12)
    assert np.allclose(running[1][0], expected[1], rtol=1e-12)
    whole = measure(spec.network, x, spec.examples, spec.examples.test, whole_pass(oracle))
    alone = [spec.network.outputs(x, *spec.examples.examples(slice(i, i + 1))[:1], whole_pass(oracle)) for i in range(480, 600)]
    right = [out.argmax() == target for out, target in zip(alone, spec.examples.targets[480:], strict=True)]
    assert np.isclose(whole.accuracy[0], np.mean(right))


@pytest.mark.parametrize("face", [{}, {"batch_norm": True}, {"data": "x*y", "activation": "tanh", "dropout": 0.3}])
def test_weight_decay_is_half_of_it_times_the_squares_of_weights_alone(face):
    spec = NetworkSpec(**{"data": "two_moons", "layers": (4, 3), "batch": 16, "weight_decay": 0.3, **face})
    bare, decayed = (
        BatchOracle(spec.network, spec.examples, 2, 16, 2, dtype="float64", weight_decay=decay) for decay in (0.0, 0.3)
    )
    x = np.random.default_rng(5).normal(size=(spec.network.dimension, 2))
    shapes = [(2, 4), (4, 3), (3, spec.examples.outputs)]
    weights = [block for block in spec.network.blocks if len(block.shape) == 2]
    assert [block.shape for block in weights] == shapes
    squares = sum((x[block.part].reshape(*block.shape, 2) ** 2).sum(axis=(0, 1)) for block in weights)
    assert np.allclose(decayed.value(x) - bare.value(x), 0.15 * squares, rtol=1e-12)
    assert np.allclose(decayed.loss(x) - bare.loss(x), 0.15 * squares, rtol=1e-12)
    added, expected = decayed.gradient(x) - bare.gradient(x), np.zeros_like(x)
    for block in weights:
        expected[block.part] = 0.3 * x[block.part]
    assert np.allclose(added, expected, rtol=1e-10, atol=1e-14)
    assert (added[expected == 0] == 0).all()  # biases, scales and shifts
    for i in (0, spec.network.dimension - 1):  # and together it is the slope of what is added
        ahead, behind = x.copy(), x.copy()
        ahead[i] += 1e-6
        behind[i] -= 1e-6
        slope = (decayed.loss(ahead) - decayed.loss(behind)) / 2e-6
        assert np.allclose(decayed.gradient(x)[i], slope, rtol=1e-5, atol=1e-8)


def test_a_training_with_weight_decay_is_that_of_the_penalised_loss():
    spec = NetworkSpec("two_moons", (Entry("sgd", {"lr": 0.1}),), (4,), "tanh", batch=0, steps=3, weight_decay=0.2)
    result = train(spec)
    inputs, targets = spec.examples.examples(spec.examples.train)
    x = result.points[0, 0]
    for step in range(3):
        w1, b1, w2, b2 = x[:8].reshape(2, 4), x[8:12], x[12:20].reshape(4, 2), x[20:]
        h = np.tanh(inputs @ w1 + b1)
        shares = np.exp(h @ w2 + b2)
        shares /= shares.sum(axis=1, keepdims=True)
        bare = -np.log(shares[np.arange(len(targets)), targets]).mean()
        assert np.isclose(result.loss[0, step], bare + 0.1 * ((w1**2).sum() + (w2**2).sum()), rtol=1e-12)
        assert np.isclose(result.train_loss[0, step], bare, rtol=1e-12)  # on all examples nothing is added
        slope = (shares - np.eye(2)[targets]) / len(targets)
        back = (slope @ w2.T) * (1 - h * h)
        parts = (inputs.T @ back + 0.2 * w1, back.sum(axis=0), h.T @ slope + 0.2 * w2, slope.sum(axis=0))
        x = x - 0.1 * np.concatenate([part.ravel() for part in parts])
        assert np.allclose(result.points[0, step + 1], x, rtol=1e-12, atol=1e-14)
    assert NetworkSpec.from_json(spec.to_json()) == spec


def test_dropped_units_send_nothing_and_a_test_scales_them_all():
    network, x, _, how = made(dropout=0.5)
    kept = how.masks["dropout1"]
    assert 0 < kept.mean() < 1
    _, memory = network.traced(x, INPUTS, how)
    a = memory["relu1"]
    assert np.allclose(memory["dense2"], a * kept)
    _, tested = network.traced(x, INPUTS)
    assert np.allclose(tested["dense2"], tested["relu1"] * 0.5)


def test_measuring_in_parts_is_measuring_the_whole():
    spec = NetworkSpec(layers=(5,))
    x = spec.network.initial(np.random.default_rng(0), "he")[:, None]
    inputs, targets = spec.examples.examples(spec.examples.train)
    found = measure(spec.network, x, spec.examples, spec.examples.train, Pass())
    assert len(inputs) > 1000
    assert np.isclose(found.loss[0], spec.network.value(x, inputs, targets)[0], rtol=1e-13)
    assert np.isclose(found.accuracy[0], np.mean(spec.network.outputs(x, inputs)[0].argmax(axis=-1) == targets))
