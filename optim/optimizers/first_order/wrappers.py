"""Wrappers: rules made of another rule, Lookahead and SAM. Each takes any first-order optimizer and returns an optimizer."""

import math
from dataclasses import replace
from typing import Any

from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.i18n.message import message
from optim.optimizers.first_order.adam import adam, radam
from optim.optimizers.first_order.gradient_descent import sgd
from optim.optimizers.first_order.shared import case, with_default

_NEW: dict[str, Any] = {"family": "Wrappers", "stable_bound": None, "torch": None}
"""What a wrapped rule does not have of its base."""
_SYNC = Parameter(
    "sync_period", "k", 5, 1, 50, kind="int", structural=True, doc="fast steps between two slow ones", valid=(1, 10_000)
)
_SLOW = Parameter("slow_step", "α", 0.5, 0.0, 1.0, doc="share of the way to the fast point that the slow one goes")
_RHO = Parameter("rho", "ρ", 0.05, 0.0, 2.0, doc="how far up the slope the gradient is taken", valid=(0.0, math.inf))


def lookahead(base: Optimizer, name: str, *, period: int = 5, **facts: Any) -> Optimizer:
    """Return `base` with Lookahead: every sync_period steps a slow point goes slow_step of the way to the fast one.

    Zhang et al., arXiv:1907.08610 (2019). `facts` are the new optimizer's own words; ValueError where parameters collide.
    """
    # In this order slow_step = 1 gives back the fast point to the last bit.
    after = """
        slow_point starts at x
        fast_steps := fast_steps + 1
        slow_point = x - (1 - slow_step) * (x - slow_point) if fast_steps % sync_period == 0 else slow_point
        x = slow_point if fast_steps % sync_period == 0 else x
    """
    lines = base.lines.around(after=after, symbols={"slow_point": r"\phi"}, fast_steps=0)
    own = {"slow_point": "the slow point", "fast_steps": "fast steps done"}
    return base.with_lines(lines, with_default(_SYNC, period), _SLOW, name=name, meanings=own, **{**_NEW, **facts})


lookahead_adam = lookahead(
    adam,
    "lookahead_adam",
    title="Lookahead Adam",
    reference="Zhang et al., Lookahead optimizer: k steps forward, 1 step back, arXiv:1907.08610 (2019)",
    idea="lets Adam run for k steps, then goes only the share α of the way to where it got.",
    cases=(
        case(message("is plain Adam: with α 1 it goes all the way to where Adam got."), lambda hp: hp["slow_step"] == 1),
        case(
            message("goes back to its start every k steps: with α 0 nothing of the way is kept."), lambda hp: hp["slow_step"] == 0
        ),
    ),
    demo={"lr": 0.3},
    golden=(Golden("optax_lookahead_adam", {"sync_period": 5, "slow_step": 0.5}),),
    form="Adam's averages are kept when the fast point is set back, as in the paper's main experiments; they can also be reset.",
)


_RANGER = {"beta1": 0.95, "eps": 1e-5}
ranger = lookahead(
    replace(radam, parameters=tuple(with_default(p, _RANGER.get(p.name, p.default)) for p in radam.parameters)),
    "ranger",
    period=6,
    title="Ranger",
    reference="Wright, Ranger: a synergistic optimizer (2019), of Liu et al. and Zhang et al. (2019)",
    idea="is RAdam for k steps, of which it then goes only the share α.",
    cases=(
        case(message("is plain RAdam: with α 1 it goes all the way to where RAdam got."), lambda hp: hp["slow_step"] == 1),
        lookahead_adam.cases[1],
    ),
    demo={"lr": 0.3},
    golden=(Golden("mpmath_ranger"),),
    form="RAdam in PyTorch's form; the first release also centred gradients of matrices, which is not done here.",
)


def sam(base: Optimizer, name: str, **facts: Any) -> Optimizer:
    """Return `base` with sharpness-aware minimisation: its gradients come from rho up the slope, at two gradients a step.

    Foret et al., arXiv:2010.01412 (2020). `facts` are the new optimizer's own words; ValueError where parameters collide.
    """
    lines = base.lines.with_gradient_lines(
        "slope = gradient({x})",
        "rise := norm(slope)",
        # Only a slope that is neither zero nor infinite has a direction.
        "peak = {x} + rho * (slope / norm(slope)) if rise > 0 and 1 / rise > 0 else {x}",
        "{g} = gradient(peak)",
        symbols={"slope": r"g_0", "peak": r"\hat\theta"},
        rise=1,
    )
    return base.with_lines(lines, _RHO, name=name, **{**_NEW, **facts})


sam_sgd = sam(
    sgd,
    "sam_sgd",
    title="SAM (with SGD)",
    reference="Foret et al., Sharpness-aware minimization for efficiently improving generalization, arXiv:2010.01412 (2020)",
    idea="takes its gradient at a distance ρ up the slope; each step costs two gradients.",
    cases=(
        case(
            message("is plain SGD at two gradients a step: with ρ 0 both are taken at the same place."), lambda hp: hp["rho"] == 0
        ),
    ),
    demo={"lr": 0.5, "rho": 0.5},
    golden=(Golden("optax_sam_sgd", {"rho": 0.05}),),
    form="The gradient is normalised exactly, as in Optax; another library adds 10⁻¹² to its length and works in single precision.",
    exempt={"open loop": "it takes a second gradient at a point of its own, which a recorded run does not have"},
)
