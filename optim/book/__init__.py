"""The book's own optimizers and functions, for its readers, and the numbers behind a walk through its chapter 6."""

from optim.book.notebook import Evaluation, eval_optimizer
from optim.book.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop, f, numerical_gradient

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "Evaluation",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "eval_optimizer",
    "f",
    "numerical_gradient",
]
