"""Adam and its nearest relatives: two moving averages, one of gradients and one of their squares. PyTorch's forms."""

from dataclasses import replace

from optim.core.optimizer import Golden, Optimizer, Torch
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
    MOMENTS,
    NO_MOMENTUM,
    PENALISED,
    V_HAT,
    WEIGHT_DECAY,
    case,
    with_default,
)

FAMILY = "Adam family"
_BETAS = "lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}"

adam = Optimizer(
    "adam",
    "Adam",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    Lines(PENALISED, MOMENTS, M_HAT, V_HAT, ADAM_MOVE, carries=("m",)),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, arXiv:1412.6980 (2014)",
    idea="divides a moving average of gradients by the root of a moving average of their squares, coordinate by coordinate.",
    cases=(NO_MOMENTUM,),
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.Adam({_BETAS})"),
    golden=(Golden("adam"), Golden("adam_l2", {"weight_decay": 0.01})),
    form="ε stands outside the root of the corrected average, as in PyTorch and Optax. The book adds 10⁻⁷ before the correction, "
    "which is another number at every step: optim.book has that form.",
)

adamw = Optimizer(
    "adamw",
    "AdamW",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, with_default(DECOUPLED, 1e-2)),
    Lines(
        "g = gradient(x)",
        MOMENTS,
        M_HAT,
        V_HAT,
        "x = x * (1 - lr * weight_decay) - lr * m_hat / (sqrt(v_hat) + eps)",
        carries=("m",),
    ),
    reference="Loshchilov & Hutter, Decoupled weight decay regularization, arXiv:1711.05101 (2017)",
    idea="is Adam with a weight decay that is not divided by the gradient's scale: each step also "
    "multiplies the point by 1 - lr λ.",
    cases=(case(message("is plain Adam: its weight decay λ is 0."), lambda hp: hp["weight_decay"] == 0),),
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.AdamW({_BETAS})"),
    golden=(Golden("adamw", {"weight_decay": 0.01}),),
    form="The default λ is PyTorch's 0.01; Optax has 0.0001. The rule is the same.",
)

amsgrad = Optimizer(
    "amsgrad",
    "AMSGrad",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    Lines(
        PENALISED,
        MOMENTS,
        "v_max = max(v_max, v)",
        M_HAT,
        "v_hat = v_max / (1 - beta2**t)",
        ADAM_MOVE,
        symbols={"v_max": r"v^{\max}"},
        carries=("m",),
    ),
    reference="Reddi, Kale & Kumar, On the convergence of Adam and beyond, arXiv:1904.09237 (2018)",
    idea="is Adam that divides by the root of the largest average of squares so far, which is corrected by 1 - β₂ᵗ as Adam's "
    "average is.",
    cases=(NO_MOMENTUM,),
    meanings={"v_max": "largest v so far"},
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.Adam({_BETAS}, amsgrad=True)"),
    golden=(Golden("amsgrad"),),
    form="The maximum is taken of the raw v and corrected afterwards, as PyTorch does. Optax takes it of the corrected v, and the "
    "paper corrects nothing: three different methods with one name.",
)

adamax = Optimizer(
    "adamax",
    "AdaMax",
    FAMILY,
    (with_default(LR, 2e-3), BETA1, BETA2, EPS, WEIGHT_DECAY),
    Lines(
        PENALISED,
        "m = beta1 * m + (1 - beta1) * g",
        "u = max(beta2 * u, abs(g) + eps)",
        "x = x - lr / (1 - beta1**t) * m / u",
        carries=("m",),
    ),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, section 7.1, arXiv:1412.6980 (2014)",
    idea="is Adam with a fading maximum of the gradients' sizes as its divisor, in place of the root of an average of squares.",
    cases=(NO_MOMENTUM,),
    meanings={"u": "fading maximum of the gradients' size"},
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.Adamax({_BETAS})"),
    golden=(Golden("adamax"),),
    form="ε is added inside the maximum, as PyTorch and Optax do; the paper has no ε.",
)

_AHEAD = f"""{MOMENTS}
    {V_HAT}
    done := done + 1
    mu = beta1 * (1 - 0.5 * power(0.96, done * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * power(0.96, (done + 1) * momentum_decay))
    mu_sum = mu * mu_sum + (1 - mu)
    ahead = (1 - mu) / mu_sum * g + mu_next / (mu_next * mu_sum + (1 - mu_next)) * m
"""
_AHEAD_SYMBOLS = {"mu": r"\mu_t", "mu_next": r"\mu_{t+1}", "mu_sum": "W", "ahead": r"\tilde m"}
_MOMENTUM_DECAY = Parameter("momentum_decay", "ψ", 4e-3, 0.0, 1.0, doc="how fast the momentum rises to β₁", valid=(0.0, 1e6))

nadam = Optimizer(
    "nadam",
    "NAdam",
    FAMILY,
    (with_default(LR, 2e-3), BETA1, BETA2, EPS, WEIGHT_DECAY, _MOMENTUM_DECAY),
    Lines(
        PENALISED,
        _AHEAD,
        "x = x - lr * ahead / (sqrt(v_hat) + eps)",
        symbols=_AHEAD_SYMBOLS,
        carries=("m",),
    ),
    reference="Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop (2016)",
    idea="is Adam in which the newest gradient counts once more, beside the average.",
    cases=(NO_MOMENTUM,),
    meanings={"mu_sum": "1 minus the product of all momentum values so far"},
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.NAdam({_BETAS}, momentum_decay={{momentum_decay}})"),
    golden=(Golden("nadam"),),
    form="PyTorch's form: its momentum starts at half of β₁ and rises slowly, so it is much weaker than it looks. Optax uses β₁ "
    "throughout and is a different method.",
)

nadamw = replace(
    nadam,
    name="nadamw",
    title="NAdamW",
    parameters=(with_default(LR, 2e-3), BETA1, BETA2, EPS, with_default(DECOUPLED, 1e-2), _MOMENTUM_DECAY),
    lines=Lines(
        "g = gradient(x)",
        _AHEAD,
        "x = x * (1 - lr * weight_decay) - lr * ahead / (sqrt(v_hat) + eps)",
        symbols=_AHEAD_SYMBOLS,
        carries=("m",),
    ),
    reference="Loshchilov & Hutter, Decoupled weight decay regularization, arXiv:1711.05101 (2017), on Dozat's NAdam (2016)",
    idea="is NAdam with a weight decay that is not divided by the gradient's scale.",
    cases=(case(message("is plain NAdam: its weight decay λ is 0."), lambda hp: hp["weight_decay"] == 0),),
    torch=Torch(f"torch.optim.NAdam({_BETAS}, momentum_decay={{momentum_decay}}, decoupled_weight_decay=True)"),
    golden=(Golden("nadamw", {"weight_decay": 0.01}),),
    form="PyTorch's form, with its decoupled_weight_decay. The default λ is 0.01.",
)

radam = Optimizer(
    "radam",
    "RAdam",
    FAMILY,
    (ADAM_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    # PyTorch rectifies from a length of 5 on; the paper says 4.
    Lines(
        PENALISED,
        MOMENTS,
        "done := done + 1",
        M_HAT,
        "longest = 2 / (1 - beta2) - 1",
        "length = longest - 2 * done * (1 - (1 - beta2**t)) / (1 - beta2**t)",
        "trust = sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)) if length > 5 else 1",
        "x = x - lr * m_hat * trust * sqrt(1 - beta2**t) / (sqrt(v) + eps) if length > 5 else x - lr * m_hat",
        symbols={"longest": r"\rho_\infty", "length": r"\rho_t", "trust": "r_t"},
        carries=("m",),
    ),
    reference="Liu et al., On the variance of the adaptive learning rate and beyond, arXiv:1908.03265 (2019)",
    idea="is Adam that leaves out the division until its average of squares is long enough to be trusted.",
    cases=(
        case(
            message(
                "moves along its average of gradients alone: with this β₂ its average of squares is never long enough to divide by."
            ),
            lambda hp: 2.0 / (1.0 - hp["beta2"]) - 1.0 <= 5.0,
        ),
    ),
    demo={"lr": 0.3},
    torch=Torch(f"torch.optim.RAdam({_BETAS})"),
    golden=(Golden("radam"),),
    form="PyTorch's form: the first five steps are plain momentum at the full learning rate, which can explode at Adam's usual "
    "rates. Optax adds ε after the correction; another library takes no step at all at first.",
)
