"""The book's own words, for its readers: chapter 6 of Saito, "Deep Learning from Scratch" (2016).

The optimizers change a dict of parameters by a dict of gradients, in the book's forms and with its defaults. Parameters are
arrays of any shape or plain numbers. As in the book, an array is changed in place, so whoever else holds it (a layer of the
network) sees the step; a number or a list cannot be, and is replaced in the dict. An optimizer's memory has one entry per
parameter and shares no array with parameters or gradients. An array of integers cannot hold a step: TypeError.
"""

import math
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from optim.core.derivatives import CENTRAL_STEP
from optim.core.types import Array

if TYPE_CHECKING:
    pass

Params: TypeAlias = MutableMapping[str, Any]
Grads: TypeAlias = Mapping[str, Any]
Memory: TypeAlias = dict[str, Any]

EPS = 1e-7
"""The book's guard against division by zero, added outside the root."""
START = MappingProxyType({"x": -7.0, "y": 2.0})
"""Where the book's figures 6-3 and on begin."""


class Updates(Protocol):
    """Anything with the book's `update(params, grads)`."""

    def update(self, params: Params, grads: Grads) -> None: ...


class SGD:
    """Gradient descent: p <- p - lr g."""

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        for key in _movable(params):
            _move(params, key, -self.lr * grads[key])


class Momentum:
    """Gradient descent with a velocity: v <- momentum v - lr g, p <- p + v (Polyak 1964, in the book's form)."""

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr, self.momentum = lr, momentum
        self.v: Memory | None = None

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        if self.v is None:
            self.v = _zeros(params)
        for key in _movable(params):
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            _move(params, key, self.v[key])


class Nesterov:
    """Momentum that looks ahead: p <- p + momentum^2 v - (1 + momentum) lr g, then v <- momentum v - lr g.

    The form of arXiv:1212.0901 (2012) and of the book's current edition: the point kept is the one looked ahead to.
    """

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr, self.momentum = lr, momentum
        self.v: Memory | None = None

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        if self.v is None:
            self.v = _zeros(params)
        for key in _movable(params):
            v, g = self.v[key], grads[key]
            self.v[key] = self.momentum * v - self.lr * g
            _move(params, key, self.momentum * self.momentum * v - (1 + self.momentum) * self.lr * g)


class AdaGrad:
    """Each step divided by the root of all squared gradients: h <- h + g^2, p <- p - lr g / (sqrt(h) + 1e-7) (Duchi 2011)."""

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr
        self.h: Memory | None = None

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        if self.h is None:
            self.h = _zeros(params)
        for key in _movable(params):
            g = grads[key]
            self.h[key] = self.h[key] + g * g
            _move(params, key, -self.lr * g / (np.sqrt(self.h[key]) + EPS))


class RMSprop:
    """AdaGrad that forgets: h <- decay_rate h + (1 - decay_rate) g^2, p <- p - lr g / (sqrt(h) + 1e-7) (Hinton 2012)."""

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        self.lr, self.decay_rate = lr, decay_rate
        self.h: Memory | None = None

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        if self.h is None:
            self.h = _zeros(params)
        for key in _movable(params):
            g = grads[key]
            self.h[key] = self.decay_rate * self.h[key] + (1 - self.decay_rate) * g * g
            _move(params, key, -self.lr * g / (np.sqrt(self.h[key]) + EPS))


class Adam:
    """Adam (arXiv:1412.6980, 2014) in the form that ends the paper's section 2, as in the book.

    m <- m + (1 - beta1) (g - m), v <- v + (1 - beta2) (g^2 - v), lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t),
    p <- p - lr_t m / (sqrt(v) + 1e-7). The 1e-7 is added before v is corrected for its start at zero, unlike the eps of the
    built-in "adam": early steps differ slightly for equal eps.
    """

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.iter = 0
        self.m: Memory | None = None
        self.v: Memory | None = None

    def update(self, params: Params, grads: Grads) -> None:
        """Take one step: arrays change in place, numbers are replaced."""
        if self.m is None or self.v is None:
            self.m, self.v = _zeros(params), _zeros(params)
        keys = _movable(params)
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2**self.iter) / (1.0 - self.beta1**self.iter)
        for key in keys:
            g, m, v = grads[key], self.m[key], self.v[key]
            self.m[key] = m + (1 - self.beta1) * (g - m)
            self.v[key] = v + (1 - self.beta2) * (g * g - v)
            _move(params, key, -lr_t * self.m[key] / (np.sqrt(self.v[key]) + EPS))


def f(args: Any) -> Any:
    """Return x**2 / 20 + y**2, the book's elongated bowl, for [x, y]: numbers or arrays of one shape."""
    return args[0] ** 2 / 20 + args[1] ** 2


def numerical_gradient(f: Callable[[Any], Any], x: Any) -> Array:
    """Return the central differences (half step 1e-4) of `f` at `x`, an array of the shape of `x`: any shape, numbers included.

    `f` gets the whole array and returns one number. As in the book, an array of floats is itself moved while `f` is asked, one
    element after the other, and then put back: `f` may ignore its argument and look at the array where it lies, in a network.
    Anything else, integers too, is copied to floats first, and `f` must look at its argument.

    In half and single precision a step of 1e-4 is lost to rounding (from x = 1000 in float32 it moves by 1.2e-4, in float16 not at
    all). There the step is about the cube root of the precision, relative to the element; `f` gets the moved point in double
    precision, and the difference is divided by the distance between the two points as they were rounded.
    """
    own = isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.flags.writeable
    point = x if own else np.array(x, dtype=float)
    asked = point if point.dtype.itemsize >= 8 else point.astype(float)
    gradient = np.empty(point.shape)
    for index in np.ndindex(point.shape):
        here = point[index]
        step = _half_step(here)
        values, places = [], []
        try:
            for place in (here + step, here - step):
                point[index] = place
                asked[index] = point[index]
                # A number of its own: what f returns may be a view of the point, which is about to move.
                values.append(np.asarray(f(asked)).item())
                places.append(asked[index])
        finally:
            point[index] = asked[index] = here
        gradient[index] = (values[0] - values[1]) / (2 * step if asked is point else places[0] - places[1])
    return gradient


def _half_step(value: Any) -> float:
    """Return the half step of a central difference at a number: the book's 1e-4, more where its precision is below double."""
    if value.dtype.itemsize >= 8:
        return CENTRAL_STEP
    wanted = max(CENTRAL_STEP, float(np.finfo(value.dtype).eps) ** (1 / 3) * max(1.0, abs(float(value))))
    return float(2.0 ** round(math.log2(wanted)))  # a power of two: then both points are as far away, not rounded unevenly


def _zeros(params: Params) -> Memory:
    return {key: np.zeros_like(value) for key, value in params.items()}


def _movable(params: Params) -> tuple[str, ...]:
    """Return the names of all parameters; TypeError where one is an array that no step fits into, before any has moved."""
    for key, value in params.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "biu":
            raise TypeError(f"params[{key!r}] is an array of {value.dtype}, which cannot hold a step; make it .astype(float)")
    return tuple(params)


def _move(params: Params, key: str, step: Any) -> None:
    value = params[key]
    if isinstance(value, np.ndarray):
        value += step
    else:
        params[key] = value + step
