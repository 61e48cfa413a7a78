"""Rules after Adam that form the average of squares in another way: AdaBelief, Yogi, ADOPT."""

import math

import numpy as np

from optim.core.claim import Claim
from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    ADAM_MOVE,
    ADAM_ORDER,
    BETA1,
    BETA2,
    EPS,
    HATS,
    LR,
    MOMENTS_MEMORY,
    NO_MOMENTUM,
    SUMS_MEMORY,
    WEIGHT_SUMS,
    adam_step,
    average,
    weight_sum,
    with_default,
)

FAMILY = "After Adam"


def _adabelief_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "s": np.zeros_like(x), "beta1_sum": 0.0, "beta2_sum": 0.0}


def _adabelief(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    m = average(state["m"], g, hp["beta1"])
    surprise = g - m
    s = average(state["s"], surprise * surprise, hp["beta2"])
    s += hp["eps"]
    sums = {"beta1_sum": weight_sum(state["beta1_sum"], hp["beta1"]), "beta2_sum": weight_sum(state["beta2_sum"], hp["beta2"])}
    return x - adam_step({"m": m, "v": s, **sums}, hp), {"m": m, "s": s, **sums}


_BELIEF = ("s_hat = s / beta2_sum", "x = x - lr * m_hat / (sqrt(s_hat) + eps)")

adabelief = Optimizer(
    "adabelief",
    "AdaBelief",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, with_default(EPS, 1e-16)),
    _adabelief_start,
    _adabelief,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad s \leftarrow \beta_2 s + (1-\beta_2)(g - m)^2 + \varepsilon, \quad "
    r"\theta \leftarrow \theta - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{s/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "s = beta2 * s + (1 - beta2) * (g - m)**2 + eps",
        *WEIGHT_SUMS,
        HATS[0],
        *_BELIEF,
        carries=("m",),
        order={
            HATS[0]: (),
            _BELIEF[0]: (),
            _BELIEF[1]: ("x = x - m / (sqrt(s) / sqrt(beta2_sum) + eps) * (lr / beta1_sum)",),
        },
    ),
    reference="Zhuang et al., AdaBelief optimizer: adapting stepsizes by the belief in observed gradients, arXiv:2010.07468 (2020)",
    year=2020,
    idea="divides an average of gradients by the root of an average of their squared differences from it.",
    cases=(
        Claim(
            lambda _: message(
                "divides each gradient by its ε alone: with β₁ 0 the average is the newest gradient itself, and nothing "
                "differs from it."
            ),
            lambda hp: bool(hp["beta1"] == 0),
        ),
    ),
    memory={
        "m": "moving average of gradients",
        "s": "moving average of squared surprises, with every ε added so far",
        **SUMS_MEMORY,
    },
    demo={"lr": 0.3},
    golden=(Golden("optax_adabelief"),),
    form="ε is added to the stored average at every step, as Optax and the paper's code do, so it adds up. The rectified "
    "version of the "
    "authors' later releases is not this one.",
)


def _yogi_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    first = np.zeros_like(x) + hp["initial_accumulator"]
    return {"m": first, "v": first.copy(), "beta1_sum": 0.0, "beta2_sum": 0.0}


def _yogi(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    square = g * g
    moved = {
        "m": average(state["m"], g, hp["beta1"]),
        "v": state["v"] - (1.0 - hp["beta2"]) * np.sign(state["v"] - square) * square,
        "beta1_sum": weight_sum(state["beta1_sum"], hp["beta1"]),
        "beta2_sum": weight_sum(state["beta2_sum"], hp["beta2"]),
    }
    return x - adam_step(moved, hp), moved


yogi = Optimizer(
    "yogi",
    "Yogi",
    FAMILY,
    (
        with_default(LR, 1e-2),
        BETA1,
        BETA2,
        with_default(EPS, 1e-3),
        Parameter("initial_accumulator", "m₀", 1e-6, 0.0, 1.0, doc="where both averages start", valid=(0.0, math.inf)),
    ),
    _yogi_start,
    _yogi,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow v - (1-\beta_2)\operatorname{sign}(v - g^2)\, g^2, \quad "
    r"\theta \leftarrow \theta - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "v = v - (1 - beta2) * sign(v - g**2) * g**2",
        *WEIGHT_SUMS,
        *HATS,
        ADAM_MOVE,
        carries=("m",),
        order=ADAM_ORDER,
    ),
    reference="Zaheer et al., Adaptive methods for nonconvex optimization, NeurIPS (2018)",
    year=2018,
    idea="is Adam whose average of squares changes by at most 1 - β₂ times the newest square.",
    cases=(NO_MOMENTUM,),
    memory=MOMENTS_MEMORY,
    demo={"lr": 0.3},
    golden=(Golden("optax_yogi"),),
    form="Both averages start at 1e-6, as in Optax and the authors' code, so it moves a little even where there is no slope.",
    exempt={
        "still": "its average of gradients starts at 1e-6, so it moves even without a slope",
        "mirror": "its average of gradients starts at +1e-6 in every coordinate, whichever way downhill is",
    },
)


def _adopt_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "v": np.zeros_like(x), "done": 0}


def _adopt(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, done = oracle.gradient(x), state["done"]
    square = g * g
    if done == 0:
        return x, {"m": state["m"], "v": square, "done": 1}
    limit = math.sqrt(math.sqrt(done))
    scaled = np.clip(g / np.maximum(np.sqrt(state["v"]), hp["eps"]), -limit, limit)
    m = average(state["m"], scaled, hp["beta1"])
    return x - hp["lr"] * m, {"m": m, "v": average(state["v"], square, hp["beta2"]), "done": done + 1}


adopt = Optimizer(
    "adopt",
    "ADOPT",
    FAMILY,
    (ADAM_LR, BETA1, with_default(BETA2, 0.9999), with_default(EPS, 1e-6)),
    _adopt_start,
    _adopt,
    latex=r"u = \operatorname{clip}\Bigl(\frac{g}{\max(\sqrt v, \varepsilon)},\; \pm (t-1)^{1/4}\Bigr), \quad m \leftarrow "
    r"\beta_1 m + "
    r"(1-\beta_1)\, u, \quad \theta \leftarrow \theta - \eta\, m, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2",
    lines=Lines(
        "g = gradient(x)",
        "scaled = clip(g / max(sqrt(v), eps), -sqrt(sqrt(done)), sqrt(sqrt(done)))",
        "m = m if done == 0 else beta1 * m + (1 - beta1) * scaled",
        "x = x if done == 0 else x - lr * m",
        "v = g**2 if done == 0 else beta2 * v + (1 - beta2) * g**2",
        "done := done + 1",
        symbols={"scaled": "u"},
        carries=("m",),
        usual={"done": 1},
    ),
    reference="Taniguchi et al., ADOPT: modified Adam can converge with any β₂ with the optimal rate, arXiv:2411.02853 (2024)",
    year=2024,
    idea="is Adam that divides a gradient by the root of the average of the squares before it, never by its "
    "own; its first step only looks and does not move.",
    cases=(NO_MOMENTUM,),
    memory={
        "m": "moving average of scaled gradients",
        "v": "moving average of squared gradients before this step",
        "done": "steps done",
    },
    demo={"lr": 0.3},
    golden=(Golden("adopt_official"), Golden("optax_adopt")),
    form="The authors' form: step t clips at (t-1) to the 1/4. A widely used copy clips at t to the 1/4 and is off by one.",
)
