"""Adam and its nearest relatives: two moving averages, one of gradients and one of their squares. PyTorch's forms."""

import numpy as np

from optim.core.optimizer import Array, Golden, Hyper, Optimizer, Parameter, State, Torch
from optim.core.oracle import Oracle
from optim.core.rule_lines import Lines
from optim.optimizers.first_order.shared import (
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
    MOMENTS_MEMORY,
    POWERS,
    POWERS_MEMORY,
    WEIGHT_DECAY,
    adam_step,
    average,
    default,
    divisor,
    moments,
    moments_start,
    power,
    root,
    shrunk,
    with_decay,
)

FAMILY = "Adam family"
_LR = default(LR, 1e-3)
_MOMENTS = r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2, \quad "
_HATS = r"\hat m = \frac{m}{1-\beta_1^t}, \quad \hat v = \frac{v}{1-\beta_2^t}, \quad "


def _adam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    moved = moments(with_decay(oracle.gradient(x), x, hp), state, hp)
    return x - adam_step(moved, hp), moved


adam = Optimizer(
    "adam",
    "Adam",
    FAMILY,
    (_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    moments_start,
    _adam,
    latex=_MOMENTS + _HATS + r"\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines("g = gradient(x)", DECAY, *MOMENTS, *POWERS, *HATS, ADAM_MOVE, carries=("m",), order=ADAM_ORDER),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, arXiv:1412.6980 (2014)",
    year=2014,
    idea="joins momentum with a scale per coordinate: every coordinate moves about lr per step while its slope keeps its sign.",
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
    (_LR, BETA1, BETA2, EPS, default(DECOUPLED, 1e-2)),
    moments_start,
    _adamw,
    latex=_MOMENTS + _HATS + r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        *MOMENTS,
        *POWERS,
        *HATS,
        _ADAMW_MOVE,
        carries=("m",),
        order={
            **ADAM_ORDER,
            _ADAMW_MOVE: (f"x = x * (1 - lr * weight_decay) - m / {DIVISOR} * (lr / (1 - beta1_power))",),
        },
    ),
    reference="Loshchilov & Hutter, Decoupled weight decay regularization, arXiv:1711.05101 (2017)",
    year=2017,
    idea="is Adam with a weight decay that is not divided by the gradient's scale: every coordinate is pulled to zero alike.",
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


_AMSGRAD_HAT = "v_hat = v_max / (1 - beta2_power)"

amsgrad = Optimizer(
    "amsgrad",
    "AMSGrad",
    FAMILY,
    (_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    _amsgrad_start,
    _amsgrad,
    latex=_MOMENTS
    + r"v^{\max} \leftarrow \max(v^{\max}, v), \quad \theta \leftarrow \theta - \eta\,"
    + r"\frac{m/(1-\beta_1^t)}{\sqrt{v^{\max}/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *POWERS,
        "v_max = max(v_max, v)",
        HATS[0],
        _AMSGRAD_HAT,
        ADAM_MOVE,
        symbols={"v_max": r"v^{\max}"},
        carries=("m",),
        order={
            **ADAM_ORDER,
            _AMSGRAD_HAT: (),
            ADAM_MOVE: ("x = x - m / (sqrt(v_max) / sqrt(1 - beta2_power) + eps) * (lr / (1 - beta1_power))",),
        },
    ),
    reference="Reddi, Kale & Kumar, On the convergence of Adam and beyond, arXiv:1904.09237 (2018)",
    year=2018,
    idea="is Adam that never forgets a steep slope: the divisor is the largest average so far, so steps cannot grow again.",
    memory={**MOMENTS_MEMORY, "v_max": "largest v so far"},
    demo={"lr": 0.3},
    torch=Torch("torch.optim.Adam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, amsgrad=True)"),
    golden=(Golden("amsgrad"),),
    form="The maximum is taken of the raw v and corrected afterwards, as PyTorch does. Optax takes it of the corrected v, and the "
    "paper corrects nothing: three different methods under one name.",
)


def _adamax_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "u": np.zeros_like(x), "beta1_power": 1.0}


def _adamax(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = with_decay(oracle.gradient(x), x, hp)
    m = average(state["m"], g, hp["beta1"])
    u = np.maximum(hp["beta2"] * state["u"], np.abs(g) + hp["eps"])
    power = state["beta1_power"] * hp["beta1"]
    return x - hp["lr"] / (1.0 - power) * m / u, {"m": m, "u": u, "beta1_power": power}


adamax = Optimizer(
    "adamax",
    "AdaMax",
    FAMILY,
    (default(LR, 2e-3), BETA1, BETA2, EPS, WEIGHT_DECAY),
    _adamax_start,
    _adamax,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad u \leftarrow \max(\beta_2 u,\; |g| + \varepsilon), \quad "
    r"\theta \leftarrow \theta - \frac{\eta}{1-\beta_1^t}\,\frac{m}{u}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        "m = beta1 * m + (1 - beta1) * g",
        "u = max(beta2 * u, abs(g) + eps)",
        "beta1_power := beta1_power * beta1",
        "x = x - lr / (1 - beta1_power) * m / u",
        carries=("m",),
    ),
    reference="Kingma & Ba, Adam: a method for stochastic optimization, section 7.1, arXiv:1412.6980 (2014)",
    year=2014,
    idea="is Adam with the largest recent gradient as its scale: a fading maximum in place of the average of squares.",
    memory={
        "m": "moving average of gradients",
        "u": "fading maximum of the gradients' size",
        "beta1_power": POWERS_MEMORY["beta1_power"],
    },
    demo={"lr": 0.3},
    torch=Torch("torch.optim.Adamax(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("adamax"),),
    form="ε is added inside the maximum, as PyTorch and Optax do; the paper has no ε.",
)

NESTEROV_BASE = 0.96
"""The base of NAdam's momentum schedule (Dozat 2016)."""


def _nadam_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "mu_product": 1.0, "done": 0}


def _nadam(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = with_decay(oracle.gradient(x), x, hp)
    moved, done = moments(g, state, hp), state["done"] + 1
    mu, mu_next = (hp["beta1"] * (1.0 - 0.5 * power(NESTEROV_BASE, step * hp["momentum_decay"])) for step in (done, done + 1))
    product = state["mu_product"] * mu
    below = divisor(moved["v"], moved["beta2_power"], hp["eps"])
    move = hp["lr"] * (1.0 - mu) / (1.0 - product) * g / below
    move = move + hp["lr"] * mu_next / (1.0 - product * mu_next) * moved["m"] / below
    return x - move, {**moved, "mu_product": product, "done": done}


_NADAM_MOVE = (
    "ahead = (1 - mu) / (1 - mu_product) * g + mu_next / (1 - mu_product * mu_next) * m",
    "x = x - lr * ahead / (sqrt(v_hat) + eps)",
)

nadam = Optimizer(
    "nadam",
    "NAdam",
    FAMILY,
    (
        default(LR, 2e-3),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Parameter("momentum_decay", "ψ", 4e-3, 0.0, 1.0, doc="how fast the momentum rises to β₁", valid=(0.0, 1e6)),
    ),
    _nadam_start,
    _nadam,
    latex=_MOMENTS
    + r"\mu_t = \beta_1\bigl(1 - \tfrac12\, 0.96^{t\psi}\bigr), \quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + "
    + r"\varepsilon}\Bigl(\frac{1-\mu_t}{1-\prod_{i \le t}\mu_i}\, g + \frac{\mu_{t+1}}{1-\prod_{i \le t+1}\mu_i}\, m\Bigr)",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *POWERS,
        HATS[1],
        "done := done + 1",
        f"mu = beta1 * (1 - 0.5 * power({NESTEROV_BASE}, done * momentum_decay))",
        f"mu_next = beta1 * (1 - 0.5 * power({NESTEROV_BASE}, (done + 1) * momentum_decay))",
        "mu_product = mu_product * mu",
        *_NADAM_MOVE,
        symbols={"mu": r"\mu_t", "mu_next": r"\mu_{t+1}", "mu_product": "P", "ahead": r"\tilde m"},
        carries=("m",),
        order={
            HATS[1]: (),
            _NADAM_MOVE[0]: (f"below = {DIVISOR}", "ahead = lr * (1 - mu) / (1 - mu_product) * g / below"),
            _NADAM_MOVE[1]: ("x = x - (ahead + lr * mu_next / (1 - mu_product * mu_next) * m / below)",),
        },
    ),
    reference="Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop (2016)",
    year=2016,
    idea="is Adam that looks ahead as Nesterov's momentum does: the newest gradient counts once more.",
    memory={
        **MOMENTS_MEMORY,
        "mu_product": "product of all momentum values so far",
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
    # The length of the average is a small difference of large numbers: a running product would be too coarse for it.
    moved["beta2_power"] = power2 = power(hp["beta2"], done)
    longest = 2.0 / (1.0 - hp["beta2"]) - 1.0
    length = longest - 2.0 * done * power2 / (1.0 - power2)
    trusted = length > RECTIFIED
    length, longest = np.where(trusted, length, 6.0), np.where(trusted, longest, 6.0)
    rectifier = np.sqrt((length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length))
    scale = rectifier * root(1.0 - power2) / (np.sqrt(moved["v"]) + hp["eps"])
    corrected = hp["lr"] * moved["m"] / (1.0 - moved["beta1_power"])
    return x - np.where(trusted, corrected * scale, corrected), {**moved, "done": done}


_RADAM_MOVE = f"x = x - lr * m_hat * trust * sqrt(1 - beta2_power) / (sqrt(v) + eps) if length > {RECTIFIED} else x - lr * m_hat"

radam = Optimizer(
    "radam",
    "RAdam",
    FAMILY,
    (_LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    _radam_start,
    _radam,
    latex=_MOMENTS
    + r"\rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}, \quad \theta \leftarrow \theta - \eta\,\hat m \cdot "
    + r"\begin{cases} r_t\,\dfrac{\sqrt{1-\beta_2^t}}{\sqrt v + \varepsilon} & \rho_t > 5 \\ 1 & \text{else} \end{cases}, \quad "
    + r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\,\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\,\rho_t}}",
    lines=Lines(
        "g = gradient(x)",
        DECAY,
        *MOMENTS,
        *POWERS,
        "done := done + 1",
        "beta2_power := power(beta2, done)",
        HATS[0],
        "longest = 2 / (1 - beta2) - 1",
        "length = longest - 2 * done * beta2_power / (1 - beta2_power)",
        "trust = sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))"
        f" if length > {RECTIFIED} else 1",
        _RADAM_MOVE,
        symbols={"longest": r"\rho_\infty", "length": r"\rho_t", "trust": "r_t"},
        carries=("m",),
        order={
            HATS[0]: (),
            _RADAM_MOVE: (
                "move = lr * m / (1 - beta1_power)",
                "scale = trust * sqrt(1 - beta2_power) / (sqrt(v) + eps)",
                f"x = x - move * scale if length > {RECTIFIED} else x - move",
            ),
        },
    ),
    reference="Liu et al., On the variance of the adaptive learning rate and beyond, arXiv:1908.03265 (2019)",
    year=2019,
    idea="is Adam with a warm-up of its own: until enough gradients are known to trust their scale, it steps without it.",
    memory={**MOMENTS_MEMORY, "done": "steps done"},
    demo={"lr": 0.3},
    torch=Torch("torch.optim.RAdam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"),
    golden=(Golden("radam"),),
    form="PyTorch's form: the first five steps are plain momentum at the full learning rate, which can explode at Adam's usual "
    "rates. Optax adds ε after the correction; another library takes no step at all at first.",
)
