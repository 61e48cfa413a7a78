"""Rules after Adam that keep more averages: Adan also one of the gradient's change, AdEMAMix a long memory beside the short."""

import math

import numpy as np

from optim.core.claim import Claim
from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.second_moment import FAMILY
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    BETA1,
    BETA2,
    DECOUPLED,
    DIVISOR,
    EPS,
    HATS,
    MOMENTS,
    MOMENTS_MEMORY,
    SUMS_MEMORY,
    WEIGHT_SUMS,
    average,
    decay_rate,
    divisor,
    moments,
    moments_start,
    weight_sum,
    with_default,
)


def _adan_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero = np.zeros_like(x)
    return {"m": zero, "d": zero, "n": zero, "previous": zero, "first": True, **dict.fromkeys(_ADAN_SUMS, 0.0)}


_ADAN_SUMS = ("beta1_sum", "beta2_sum", "beta3_sum")


def _adan(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, beta2 = oracle.gradient(x), hp["beta2"]
    change = np.zeros_like(g) if state["first"] else g - state["previous"]
    m, d = average(state["m"], g, hp["beta1"]), average(state["d"], change, beta2)
    ahead = g + beta2 * change
    n = average(state["n"], ahead * ahead, hp["beta3"])
    sums = {name: weight_sum(state[name], hp[beta]) for name, beta in zip(_ADAN_SUMS, ("beta1", "beta2", "beta3"), strict=True)}
    below = divisor(n, sums["beta3_sum"], hp["eps"])
    x = x - hp["lr"] / sums["beta1_sum"] * m / below - hp["lr"] * beta2 / sums["beta2_sum"] * d / below
    return x / (1.0 + hp["lr"] * hp["weight_decay"]), {"m": m, "d": d, "n": n, "previous": g, "first": False, **sums}


_ADAN_HATS = ("m_hat = m / beta1_sum", "d_hat = d / beta2_sum", "n_hat = n / beta3_sum")
_ADAN_MOVE = "x = x - lr * (m_hat + beta2 * d_hat) / (sqrt(n_hat) + eps)"

adan = Optimizer(
    "adan",
    "Adan",
    FAMILY,
    (
        ADAM_LR,
        with_default(BETA1, 0.98),
        decay_rate("beta2", "β₂", 0.92, "memory of the gradients' changes"),
        decay_rate("beta3", "β₃", 0.99, "memory of the squared gradients"),
        EPS,
        DECOUPLED,
    ),
    _adan_start,
    _adan,
    latex=r"\Delta = g - g_{\text{prev}}, \quad m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad d \leftarrow \beta_2 d + "
    r"(1-\beta_2)\,"
    r"\Delta, \quad n \leftarrow \beta_3 n + (1-\beta_3)(g + \beta_2 \Delta)^2, \quad "
    r"\theta \leftarrow \frac{1}{1+\eta\lambda}\Bigl(\theta - \eta\,\frac{\hat m + \beta_2 \hat d}{\sqrt{\hat n} + "
    r"\varepsilon}\Bigr)",
    lines=Lines(
        "g = gradient(x)",
        "change = zero(g) if first else g - previous",
        "m = beta1 * m + (1 - beta1) * g",
        "d = beta2 * d + (1 - beta2) * change",
        "n = beta3 * n + (1 - beta3) * (g + beta2 * change)**2",
        *WEIGHT_SUMS,
        "beta3_sum := beta3 * beta3_sum + (1 - beta3)",
        *_ADAN_HATS,
        _ADAN_MOVE,
        "x = x / (1 + lr * weight_decay)",
        "previous := g",
        "first := 0",
        symbols={"change": r"\Delta"},
        carries=("m", "d"),
        order={
            **dict.fromkeys(_ADAN_HATS, ()),
            _ADAN_MOVE: (
                "below = sqrt(n) / sqrt(beta3_sum) + eps",
                "x = x - lr / beta1_sum * m / below - lr * beta2 / beta2_sum * d / below",
            ),
        },
    ),
    reference="Xie et al., Adan: adaptive Nesterov momentum algorithm, arXiv:2208.06677 (2022)",
    year=2022,
    idea="adds to an average of gradients one of how they change, and divides both by the root of an average of squares.",
    cases=(
        Claim(
            lambda _: message(
                "divides its average of gradients by the root of an average of squares: with β₂ 0 how gradients change counts "
                "for nothing."
            ),
            lambda hp: bool(hp["beta2"] == 0),
        ),
    ),
    memory={
        "m": "moving average of gradients",
        "d": "moving average of the gradients' changes",
        "n": "moving average of squared gradients, looked ahead",
        "previous": "last gradient",
        "first": "whether the first step is still to come",
        **SUMS_MEMORY,
        "beta3_sum": "sum of the weights in an average with β₃: 1 - β₃ᵗ",
    },
    demo={"lr": 0.3},
    golden=(Golden("koz_adan"), Golden("koz_adan_wd", {"weight_decay": 0.02})),
    form="The paper's and the authors' form. Optax 0.2.8 weighs the change by 1 - β₂ in place of β₂ (its pull request 1715), "
    "which is "
    "another method.",
)


def _ademamix_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "slow": np.zeros_like(x)}


def _ademamix(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    moved = moments(g, state, hp)
    slow = average(state["slow"], g, hp["beta3"])
    mix = moved["m"] / moved["beta1_sum"] + hp["alpha"] * slow
    return x - hp["lr"] * mix / divisor(moved["v"], moved["beta2_sum"], hp["eps"]), {**moved, "slow": slow}


_ADEMAMIX_MOVE = "x = x - lr * (m_hat + alpha * slow) / (sqrt(v_hat) + eps)"

ademamix = Optimizer(
    "ademamix",
    "AdEMAMix",
    FAMILY,
    (
        ADAM_LR,
        BETA1,
        BETA2,
        decay_rate("beta3", "β₃", 0.9999, "memory of the slow average of gradients"),
        Parameter("alpha", "α", 5.0, 0.0, 20.0, doc="weight of the slow average", valid=(0.0, math.inf)),
        EPS,
    ),
    _ademamix_start,
    _ademamix,
    latex=r"m_1 \leftarrow \beta_1 m_1 + (1-\beta_1)\, g, \quad m_2 \leftarrow \beta_3 m_2 + (1-\beta_3)\, g, \quad v "
    r"\leftarrow \beta_2 v + "
    r"(1-\beta_2)\, g^2, \quad \theta \leftarrow \theta - \eta\,\frac{\hat m_1 + \alpha\, m_2}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        *MOMENTS,
        *WEIGHT_SUMS,
        *HATS,
        "slow = beta3 * slow + (1 - beta3) * g",
        _ADEMAMIX_MOVE,
        symbols={"slow": r"m_{\text{slow}}"},
        carries=("m", "slow"),
        order={HATS[1]: (), _ADEMAMIX_MOVE: (f"x = x - lr * (m_hat + alpha * slow) / {DIVISOR}",)},
    ),
    reference="Pagliardini et al., The AdEMAMix optimizer: better, faster, older, arXiv:2409.03137 (2024)",
    year=2024,
    idea="is Adam that adds α times a second average of gradients, which has a memory of its own, β₃.",
    cases=(
        Claim(
            lambda _: message("is plain Adam: with α 0 its second average counts for nothing."),
            lambda hp: bool(hp["alpha"] == 0),
        ),
    ),
    memory={**MOMENTS_MEMORY, "slow": "slow moving average of gradients, uncorrected"},
    demo={"lr": 0.3},
    golden=(Golden("koz_ademamix"),),
    form="α is 5 and constant, as Optax's and the other library's defaults; the paper also warms up α and β₃, which is not "
    "done here.",
)
