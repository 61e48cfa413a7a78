"""A training as a script that holds its examples: for NumPy alone, and for PyTorch."""

from optim.export.network.numpy_training import numpy_training
from optim.export.network.torch_training import torch_training

__all__ = ["numpy_training", "torch_training"]
