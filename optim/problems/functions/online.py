"""Online problems: the function changes from step to step, so they are a kind of their own and no Problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SOURCE = "Reddi, Kale & Kumar, On the convergence of Adam and beyond (2018)"


@dataclass(frozen=True, eq=False)
class OnlineProblem:
    """A game of one number x in `box`: at step t = 1, 2, ... the loss is slope(t) * x, and after the step x is put back in the box.

    `slopes` are those of one period, repeated for ever; `settings` the hyper-parameters that the source plays with, where lr is
    the one of step 1: at step t it is lr / sqrt(t).
    """

    name: str
    title: str
    slopes: tuple[float, ...]
    box: tuple[float, float]
    start: float
    settings: Mapping[str, float]
    teaches: str
    reference: str

    def slope(self, t: int) -> float:
        """Return the slope of the loss at step t, counted from 1."""
        return self.slopes[(t - 1) % len(self.slopes)]

    def rate(self, t: int) -> float:
        """Return the factor of the learning rate at step t, counted from 1."""
        return float(t**-0.5)

    @property
    def comparator(self) -> float:
        """The best fixed x in hindsight over whole periods, which regret is measured against."""
        return self.box[0] if sum(self.slopes) > 0 else self.box[1]


amsgrad_online = OnlineProblem(
    "amsgrad_online",
    "Where Adam goes the wrong way",
    slopes=(3.0, -1.0, -1.0),
    box=(-1.0, 1.0),
    start=0.0,
    settings=MappingProxyType({"lr": 0.5, "beta1": 0.0, "beta2": 0.1, "eps": 0.0}),
    teaches="On average the loss rises with x, so the best place is -1. Adam ends at +1, the worst: it divides the rare large "
    "slope by its own size, which the two small ones that follow hardly feel, and two steps up outweigh one down. SGD and "
    "AMSGrad, whose divisor never shrinks, go to -1.",
    reference=f"theorem 1, with C = 3, in {_SOURCE}",
)

amsgrad_online_101 = OnlineProblem(
    "amsgrad_online_101",
    "Where Adam goes the wrong way, with usual settings",
    slopes=(1010.0,) + (-10.0,) * 100,
    box=(-1.0, 1.0),
    start=0.0,
    settings=MappingProxyType({"lr": 0.5, "beta1": 0.9, "beta2": 0.99, "eps": 0.0}),
    teaches="The same trap with momentum and a long memory: one large slope in 101 steps. Adam still ends at the worst place, "
    "+1, but it takes hundreds of thousands of steps to see who goes where.",
    reference=f"section 5, in {_SOURCE}",
)
