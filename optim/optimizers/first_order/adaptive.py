"""Adaptive rules before Adam: each coordinate is scaled by its own past gradients. PyTorch's forms and defaults."""

import math

import numpy as np

from optim.core.claim import Claim
from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message
from optim.optimizers.first_order.shared import EPS, LR, average, decay_rate, with_default


def _adagrad_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"accumulator": np.zeros_like(x) + hp["initial_accumulator"], "done": 0}


def _adagrad(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    accumulator = state["accumulator"] + g * g
    lr = hp["lr"] / (1.0 + state["done"] * hp["lr_decay"])
    return x - lr * g / (np.sqrt(accumulator) + hp["eps"]), {"accumulator": accumulator, "done": state["done"] + 1}


adagrad = Optimizer(
    "adagrad",
    "AdaGrad",
    "Adaptive",
    (
        with_default(LR, 1e-2),
        Parameter("lr_decay", "δ", 0.0, 0.0, 1.0, doc="divides lr by 1 + δ times the steps done", valid=(0.0, math.inf)),
        Parameter("initial_accumulator", "S₀", 0.0, 0.0, 10.0, doc="where the sum starts", valid=(0.0, math.inf)),
        with_default(EPS, 1e-10),
    ),
    _adagrad_start,
    _adagrad,
    latex=r"S \leftarrow S + g^2, \qquad \theta \leftarrow \theta - \frac{\eta}{1 + t\,\delta}\,\frac{g}{\sqrt{S} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        "accumulator = accumulator + g**2",
        "x = x - lr / (1 + done * lr_decay) * g / (sqrt(accumulator) + eps)",
        "done := done + 1",
        symbols={"accumulator": "S"},
    ),
    reference="Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 12 (2011)",
    year=2011,
    idea="divides each coordinate's gradient by the root of the sum of all its squares so far, a divisor that never shrinks.",
    memory={"accumulator": "sum of squared gradients, per coordinate", "done": "steps done"},
    demo={"lr": 1.5},
    torch=Torch("torch.optim.Adagrad(lr={lr}, lr_decay={lr_decay}, initial_accumulator_value={initial_accumulator}, eps={eps})"),
    golden=(
        Golden("adagrad"),
        Golden("adagrad_lrdecay", {"lr_decay": 0.01, "initial_accumulator": 0.1}),
        Golden("book_adagrad", {"eps": 1e-7}),
    ),
    form="PyTorch's form: the sum starts at 0 and ε stands outside the root. Optax starts it at 0.1 with ε inside, which makes the "
    "first steps shorter.",
)


def _adadelta_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"square": np.zeros_like(x), "moves": np.zeros_like(x)}


def _adadelta(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, eps = oracle.gradient(x), hp["eps"]
    square = average(state["square"], g * g, hp["rho"])
    move = np.sqrt(state["moves"] + eps) / np.sqrt(square + eps) * g
    return x - hp["lr"] * move, {"square": square, "moves": average(state["moves"], move * move, hp["rho"])}


adadelta = Optimizer(
    "adadelta",
    "AdaDelta",
    "Adaptive",
    (with_default(LR, 1.0), decay_rate("rho", "ρ", 0.9, "memory of both averages"), with_default(EPS, 1e-6)),
    _adadelta_start,
    _adadelta,
    latex=r"v \leftarrow \rho v + (1-\rho)\, g^2, \quad \Delta = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\, g, \quad "
    r"u \leftarrow \rho u + (1-\rho)\,\Delta^2, \quad \theta \leftarrow \theta - \eta\,\Delta",
    lines=Lines(
        "g = gradient(x)",
        "square = rho * square + (1 - rho) * g**2",
        "move = sqrt(moves + eps) / sqrt(square + eps) * g",
        "moves = rho * moves + (1 - rho) * move**2",
        "x = x - lr * move",
        symbols={"square": "v", "moves": "u", "move": r"\Delta"},
    ),
    reference="Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701 (2012)",
    year=2012,
    idea="scales each coordinate's gradient by the ratio of two averages, of its squared moves and of its squared gradients.",
    memory={"square": "moving average of squared gradients", "moves": "moving average of squared moves"},
    demo={"lr": 2.0, "eps": 1e-2},
    torch=Torch("torch.optim.Adadelta(lr={lr}, rho={rho}, eps={eps})"),
    golden=(Golden("adadelta"),),
    form="ε stands inside both roots, as in PyTorch and Optax. The paper has no learning rate: it is 1 there.",
)


def _rmsprop_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero = np.zeros_like(x)
    centre = {"mean": zero} if hp["centered"] else {}
    return {"square": zero, "velocity": zero, **centre}


def _rmsprop(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    alpha = hp["alpha"]
    g = oracle.gradient(x)
    square = alpha * state["square"] + (1.0 - alpha) * g * g
    if hp["centered"]:
        mean = state["mean"] + (1.0 - alpha) * (g - state["mean"])
        spread, centre = square - mean * mean, {"mean": mean}
    else:
        spread, centre = square, {}
    velocity = hp["momentum"] * state["velocity"] + g / (np.sqrt(spread) + hp["eps"])
    return x - hp["lr"] * velocity, {"square": square, "velocity": velocity, **centre}


_RMSPROP_SQUARE = "square = alpha * square + (1 - alpha) * g**2"

rmsprop = Optimizer(
    "rmsprop",
    "RMSProp",
    "Adaptive",
    (
        with_default(LR, 1e-2),
        decay_rate("alpha", "α", 0.99, "memory of the squared gradients' average"),
        EPS,
        Parameter("momentum", "μ", 0.0, 0.0, 1.0, doc="share of the velocity kept from one step to the next"),
        Parameter("centered", "c", 0, 0, 1, kind="bool", structural=True, doc="divide by the spread around the mean gradient"),
    ),
    _rmsprop_start,
    _rmsprop,
    latex=r"v \leftarrow \alpha v + (1 - \alpha)\, g^2, \quad b \leftarrow \mu b + \frac{g}{\sqrt{v} + \varepsilon}, "
    r"\quad \theta \leftarrow \theta - \eta\, b",
    lines=Lines(
        "g = gradient(x)",
        _RMSPROP_SQUARE,
        "mean = mean + (1 - alpha) * (g - mean) if centered else mean",
        "velocity = momentum * velocity + g / (sqrt(square - mean**2 if centered else square) + eps)",
        "x = x - lr * velocity",
        symbols={"square": "v", "velocity": "b", "mean": r"\bar g"},
        carries=("velocity",),
        order={_RMSPROP_SQUARE: ("square = alpha * square + (1 - alpha) * g * g",)},
    ),
    reference="Tieleman & Hinton, Coursera lecture 6e (2012); centered: Graves (2013)",
    year=2012,
    idea="divides each coordinate's gradient by the root of a moving average of its squares.",
    cases=(
        Claim(
            lambda _: message("divides each coordinate's gradient by the spread of its recent gradients around their average."),
            lambda hp: bool(hp["centered"]),
        ),
        Claim(
            lambda _: message("divides each coordinate's gradient by its own size: with α 0 nothing earlier counts."),
            lambda hp: bool(hp["alpha"] == 0),
        ),
    ),
    memory={
        "square": "moving average of squared gradients",
        "velocity": "running sum of scaled gradients",
        "mean": "moving average of gradients (centered)",
    },
    demo={"lr": 0.1},
    torch=Torch("torch.optim.RMSprop(lr={lr}, alpha={alpha}, eps={eps}, momentum={momentum}, centered={centered})"),
    golden=(
        Golden("rmsprop"),
        Golden("rmsprop_centered", {"centered": True}),
        Golden("rmsprop_momentum", {"momentum": 0.9}),
        Golden("book_rmsprop", {"alpha": 0.99, "eps": 1e-7}),
    ),
    form="PyTorch's form: α is 0.99, ε stands outside the root, and the learning rate multiplies the whole velocity. Optax "
    "has 0.9, ε "
    "inside the root and the learning rate inside the velocity.",
)
