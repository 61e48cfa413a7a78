"""Rules after Adam that form the average of squares in another way: AdaBelief, Yogi, ADOPT."""

import math

from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.i18n.message import message
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    ADAM_MOVE,
    BETA1,
    BETA2,
    DECOUPLED,
    EPS,
    LR,
    M_HAT,
    NO_MOMENTUM,
    V_HAT,
    case,
    with_default,
)

FAMILY = "After Adam"

adabelief = Optimizer(
    "adabelief",
    "AdaBelief",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, with_default(EPS, 1e-16)),
    Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "s = beta2 * s + (1 - beta2) * (g - m)**2 + eps",
        M_HAT,
        "s_hat = s / (1 - beta2**t)",
        "x = x - lr * m_hat / (sqrt(s_hat) + eps)",
        carries=("m",),
    ),
    reference="Zhuang et al., AdaBelief optimizer: adapting stepsizes by the belief in observed gradients, arXiv:2010.07468 (2020)",
    idea="divides an average of gradients by the root of an average of their squared differences from it.",
    cases=(
        case(
            message(
                "divides each gradient by its ε alone: with β₁ 0 the average is the newest gradient itself, and nothing "
                "differs from it."
            ),
            lambda hp: hp["beta1"] == 0,
        ),
    ),
    meanings={"s": "moving average of squared surprises, with every ε added so far"},
    demo={"lr": 0.3},
    golden=(Golden("optax_adabelief"),),
    form="ε is added to the stored average at every step, as Optax and the paper's code do, so it adds up. The rectified "
    "version of the authors' later releases is not this one.",
)

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
    Lines(
        "m starts at initial_accumulator",
        "v starts at initial_accumulator",
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "v = v - (1 - beta2) * sign(v - g**2) * g**2",
        M_HAT,
        V_HAT,
        ADAM_MOVE,
        carries=("m",),
    ),
    reference="Zaheer et al., Adaptive methods for nonconvex optimization, NeurIPS (2018)",
    idea="is Adam whose average of squares changes by at most 1 - β₂ times the newest square.",
    cases=(NO_MOMENTUM,),
    demo={"lr": 0.3},
    golden=(Golden("optax_yogi"),),
    form="Both averages start at 10⁻⁶, as in Optax and the authors' code, so it moves a little even where there is no slope.",
    exempt={
        "still": "its average of gradients starts at 10⁻⁶, so it moves even without a slope",
        "mirror": "its average of gradients starts at +10⁻⁶ in every coordinate, whichever way downhill is",
    },
)

laprop = Optimizer(
    "laprop",
    "LaProp",
    FAMILY,
    (with_default(LR, 4e-4), BETA1, BETA2, with_default(EPS, 1e-15)),
    Lines(
        "g = gradient(x)",
        "v = beta2 * v + (1 - beta2) * g**2",
        V_HAT,
        "m = beta1 * m + (1 - beta1) * lr * g / (sqrt(v_hat) + eps)",
        "x = x - m / (1 - beta1**t)",
        carries=("m",),
    ),
    reference="Ziyin, Wang & Ueda, LaProp: separating momentum and adaptivity in Adam, arXiv:2002.04839 (2020)",
    idea="divides each gradient by the root of the average of squares first, and averages what comes of it.",
    cases=(NO_MOMENTUM,),
    meanings={"m": "moving average of scaled gradients, times lr"},
    demo={"lr": 0.3},
    golden=(Golden("mpmath_laprop"),),
    form="The authors' form, in which lr is inside the average: where lr changes, its past values stay in there.",
)

adam_mini = Optimizer(
    "adam_mini",
    "Adam-mini",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, DECOUPLED),
    Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "v = beta2 * v + (1 - beta2) * mean(g**2)",
        M_HAT,
        V_HAT,
        "x = x * (1 - lr * weight_decay) - lr * m_hat / (sqrt(v_hat) + eps)",
        carries=("m",),
    ),
    reference="Zhang et al., Adam-mini: use fewer learning rates to gain more, arXiv:2406.16793 (2024)",
    idea="is Adam with one scale for all coordinates of a block: here x and y share it.",
    cases=(NO_MOMENTUM,),
    meanings={"v": "moving average of the squared gradients' mean over the coordinates"},
    demo={"lr": 0.3},
    golden=(Golden("mpmath_adam_mini"),),
    form="The plane is one block. On a network every matrix, or every head, has a scale of its own.",
)

adopt = Optimizer(
    "adopt",
    "ADOPT",
    FAMILY,
    (ADAM_LR, BETA1, with_default(BETA2, 0.9999), with_default(EPS, 1e-6)),
    Lines(
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
    idea="is Adam that divides a gradient by the root of the average of the squares before it, never by its "
    "own; its first step only looks and does not move.",
    cases=(NO_MOMENTUM,),
    meanings={"m": "moving average of scaled gradients", "v": "moving average of squared gradients before this step"},
    demo={"lr": 0.3},
    golden=(Golden("adopt_official"), Golden("optax_adopt")),
    form="The authors' form: step t clips at (t-1) to the 1/4. A widely used copy clips at t to the 1/4 and is off by one.",
)
