"""The notebook's first Momentum: what is wrong with it, what happens when it runs, and one memory shared by all parameters."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optim.book.notebook import eval_optimizer
from optim.book.optimizers import START, Grads, Momentum, Params
from optim.core.types import Array

WRONG = """class MomentumMy:
    def __init__(self, lr=0.01, momentum=0.95):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = np.zeros_like(params)

        for key in params.keys():
            self.v[key] = momentum * self.v[key] - self.lr * grads[key]
            params[key] = params[key] + self.v[key]
"""
"""The class as it was first written."""
RIGHT = """class MomentumMy:
    def __init__(self, lr=0.01, momentum=0.95):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = {}
            for key, value in params.items():
                self.v[key] = np.zeros_like(value)

        for key in params.keys():
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] = params[key] + self.v[key]
"""
"""The class as it was corrected."""
UNKNOWN_NAME = "NameError: name 'momentum' is not defined"
"""What running WRONG says first; a test runs it."""


class OneVelocity:
    """Momentum with a single velocity for all parameters: a mistake, kept to be looked at."""

    def __init__(self, lr: float = 0.01, momentum: float = 0.95) -> None:
        self.lr, self.momentum = lr, momentum
        self.v = 0.0

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step."""
        for key in params:
            self.v = self.momentum * self.v - self.lr * grads[key]
            params[key] = params[key] + self.v


@dataclass(frozen=True)
class Complaint:
    """What an expression gives and what asking it for a parameter by name says."""

    zeros: str
    message: str


def complaint() -> Complaint:
    """Make zeros like a dict of parameters, as the first version did, and ask them for a parameter's velocity."""
    zeros = np.zeros_like(dict(START))
    try:
        zeros["x"]
    except IndexError as error:
        return Complaint(repr(zeros), f"IndexError: {error}")
    raise AssertionError("NumPy takes a name as an index now")  # pragma: no cover


def source(kind: type) -> str:
    """Return the code of a class as it runs here, without its docstrings."""
    return re.sub(r'\n +""".*?"""\n+', "\n", inspect.getsource(kind), flags=re.DOTALL)


def walked(kind: Callable[[float, float], Momentum | OneVelocity], lr: float, momentum: float, steps: int) -> Array:
    """Return the path (steps + 1, 2) of a Momentum from the book's start on the book's bowl, by the numerical gradient."""
    return eval_optimizer(kind(lr, momentum), count=steps).trajectory
