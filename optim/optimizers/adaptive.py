"""Adaptive rules: each coordinate is scaled by its own past gradients. PyTorch's forms and defaults."""

import math
from typing import Any

import numpy as np

from optim.model import Array, Hyper, Optimizer, Parameter, State
from optim.optimizers.common import EPS, LR, WEIGHT_DECAY, decay_rate, default, with_decay
from optim.oracle import Oracle


def _adagrad_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"accumulator": np.zeros_like(x) + hp["initial_accumulator"], "done": 0}


def _adagrad(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    accumulator = state["accumulator"] + g * g
    lr = hp["lr"] / (1.0 + state["done"] * hp["lr_decay"])
    return x - lr * g / (np.sqrt(accumulator) + hp["eps"]), {"accumulator": accumulator, "done": state["done"] + 1}


adagrad = Optimizer(
    "adagrad",
    "AdaGrad",
    "Adaptive",
    (
        default(LR, 1e-2),
        Parameter("lr_decay", "δ", 0.0, 0.0, 1.0, doc="divides lr by 1 + δ times the steps done", valid=(0.0, math.inf)),
        Parameter("initial_accumulator", "S₀", 0.0, 0.0, 10.0, doc="where the sum starts", valid=(0.0, math.inf)),
        default(EPS, 1e-10),
    ),
    _adagrad_start,
    _adagrad,
    latex=r"S \leftarrow S + g^2, \qquad \theta \leftarrow \theta - \frac{\eta}{1 + t\,\delta}\,\frac{g}{\sqrt{S} + \varepsilon}",
    reference="Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 12 (2011)",
    year=2011,
    idea="divides each coordinate's step by the root of all its squared gradients so far, so steep and flat directions "
    "move alike, and steps only ever shrink.",
    memory={"accumulator": "sum of squared gradients, per coordinate"},
)


def _rmsprop_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero = np.zeros_like(x)
    centre = {"mean": zero} if hp["centered"] else {}
    return {"square": zero, "velocity": zero, **centre}


def _rmsprop(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    alpha = hp["alpha"]
    g = oracle.gradient(x)
    square = alpha * state["square"] + (1.0 - alpha) * g * g
    if hp["centered"]:
        mean = state["mean"] + (1.0 - alpha) * (g - state["mean"])
        spread, centre = square - mean * mean, {"mean": mean}
    else:
        spread, centre = square, {}
    velocity = hp["momentum"] * state["velocity"] + g / (np.sqrt(spread) + hp["eps"])
    return x - hp["lr"] * velocity, {"square": square, "velocity": velocity, **centre}


rmsprop = Optimizer(
    "rmsprop",
    "RMSProp",
    "Adaptive",
    (
        default(LR, 1e-2),
        decay_rate("alpha", "α", 0.99, "memory of the squared gradients' average"),
        EPS,
        Parameter("momentum", "μ", 0.0, 0.0, 1.0, doc="share of the velocity kept from one step to the next"),
        Parameter("centered", "c", 0, 0, 1, kind="bool", structural=True, doc="divide by the spread around the mean gradient"),
    ),
    _rmsprop_start,
    _rmsprop,
    latex=r"v \leftarrow \alpha v + (1 - \alpha)\, g^2, \quad b \leftarrow \mu b + \frac{g}{\sqrt{v} + \varepsilon}, "
    r"\quad \theta \leftarrow \theta - \eta\, b",
    reference="Tieleman & Hinton, Coursera lecture 6e (2012); centered: Graves (2013)",
    year=2012,
    idea="divides each coordinate's step by the recent size of its gradients, so steps do not die out, "
    "but do not shrink near the minimum either.",
    memory={
        "square": "moving average of squared gradients",
        "velocity": "running sum of scaled gradients",
        "mean": "moving average of gradients (centered)",
    },
)


def _adam_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero = np.zeros_like(x)
    return {"m": zero, "v": zero, "beta1_power": 1.0, "beta2_power": 1.0}


def _adam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    beta1, beta2 = hp["beta1"], hp["beta2"]
    g = with_decay(oracle.gradient(x), x, hp)
    power1, power2 = state["beta1_power"] * beta1, state["beta2_power"] * beta2
    m = beta1 * state["m"]
    m += (1.0 - beta1) * g
    v = beta2 * state["v"]
    g = g * g
    g *= 1.0 - beta2
    v += g
    update = np.sqrt(v)
    update /= _root(1.0 - power2)
    update += hp["eps"]
    np.divide(m, update, out=update)
    update *= hp["lr"] / (1.0 - power1)
    return x - update, {"m": m, "v": v, "beta1_power": power1, "beta2_power": power2}


def _root(value: Any) -> Any:
    return math.sqrt(value) if isinstance(value, float) else np.sqrt(value)


adam = Optimizer(
    "adam",
    "Adam",
    "Adaptive",
    (
        default(LR, 1e-3),
        decay_rate("beta1", "β₁", 0.9, "memory of the gradients' average"),
        decay_rate("beta2", "β₂", 0.999, "memory of the squared gradients' average"),
        EPS,
        WEIGHT_DECAY,
    ),
    _adam_start,
    _adam,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1) g, \quad v \leftarrow \beta_2 v + (1-\beta_2) g^2, \quad "
    r"\theta \leftarrow \theta - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)} + \varepsilon}",
    reference="Kingma & Ba, Adam: a method for stochastic optimization, arXiv:1412.6980 (2014)",
    year=2014,
    idea="joins momentum with a scale per coordinate: every coordinate moves about lr per step while its slope keeps its sign.",
    memory={"m": "moving average of gradients", "v": "moving average of squared gradients"},
)
