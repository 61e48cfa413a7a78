"""Gradient descent and its two momentum forms, in PyTorch's parametrisation."""

from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.core.types import Hyper
from optim.i18n.message import message
from optim.optimizers.first_order.shared import LR, PENALISED, WEIGHT_DECAY, case, with_default

_LR = with_default(LR, 1e-3)
_MOMENTUM = Parameter("momentum", "μ", 0.9, 0.0, 1.0, doc="share of the velocity kept from one step to the next")
_DAMPENING = Parameter("dampening", "τ", 0.0, 0.0, 1.0, doc="share of each new gradient kept out of the velocity")
_PLAIN = case(message("is plain SGD: with μ 0 it keeps no velocity."), lambda hp: hp["momentum"] == 0)

sgd = Optimizer(
    "sgd",
    "SGD",
    "Gradient descent",
    (_LR, WEIGHT_DECAY),
    Lines(PENALISED, "x = x - lr * g"),
    reference="Cauchy (1847); Robbins & Monro, A stochastic approximation method (1951)",
    idea="subtracts lr times the gradient, and keeps no memory.",
    cases=(
        case(
            message("subtracts lr times the sum of the gradient and λ times the point, and keeps no memory."),
            lambda hp: hp["weight_decay"] > 0,
        ),
    ),
    stable_bound=lambda hp: 2.0 - hp["lr"] * hp["weight_decay"],
    demo={"lr": 0.95},
    torch=Torch("torch.optim.SGD(lr={lr}, weight_decay={weight_decay})"),
    golden=(Golden("sgd"), Golden("sgd_wd", {"weight_decay": 0.01}), Golden("book_sgd")),
)


def _momentum_bound(hp: Hyper) -> float:
    # As in PyTorch, without momentum there is nothing to dampen.
    kept = 1.0 - hp["dampening"] if hp["momentum"] else 1.0
    return float(2.0 * (1.0 + hp["momentum"]) / kept - hp["lr"] * hp["weight_decay"]) if kept else float("inf")


momentum = Optimizer(
    "momentum",
    "Momentum",
    "Gradient descent",
    (_LR, _MOMENTUM, _DAMPENING, WEIGHT_DECAY),
    # PyTorch fills the velocity with the whole first gradient: dampening begins with the second step.
    Lines(
        PENALISED,
        "velocity = g if first else g if momentum == 0 else momentum * velocity + (1 - dampening) * g",
        "x = x - lr * velocity",
        "first starts at 1",
        "first := 0",
        carries=("velocity",),
    ),
    reference="Polyak, Some methods of speeding up the convergence of iteration methods (1964)",
    idea="moves by lr times a velocity: the share μ of the last one plus the new gradient, so that slopes of one sign add up and "
    "alternating ones partly cancel.",
    cases=(
        _PLAIN,
        case(
            message("moves on with its first gradient alone: with τ 1 no other one enters the velocity."),
            lambda hp: hp["dampening"] == 1,
        ),
        case(
            message("moves by lr times a velocity: the share μ of the last one plus the share 1 - τ of the new gradient."),
            lambda hp: hp["dampening"] > 0,
        ),
    ),
    stable_bound=_momentum_bound,
    demo={"lr": 0.1},
    torch=Torch("torch.optim.SGD(lr={lr}, momentum={momentum}, dampening={dampening}, weight_decay={weight_decay})"),
    golden=(Golden("momentum"), Golden("momentum_damp", {"dampening": 0.9}), Golden("book_momentum")),
    form="PyTorch's form: the learning rate multiplies the whole velocity. In the book it is inside the velocity, which is the "
    "same as long as the learning rate stays the same.",
)

nesterov = Optimizer(
    "nesterov",
    "Nesterov",
    "Gradient descent",
    (_LR, _MOMENTUM, WEIGHT_DECAY),
    Lines(
        PENALISED,
        "velocity = g if first else momentum * velocity + g",
        "x = x - lr * (g + momentum * velocity)",
        "first starts at 1",
        "first := 0",
        carries=("velocity",),
    ),
    reference="Nesterov (1983); in the form of Sutskever et al., On the importance of initialization and momentum (2013)",
    idea="is momentum in which the newest gradient counts once more, beside the velocity.",
    cases=(_PLAIN,),
    stable_bound=lambda hp: 2.0 * (1.0 + hp["momentum"]) / (1.0 + 2.0 * hp["momentum"]) - hp["lr"] * hp["weight_decay"],
    demo={"lr": 0.1},
    torch=Torch(
        "torch.optim.SGD(lr={lr}, momentum={momentum}, weight_decay={weight_decay}, nesterov=True)",
        lambda hp: "" if hp["momentum"] else message("PyTorch's needs a momentum above 0"),
    ),
    golden=(Golden("nesterov"), Golden("book_nesterov")),
    form="The form of Sutskever and PyTorch, in which the point that is kept is the one looked ahead to. The book's current "
    "edition writes it differently and makes the same steps.",
)
