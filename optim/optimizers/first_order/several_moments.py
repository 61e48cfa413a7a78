"""Rules after Adam that keep more averages: Adan also one of the gradient's change, AdEMAMix a long memory beside the short."""

import math

from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.i18n.message import message
from optim.optimizers.first_order.second_moment import FAMILY
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    BETA1,
    BETA2,
    DECOUPLED,
    EPS,
    M_HAT,
    MOMENTS,
    V_HAT,
    case,
    decay_rate,
    with_default,
)

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
    Lines(
        "g = gradient(x)",
        "change = zero(g) if first else g - previous",
        "m = beta1 * m + (1 - beta1) * g",
        "d = beta2 * d + (1 - beta2) * change",
        "n = beta3 * n + (1 - beta3) * (g + beta2 * change)**2",
        M_HAT,
        "d_hat = d / (1 - beta2**t)",
        "n_hat = n / (1 - beta3**t)",
        "x = x - lr * (m_hat + beta2 * d_hat) / (sqrt(n_hat) + eps)",
        "x = x / (1 + lr * weight_decay)",
        "previous := g",
        "first starts at 1",
        "first := 0",
        symbols={"change": r"\Delta"},
        carries=("m", "d"),
    ),
    reference="Xie et al., Adan: adaptive Nesterov momentum algorithm, arXiv:2208.06677 (2022)",
    idea="adds to an average of gradients one of how they change, and divides both by the root of an average of squares.",
    cases=(
        case(
            message(
                "divides its average of gradients by the root of an average of squares: with β₂ 0 how gradients change counts "
                "for nothing."
            ),
            lambda hp: hp["beta2"] == 0,
        ),
    ),
    meanings={
        "d": "moving average of the gradients' changes",
        "n": "moving average of squared gradients, looked ahead",
        "previous": "last gradient",
    },
    demo={"lr": 0.3},
    golden=(Golden("koz_adan"), Golden("koz_adan_wd", {"weight_decay": 0.02})),
    form="The paper's and the authors' form. Optax 0.2.8 weighs the change by 1 - β₂ in place of β₂ (its pull request 1715), which "
    "is another method.",
)

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
    Lines(
        "g = gradient(x)",
        MOMENTS,
        M_HAT,
        V_HAT,
        "slow = beta3 * slow + (1 - beta3) * g",
        "x = x - lr * (m_hat + alpha * slow) / (sqrt(v_hat) + eps)",
        symbols={"slow": r"m_{\text{slow}}"},
        carries=("m", "slow"),
    ),
    reference="Pagliardini et al., The AdEMAMix optimizer: better, faster, older, arXiv:2409.03137 (2024)",
    idea="is Adam that adds α times a second average of gradients, which has a memory of its own, β₃.",
    cases=(case(message("is plain Adam: with α 0 its second average counts for nothing."), lambda hp: hp["alpha"] == 0),),
    meanings={"slow": "slow moving average of gradients, uncorrected"},
    demo={"lr": 0.3},
    golden=(Golden("koz_ademamix"),),
    form="α is 5 and constant, as Optax's and the other library's defaults; the paper also warms up α and β₃, which is not "
    "done here.",
)
