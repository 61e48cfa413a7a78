"""What several update rules share: parameters of the same meaning, weight decay, moving averages and Adam's two moments."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from optim.core.claim import Claim
from optim.core.linalg import root
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message

LR = Parameter("lr", "η", 0.01, 1e-5, 1e2, log=True, doc="learning rate: the length of a step", valid=(0.0, math.inf))
WEIGHT_DECAY = Parameter(
    "weight_decay", "λ", 0.0, 0.0, 1.0, doc="L2 penalty: adds λ times the point to the gradient", valid=(0.0, math.inf)
)
DECOUPLED = replace(WEIGHT_DECAY, doc="decoupled: shrinks the point by lr times λ, whatever the gradient")
EPS = Parameter("eps", "ε", 1e-8, 1e-16, 1e-1, log=True, doc="keeps the divisor from being zero", valid=(0.0, math.inf))
WARMUP = Parameter(
    "warmup_steps", "W", 0, 0, 100, kind="int", doc="steps over which lr rises from 0 to its full size", valid=(0, 10_000)
)


def decay_rate(name: str, symbol: str, default: float, doc: str) -> Parameter:
    """Return a parameter for a moving average's memory: 0 forgets at once, values just below 1 remember long."""
    return Parameter(name, symbol, default, 0.0, 0.9999, doc=doc, valid=(0.0, 1.0 - 2.0**-53))


def with_default(parameter: Parameter, value: float) -> Parameter:
    """Return `parameter` with another default."""
    return replace(parameter, default=value)


BETA1 = decay_rate("beta1", "β₁", 0.9, "memory of the gradients' average")
BETA2 = decay_rate("beta2", "β₂", 0.999, "memory of the squared gradients' average")
NO_MOMENTUM: Claim[Hyper] = Claim(
    lambda _: message("averages no gradients: with β₁ 0 only the newest one counts, beside the scale of each coordinate."),
    lambda hp: bool(hp["beta1"] == 0),
)
"""What Adam and its like are without their first average."""
ADAM_LR = replace(LR, default=1e-3)
MOMENTS_LATEX = r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2, \quad "
DECAY = "g = g + weight_decay * x"
MOMENTS = ("m = beta1 * m + (1 - beta1) * g", "v = beta2 * v + (1 - beta2) * g**2")
WEIGHT_SUMS = ("beta1_sum := beta1 * beta1_sum + (1 - beta1)", "beta2_sum := beta2 * beta2_sum + (1 - beta2)")
HATS = ("m_hat = m / beta1_sum", "v_hat = v / beta2_sum")
ADAM_MOVE = "x = x - lr * m_hat / (sqrt(v_hat) + eps)"
DIVISOR = "(sqrt(v) / sqrt(beta2_sum) + eps)"
ADAM_ORDER = {
    **dict.fromkeys(HATS, ()),
    ADAM_MOVE: (f"x = x - m / {DIVISOR} * (lr / beta1_sum)",),
}
"""How Adam's step is computed, in PyTorch's order: without the corrected averages that its lines show."""
SUMS_MEMORY = {
    "beta1_sum": "sum of the weights in an average with β₁: 1 - β₁ᵗ",
    "beta2_sum": "sum of the weights in an average with β₂: 1 - β₂ᵗ",
}
MOMENTS_MEMORY = {"m": "moving average of gradients", "v": "moving average of squared gradients", **SUMS_MEMORY}


def nothing(oracle: Oracle, x: Array, hp: Hyper) -> State:
    """Return the memory of a rule that has none."""
    return {}


def with_decay(gradient: Array, x: Array, hp: Hyper) -> Array:
    """Return the gradient (d, B) plus weight_decay times the point, untouched in runs whose weight_decay is zero."""
    decay: Any = hp["weight_decay"]
    if isinstance(decay, float):
        return gradient + decay * x if decay else gradient
    return np.where(decay == 0.0, gradient, gradient + decay * x)


def shrunk(x: Array, hp: Hyper) -> Array:
    """Return the point (d, B) after decoupled weight decay: x (1 - lr weight_decay)."""
    kept: Array = x * (1.0 - hp["lr"] * hp["weight_decay"])
    return kept


def average(old: Array, new: Array, rate: Any) -> Array:
    """Return the moving average (d, B) that keeps `rate` of the old value."""
    result: Array = rate * old
    result += (1.0 - rate) * new
    return result


def weight_sum(old: Any, rate: Any) -> Any:
    """Return the sum of the weights in a moving average after one more value: 1 - rate^t, which its bias correction divides by.

    Kept itself, not as 1 minus a running product: that loses digits where the rate is near 1, 9 of 16 at 1 - 1e-8.
    """
    return rate * old + (1.0 - rate)


def moments_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    """Return Adam's memory before the first step."""
    zero = np.zeros_like(x)
    return {"m": zero, "v": zero, "beta1_sum": 0.0, "beta2_sum": 0.0}


def moments(g: Array, state: State, hp: Hyper) -> State:
    """Return Adam's memory after the gradient `g` (d, B): both moving averages, uncorrected, and the sums of their weights."""
    beta1, beta2 = hp["beta1"], hp["beta2"]
    m = average(state["m"], g, beta1)
    v = beta2 * state["v"]
    square = g * g
    square *= 1.0 - beta2
    v += square
    sums = {"beta1_sum": weight_sum(state["beta1_sum"], beta1), "beta2_sum": weight_sum(state["beta2_sum"], beta2)}
    return {"m": m, "v": v, **sums}


def divisor(v: Array, total: Any, eps: Any) -> Array:
    """Return sqrt(v / total) + eps, with the sum of v's weights, as a new array (d, B), in PyTorch's order of operations."""
    result: Array = np.sqrt(v)
    result /= root(total)
    result += eps
    return result


def adam_step(moved: State, hp: Hyper) -> Array:
    """Return Adam's move (d, B), to be subtracted from the point, from the memory after the gradient."""
    update = divisor(moved["v"], moved["beta2_sum"], hp["eps"])
    np.divide(moved["m"], update, out=update)
    update *= hp["lr"] / moved["beta1_sum"]
    return update
