"""Print when rules on matrices pay on real digits: `python -m tests.support.compare_matrix_rules`; the guide quotes it.

Each rule has its best of nine rates over 100 steps, as the Network page finds it, and then trains two networks with three seeds.
"""

import os
from dataclasses import replace

import numpy as np

import optim
from optim.networks.rates import sweep_rates

RULES = ("sgd", "momentum", "adam", "muon", "shampoo", "soap")
STEPS, SEEDS = 500, 3


def main():
    """Print one line per rule and network."""
    print(f"load {os.getloadavg()[0]:.1f}; medians of {SEEDS} seeds")
    for layers in ((100,) * 4, (50, 50)):
        spec = optim.NetworkSpec(entries=[optim.Entry(name) for name in RULES], layers=layers, steps=STEPS, every=10)
        found = sweep_rates(spec)
        many = optim.train_seeds(optim.NetworkSeeds(replace(spec, entries=found.entries), SEEDS))
        accuracy, loss = np.median(many.ends("test_accuracy"), axis=0), np.median(many.ends("train_loss"), axis=0)
        for i, label in enumerate(found.labels):
            reached = [run.reached[i] for run in many.runs]
            milliseconds = 1e3 * np.median([run.seconds[i] for run in many.runs]) / STEPS
            print(
                f"{'-'.join(map(str, layers))} {label}: lr {found.suggested[i]:.3g}, loss 0.1 kept from step {reached}, "
                f"in the end {loss[i]:.2g}, test accuracy {accuracy[i]:.1%}, {milliseconds:.1f} ms a step with its losses",
                flush=True,
            )


if __name__ == "__main__":
    main()
