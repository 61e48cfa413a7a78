"""Rules that follow the sign of the gradient, or of an average of gradients, and ignore its size."""

import math

from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.core.types import Hyper
from optim.i18n.message import message
from optim.optimizers.first_order.shared import DECOUPLED, LR, case, decay_rate, with_default

FAMILY = "Signs"


def _still_factors(hp: Hyper) -> str:
    return "" if 0 < hp["eta_minus"] < 1 < hp["eta_plus"] else message("PyTorch's needs an η⁻ between 0 and 1, and an η⁺ above 1")


rprop = Optimizer(
    "rprop",
    "Rprop",
    FAMILY,
    (
        with_default(LR, 1e-2),
        Parameter("eta_minus", "η⁻", 0.5, 0.0, 1.0, doc="shrinks a coordinate's step where its slope changed sign"),
        Parameter("eta_plus", "η⁺", 1.2, 1.0, 3.0, doc="grows a coordinate's step where its slope kept its sign", valid=(1.0, 1e3)),
        Parameter("step_min", "Δₘᵢₙ", 1e-6, 1e-9, 1e-1, log=True, doc="shortest step", valid=(0.0, math.inf)),
        Parameter("step_max", "Δₘₐₓ", 50.0, 1e-1, 1e3, log=True, doc="longest step", valid=(0.0, math.inf)),
    ),
    Lines(
        "step_size starts at lr",
        "g = gradient(x)",
        "agree = sign(g * previous)",
        "factor = eta_plus if agree > 0 else eta_minus if agree < 0 else 1",
        "step_size = min(max(step_size * factor, step_min), step_max)",
        "previous = zero(g) if agree < 0 else g",
        "x = x - sign(previous) * step_size",
        symbols={"agree": "a", "factor": r"\kappa", "step_size": r"\Delta", "previous": "g'"},
    ),
    reference="Riedmiller & Braun, A direct adaptive method for faster backpropagation learning: the RPROP algorithm (1993)",
    idea="gives each coordinate a step length of its own: times η⁺ where the slope keeps its sign, times η⁻ where it changes, "
    "within limits.",
    meanings={"previous": "last gradient, zero where its sign had changed", "step_size": "step length, per coordinate"},
    demo={"lr": 0.1},
    torch=Torch("torch.optim.Rprop(lr={lr}, etas=({eta_minus}, {eta_plus}), step_sizes=({step_min}, {step_max}))", _still_factors),
    golden=(Golden("rprop"),),
    form="PyTorch's form, called iRprop⁻: where the sign changed it stands still for one step. The learning rate is only the first "
    "step length.",
    exempt={"schedule": "lr is only the length of its first step, so a schedule would change nothing"},
)

signum = Optimizer(
    "signum",
    "Signum",
    FAMILY,
    (with_default(LR, 1e-3), decay_rate("beta", "β", 0.9, "memory of the gradients' average; 0 is signSGD")),
    Lines("g = gradient(x)", "m = beta * m + (1 - beta) * g", "x = x - lr * sign(m)", carries=("m",)),
    reference="Bernstein et al., signSGD: compressed optimisation for non-convex problems, arXiv:1802.04434 (2018)",
    idea="subtracts lr times the sign of a moving average of gradients, whose memory is β, however steep the slope is.",
    demo={"lr": 0.2},
    golden=(Golden("optax_signum"), Golden("optax_sign_sgd", {"beta": 0.0}), Golden("koz_tiger", {"beta": 0.965})),
    form="β = 0 is signSGD; Tiger is β = 0.965.",
)

lion = Optimizer(
    "lion",
    "Lion",
    FAMILY,
    (
        with_default(LR, 1e-4),
        decay_rate("beta1", "β₁", 0.9, "weight of the average in the step, against the newest gradient"),
        decay_rate("beta2", "β₂", 0.99, "memory of the gradients' average"),
        DECOUPLED,
    ),
    Lines(
        "g = gradient(x)",
        "mix = beta1 * m + (1 - beta1) * g",
        "x = x * (1 - lr * weight_decay) - lr * sign(mix)",
        "m = beta2 * m + (1 - beta2) * g",
        symbols={"mix": "c"},
        carries=("m",),
    ),
    reference="Chen et al., Symbolic discovery of optimization algorithms, arXiv:2302.06675 (2023)",
    idea="subtracts lr times the sign of a mix of the newest gradient and an average of earlier ones, however steep the slope is.",
    cases=(
        case(
            message("subtracts lr times the sign of the newest gradient: with β₁ 0 its memory counts for nothing."),
            lambda hp: hp["beta1"] == 0,
        ),
    ),
    demo={"lr": 0.2},
    golden=(Golden("koz_lion", {"weight_decay": 0.01}), Golden("optax_lion", {"weight_decay": 0.001})),
    form="The default λ is 0, as in the paper's code; Optax has 0.001. The rule is the same.",
)
