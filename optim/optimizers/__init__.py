"""Update rules by family, and the registry of them, oldest first."""

import sys

from optim.core.optimizer import Optimizer
from optim.core.registry import Registry, discover

OPTIMIZERS: Registry[Optimizer] = Registry(sorted(discover(sys.modules[__name__], Optimizer), key=lambda optimizer: optimizer.year))
