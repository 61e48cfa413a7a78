"""Trainings as PyTorch has them: the same weights, the same batches, the same losses and the same weights in the end."""

import numpy as np
import pytest

import optim
from optim.networks.stretch import first_weights
from tests.support.reference import DATA

RECORDED = dict(np.load(DATA / "network.npz"))
NETWORKS = [name.split("/")[0] for name in RECORDED if name.endswith("/spec")]
TOLERANCE = 1e-9


def spec_of(network):
    return optim.NetworkSpec.from_json(str(RECORDED[f"{network}/spec"]))


def apart(ours, theirs):
    """Return the largest deviation, relative to the largest number."""
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


def felt(network):
    """Return which weights the loss depends on, (d,): a batch normalisation takes away whatever a bias before it adds.

    What a rule makes of its gradient, which is rounding alone, differs from one library to the next.
    """
    normalised = {layer.name.replace("norm", "dense") + ".b" for layer in network.normalising}
    return np.concatenate([np.full(int(np.prod(block.shape)), block.name not in normalised) for block in network.blocks])


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.long
def test_every_step_is_that_of_pytorch(network):
    spec = spec_of(network)
    result = optim.train(spec)
    names, counts = [entry.optimizer for entry in spec.entries], felt(spec.network)
    assert counts.mean() > 0.8
    assert {f"{network}/{name}/{what}" for name in names for what in ("loss", "end")} < set(RECORDED)
    for i, name in enumerate(names):
        loss = RECORDED[f"{network}/{name}/loss"]
        assert loss[-1] < 0.95 * loss[0]
        assert apart(result.loss[i, : spec.steps], loss) < TOLERANCE, name
        assert apart(result.points[i, -1, counts], RECORDED[f"{network}/{name}/end"][counts]) < TOLERANCE, name


@pytest.mark.parametrize("network", NETWORKS)
def test_the_first_weights_of_a_seed_are_those_that_were_recorded_elsewhere(network):
    assert apart(first_weights(spec_of(network)), RECORDED[f"{network}/start"][:, None]) < 1e-14
