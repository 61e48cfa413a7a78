"""Colours as numbers: red, green and blue from 0 to 1, what they are along the ramp, and how light they are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optim.core.types import Array
from optim.figures.style import RAMP


def rgb(text: str) -> Array:
    """Return the parts of a colour such as "#0b0405"."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def hexadecimal(parts: Sequence[float] | Array) -> str:
    """Return a colour's parts as text."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def along_ramp(shares: npt.ArrayLike) -> Array:
    """Return the ramp's colours (n, 3) at shares of its length, 0 its dark end."""
    ends = np.linspace(0.0, 1.0, len(RAMP))
    return np.stack([np.interp(np.asarray(shares), ends, channel) for channel in np.array([rgb(text) for text in RAMP]).T], axis=-1)


def luminance(parts: Sequence[float] | Array) -> float:
    """Return a colour's relative luminance, as WCAG 2.2 defines it."""
    share = np.asarray(parts)
    return float(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])
