"""What a network decides where is what its layers give there, written out by hand."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.networks.views.regions import regions

ENTRIES = (optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.02}))


def parts(result, entry, place):
    """Return an entry's weights and biases at a mark, by name."""
    point = result.points[entry, place]
    return {block.name: point[block.part].reshape(block.shape) for block in result.blocks}


def softmax(outputs):
    powers = np.exp(outputs)
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("data", ["two_moons", "circles", "spirals", "xor"])
def test_the_shares_are_the_softmax_of_the_outputs(data):
    result = optim.train(optim.NetworkSpec(data, ENTRIES, layers=(5,), activation="tanh", batch=16, steps=6, every=3))
    found, view = regions(result, 1, size=7), result.spec.examples.view
    assert (found.u[0], found.u[-1], found.v[0], found.v[-1]) == (*view[0], *view[1])
    for i in range(2):
        own = parts(result, i, 1)
        for row, y in enumerate(found.v):
            for column, x in enumerate(found.u):
                hidden = np.tanh(np.array([x, y]) @ own["dense1.W"] + own["dense1.b"])
                wanted = softmax(hidden @ own["dense2.W"] + own["dense2.b"])
                np.testing.assert_allclose(found.answers[i, row, column], wanted, rtol=1e-10)
                assert found.decided[i, row, column] == wanted.argmax()


def test_a_batch_normalisation_goes_by_the_training_examples():
    spec = optim.NetworkSpec("xor", ENTRIES[:1], layers=(4,), activation="relu", batch_norm=True, batch=16, steps=4, every=4)
    result = optim.train(spec)
    found, own, data = regions(result, 1, size=5), parts(result, 0, 1), spec.examples
    before = data.inputs[data.train] @ own["dense1.W"] + own["dense1.b"]
    point = np.array([found.u[3], found.v[1]]) @ own["dense1.W"] + own["dense1.b"]
    scaled = (point - before.mean(axis=0)) / np.sqrt(before.var(axis=0) + 1e-6)
    hidden = np.maximum(0.0, own["norm1.gamma"] * scaled + own["norm1.beta"])
    wanted = softmax(hidden @ own["dense2.W"] + own["dense2.b"])
    np.testing.assert_allclose(found.answers[0, 1, 3], wanted, rtol=1e-10)


def test_a_predicted_value_is_in_the_datas_own_unit():
    spec = optim.NetworkSpec("100 + 3*x - y", ENTRIES[1:], layers=(), batch=0, steps=400, every=400)
    result = optim.train(replace(spec, entries=[optim.Entry("adam", {"lr": 0.05})]))
    found = regions(result, 1, size=5)
    u, v = np.meshgrid(found.u, found.v)
    np.testing.assert_allclose(found.answers[0, ..., 0], 100 + 3 * u - v, rtol=1e-4)


def test_who_lost_the_numbers_decides_nothing():
    spec = optim.NetworkSpec("xor", (optim.Entry("sgd", {"lr": 1e200}), ENTRIES[1]), layers=(4,), batch=16, steps=6)
    found = regions(optim.train(spec), 6, size=5)
    assert np.isnan(found.answers[0]).all()
    assert np.isnan(found.decided[0]).all()
    assert np.isfinite(found.answers[1]).all()
