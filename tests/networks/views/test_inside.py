"""Layers looked at, and rates tried: what is shown is what the network's own numbers give."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.networks.rates import sweep_rates
from optim.networks.views.inside import inside

ENTRIES = (optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.02}))
SPEC = optim.NetworkSpec("two_moons", ENTRIES, layers=(6, 5), steps=40, every=10)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


def test_a_layer_shows_its_own_activations_weights_and_gradients(result):
    first, second, last = inside(result, 1, 2, examples=100)
    assert [layer.name for layer in (first, second, last)] == ["dense1", "dense2", "dense3"]
    point = result.points[1, 2]
    w1, b1 = point[:12].reshape(2, 6), point[12:18]
    inputs, targets = SPEC.examples.examples(slice(0, 100))
    assert np.array_equal(first.weights, w1)
    assert np.allclose(first.activations, np.maximum(inputs @ w1 + b1, 0), rtol=1e-12)
    assert np.allclose(last.activations, SPEC.network.outputs(point[:, None], inputs)[0], rtol=1e-12)
    _, gradient, _ = SPEC.network.value_and_gradient(point[:, None], inputs, targets)
    assert np.allclose(first.gradients, gradient[:12, 0].reshape(2, 6), rtol=1e-12)
    way = (result.points[1, 3] - point)[:12] / 10
    assert first.moved == pytest.approx(np.linalg.norm(way) / np.linalg.norm(w1), rel=1e-12)
    assert all(np.isnan(layer.moved) for layer in inside(result, 1, 4))


def test_a_dead_unit_is_counted(result):
    points = result.points.copy()
    points[0, 1, 12 + 3] = -1e3  # its sum is below 0 for every example
    first, second, _ = inside(replace(result, points=points), 0, 1)
    assert first.dead[3]
    assert not inside(result, 0, 1)[0].dead[3]
    assert (first.activations[:, 3] == 0).all()
    assert (first.gradients[:, 3] == 0).all()
    assert second.dead.shape == (5,)


def test_a_rate_works_that_trains_and_the_best_is_suggested():
    entries = (*ENTRIES, optim.Entry("conjugate_gradient"))
    seen = []
    found = sweep_rates(
        replace(SPEC, entries=entries),
        (1e-6, 0.01, 0.1, 1e6),
        steps=30,
        progress=lambda done, total, now: seen.append((done, total, now())),
    )
    assert found.loss.shape == (3, 4)
    for i, entry in enumerate(ENTRIES):
        for j, rate in enumerate(found.rates):
            alone = optim.train(replace(SPEC, entries=(optim.Entry(entry.optimizer, {"lr": rate}),), steps=30, every=30))
            last = alone.train_loss[0, -1]
            assert found.loss[i, j] == pytest.approx(last if np.isfinite(last) else np.inf, rel=1e-9)
    assert found.works.tolist()[0] == [False, True, True, False]
    assert found.windows[0] == (0.01, 0.1)
    assert not found.works[1, 0]
    assert found.suggested[0] == 0.1
    assert found.suggested[1] == found.rates[int(np.argmin(found.loss[1]))]
    assert np.isnan(found.loss[2]).all()
    assert (found.suggested[2], found.windows[2]) == (None, None)
    assert dict(found.entries[0].values) == {"lr": 0.1}
    assert found.entries[0].origin == "tuned: lr of 4 values, 30 steps"
    assert found.entries[2] == entries[2]
    assert [(done, total) for done, total, _ in seen] == [(1, 3), (2, 3), (3, 3)]
    assert np.isnan(seen[0][2].loss[1]).all()
    assert np.array_equal(seen[0][2].loss[0], found.loss[0])


def test_a_cancelled_sweep_keeps_whole_entries():
    asked = iter(range(1000))
    found = sweep_rates(SPEC, (0.01, 0.1), steps=10, cancel=lambda: next(asked) > 12)
    assert np.isfinite(found.loss[0]).all()
    assert np.isnan(found.loss[1]).all()


def test_default_rates_span_five_decades():
    found = sweep_rates(SPEC, steps=2)
    assert (found.rates[0], found.rates[-1], len(found.rates)) == (pytest.approx(1e-4), pytest.approx(10), 9)
