"""Wrappers: rules made of another rule, Lookahead and SAM. Each takes any first-order optimizer and returns an optimizer."""

import math
from typing import Any

import numpy as np

from optim.core.claim import Claim
from optim.core.linalg import norm
from optim.core.optimizer import Golden, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.types import Array, Hyper, Mask, State
from optim.i18n.message import message
from optim.optimizers.first_order.adam import adam
from optim.optimizers.first_order.gradient_descent import sgd
from optim.optimizers.transforms.compose import WrappedOracle, extended

FAMILY = "Wrappers"
_SYNC = Parameter(
    "sync_period", "k", 5, 1, 50, kind="int", structural=True, doc="fast steps between two slow ones", valid=(1, 10_000)
)
_SLOW = Parameter("slow_step", "α", 0.5, 0.0, 1.0, doc="share of the way to the fast point that the slow one goes")


def lookahead(base: Optimizer, name: str, **facts: Any) -> Optimizer:
    """Return `base` with Lookahead: every sync_period steps a slow point goes slow_step of the way to the fast one.

    Zhang et al., arXiv:1907.08610 (2019). `facts` are the new optimizer's own words; ValueError where parameters collide.
    """

    def init(oracle: Oracle, x: Array, hp: Hyper) -> State:
        return {**base.init(oracle, x, hp), "slow_point": x.copy(), "fast_steps": 0}

    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        fast, moved = base.step(oracle, x, state, hp)
        done, slow = state["fast_steps"] + 1, state["slow_point"]
        if done % hp["sync_period"] == 0:
            # In this order slow_step = 1 gives back the fast point to the last bit.
            fast = slow = fast - (1.0 - hp["slow_step"]) * (fast - slow)
        return fast, {**moved, "slow_point": slow, "fast_steps": done}

    due = "fast_steps % sync_period == 0"
    taken_back = "slow_point = {} if " + due + " else slow_point"
    shown = taken_back.format("slow_point + slow_step * (x - slow_point)")
    lines = base.lines.ordered({shown: (taken_back.format("x - (1 - slow_step) * (x - slow_point)"),)}).around(
        after=(
            "fast_steps := fast_steps + 1",
            shown,
            f"x = slow_point if {due} else x",
        ),
        symbols={"slow_point": r"\phi"},
        fast_steps=0,
    )
    changes = {"init": init, "step": step, "lines": lines, "family": FAMILY, "stable_bound": None, "torch": None}
    return extended(base, (_SYNC, _SLOW), name=name, **changes, **facts)


lookahead_adam = lookahead(
    adam,
    "lookahead_adam",
    title="Lookahead Adam",
    latex=r"\theta \leftarrow \text{Adam}(\theta), \quad \text{every } k \text{ steps:}\;\; \phi \leftarrow \phi + "
    r"\alpha\,(\theta - \phi), \;\; \theta \leftarrow \phi",
    reference="Zhang et al., Lookahead optimizer: k steps forward, 1 step back, arXiv:1907.08610 (2019)",
    year=2019,
    idea="lets Adam run for k steps, then goes only the share α of the way to where it got.",
    cases=(
        Claim(
            lambda _: message("is plain Adam: with α 1 it goes all the way to where Adam got."),
            lambda hp: bool(hp["slow_step"] == 1),
        ),
        Claim(
            lambda _: message("goes back to its start every k steps: with α 0 nothing of the way is kept."),
            lambda hp: bool(hp["slow_step"] == 0),
        ),
    ),
    memory={**(adam.memory or {}), "slow_point": "the slow point", "fast_steps": "fast steps done"},
    demo={"lr": 0.3},
    golden=(Golden("optax_lookahead_adam", {"sync_period": 5, "slow_step": 0.5}),),
    form="Adam's averages are kept when the fast point is set back, as in the paper's main experiments; they can also be reset.",
)


class _PerturbedGradient(WrappedOracle):
    """The gradient at the point that lies `rho` along the normalised gradient from where it is asked for."""

    def __init__(self, base: Oracle, rho: Any) -> None:
        super().__init__(base)
        self._rho = rho

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        g = self.base.gradient(x, where)
        length = norm(g)
        points = (length > 0.0) & (length < np.inf)
        return self.base.gradient(x + np.where(points, self._rho * (g / np.where(points, length, 1.0)), 0.0), where)


def sam(base: Optimizer, name: str, **facts: Any) -> Optimizer:
    """Return `base` with sharpness-aware minimisation: its gradients come from rho up the slope, at two gradients a step.

    Foret et al., arXiv:2010.01412 (2020). `facts` are the new optimizer's own words; ValueError where parameters collide.
    """

    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        return base.step(_PerturbedGradient(oracle, hp["rho"]), x, state, hp)

    rho = Parameter("rho", "ρ", 0.05, 0.0, 2.0, doc="how far up the slope the gradient is taken", valid=(0.0, math.inf))
    uses = tuple(look for look in base.uses for _ in range(2 if look == "gradient" else 1))
    lines = base.lines.with_gradient_lines(
        "slope = gradient({x})",
        "peak = {x} + rho * (slope / norm(slope)) if norm(slope) > 0 else {x}",
        "{g} = gradient(peak)",
        symbols={"slope": r"g_0", "peak": r"\hat\theta"},
        slope=1,
    )
    changes = {"step": step, "uses": uses, "lines": lines, "family": FAMILY, "stable_bound": None, "torch": None}
    return extended(base, (rho,), name=name, **changes, **facts)


sam_sgd = sam(
    sgd,
    "sam_sgd",
    title="SAM (with SGD)",
    latex=r"\hat\theta = \theta + \rho\,\frac{g}{\lVert g \rVert}, \qquad \theta \leftarrow \theta - \eta\,\nabla f(\hat\theta)",
    reference="Foret et al., Sharpness-aware minimization for efficiently improving generalization, arXiv:2010.01412 (2020)",
    year=2020,
    idea="takes its gradient at a distance ρ up the slope; each step costs two gradients.",
    cases=(
        Claim(
            lambda _: message("is plain SGD at two gradients a step: with ρ 0 both are taken at the same place."),
            lambda hp: bool(hp["rho"] == 0),
        ),
    ),
    demo={"lr": 0.5, "rho": 0.5},
    golden=(Golden("optax_sam_sgd", {"rho": 0.05}),),
    form="The gradient is normalised exactly, as in Optax; another library adds 1e-12 to its length and works in single precision.",
    exempt={"open loop": "it takes a second gradient at a point of its own, which a recorded run does not have"},
)
