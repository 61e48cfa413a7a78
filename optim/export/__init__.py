"""Experiments that leave the app: as code for NumPy, for this library and for PyTorch, and as tables."""

from optim.export.comments import commented
from optim.export.network import numpy_training, torch_training
from optim.export.numpy_script import numpy_script
from optim.export.optim_script import network_script, optim_script
from optim.export.script import COLUMNS, Script
from optim.export.tables import csv, parquet
from optim.export.torch_class import torch_classes
from optim.export.torch_script import torch_line, torch_script

__all__ = [
    "COLUMNS",
    "Script",
    "commented",
    "csv",
    "network_script",
    "numpy_script",
    "numpy_training",
    "optim_script",
    "parquet",
    "torch_classes",
    "torch_line",
    "torch_script",
    "torch_training",
]
