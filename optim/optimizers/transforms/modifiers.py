"""Gradient modifiers: clipping and weight decay before an optimizer's own rule; any first-order optimizer takes them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optim.core.linalg import dot, norm
from optim.core.optimizer import Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.registry import Registry, members
from optim.core.types import Array, Hyper, Mask, State
from optim.optimizers.first_order.shared import DECOUPLED, WEIGHT_DECAY, with_default
from optim.optimizers.transforms.compose import WrappedOracle, extended


@dataclass(frozen=True)
class Modifier:
    """A modifier: `apply` takes an optimizer and returns it modified, with `parameters` added to its own; `words` say what it does.

    `torch` is the same in PyTorch, done to `point` after its gradient is known or, where it `follows`, after the step from `old`.
    The parameters of the two decays are called weight_decay, so an optimizer that has its own cannot be given another.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    apply: Callable[[Optimizer], Optimizer]
    latex: str
    words: str
    reference: str
    torch: str
    follows: bool = False


class _ClippedValues(WrappedOracle):
    def __init__(self, base: Oracle, hp: Hyper) -> None:
        super().__init__(base)
        self._limit: float | Array = hp["clip_value"]

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        clipped: Array = np.clip(self.base.gradient(x, where), -self._limit, self._limit)
        return clipped


class _ClippedNorm(WrappedOracle):
    def __init__(self, base: Oracle, hp: Hyper) -> None:
        super().__init__(base)
        self._limit: float | Array = hp["max_norm"]

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        g = self.base.gradient(x, where)
        return g * np.minimum(1.0, self._limit / (norm(g) + TORCH_CLIP))


TORCH_CLIP = 1e-6
"""What PyTorch's clip_grad_norm_ adds to the norm it divides by."""


class _Penalised(WrappedOracle):
    """The function plus an L2 penalty, f(x) + weight_decay |x|^2 / 2: values, gradients and Hessians agree."""

    def __init__(self, base: Oracle, hp: Hyper) -> None:
        super().__init__(base)
        self._decay: float | Array = hp["weight_decay"]

    def value(self, x: Array, where: Mask | None = None) -> Array:
        return self.base.value(x, where) + self._decay / 2.0 * dot(x, x)

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        return self.base.gradient(x, where) + self._decay * x

    def hessian(self, x: Array, where: Mask | None = None) -> Array:
        matrix = self.base.hessian(x, where).copy()
        for axis in range(len(x)):
            matrix[axis, axis] += self._decay
        return matrix


def _with_oracle(
    parameters: tuple[Parameter, ...], derived: Callable[[Oracle, Hyper], Oracle], line: str
) -> Callable[[Optimizer], Optimizer]:
    """Return the way to modify an optimizer by putting a derived oracle between it and the function; `line` says what it does."""

    def apply(base: Optimizer) -> Optimizer:
        def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
            return base.step(derived(oracle, hp), x, state, hp)

        def init(oracle: Oracle, x: Array, hp: Hyper) -> State:
            return base.init(derived(oracle, hp), x, hp)

        return extended(base, parameters, init=init, step=step, lines=base.lines.with_gradient_lines(line))

    return apply


def _decoupled(base: Optimizer) -> Optimizer:
    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        moved, after = base.step(oracle, x, state, hp)
        return moved - hp["lr"] * hp["weight_decay"] * x, after

    lines = base.lines.around(before=("pull = lr * weight_decay * x",), after=("x = x - pull",))
    return extended(base, _DECOUPLED, step=step, lines=lines)


_VALUE = (
    Parameter("clip_value", "c", 1.0, 1e-2, 1e2, log=True, doc="largest size of a gradient's coordinate", valid=(0.0, math.inf)),
)
_NORM = (Parameter("max_norm", "c", 1.0, 1e-2, 1e2, log=True, doc="largest length of the gradient", valid=(0.0, math.inf)),)
_L2 = (with_default(WEIGHT_DECAY, 1e-2),)
_DECOUPLED = (replace(DECOUPLED, default=1e-2),)

clip_value = Modifier(
    "clip_value",
    "Clip by value",
    _VALUE,
    _with_oracle(_VALUE, _ClippedValues, "{g} = clip({g}, -clip_value, clip_value)"),
    r"g \leftarrow \max(-c, \min(c, g))",
    "cuts each coordinate of the gradient to a largest size; that can change its direction.",
    "PyTorch's clip_grad_value_",
    "torch.nn.utils.clip_grad_value_([point], {clip_value})",
)

clip_norm = Modifier(
    "clip_norm",
    "Clip by norm",
    _NORM,
    _with_oracle(_NORM, _ClippedNorm, f"{{g}} = {{g}} * min(1, max_norm / (norm({{g}}) + {TORCH_CLIP}))"),
    r"g \leftarrow g\,\min\bigl(1,\; c/(\lVert g \rVert + 10^{-6})\bigr)",
    "shortens a gradient that is too long; its direction stays.",
    "Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2012), in the form of PyTorch's clip_grad_norm_",
    "torch.nn.utils.clip_grad_norm_([point], {max_norm})",
)

l2 = Modifier(
    "l2",
    "L2 penalty",
    _L2,
    _with_oracle(_L2, _Penalised, "{g} = {g} + weight_decay * {x}"),
    r"g \leftarrow g + \lambda\,\theta",
    "adds λ times the point to the gradient, before the optimizer scales it.",
    "Krogh & Hertz, A simple weight decay can improve generalization (1991)",
    "point.grad += {weight_decay} * point.detach()",
)

decoupled_decay = Modifier(
    "decoupled_decay",
    "Decoupled weight decay",
    _DECOUPLED,
    _decoupled,
    r"\theta \leftarrow \theta - \eta\lambda\,\theta",
    "shrinks the point by lr times λ beside the optimizer's own step, which does not scale it.",
    "Loshchilov & Hutter, arXiv:1711.05101 (2017)",
    'point -= optimizer.param_groups[0]["lr"] * {weight_decay} * old',
    follows=True,
)

MODIFIERS: Registry[Modifier] = Registry(members(globals(), Modifier))
