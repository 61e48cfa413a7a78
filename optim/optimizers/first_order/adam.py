"""Adam and its nearest relatives: two moving averages, one of gradients and one of their squares. PyTorch's forms."""

import numpy as np

from optim.core.claim import Claim
from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.oracle import Oracle
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import (
    ADAM_LR,
    ADAM_MOVE,
    ADAM_ORDER,
    BETA1,
    BETA2,
    DECAY,
    DECOUPLED,
    DIVISOR,
    EPS,
    HATS,
    LR,
    MOMENTS,
    MOMENTS_LATEX,
    MOMENTS_MEMORY,
    NO_MOMENTUM,
    SUMS_MEMORY,
    WEIGHT_DECAY,
    WEIGHT_SUMS,
    adam_step,
    average,
    moments,
    moments_start,
    shrunk,
    weight_sum,
    with_decay,
    with_default,
)

FAMILY = "Adam family"
_HATS = r"\hat m = \frac{m}{1-\beta_1^t}, \quad \hat v = \frac{v}{1-\beta_2^t}, \quad "


def _adam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    moved = moments(with_decay(oracle.gradient(x), x, hp), state, hp)
    return x - adam_step(moved, hp), moved


adam = Optimizer(
    "adam",
    "Adam",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    moments_start,
    _adam,
    latex=MOMENTS_LATEX + _HATS + r"\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines("g = gradient(x)", DECAY, *MOMENTS, *WEIGHT_SUMS, *HATS, ADAM_MOVE, carries=("m",), order=ADAM_ORDER),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, arXiv:1412.6980 (2014)",
    year=2014,
    idea="divides a moving average of gradients by the root of a moving average of their squares, coordinate by coordinate.",
    cases=(NO_MOMENTUM,),
    memory=MOMENTS_MEMORY,
    demo={"lr": 0.3},
    torch=Torch("torch.optim.Adam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("adam"), Golden("adam_l2", {"weight_decay": 0.01})),
    form="ε stands outside the root of the corrected average, as in PyTorch and Optax. The book adds 1e-7 before the correction, "
    "which is another number at every step: optim.book has that form.",
)


def _adamw(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    moved = moments(oracle.gradient(x), state, hp)
    return shrunk(x, hp) - adam_step(moved, hp), moved


_ADAMW_MOVE = "x = x * (1 - lr * weight_decay) - lr * m_hat / (sqrt(v_hat) + eps)"

adamw = Optimizer(
    "adamw",
    "AdamW",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, with_default(DECOUPLED, 1e-2)),
    moments_start,
    _adamw,
    latex=MOMENTS_LATEX + _HATS + r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        *MOMENTS,
        *WEIGHT_SUMS,
        *HATS,
        _ADAMW_MOVE,
        carries=("m",),
        order={
            **ADAM_ORDER,
            _ADAMW_MOVE: (f"x = x * (1 - lr * weight_decay) - m / {DIVISOR} * (lr / beta1_sum)",),
        },
    ),
    reference="Loshchilov & Hutter, Decoupled weight decay regularization, arXiv:1711.05101 (2017)",
    year=2017,
    idea="is Adam with a weight decay that is not divided by the gradient's scale: each step also "
    "multiplies the point by 1 - lr λ.",
    cases=(
        Claim(
            lambda _: message("is plain Adam: its weight decay λ is 0."),
            lambda hp: bool(hp["weight_decay"] == 0),
        ),
    ),
    memory=MOMENTS_MEMORY,
    demo={"lr": 0.3},
    torch=Torch("torch.optim.AdamW(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("adamw", {"weight_decay": 0.01}),),
    form="The default λ is PyTorch's 0.01; Optax has 0.0001. The rule is the same.",
)


def _amsgrad_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "v_max": np.zeros_like(x)}


def _amsgrad(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    moved = moments(with_decay(oracle.gradient(x), x, hp), state, hp)
    highest = np.maximum(state["v_max"], moved["v"])
    return x - adam_step({**moved, "v": highest}, hp), {**moved, "v_max": highest}


_AMSGRAD_HAT = "v_hat = v_max / beta2_sum"

amsgrad = Optimizer(
    "amsgrad",
    "AMSGrad",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    _amsgrad_start,
    _amsgrad,
    latex=MOMENTS_LATEX
    + r"v^{\max} \leftarrow \max(v^{\max}, v), \quad \theta \leftarrow \theta - \eta\,"
    + r"\frac{m/(1-\beta_1^t)}{\sqrt{v^{\max}/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *WEIGHT_SUMS,
        "v_max = max(v_max, v)",
        HATS[0],
        _AMSGRAD_HAT,
        ADAM_MOVE,
        symbols={"v_max": r"v^{\max}"},
        carries=("m",),
        order={
            **ADAM_ORDER,
            _AMSGRAD_HAT: (),
            ADAM_MOVE: ("x = x - m / (sqrt(v_max) / sqrt(beta2_sum) + eps) * (lr / beta1_sum)",),
        },
    ),
    reference="Reddi, Kale & Kumar, On the convergence of Adam and beyond, arXiv:1904.09237 (2018)",
    year=2018,
    idea="is Adam that divides by the root of the largest average of squares so far, which is corrected by 1 - β₂ᵗ as Adam's "
    "average is.",
    cases=(NO_MOMENTUM,),
    memory={**MOMENTS_MEMORY, "v_max": "largest v so far"},
    demo={"lr": 0.3},
    torch=Torch("torch.optim.Adam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, amsgrad=True)"),
    golden=(Golden("amsgrad"),),
    form="The maximum is taken of the raw v and corrected afterwards, as PyTorch does. Optax takes it of the corrected v, and the "
    "paper corrects nothing: three different methods under one name.",
)


def _adamax_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "u": np.zeros_like(x), "beta1_sum": 0.0}


def _adamax(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = with_decay(oracle.gradient(x), x, hp)
    m = average(state["m"], g, hp["beta1"])
    u = np.maximum(hp["beta2"] * state["u"], np.abs(g) + hp["eps"])
    total = weight_sum(state["beta1_sum"], hp["beta1"])
    return x - hp["lr"] / total * m / u, {"m": m, "u": u, "beta1_sum": total}


adamax = Optimizer(
    "adamax",
    "AdaMax",
    FAMILY,
    (with_default(LR, 2e-3), BETA1, BETA2, EPS, WEIGHT_DECAY),
    _adamax_start,
    _adamax,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad u \leftarrow \max(\beta_2 u,\; |g| + \varepsilon), \quad "
    r"\theta \leftarrow \theta - \frac{\eta}{1-\beta_1^t}\,\frac{m}{u}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        "m = beta1 * m + (1 - beta1) * g",
        "u = max(beta2 * u, abs(g) + eps)",
        "beta1_sum := beta1 * beta1_sum + (1 - beta1)",
        "x = x - lr / beta1_sum * m / u",
        carries=("m",),
    ),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, section 7.1, arXiv:1412.6980 (2014)",
    year=2014,
    idea="is Adam with a fading maximum of the gradients' sizes as its divisor, in place of the root of an average of squares.",
    cases=(NO_MOMENTUM,),
    memory={
        "m": "moving average of gradients",
        "u": "fading maximum of the gradients' size",
        "beta1_sum": SUMS_MEMORY["beta1_sum"],
    },
    demo={"lr": 0.3},
    torch=Torch("torch.optim.Adamax(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("adamax"),),
    form="ε is added inside the maximum, as PyTorch and Optax do; the paper has no ε.",
)
