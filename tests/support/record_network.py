"""Write trainings of PyTorch into the golden data: `python -m tests.support.record_network`, where PyTorch is installed.

Everything but the first weights is PyTorch's: layers, activations, batch normalisation, loss, gradients and optimizers, in float64.
The batches are drawn here anew, by the rule that the library documents: NumPy's generator, keyed by the seed and the step.
"""

import numpy as np
import torch
from torch import nn

import optim
from optim.networks.stretch import first_weights
from tests.support.reference import DATA

STEPS, BATCH_STREAM = 200, 3
RULES = {
    "sgd": ({"lr": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": ({"lr": 0.05, "weight_decay": 1e-3}, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-3)),
    "adagrad": ({"lr": 0.05}, lambda p: torch.optim.Adagrad(p, lr=0.05)),
    "rmsprop": ({"lr": 0.003}, lambda p: torch.optim.RMSprop(p, lr=0.003)),
    "adam": ({"lr": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01)),
    "adamw": ({"lr": 0.01, "weight_decay": 0.05}, lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.05)),
}
"""Our rule -> its settings, and the same in PyTorch."""
NETWORKS = {
    "digits": {"data": "digits", "layers": (12, 12), "activation": "relu", "batch": 32},
    "spirals": {"data": "spirals", "layers": (8, 8), "activation": "tanh", "batch": 32, "batch_norm": True},
    "saddle": {"data": "x**2 - y**2 + x", "layers": (8,), "activation": "sigmoid", "batch": 0, "initial": "xavier"},
}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def spec_of(name):
    """Return the training that a network's recorded runs belong to."""
    entries = [optim.Entry(rule, values) for rule, (values, _) in RULES.items()]
    return optim.NetworkSpec(entries=entries, steps=STEPS, seed=5, every=50, **NETWORKS[name])


def built(spec, weights):
    """Return PyTorch's network with these weights (d,), and its parameters in our order."""
    data, parts, place = spec.examples, [], 0
    widths = (data.features, *spec.layers, data.outputs)

    def taken(*shape):
        nonlocal place
        place += int(np.prod(shape))
        return torch.tensor(weights[place - int(np.prod(shape)) : place].reshape(shape))

    for i in range(len(widths) - 1):
        dense = nn.Linear(widths[i], widths[i + 1], dtype=torch.float64)
        dense.weight.data, dense.bias.data = taken(widths[i], widths[i + 1]).T.contiguous(), taken(widths[i + 1])
        parts.append(dense)
        if i < len(spec.layers):
            if spec.batch_norm:
                norm = nn.BatchNorm1d(widths[i + 1], eps=1e-6, dtype=torch.float64)
                norm.weight.data, norm.bias.data = taken(widths[i + 1]), taken(widths[i + 1])
                parts.append(norm)
            parts.append(ACTIVATIONS[spec.activation]())
    return nn.Sequential(*parts)


def flat(network):
    """Return a network's parameters in our order, (d,): PyTorch keeps the weights of a layer as (outputs, inputs)."""
    return np.concatenate([parameter.detach().numpy().T.ravel() for parameter in network.parameters()])


def recorded(spec, rule, weights):
    """Return the losses of the batches before each step (STEPS,), and the weights after the last, (d,)."""
    data = spec.examples
    network, loss_of = built(spec, weights), nn.CrossEntropyLoss() if data.classes else nn.MSELoss()
    optimizer, losses = RULES[rule][1](network.parameters()), []
    for step in range(STEPS):
        rows = np.arange(data.training)
        if spec.batch:
            stream = np.random.SeedSequence(spec.seed, spawn_key=(BATCH_STREAM, step))
            rows = np.random.default_rng(stream).integers(0, data.training, spec.batch)
        inputs = torch.tensor((data.inputs[rows].astype(float) - data.shift) / data.scale)
        optimizer.zero_grad()
        loss = loss_of(network(inputs), torch.tensor(data.targets[rows]))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses), flat(network)


def main():
    """Record every rule on every network."""
    torch.set_num_threads(1)
    arrays = {}
    for name in NETWORKS:
        spec = spec_of(name)
        arrays[f"{name}/start"] = first_weights(spec)[:, 0]
        arrays[f"{name}/spec"] = np.array(spec.to_json())
        for rule in RULES:
            arrays[f"{name}/{rule}/loss"], arrays[f"{name}/{rule}/end"] = recorded(spec, rule, arrays[f"{name}/start"])
    np.savez_compressed(DATA / "network.npz", **arrays, torch=np.array(torch.__version__))


if __name__ == "__main__":
    main()
