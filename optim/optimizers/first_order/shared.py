"""What several update rules share: parameters, lines and meanings."""

import math
from collections.abc import Callable
from dataclasses import replace

from optim.core.claim import Claim
from optim.core.parameter import Parameter
from optim.core.types import Hyper
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


def case(words: str, holds: Callable[[Hyper], bool]) -> Claim[Hyper]:
    """Return what a rule does with settings for which `holds(hp)`."""
    return Claim(lambda _: words, lambda hp: bool(holds(hp)))


BETA1 = decay_rate("beta1", "β₁", 0.9, "memory of the gradients' average")
BETA2 = decay_rate("beta2", "β₂", 0.999, "memory of the squared gradients' average")
ADAM_LR = replace(LR, default=1e-3)
NO_MOMENTUM = case(
    message("averages no gradients: with β₁ 0 only the newest one counts, beside the scale of each coordinate."),
    lambda hp: hp["beta1"] == 0,
)
"""What Adam and its like are without their first average."""
PENALISED = "g = gradient(x)\ng = g + weight_decay * x if weight_decay > 0 else g"
MOMENTS = "m = beta1 * m + (1 - beta1) * g\nv = beta2 * v + (1 - beta2) * g**2"
M_HAT, V_HAT = "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)"
ADAM_MOVE = "x = x - lr * m_hat / (sqrt(v_hat) + eps)"
