"""The notebook's own optimizers, as its cells have them."""

import numpy as np


class SGD:
    """Cell 3."""

    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class MomentumMy:
    """Cell 22."""

    def __init__(self, lr=0.01, momentum=0.95):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(value) for key, value in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] = params[key] + self.v[key]


class AdaGradMy:
    """Cell 26."""

    def __init__(self, lr=0.01):
        self.h, self.lr, self.epsilon = None, lr, 1e-7

    def update(self, params, grads):
        if self.h is None:
            self.h = dict.fromkeys(params, 0)
        for key in params:
            self.h[key] = self.h[key] + grads[key] * grads[key]
            params[key] = params[key] - self.lr * 1 / (np.sqrt(self.h[key]) + self.epsilon) * grads[key]
