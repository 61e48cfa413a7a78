"""Building blocks of wrappers: an oracle around another one, and an optimizer with another's parameters and more."""

from dataclasses import replace
from typing import Any

from optim.core.optimizer import Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.types import Array, Mask


class WrappedOracle(Oracle):
    """An oracle that passes every call on to its base; subclasses override the calls that they change."""

    def __init__(self, base: Oracle) -> None:
        self.base = base

    def value(self, x: Array, where: Mask | None = None) -> Array:
        return self.base.value(x, where)

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        return self.base.gradient(x, where)

    def hessian(self, x: Array, where: Mask | None = None) -> Array:
        return self.base.hessian(x, where)

    def normal(self, k: int) -> Array:
        return self.base.normal(k)


def extended(base: Optimizer, parameters: tuple[Parameter, ...], **changes: Any) -> Optimizer:
    """Return `base` with `parameters` of a wrapper's own after its own, and other fields changed.

    Raises ValueError where two parameters share a name: a wrapper and its base would read each other's settings.
    """
    return replace(base, parameters=(*base.parameters, *parameters), **changes)
