"""Adaptive rules before Adam: each coordinate is scaled by its own past gradients. PyTorch's forms and defaults."""

import math

from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.i18n.message import message
from optim.optimizers.first_order.shared import EPS, LR, case, decay_rate, with_default

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
    Lines(
        "g = gradient(x)",
        "accumulator starts at initial_accumulator",
        "accumulator = accumulator + g**2",
        "x = x - lr / (1 + done * lr_decay) * g / (sqrt(accumulator) + eps)",
        "done := done + 1",
        symbols={"accumulator": "S"},
    ),
    reference="Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 12 (2011)",
    idea="divides each coordinate's gradient by the root of the sum of all its squares so far, a divisor that never shrinks.",
    meanings={"accumulator": "sum of squared gradients, per coordinate"},
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

adadelta = Optimizer(
    "adadelta",
    "AdaDelta",
    "Adaptive",
    (with_default(LR, 1.0), decay_rate("rho", "ρ", 0.9, "memory of both averages"), with_default(EPS, 1e-6)),
    Lines(
        "g = gradient(x)",
        "square = rho * square + (1 - rho) * g**2",
        "move = sqrt(moves + eps) / sqrt(square + eps) * g",
        "moves = rho * moves + (1 - rho) * move**2",
        "x = x - lr * move",
        symbols={"square": "v", "moves": "u", "move": r"\Delta"},
    ),
    reference="Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701 (2012)",
    idea="scales each coordinate's gradient by the ratio of two averages, of its squared moves and of its squared gradients.",
    meanings={"square": "moving average of squared gradients", "moves": "moving average of squared moves"},
    demo={"lr": 2.0, "eps": 1e-2},
    torch=Torch("torch.optim.Adadelta(lr={lr}, rho={rho}, eps={eps})"),
    golden=(Golden("adadelta"),),
    form="ε stands inside both roots, as in PyTorch and Optax. The paper has no learning rate: it is 1 there.",
)

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
    Lines(
        "g = gradient(x)",
        "square = alpha * square + (1 - alpha) * g**2",
        "mean = mean + (1 - alpha) * (g - mean) if centered else mean",
        "velocity = momentum * velocity + g / (sqrt(square - mean**2 if centered else square) + eps)",
        "x = x - lr * velocity",
        symbols={"square": "v", "velocity": "b", "mean": r"\bar g"},
        carries=("velocity",),
    ),
    reference="Tieleman & Hinton, Coursera lecture 6e (2012); centered: Graves (2013)",
    idea="divides each coordinate's gradient by the root of a moving average of its squares.",
    cases=(
        case(
            message("divides each coordinate's gradient by the spread of its recent gradients around their average."),
            lambda hp: hp["centered"],
        ),
        case(
            message("divides each coordinate's gradient by its own size: with α 0 nothing earlier counts."),
            lambda hp: hp["alpha"] == 0,
        ),
    ),
    meanings={
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
    form="PyTorch's form: α is 0.99, ε stands outside the root, and the learning rate multiplies the whole velocity. Optax has "
    "0.9, ε inside the root and the learning rate inside the velocity.",
)
