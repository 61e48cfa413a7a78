"""What several update rules share: parameters of the same meaning, and weight decay as an L2 term."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from optim.model import Array, Hyper, Parameter

LR = Parameter("lr", "η", 0.01, 1e-5, 1e2, log=True, doc="learning rate: the length of a step", valid=(0.0, math.inf))
WEIGHT_DECAY = Parameter(
    "weight_decay", "λ", 0.0, 0.0, 1.0, doc="L2 penalty: adds λ times the point to the gradient", valid=(0.0, math.inf)
)
EPS = Parameter("eps", "ε", 1e-8, 1e-16, 1e-1, log=True, doc="keeps the divisor from being zero", valid=(0.0, math.inf))


def decay_rate(name: str, symbol: str, default: float, doc: str) -> Parameter:
    """Return a parameter for a moving average's memory: 0 forgets at once, values just below 1 remember long."""
    return Parameter(name, symbol, default, 0.0, 0.9999, doc=doc, valid=(0.0, 1.0 - 2.0**-53))


def default(parameter: Parameter, value: float) -> Parameter:
    """Return `parameter` with another default."""
    return replace(parameter, default=value)


def with_decay(gradient: Array, x: Array, hp: Hyper) -> Array:
    """Return the gradient (d, B) plus weight_decay times the point, untouched in runs whose weight_decay is zero."""
    decay: Any = hp["weight_decay"]
    if isinstance(decay, float):
        return gradient + decay * x if decay else gradient
    return np.where(decay == 0.0, gradient, gradient + decay * x)
