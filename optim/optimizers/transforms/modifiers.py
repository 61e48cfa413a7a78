"""Modifiers: lines around an optimizer's own, such as clipping and weight decay; any first-order optimizer takes them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from optim.core.optimizer import Optimizer
from optim.core.parameter import Parameter
from optim.core.registry import Registry, members
from optim.optimizers.first_order.shared import DECOUPLED, WEIGHT_DECAY, with_default


@dataclass(frozen=True)
class Modifier:
    """A modifier: lines of its own at every gradient, where {g} and {x} name it and its point, `before` a step, and `after` it.

    Its `parameters` are added to the optimizer's own, and its `memory` to theirs; `words` say what it does. `torch` is the same in
    PyTorch, done to `point` after its gradient is known or, where it has lines `after`, after the step from `old`; empty where
    PyTorch has no such line.
    The parameters of the two decays are called weight_decay, so an optimizer that has its own cannot be given another.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    words: str
    reference: str
    gradient: str = ""
    before: str = ""
    after: str = ""
    torch: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)

    def apply(self, base: Optimizer) -> Optimizer:
        """Return an optimizer modified; ValueError where two parameters share a name."""
        lines = base.lines.with_gradient_lines(*self.gradient.splitlines()).around(
            before=self.before, after=self.after, symbols=self.symbols
        )
        return base.with_lines(lines, *self.parameters, memory={**base.memory, **self.memory})


clip_value = Modifier(
    "clip_value",
    "Clip by value",
    (Parameter("clip_value", "c", 1.0, 1e-2, 1e2, log=True, doc="largest size of a gradient's coordinate", valid=(0.0, math.inf)),),
    "cuts each coordinate of the gradient to a largest size; that can change its direction.",
    "PyTorch's clip_grad_value_",
    gradient="{g} = clip({g}, -clip_value, clip_value)",
    torch="torch.nn.utils.clip_grad_value_([point], {clip_value})",
)

clip_norm = Modifier(
    "clip_norm",
    "Clip by norm",
    (Parameter("max_norm", "c", 1.0, 1e-2, 1e2, log=True, doc="largest length of the gradient", valid=(0.0, math.inf)),),
    "shortens a gradient that is too long; its direction stays.",
    "Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2012), in the form of PyTorch's clip_grad_norm_",
    gradient="{g} = {g} * min(1, max_norm / (norm({g}) + 1e-06))",
    torch="torch.nn.utils.clip_grad_norm_([point], {max_norm})",
)

l2 = Modifier(
    "l2",
    "L2 penalty",
    (with_default(WEIGHT_DECAY, 1e-2),),
    "adds λ times the point to the gradient, before the optimizer scales it.",
    "Krogh & Hertz, A simple weight decay can improve generalization (1991)",
    gradient="{g} = {g} + weight_decay * {x}",
    torch="point.grad += {weight_decay} * point.detach()",
)

decoupled_decay = Modifier(
    "decoupled_decay",
    "Decoupled weight decay",
    (with_default(DECOUPLED, 1e-2),),
    "shrinks the point by lr times λ beside the optimizer's own step, which does not scale it.",
    "Loshchilov & Hutter, arXiv:1711.05101 (2017)",
    before="pull = lr * weight_decay * x",
    after="x = x - pull",
    torch='point -= optimizer.param_groups[0]["lr"] * {weight_decay} * old',
)

MODIFIERS: Registry[Modifier] = Registry(members(globals(), Modifier))
