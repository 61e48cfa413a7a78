"""Bias correction keeps its digits however near β is to 1: held against Adam in 50 decimal digits."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

import optim
from optim.core.rules.evaluate import evaluate
from optim.core.rules.text import weights
from tests.support import samples

NEAR = [0.0, 0.3, 0.5, 0.9, 0.999, 1 - 1e-5, 1 - 1e-6, 1 - 1e-8, 1 - 1e-12]
MEMORY = {rule.name: rule.memory for rule in optim.OPTIMIZERS.values()}
SUMS = {rule: [name for name in memory if name.startswith("beta") and name.endswith("_sum")] for rule, memory in MEMORY.items()}
CORRECTED = [name for name, sums in SUMS.items() if sums]


@pytest.mark.parametrize("beta", NEAR)
def test_the_sum_of_weights_is_one_minus_a_power(beta):
    total = 0.0
    with localcontext() as context:
        context.prec = 50
        for t in range(1, 2001):
            total = evaluate(weights("beta").node, {"beta": beta, "beta_sum": total}, None, {})
            exact = 1 - Decimal(beta) ** t
            assert abs(Decimal(total) - exact) <= Decimal("1e-14") * exact


@pytest.mark.parametrize("beta", [0.9, 1 - 1e-5, 1 - 1e-8])
def test_adam_keeps_its_digits_where_beta_is_near_one(beta):
    start, lr, steps = 3.0, 0.1, 50
    entry = optim.Entry("adam", {"lr": lr, "beta1": beta, "beta2": beta, "eps": 0.0})
    spec = optim.RaceSpec("x**2 + y**2", entry, (start, start), steps)
    with localcontext() as context:
        context.prec = 50
        x, m, v, b = Decimal(start), Decimal(0), Decimal(0), Decimal(beta)
        for t in range(1, steps + 1):
            g = 2 * x
            m, v = b * m + (1 - b) * g, b * v + (1 - b) * g * g
            x -= Decimal(lr) * (m / (1 - b**t)) / (v / (1 - b**t)).sqrt()
    np.testing.assert_allclose(optim.race(spec).path[0, -1], float(x), rtol=1e-13)


@pytest.mark.parametrize("name", CORRECTED)
def test_the_first_step_of_every_corrected_rule_does_not_depend_on_a_beta_near_one(name):
    """The first average is (1 - β) g, the first sum 1 - β: their ratio is g, whatever β."""
    rule = optim.OPTIMIZERS[name]
    betas = [p.name for p in rule.parameters if p.name.startswith("beta")]

    def sums(beta):
        entry = optim.Entry(name, {**rule.demo, **dict.fromkeys(betas, beta)})
        (states,) = optim.race(optim.RaceSpec("x**2 + y**2", entry, (1.0, 2.0), 1), states=True).states
        return [float(np.ravel(states[key][-1])[0]) for key in SUMS[name]]

    for beta in (1 - 1e-5, 1 - 1e-8):
        assert sums(beta) == [1.0 - beta] * len(sums(beta))


def test_every_rule_with_bias_correction_is_held_to_it():
    assert {"adam", "adamw", "amsgrad", "adamax", "nadam", "radam", "adabelief", "yogi", "adan"} <= set(CORRECTED)
    assert not any(name.endswith(("_power", "_product")) for memory in MEMORY.values() for name in memory)


def test_a_run_alone_has_the_bits_of_a_batch_where_beta_is_near_one():
    betas = (0.9, 1 - 1e-5, 1 - 1e-8)
    entries = [optim.Entry("radam", {"lr": 0.1, "beta1": beta, "beta2": beta}) for beta in betas]
    together = optim.race(optim.RaceSpec("rosenbrock", entries, (-1.0, 1.0), 40))
    for i, entry in enumerate(entries):
        alone = optim.race(optim.RaceSpec("rosenbrock", entry, (-1.0, 1.0), 40))
        assert samples.bits(alone.path[0]) == samples.bits(together.path[i])
