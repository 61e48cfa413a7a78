"""Rules that do without a tuned learning rate (Prodigy) or without a schedule for it (Schedule-Free)."""

import math
from typing import Any

import numpy as np

from optim.core.claim import Claim
from optim.core.linalg import dot, root
from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import (
    BETA1,
    BETA2,
    DECOUPLED,
    DIVISOR,
    EPS,
    HATS,
    LR,
    SUMS_MEMORY,
    WARMUP,
    WEIGHT_SUMS,
    average,
    decay_rate,
    divisor,
    weight_sum,
    with_decay,
    with_default,
)

FAMILY = "Without tuning"
PRODIGY_EPS = 1e-8


def _prodigy_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero, run = np.zeros_like(x), np.zeros(x.shape[1])
    return {
        "m": zero,
        "v": zero,
        "s": zero,
        "start": x.copy(),
        "r": run,
        "d": run + hp["d0"],
        "beta1_sum": 0.0,
        "beta2_sum": 0.0,
    }


def _prodigy(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, d, beta2 = oracle.gradient(x), state["d"], hp["beta2"]
    total1, total2 = weight_sum(state["beta1_sum"], hp["beta1"]), weight_sum(state["beta2_sum"], beta2)
    rate = d * hp["lr"] * (root(total2) / total1 if hp["bias_correction"] else 1.0)
    weight, kept = d / hp["d0"] * rate, root(beta2)
    r = kept * state["r"] + weight * dot(g, state["start"] - x)
    m = hp["beta1"] * state["m"] + d * (1.0 - hp["beta1"]) * g
    v = beta2 * state["v"] + d * d * (1.0 - beta2) * (g * g)
    s = kept * state["s"] + weight * g
    below = dot(np.sign(s), s)
    estimate = np.where(below > 0.0, r / np.where(below > 0.0, below, 1.0), 0.0)
    d = np.maximum(d, estimate)
    moved = {"m": m, "v": v, "s": s, "start": state["start"], "r": r, "d": d, "beta1_sum": total1, "beta2_sum": total2}
    return x - rate * m / (np.sqrt(v) + d * PRODIGY_EPS), moved


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
    _prodigy_start,
    _prodigy,
    latex=r"r \leftarrow \sqrt{\beta_2}\, r + \tfrac{d}{d_0}\, d\,\eta\,\langle g, \theta_0 - \theta\rangle, \quad s \leftarrow "
    r"\sqrt{\beta_2}\, s + \tfrac{d}{d_0}\, d\,\eta\, g, \quad \theta \leftarrow \theta - d\,\eta\,\frac{m}{\sqrt v + "
    r"d\,\varepsilon}, \quad "
    r"d \leftarrow \max\bigl(d,\; r / \lVert s \rVert_1\bigr)",
    lines=Lines(
        "g = gradient(x)",
        *WEIGHT_SUMS,
        "rate = d * lr * sqrt(beta2_sum) / beta1_sum if bias_correction else d * lr",
        "r = sqrt(beta2) * r + d / d0 * rate * dot(g, start - x)",
        "s = sqrt(beta2) * s + d / d0 * rate * g",
        "m = beta1 * m + d * (1 - beta1) * g",
        "v = beta2 * v + d**2 * (1 - beta2) * g**2",
        "below = norm1(s)",
        "d = max(d, r / below if below > 0 else 0)",
        f"x = x - rate * m / (sqrt(v) + d * {PRODIGY_EPS})",
        symbols={"start": r"\theta_0", "rate": r"\gamma", "below": r"\bar s"},
        carries=("m",),
        usual={"below": 1},
    ),
    reference="Mishchenko & Defazio, Prodigy: an expeditiously adaptive parameter-free learner, arXiv:2306.06101 (2023)",
    year=2023,
    idea="multiplies Adam's step by an estimate of the distance to the minimum, which starts at d₀ and never shrinks.",
    memory={
        "m": "moving average of gradients, times d",
        "v": "moving average of squared gradients, times d squared",
        "s": "weighted sum of gradients",
        "start": "where it started",
        "r": "weighted sum of progress along the gradients",
        "d": "estimated distance to the minimum",
        **SUMS_MEMORY,
    },
    demo={"lr": 1.0},
    golden=(Golden("prodigyopt"), Golden("optax_prodigy", {"bias_correction": True})),
    form="Without bias correction, as in the authors' package. Optax always corrects: set bias_correction for that form.",
)


def _free_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"z": x.copy(), "average": x.copy(), "weight_sum": 0.0, "lr_max": 0.0, "done": 0}


def _rate(state: State, hp: Hyper) -> Any:
    """Return this step's learning rate: it rises over the first warmup_steps."""
    return hp["lr"] * np.minimum(1.0, (state["done"] + 1) / np.maximum(hp["warmup_steps"], 1))


def _moved(x: Array, direction: Array, lr: Any, beta: Any, state: State) -> tuple[Array, State]:
    """Return y, where the next gradient is taken, and the memory, after one Schedule-Free step along `direction` (d, B).

    The average weighs each z by the square of the largest learning rate so far.
    """
    lr_max = np.maximum(lr, state["lr_max"])
    weight = lr_max * lr_max
    total = state["weight_sum"] + weight
    share = np.where(total > 0.0, weight / np.where(total > 0.0, total, 1.0), 0.0)
    y = x + share * (state["z"] - x) + lr * (beta * (1.0 - share) - 1.0) * direction
    z = state["z"] - lr * direction
    mean = state["average"] + share * (z - state["average"])
    return y, {"z": z, "average": mean, "weight_sum": total, "lr_max": lr_max, "done": state["done"] + 1}


def _answer(x: Array, state: State) -> Array:
    average_point: Array = state["average"]
    return average_point


_FREE_MEMORY = {
    "z": "the point that takes the plain steps",
    "average": "average of all z: the answer",
    "weight_sum": "sum of the average's weights",
    "lr_max": "largest learning rate so far",
    "done": "steps done",
}
_FREE_LATEX = (
    r"z \leftarrow z - \eta\, u, \quad c = \frac{\eta_{\max}^2}{\sum \eta_{\max}^2}, \quad "
    r"x \leftarrow (1-c)\, x + c\, z, \quad y = (1-\beta)\, z + \beta\, x, \quad g = \nabla f(y)"
)
_FREE_REFERENCE = "Defazio et al., The road less scheduled, arXiv:2405.15682 (2024)"
_FREE_FORM = (
    "The authors' form. The path shows y, where gradients are taken; the answer is x, the average, and x is what is judged."
)


_FREE_SYMBOLS = {
    "x": "y",
    "average": "x",
    "rate": r"\eta_t",
    "lr_max": r"\eta_{\max}",
    "weight_sum": "W",
    "share": "c",
}
_FREE_USUAL = {"weight_sum": 1}


def _free_lines(direction: str, beta: str) -> tuple[str, ...]:
    return (
        "rate = lr * min(1, (done + 1) / warmup_steps) if warmup_steps > 0 else lr",
        "lr_max = max(lr_max, rate)",
        "weight_sum = weight_sum + lr_max**2",
        "share = lr_max**2 / weight_sum if weight_sum > 0 else 0",
        f"x = x + share * (z - x) + rate * ({beta} * (1 - share) - 1) * {direction}",
        f"z = z - rate * {direction}",
        "average = average + share * (z - average)",
        "done := done + 1",
    )


def _schedule_free_sgd(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    return _moved(x, oracle.gradient(x), _rate(state, hp), hp["beta"], state)


schedule_free_sgd = Optimizer(
    "schedule_free_sgd",
    "Schedule-Free SGD",
    FAMILY,
    (with_default(LR, 1.0), decay_rate("beta", "β", 0.9, "share of the average in the point where gradients are taken"), WARMUP),
    _free_start,
    _schedule_free_sgd,
    latex=_FREE_LATEX.replace("u, ", "g, ", 1),
    lines=Lines("g = gradient(x)", *_free_lines("g", "beta"), symbols=_FREE_SYMBOLS, usual=_FREE_USUAL),
    reference=_FREE_REFERENCE,
    year=2024,
    idea="moves one point as SGD does and reports the average of where it was; gradients are taken between the two.",
    cases=(
        Claim(
            lambda _: message("is SGD that reports the average of where it was."),
            lambda hp: bool(hp["beta"] == 0),
        ),
    ),
    memory=_FREE_MEMORY,
    answer=_answer,
    demo={"lr": 0.5},
    golden=(Golden("schedulefree_sgd"), Golden("optax_schedule_free_sgd")),
    form=_FREE_FORM,
)


def _free_adamw_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**_free_start(oracle, x, hp), "v": np.zeros_like(x), "beta2_sum": 0.0}


def _schedule_free_adamw(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    total = weight_sum(state["beta2_sum"], hp["beta2"])
    v = average(state["v"], g * g, hp["beta2"])
    direction = with_decay(g / divisor(v, total, hp["eps"]), x, hp)
    y, after = _moved(x, direction, _rate(state, hp), hp["beta1"], state)
    return y, {**after, "v": v, "beta2_sum": total}


_FREE_DIRECTION = "direction = g / (sqrt(v_hat) + eps) + weight_decay * x"

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
    _free_adamw_start,
    _schedule_free_adamw,
    latex=r"v \leftarrow \beta_2 v + (1-\beta_2)\, g^2, \quad u = \frac{g}{\sqrt{\hat v} + \varepsilon} + \lambda y, \quad "
    + _FREE_LATEX.replace(r"\beta", r"\beta_1"),
    lines=Lines(
        "g = gradient(x)",
        "v = beta2 * v + (1 - beta2) * g**2",
        "beta2_sum := beta2 * beta2_sum + (1 - beta2)",
        HATS[1],
        _FREE_DIRECTION,
        *_free_lines("direction", "beta1"),
        symbols=_FREE_SYMBOLS | {"direction": "u"},
        usual=_FREE_USUAL,
        order={HATS[1]: (), _FREE_DIRECTION: (f"direction = g / {DIVISOR} + weight_decay * x",)},
    ),
    reference=_FREE_REFERENCE,
    year=2024,
    idea="is Schedule-Free SGD with Adam's scale per coordinate, and reports an average of points.",
    memory={
        **_FREE_MEMORY,
        "v": "moving average of squared gradients",
        "beta2_sum": "sum of the weights in an average with β₂: 1 - β₂ᵗ",
    },
    answer=_answer,
    demo={"lr": 0.3},
    golden=(
        Golden("schedulefree_adamw", {"warmup_steps": 50, "weight_decay": 0.01}),
        Golden("koz_schedulefree_adamw"),
        Golden("optax_schedule_free_adamw"),
    ),
    form=_FREE_FORM,
)
