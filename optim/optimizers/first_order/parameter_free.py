"""Rules that do without a tuned learning rate (Prodigy) or without a schedule for it (Schedule-Free)."""

import math

from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.core.types import Array, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import (
    BETA1,
    BETA2,
    DECOUPLED,
    EPS,
    LR,
    V_HAT,
    WARMUP,
    case,
    decay_rate,
    with_default,
)

FAMILY = "Without tuning"

prodigy = Optimizer(
    "prodigy",
    "Prodigy",
    FAMILY,
    (
        with_default(LR, 1.0),
        BETA1,
        BETA2,
        Parameter("d0", "d₀", 1e-6, 1e-8, 1.0, log=True, doc="first guess of the distance to go", valid=(1e-300, math.inf)),
        Parameter("bias_correction", "c", 0, 0, 1, kind="bool", structural=True, doc="correct the averages as Adam does"),
    ),
    Lines(
        "start starts at x",
        "d starts at d0",
        "g = gradient(x)",
        "rate = d * lr * sqrt(1 - beta2**t) / (1 - beta1**t) if bias_correction else d * lr",
        "r = sqrt(beta2) * r + d / d0 * rate * dot(g, start - x)",
        "s = sqrt(beta2) * s + d / d0 * rate * g",
        "m = beta1 * m + d * (1 - beta1) * g",
        "v = beta2 * v + d**2 * (1 - beta2) * g**2",
        "below = norm1(s)",
        "d = max(d, r / below if below > 0 else 0)",
        "x = x - rate * m / (sqrt(v) + d * 1e-08)",
        symbols={"start": r"\theta_0", "rate": r"\gamma", "below": r"\bar s"},
        carries=("m",),
        usual={"below": 1},
    ),
    reference="Mishchenko & Defazio, Prodigy: an expeditiously adaptive parameter-free learner, arXiv:2306.06101 (2023)",
    idea="multiplies Adam's step by an estimate of the distance to the minimum, which starts at d₀ and never shrinks.",
    meanings={
        "m": "moving average of gradients, times d",
        "v": "moving average of squared gradients, times d squared",
        "s": "weighted sum of gradients",
        "start": "where it started",
        "r": "weighted sum of progress along the gradients",
        "d": "estimated distance to the minimum",
    },
    demo={"lr": 1.0},
    golden=(Golden("prodigyopt"), Golden("optax_prodigy", {"bias_correction": True})),
    form="Without bias correction, as in the authors' package. Optax always corrects: set bias_correction for that form.",
)

_FREE_MEANINGS = {
    "z": "the point that takes the plain steps",
    "average": "average of all z: the answer",
    "weight_sum": "sum of the average's weights",
    "lr_max": "largest learning rate so far",
}
_FREE_REFERENCE = "Defazio et al., The road less scheduled, arXiv:2405.15682 (2024)"
_FREE_FORM = (
    "The authors' form. The path shows y, where gradients are taken; the answer is x, the average, and x is what is judged."
)


def _answer(x: Array, state: State) -> Array:
    average: Array = state["average"]
    return average


def _free(*before: str, direction: str, beta: str) -> Lines:
    """Return the lines of a step along `direction`, after those that find it: the average weighs each z by the square of lr."""
    return Lines(
        *before,
        "z starts at x",
        "average starts at x",
        "rate = lr * min(1, (done + 1) / warmup_steps) if warmup_steps > 0 else lr",
        "lr_max = max(lr_max, rate)",
        "weight_sum = weight_sum + lr_max**2",
        "share = lr_max**2 / weight_sum if weight_sum > 0 else 0",
        f"x = x + share * (z - x) + rate * ({beta} * (1 - share) - 1) * {direction}",
        f"z = z - rate * {direction}",
        "average = average + share * (z - average)",
        "done := done + 1",
        symbols={
            "x": "y",
            "average": "x",
            "rate": r"\eta_t",
            "lr_max": r"\eta_{\max}",
            "weight_sum": "W",
            "share": "c",
            **({"direction": "u"} if direction == "direction" else {}),
        },
        usual={"weight_sum": 1},
    )


schedule_free_sgd = Optimizer(
    "schedule_free_sgd",
    "Schedule-Free SGD",
    FAMILY,
    (with_default(LR, 1.0), decay_rate("beta", "β", 0.9, "share of the average in the point where gradients are taken"), WARMUP),
    _free("g = gradient(x)", direction="g", beta="beta"),
    reference=_FREE_REFERENCE,
    idea="moves one point as SGD does and reports the average of where it was; gradients are taken between the two.",
    cases=(case(message("is SGD that reports the average of where it was."), lambda hp: hp["beta"] == 0),),
    meanings=_FREE_MEANINGS,
    answer=_answer,
    demo={"lr": 0.5},
    golden=(Golden("schedulefree_sgd"), Golden("optax_schedule_free_sgd")),
    form=_FREE_FORM,
)

schedule_free_adamw = Optimizer(
    "schedule_free_adamw",
    "Schedule-Free AdamW",
    FAMILY,
    (
        with_default(LR, 2.5e-3),
        decay_rate("beta1", "β₁", 0.9, "share of the average in the point where gradients are taken"),
        BETA2,
        EPS,
        DECOUPLED,
        WARMUP,
    ),
    _free(
        "g = gradient(x)",
        "v = beta2 * v + (1 - beta2) * g**2",
        V_HAT,
        "direction = g / (sqrt(v_hat) + eps) + weight_decay * x",
        direction="direction",
        beta="beta1",
    ),
    reference=_FREE_REFERENCE,
    idea="is Schedule-Free SGD with Adam's scale per coordinate, and reports an average of points.",
    meanings=_FREE_MEANINGS,
    answer=_answer,
    demo={"lr": 0.3},
    golden=(
        Golden("schedulefree_adamw", {"warmup_steps": 50, "weight_decay": 0.01}),
        Golden("koz_schedulefree_adamw"),
        Golden("optax_schedule_free_adamw"),
    ),
    form=_FREE_FORM,
)
