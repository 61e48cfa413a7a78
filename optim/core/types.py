"""The types that every module speaks of: arrays, points, boxes, hyper-parameters and an optimizer's state."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Function: TypeAlias = Callable[[Array], Array]
Hyper: TypeAlias = Mapping[str, Any]
"""Hyper-parameters of a block of runs: name -> float where all runs agree, else an array (B,)."""
State: TypeAlias = dict[str, Any]
"""An optimizer's memory: name -> array (d, B), array (B,), or a float that all runs share."""
Point: TypeAlias = tuple[float, ...]
Box: TypeAlias = tuple[tuple[float, float], ...]
