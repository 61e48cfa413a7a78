"""Learning-rate schedules: how lr changes from step to step, as a factor on the lr that was set."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optim.core.optimizer import ByHand, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.registry import Registry, members
from optim.core.types import Array, Hyper, State

ScheduleValues = Mapping[str, Any]


@dataclass(frozen=True)
class Schedule:
    """A schedule: at step t of T (0 is the first) lr is multiplied by `factor(t, T, values)`; `words` say what it does."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    factor: Callable[[int, int, ScheduleValues], float]
    words: str
    reference: str


def _cosine(share: float) -> float:
    """Fall from 1 to 0 along half a cosine while `share` goes from 0 to 1."""
    return (1.0 + math.cos(math.pi * share)) / 2.0


def _same(t: int, steps: int, v: ScheduleValues) -> float:
    return 1.0


def _dropped(t: int, steps: int, v: ScheduleValues) -> float:
    return float(v["gamma"] ** (t // v["step_size"]))


def _shrunk(t: int, steps: int, v: ScheduleValues) -> float:
    return float(v["gamma"] ** t)


def _half_cosine(t: int, steps: int, v: ScheduleValues) -> float:
    return float(v["floor"] + (1.0 - v["floor"]) * _cosine(t / steps))


def _inverse_root(t: int, steps: int, v: ScheduleValues) -> float:
    return 1.0 / math.sqrt(t + 1.0)


_FLOOR = Parameter("floor", "φ", 0.0, 0.0, 1.0, doc="share of lr where the cosine would end")
_GAMMA = Parameter("gamma", "γ", 0.1, 0.0, 1.0, doc="factor on lr each time")

constant = Schedule("constant", "Constant", (), _same, "lr stays as it is.", "Robbins & Monro (1951)")

step = Schedule(
    "step",
    "Step",
    (_GAMMA, Parameter("step_size", "S", 30, 1, 1000, kind="int", doc="steps from one drop to the next", valid=(1, 10_000))),
    _dropped,
    "lr drops by a factor every few steps.",
    "PyTorch's StepLR",
)

exponential = Schedule(
    "exponential",
    "Exponential",
    (Parameter("gamma", "γ", 0.99, 0.5, 1.0, doc="factor on lr from step to step", valid=(0.0, 1.0)),),
    _shrunk,
    "lr shrinks by the same share at every step.",
    "PyTorch's ExponentialLR",
)

cosine = Schedule(
    "cosine",
    "Cosine",
    (_FLOOR,),
    _half_cosine,
    "lr falls along half a cosine until the last step.",
    "Loshchilov & Hutter, SGDR, arXiv:1608.03983 (2016), without restarts",
)


def _warmup_cosine(t: int, steps: int, v: ScheduleValues) -> float:
    rise = v["warmup_steps"]
    if t < rise:
        return float(v["start"] + (1.0 - v["start"]) * t / rise)
    return float(v["floor"] + (1.0 - v["floor"]) * _cosine((t - rise) / max(steps - rise, 1)))


warmup_cosine = Schedule(
    "warmup_cosine",
    "Warm-up + cosine",
    (
        Parameter("warmup_steps", "W", 10, 0, 200, kind="int", doc="steps over which lr rises", valid=(0, 10_000)),
        Parameter("start", "σ", 0.1, 0.0, 1.0, doc="share of lr at the first step"),
        _FLOOR,
    ),
    _warmup_cosine,
    "lr rises in a straight line, then falls along half a cosine.",
    "Goyal et al., arXiv:1706.02677 (2017), with SGDR's cosine",
)


def _one_cycle(t: int, steps: int, v: ScheduleValues) -> float:
    low, peak = 1.0 / v["div_factor"], v["pct_start"] * steps - 1.0
    end = low / v["final_div_factor"]
    if t <= peak:  # where the rise has no length PyTorch divides zero by zero; here the race begins at the peak
        return float(1.0 + (low - 1.0) * _cosine(t / peak if peak else 1.0))
    # The peak may lie between two steps, or before the first: the fall is measured from there.
    return float(end + (1.0 - end) * _cosine((t - peak) / (steps - 1.0 - peak)))


one_cycle = Schedule(
    "one_cycle",
    "One cycle",
    (
        Parameter("pct_start", "p", 0.3, 0.0, 1.0, doc="share of the race in which lr rises"),
        Parameter("div_factor", "d", 25.0, 1.0, 1e3, log=True, doc="lr starts at its peak divided by this", valid=(1.0, 1e12)),
        Parameter("final_div_factor", "D", 1e4, 1.0, 1e6, log=True, doc="and ends at that divided by this", valid=(1.0, 1e12)),
    ),
    _one_cycle,
    "lr rises to its full size and falls far below where it began, along cosines.",
    "Smith & Topin, Super-convergence, arXiv:1708.07120 (2017), in the form of PyTorch's OneCycleLR",
)

inverse_sqrt = Schedule(
    "inverse_sqrt",
    "1/√t",
    (),
    _inverse_root,
    "lr shrinks with the root of the steps, as the theory of noisy gradients asks for.",
    "Zinkevich, Online convex programming (2003)",
)

SCHEDULES: Registry[Schedule] = Registry(members(globals(), Schedule))


def scheduled(base: Optimizer, schedule: Schedule, values: ScheduleValues, steps: int) -> Optimizer:
    """Return `base` with its lr scheduled over `steps` steps; the state tells the lr of the step just taken."""

    def init(oracle: Oracle, x: Array, hp: Hyper) -> State:
        return {**base.init(oracle, x, hp), "scheduled_lr": hp["lr"] * schedule.factor(0, steps, values), "scheduled_steps": 0}

    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        done = state["scheduled_steps"]
        lr = hp["lr"] * schedule.factor(done, steps, values)
        x, moved = base.step(oracle, x, state, {**hp, "lr": lr})
        return x, {**moved, "scheduled_lr": lr, "scheduled_steps": done + 1}

    meanings = {**base.meanings, "scheduled_lr": "lr of the step just taken", "scheduled_steps": "steps taken so far"}
    lines = base.lines.around(before="lr = lr * schedule", symbols={"schedule": r"\phi_t"})
    return replace(base, by_hand=ByHand(init, step), meanings=meanings, lines=lines)
