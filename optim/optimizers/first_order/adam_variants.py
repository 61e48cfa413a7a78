"""Rules after Adam that average something else, or put the averages together in another way."""

import math

import numpy as np

from optim.core.optimizer import Array, Golden, Hyper, Optimizer, Parameter, State
from optim.core.oracle import Oracle
from optim.core.rule_lines import Lines
from optim.optimizers.first_order.shared import (
    ADAM_MOVE,
    ADAM_ORDER,
    BETA1,
    BETA2,
    DECOUPLED,
    DIVISOR,
    EPS,
    HATS,
    LR,
    MOMENTS,
    MOMENTS_MEMORY,
    POWERS,
    POWERS_MEMORY,
    adam_step,
    average,
    decay_rate,
    default,
    divisor,
    moments,
    moments_start,
)

FAMILY = "After Adam"
_LR = default(LR, 1e-3)


def _adabelief_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "s": np.zeros_like(x), "beta1_power": 1.0, "beta2_power": 1.0}


def _adabelief(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    m = average(state["m"], g, hp["beta1"])
    surprise = g - m
    s = average(state["s"], surprise * surprise, hp["beta2"])
    s += hp["eps"]
    powers = {"beta1_power": state["beta1_power"] * hp["beta1"], "beta2_power": state["beta2_power"] * hp["beta2"]}
    return x - adam_step({"m": m, "v": s, **powers}, hp), {"m": m, "s": s, **powers}


_BELIEF = ("s_hat = s / (1 - beta2_power)", "x = x - lr * m_hat / (sqrt(s_hat) + eps)")

adabelief = Optimizer(
    "adabelief",
    "AdaBelief",
    FAMILY,
    (_LR, BETA1, BETA2, default(EPS, 1e-16)),
    _adabelief_start,
    _adabelief,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad s \leftarrow \beta_2 s + (1-\beta_2)(g - m)^2 + \varepsilon, \quad "
    r"\theta \leftarrow \theta - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{s/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "s = beta2 * s + (1 - beta2) * (g - m)**2 + eps",
        *POWERS,
        HATS[0],
        *_BELIEF,
        carries=("m",),
        order={
            HATS[0]: (),
            _BELIEF[0]: (),
            _BELIEF[1]: ("x = x - m / (sqrt(s) / sqrt(1 - beta2_power) + eps) * (lr / (1 - beta1_power))",),
        },
    ),
    reference="Zhuang et al., AdaBelief optimizer: adapting stepsizes by the belief in observed gradients, arXiv:2010.07468 (2020)",
    year=2020,
    idea="takes long steps where gradients come as expected and short ones where they surprise: it divides by the spread "
    "around the average.",
    memory={
        "m": "moving average of gradients",
        "s": "moving average of squared surprises, with every ε added so far",
        **POWERS_MEMORY,
    },
    demo={"lr": 0.3},
    golden=(Golden("optax_adabelief"),),
    form="ε is added to the stored average at every step, as Optax and the paper's code do, so it adds up. The rectified "
    "version of the "
    "authors' later releases is not this one.",
)


def _yogi_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    first = np.zeros_like(x) + hp["initial_accumulator"]
    return {"m": first, "v": first.copy(), "beta1_power": 1.0, "beta2_power": 1.0}


def _yogi(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    square = g * g
    moved = {
        "m": average(state["m"], g, hp["beta1"]),
        "v": state["v"] - (1.0 - hp["beta2"]) * np.sign(state["v"] - square) * square,
        "beta1_power": state["beta1_power"] * hp["beta1"],
        "beta2_power": state["beta2_power"] * hp["beta2"],
    }
    return x - adam_step(moved, hp), moved


yogi = Optimizer(
    "yogi",
    "Yogi",
    FAMILY,
    (
        default(LR, 1e-2),
        BETA1,
        BETA2,
        default(EPS, 1e-3),
        Parameter("initial_accumulator", "m₀", 1e-6, 0.0, 1.0, doc="where both averages start", valid=(0.0, math.inf)),
    ),
    _yogi_start,
    _yogi,
    latex=r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow v - (1-\beta_2)\operatorname{sign}(v - g^2)\, g^2, \quad "
    r"\theta \leftarrow \theta - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        "m = beta1 * m + (1 - beta1) * g",
        "v = v - (1 - beta2) * sign(v - g**2) * g**2",
        *POWERS,
        *HATS,
        ADAM_MOVE,
        carries=("m",),
        order=ADAM_ORDER,
    ),
    reference="Zaheer et al., Adaptive methods for nonconvex optimization, NeurIPS (2018)",
    year=2018,
    idea="is Adam whose scale changes by at most the newest squared gradient, so a sudden small slope cannot let the steps "
    "explode.",
    memory=MOMENTS_MEMORY,
    demo={"lr": 0.3},
    golden=(Golden("optax_yogi"),),
    form="Both averages start at 1e-6, as in Optax and the authors' code, so it moves a little even where there is no slope.",
    exempt={
        "still": "its average of gradients starts at 1e-6, so it moves even without a slope",
        "mirror": "its average of gradients starts at +1e-6 in every coordinate, whichever way downhill is",
    },
)


def _adan_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    zero = np.zeros_like(x)
    return {"m": zero, "d": zero, "n": zero, "previous": zero, "first": True, **dict.fromkeys(_ADAN_POWERS, 1.0)}


_ADAN_POWERS = ("beta1_power", "beta2_power", "beta3_power")


def _adan(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, beta2 = oracle.gradient(x), hp["beta2"]
    change = np.zeros_like(g) if state["first"] else g - state["previous"]
    m, d = average(state["m"], g, hp["beta1"]), average(state["d"], change, beta2)
    ahead = g + beta2 * change
    n = average(state["n"], ahead * ahead, hp["beta3"])
    power1, power2, power3 = (state[name] * hp[beta] for name, beta in zip(_ADAN_POWERS, ("beta1", "beta2", "beta3"), strict=True))
    below = divisor(n, power3, hp["eps"])
    x = x - hp["lr"] / (1.0 - power1) * m / below - hp["lr"] * beta2 / (1.0 - power2) * d / below
    powers = {"beta1_power": power1, "beta2_power": power2, "beta3_power": power3}
    return x / (1.0 + hp["lr"] * hp["weight_decay"]), {"m": m, "d": d, "n": n, "previous": g, "first": False, **powers}


_ADAN_HATS = ("m_hat = m / (1 - beta1_power)", "d_hat = d / (1 - beta2_power)", "n_hat = n / (1 - beta3_power)")
_ADAN_MOVE = "x = x - lr * (m_hat + beta2 * d_hat) / (sqrt(n_hat) + eps)"

adan = Optimizer(
    "adan",
    "Adan",
    FAMILY,
    (
        _LR,
        default(BETA1, 0.98),
        decay_rate("beta2", "β₂", 0.92, "memory of the gradients' changes"),
        decay_rate("beta3", "β₃", 0.99, "memory of the squared gradients"),
        EPS,
        DECOUPLED,
    ),
    _adan_start,
    _adan,
    latex=r"\Delta = g - g_{\text{prev}}, \quad m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad d \leftarrow \beta_2 d + "
    r"(1-\beta_2)\,"
    r"\Delta, \quad n \leftarrow \beta_3 n + (1-\beta_3)(g + \beta_2 \Delta)^2, \quad "
    r"\theta \leftarrow \frac{1}{1+\eta\lambda}\Bigl(\theta - \eta\,\frac{\hat m + \beta_2 \hat d}{\sqrt{\hat n} + "
    r"\varepsilon}\Bigr)",
    lines=Lines(
        "g = gradient(x)",
        "change = zero(g) if first else g - previous",
        "m = beta1 * m + (1 - beta1) * g",
        "d = beta2 * d + (1 - beta2) * change",
        "n = beta3 * n + (1 - beta3) * (g + beta2 * change)**2",
        *POWERS,
        "beta3_power := beta3_power * beta3",
        *_ADAN_HATS,
        _ADAN_MOVE,
        "x = x / (1 + lr * weight_decay)",
        "previous := g",
        "first := 0",
        symbols={"change": r"\Delta"},
        carries=("m", "d"),
        order={
            **dict.fromkeys(_ADAN_HATS, ()),
            _ADAN_MOVE: (
                "below = sqrt(n) / sqrt(1 - beta3_power) + eps",
                "x = x - lr / (1 - beta1_power) * m / below - lr * beta2 / (1 - beta2_power) * d / below",
            ),
        },
    ),
    reference="Xie et al., Adan: adaptive Nesterov momentum algorithm, arXiv:2208.06677 (2022)",
    year=2022,
    idea="is Nesterov's look ahead without a second gradient: it averages how the gradient changes and adds that to its momentum.",
    memory={
        "m": "moving average of gradients",
        "d": "moving average of the gradients' changes",
        "n": "moving average of squared gradients, looked ahead",
        "previous": "last gradient",
        "first": "whether the first step is still to come",
        **POWERS_MEMORY,
        "beta3_power": "β₃ to the power of the steps done",
    },
    demo={"lr": 0.3},
    golden=(Golden("koz_adan"), Golden("koz_adan_wd", {"weight_decay": 0.02})),
    form="The paper's and the authors' form. Optax 0.2.8 weighs the change by 1 - β₂ in place of β₂ (its pull request 1715), "
    "which is "
    "another method.",
)


def _adopt_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {"m": np.zeros_like(x), "v": np.zeros_like(x), "done": 0}


def _adopt(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, done = oracle.gradient(x), state["done"]
    square = g * g
    if done == 0:
        return x, {"m": state["m"], "v": square, "done": 1}
    limit = math.sqrt(math.sqrt(done))
    scaled = np.clip(g / np.maximum(np.sqrt(state["v"]), hp["eps"]), -limit, limit)
    m = average(state["m"], scaled, hp["beta1"])
    return x - hp["lr"] * m, {"m": m, "v": average(state["v"], square, hp["beta2"]), "done": done + 1}


adopt = Optimizer(
    "adopt",
    "ADOPT",
    FAMILY,
    (_LR, BETA1, default(BETA2, 0.9999), default(EPS, 1e-6)),
    _adopt_start,
    _adopt,
    latex=r"u = \operatorname{clip}\Bigl(\frac{g}{\max(\sqrt v, \varepsilon)},\; \pm (t-1)^{1/4}\Bigr), \quad m \leftarrow "
    r"\beta_1 m + "
    r"(1-\beta_1)\, u, \quad \theta \leftarrow \theta - \eta\, m, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2",
    lines=Lines(
        "g = gradient(x)",
        "scaled = clip(g / max(sqrt(v), eps), -sqrt(sqrt(done)), sqrt(sqrt(done)))",
        "m = m if done == 0 else beta1 * m + (1 - beta1) * scaled",
        "x = x if done == 0 else x - lr * m",
        "v = g**2 if done == 0 else beta2 * v + (1 - beta2) * g**2",
        "done := done + 1",
        symbols={"scaled": "u"},
        carries=("m",),
        usual={"done": 1},
    ),
    reference="Taniguchi et al., ADOPT: modified Adam can converge with any β₂ with the optimal rate, arXiv:2411.02853 (2024)",
    year=2024,
    idea="is Adam that scales a gradient by those before it, never by itself; its first step only looks and does not move.",
    memory={
        "m": "moving average of scaled gradients",
        "v": "moving average of squared gradients before this step",
        "done": "steps done",
    },
    demo={"lr": 0.3},
    golden=(Golden("adopt_official"), Golden("optax_adopt")),
    form="The authors' form: step t clips at (t-1) to the 1/4. A widely used copy clips at t to the 1/4 and is off by one.",
)


def _ademamix_start(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**moments_start(oracle, x, hp), "slow": np.zeros_like(x)}


def _ademamix(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    moved = moments(g, state, hp)
    slow = average(state["slow"], g, hp["beta3"])
    mix = moved["m"] / (1.0 - moved["beta1_power"]) + hp["alpha"] * slow
    return x - hp["lr"] * mix / divisor(moved["v"], moved["beta2_power"], hp["eps"]), {**moved, "slow": slow}


_ADEMAMIX_MOVE = "x = x - lr * (m_hat + alpha * slow) / (sqrt(v_hat) + eps)"

ademamix = Optimizer(
    "ademamix",
    "AdEMAMix",
    FAMILY,
    (
        _LR,
        BETA1,
        BETA2,
        decay_rate("beta3", "β₃", 0.9999, "memory of the slow average of gradients"),
        Parameter("alpha", "α", 5.0, 0.0, 20.0, doc="weight of the slow average", valid=(0.0, math.inf)),
        EPS,
    ),
    _ademamix_start,
    _ademamix,
    latex=r"m_1 \leftarrow \beta_1 m_1 + (1-\beta_1)\, g, \quad m_2 \leftarrow \beta_3 m_2 + (1-\beta_3)\, g, \quad v "
    r"\leftarrow \beta_2 v + "
    r"(1-\beta_2)\, g^2, \quad \theta \leftarrow \theta - \eta\,\frac{\hat m_1 + \alpha\, m_2}{\sqrt{\hat v} + \varepsilon}",
    lines=Lines(
        "g = gradient(x)",
        *MOMENTS,
        *POWERS,
        *HATS,
        "slow = beta3 * slow + (1 - beta3) * g",
        _ADEMAMIX_MOVE,
        symbols={"slow": r"m_{\text{slow}}"},
        carries=("m", "slow"),
        order={HATS[1]: (), _ADEMAMIX_MOVE: (f"x = x - lr * (m_hat + alpha * slow) / {DIVISOR}",)},
    ),
    reference="Pagliardini et al., The AdEMAMix optimizer: better, faster, older, arXiv:2409.03137 (2024)",
    year=2024,
    idea="is Adam with a second, very long memory of gradients beside the short one.",
    memory={**MOMENTS_MEMORY, "slow": "slow moving average of gradients, uncorrected"},
    demo={"lr": 0.3},
    golden=(Golden("koz_ademamix"),),
    form="α is 5 and constant, as Optax's and the other library's defaults; the paper also warms up α and β₃, which is not "
    "done here.",
)
