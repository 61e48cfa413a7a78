"""Update rules by family, and the registries of them, oldest first."""

import sys

from optim.core.optimizer import Optimizer
from optim.core.registry import Registry, discover

_ALL = sorted(discover(sys.modules[__name__], Optimizer), key=lambda optimizer: optimizer.year)
OPTIMIZERS: Registry[Optimizer] = Registry([optimizer for optimizer in _ALL if optimizer.matrices is None])
MATRIX_OPTIMIZERS: Registry[Optimizer] = Registry([optimizer for optimizer in _ALL if optimizer.matrices is not None])
"""Rules that move matrices, for networks alone: on a vector each is another rule, of another name."""
