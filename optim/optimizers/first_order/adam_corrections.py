"""Adam with other corrections: NAdam looks ahead along its momentum, RAdam waits until its average of squares is long enough."""

import numpy as np

from optim.core.claim import Claim
from optim.core.linalg import power, root
from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.adam import FAMILY
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    BETA1,
    BETA2,
    DECAY,
    DIVISOR,
    EPS,
    HATS,
    LR,
    MOMENTS,
    MOMENTS_LATEX,
    MOMENTS_MEMORY,
    NO_MOMENTUM,
    WEIGHT_DECAY,
    WEIGHT_SUMS,
    divisor,
    moments,
    moments_start,
    weight_sum,
    with_decay,
    with_default,
)

NESTEROV_BASE = 0.96
"""The base of NAdam's momentum schedule (Dozat 2016)."""


def _nadam_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "mu_sum": 0.0, "done": 0}


def _nadam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = with_decay(oracle.gradient(x), x, hp)
    moved, done = moments(g, state, hp), state["done"] + 1
    mu, mu_next = (hp["beta1"] * (1.0 - 0.5 * power(NESTEROV_BASE, step * hp["momentum_decay"])) for step in (done, done + 1))
    total = weight_sum(state["mu_sum"], mu)
    below = divisor(moved["v"], moved["beta2_sum"], hp["eps"])
    move = hp["lr"] * (1.0 - mu) / total * g / below
    move = move + hp["lr"] * mu_next / weight_sum(total, mu_next) * moved["m"] / below
    return x - move, {**moved, "mu_sum": total, "done": done}


_NADAM_MOVE = (
    "ahead = (1 - mu) / mu_sum * g + mu_next / (mu_next * mu_sum + (1 - mu_next)) * m",
    "x = x - lr * ahead / (sqrt(v_hat) + eps)",
)

nadam = Optimizer(
    "nadam",
    "NAdam",
    FAMILY,
    (
        with_default(LR, 2e-3),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Parameter("momentum_decay", "ψ", 4e-3, 0.0, 1.0, doc="how fast the momentum rises to β₁", valid=(0.0, 1e6)),
    ),
    _nadam_start,
    _nadam,
    latex=MOMENTS_LATEX
    + r"\mu_t = \beta_1\bigl(1 - \tfrac12\, 0.96^{t\psi}\bigr), \quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + "
    + r"\varepsilon}\Bigl(\frac{1-\mu_t}{1-\prod_{i \le t}\mu_i}\, g + \frac{\mu_{t+1}}{1-\prod_{i \le t+1}\mu_i}\, m\Bigr)",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *WEIGHT_SUMS,
        HATS[1],
        "done := done + 1",
        f"mu = beta1 * (1 - 0.5 * power({NESTEROV_BASE}, done * momentum_decay))",
        f"mu_next = beta1 * (1 - 0.5 * power({NESTEROV_BASE}, (done + 1) * momentum_decay))",
        "mu_sum = mu * mu_sum + (1 - mu)",
        *_NADAM_MOVE,
        symbols={"mu": r"\mu_t", "mu_next": r"\mu_{t+1}", "mu_sum": "W", "ahead": r"\tilde m"},
        carries=("m",),
        order={
            HATS[1]: (),
            _NADAM_MOVE[0]: (f"below = {DIVISOR}", "ahead = lr * (1 - mu) / mu_sum * g / below"),
            _NADAM_MOVE[1]: ("x = x - (ahead + lr * mu_next / (mu_next * mu_sum + (1 - mu_next)) * m / below)",),
        },
    ),
    reference="Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop (2016)",
    year=2016,
    idea="is Adam in which the newest gradient counts once more, beside the average.",
    cases=(NO_MOMENTUM,),
    memory={
        **MOMENTS_MEMORY,
        "mu_sum": "1 minus the product of all momentum values so far",
        "done": "steps done",
    },
    demo={"lr": 0.3},
    torch=Torch(
        "torch.optim.NAdam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "momentum_decay={momentum_decay})"
    ),
    golden=(Golden("nadam"),),
    form="PyTorch's form: its momentum starts at half of β₁ and rises slowly, so it is much weaker than it looks. Optax uses β₁ "
    "throughout and is a different method.",
)

RECTIFIED = 5.0
"""PyTorch rectifies from this length of the average on; the paper says 4."""


def _radam_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "done": 0}


def _radam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    moved, done = moments(with_decay(oracle.gradient(x), x, hp), state, hp), state["done"] + 1
    total = moved["beta2_sum"]
    longest = 2.0 / (1.0 - hp["beta2"]) - 1.0
    length = longest - 2.0 * done * (1.0 - total) / total
    trusted = length > RECTIFIED
    length, longest = np.where(trusted, length, 6.0), np.where(trusted, longest, 6.0)
    rectifier = np.sqrt((length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length))
    scale = rectifier * root(total) / (np.sqrt(moved["v"]) + hp["eps"])
    corrected = hp["lr"] * moved["m"] / moved["beta1_sum"]
    return x - np.where(trusted, corrected * scale, corrected), {**moved, "done": done}


_RADAM_MOVE = f"x = x - lr * m_hat * trust * sqrt(beta2_sum) / (sqrt(v) + eps) if length > {RECTIFIED} else x - lr * m_hat"

radam = Optimizer(
    "radam",
    "RAdam",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    _radam_start,
    _radam,
    latex=MOMENTS_LATEX
    + r"\rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}, \quad \theta \leftarrow \theta - \eta\,\hat m \cdot "
    + r"\begin{cases} r_t\,\dfrac{\sqrt{1-\beta_2^t}}{\sqrt v + \varepsilon} & \rho_t > 5 \\ 1 & \text{else} \end{cases}, \quad "
    + r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\,\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\,\rho_t}}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *WEIGHT_SUMS,
        "done := done + 1",
        HATS[0],
        "longest = 2 / (1 - beta2) - 1",
        "length = longest - 2 * done * (1 - beta2_sum) / beta2_sum",
        "trust = sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))"
        f" if length > {RECTIFIED} else 1",
        _RADAM_MOVE,
        symbols={"longest": r"\rho_\infty", "length": r"\rho_t", "trust": "r_t"},
        carries=("m",),
        order={
            HATS[0]: (),
            _RADAM_MOVE: (
                "move = lr * m / beta1_sum",
                "scale = trust * sqrt(beta2_sum) / (sqrt(v) + eps)",
                f"x = x - move * scale if length > {RECTIFIED} else x - move",
            ),
        },
    ),
    reference="Liu et al., On the variance of the adaptive learning rate and beyond, arXiv:1908.03265 (2019)",
    year=2019,
    idea="is Adam that leaves out the division until its average of squares is long enough to be trusted.",
    cases=(
        Claim(
            lambda _: message(
                "moves along its average of gradients alone: with this β₂ its average of squares is never long enough to divide by."
            ),
            lambda hp: bool(2.0 / (1.0 - hp["beta2"]) - 1.0 <= RECTIFIED),
        ),
    ),
    memory={**MOMENTS_MEMORY, "done": "steps done"},
    demo={"lr": 0.3},
    torch=Torch("torch.optim.RAdam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("radam"),),
    form="PyTorch's form: the first five steps are plain momentum at the full learning rate, which can explode at Adam's usual "
    "rates. Optax adds ε after the correction; another library takes no step at all at first.",
)
