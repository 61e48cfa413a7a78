"""Rules that follow the sign of the gradient, or of an average of gradients, and ignore its size."""

import math

import numpy as np

from optim.core.claim import Claim
from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import DECOUPLED, LR, average, decay_rate, shrunk, with_default

FAMILY = "Signs"


def _rprop_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"previous": np.zeros_like(x), "step_size": np.zeros_like(x) + hp["lr"]}


def _rprop(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    agree = np.sign(g * state["previous"])
    factor = np.where(agree > 0, hp["eta_plus"], np.where(agree < 0, hp["eta_minus"], 1.0))
    size = np.minimum(np.maximum(state["step_size"] * factor, hp["step_min"]), hp["step_max"])
    g = np.where(agree < 0, 0.0, g)
    return x - np.sign(g) * size, {"previous": g, "step_size": size}


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
    _rprop_start,
    _rprop,
    latex=r"\Delta \leftarrow \operatorname{clip}\bigl(\Delta \cdot \{\eta^+ \text{ same sign},\; \eta^- \text{ sign "
    r"changed},\; 1\},\; "
    r"\Delta_{\min}, \Delta_{\max}\bigr), \quad \theta \leftarrow \theta - \operatorname{sign}(g)\,\Delta",
    lines=Lines(
        "g = gradient(x)",
        "agree = sign(g * previous)",
        "factor = eta_plus if agree > 0 else eta_minus if agree < 0 else 1",
        "step_size = min(max(step_size * factor, step_min), step_max)",
        "previous = zero(g) if agree < 0 else g",
        "x = x - sign(previous) * step_size",
        symbols={"agree": "a", "factor": r"\kappa", "step_size": r"\Delta", "previous": "g'"},
    ),
    reference="Riedmiller & Braun, A direct adaptive method for faster backpropagation learning: the RPROP algorithm (1993)",
    year=1993,
    idea="gives each coordinate a step length of its own: times η⁺ where the slope keeps its sign, times η⁻ where it changes, "
    "within limits.",
    memory={"previous": "last gradient, zero where its sign had changed", "step_size": "step length, per coordinate"},
    demo={"lr": 0.1},
    torch=Torch("torch.optim.Rprop(lr={lr}, etas=({eta_minus}, {eta_plus}), step_sizes=({step_min}, {step_max}))", _still_factors),
    golden=(Golden("rprop"),),
    form="PyTorch's form, called iRprop⁻: where the sign changed it stands still for one step. The learning rate is only the first "
    "step length.",
    exempt={"schedule": "lr is only the length of its first step, so a schedule would change nothing"},
)


def _average_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x)}


def _signum(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    m = average(state["m"], oracle.gradient(x), hp["beta"])
    return x - hp["lr"] * np.sign(m), {"m": m}


signum = Optimizer(
    "signum",
    "Signum",
    FAMILY,
    (with_default(LR, 1e-3), decay_rate("beta", "β", 0.9, "memory of the gradients' average; 0 is signSGD")),
    _average_start,
    _signum,
    latex=r"m \leftarrow \beta m + (1-\beta)\, g, \qquad \theta \leftarrow \theta - \eta\,\operatorname{sign}(m)",
    lines=Lines("g = gradient(x)", "m = beta * m + (1 - beta) * g", "x = x - lr * sign(m)", carries=("m",)),
    reference="Bernstein et al., signSGD: compressed optimisation for non-convex problems, arXiv:1802.04434 (2018)",
    year=2018,
    idea="subtracts lr times the sign of a moving average of gradients, whose memory is β, however steep the slope is.",
    memory={"m": "moving average of gradients"},
    demo={"lr": 0.2},
    golden=(Golden("optax_signum"), Golden("optax_sign_sgd", {"beta": 0.0}), Golden("koz_tiger", {"beta": 0.965})),
    form="β = 0 is signSGD; Tiger is β = 0.965.",
)


def _lion(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, m = oracle.gradient(x), state["m"]
    direction = np.sign(average(m, g, hp["beta1"]))
    return shrunk(x, hp) - hp["lr"] * direction, {"m": average(m, g, hp["beta2"])}


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
    _average_start,
    _lion,
    latex=r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\,\operatorname{sign}\bigl(\beta_1 m + (1-\beta_1)\, g\bigr), \quad "
    r"m \leftarrow \beta_2 m + (1-\beta_2)\, g",
    lines=Lines(
        "g = gradient(x)",
        "mix = beta1 * m + (1 - beta1) * g",
        "x = x * (1 - lr * weight_decay) - lr * sign(mix)",
        "m = beta2 * m + (1 - beta2) * g",
        symbols={"mix": "c"},
        carries=("m",),
    ),
    reference="Chen et al., Symbolic discovery of optimization algorithms, arXiv:2302.06675 (2023)",
    year=2023,
    idea="subtracts lr times the sign of a mix of the newest gradient and an average of earlier ones, however steep the slope is.",
    cases=(
        Claim(
            lambda _: message("subtracts lr times the sign of the newest gradient: with β₁ 0 its memory counts for nothing."),
            lambda hp: bool(hp["beta1"] == 0),
        ),
    ),
    memory={"m": "moving average of gradients"},
    demo={"lr": 0.2},
    golden=(Golden("koz_lion", {"weight_decay": 0.01}), Golden("optax_lion", {"weight_decay": 0.001})),
    form="The default λ is 0, as in the paper's code; Optax has 0.001. The rule is the same.",
)
