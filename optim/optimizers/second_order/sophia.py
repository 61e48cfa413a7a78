"""Sophia-H: an average of gradients over an average of the Hessian's diagonal, each coordinate's step at most lr long."""

import math

from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.optimizers.first_order.shared import BETA1, DECOUPLED, EPS, LR, NO_MOMENTUM, decay_rate, with_default

sophia_h = Optimizer(
    "sophia_h",
    "Sophia-H",
    "Curvature",
    (
        with_default(LR, 6e-4),
        with_default(BETA1, 0.96),
        decay_rate("beta2", "β₂", 0.99, "memory of the curvatures' average"),
        Parameter(
            "gamma",
            "γ",
            0.01,
            1e-4,
            10.0,
            log=True,
            doc="multiplies the curvatures: the smaller, the sooner steps are clipped",
            valid=(0.0, math.inf),
        ),
        Parameter(
            "every", "k", 10, 1, 100, kind="int", structural=True, doc="steps between looks at the Hessian", valid=(1, 10_000)
        ),
        with_default(EPS, 1e-12),
        DECOUPLED,
    ),
    Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "h = beta2 * h + (1 - beta2) * curvature(x) if done % every == 0 else h",
        "x = x * (1 - lr * weight_decay) - lr * clip(m / max(gamma * h, eps), -1, 1)",
        "done := done + 1",
        carries=("m",),
        usual={"done": 10},
    ),
    reference="Liu et al., Sophia: a scalable stochastic second-order optimizer for language model pre-training, arXiv:2305.14342 "
    "(2023)",
    varies=True,
    idea="divides an average of gradients by γ times an average of the curvature along each axis, and clips every coordinate's "
    "step at lr.",
    cases=(NO_MOMENTUM,),
    meanings={"h": "moving average of the Hessian's diagonal, taken every k steps"},
    demo={"lr": 0.2},
    golden=(Golden("koz_sophia", {"lr": 0.05, "gamma": 0.1, "eps": 1e-13}),),
    form="The paper's form, without bias correction, on the exact diagonal in place of random probes of it. pytorch_optimizer "
    "clips at p in place of 1: its lr and p are lr / γ and γ here. The authors' code divides lr by 1 - β₁ᵗ; Optax corrects m by "
    "it, and takes the curvature after the step.",
    exempt={
        "open loop": "its recorded runs hold no Hessians",
        "modifiers": "the step is the ratio of slope and curvature: a changed slope no longer fits the curvature",
    },
)
