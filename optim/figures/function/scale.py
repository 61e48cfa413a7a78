"""From a function's values to drawn heights and back: single precision and a graphics card keep seven digits, up to 1e38."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.types import Array
from optim.i18n.numbers import short

SHARE = 1e-3
"""Values whose range is a smaller share of their size than this are drawn above a base: 16 000 steps are left of 2^24."""
SMALLEST, LARGEST = 1e-30, 1e30
"""Values beyond these are drawn in a unit of their own: a graphics card squares them, in single precision."""
TICKS = 8
"""At most about this many ticks on an axis."""


@dataclass(frozen=True)
class Scale:
    """How a value becomes a height: (value - `base`) / `unit`, or log10 of what it is above `lowest`, never below `floor`."""

    log: bool
    lowest: float
    floor: float
    base: float = 0.0
    unit: float = 1.0

    def height(self, value: Array) -> Array:
        """Return the heights of values of any shape."""
        with np.errstate(all="ignore"):
            if self.log:
                return np.log10(np.maximum(value - self.lowest, self.floor))
            return np.asarray(value) if self.plain else (value - self.base) / self.unit

    def read(self, height: float) -> float:
        """Return what the axis says at a height: the height itself on a logarithmic scale, else the function's value."""
        return height if self.log or self.plain else self.base + self.unit * height

    @property
    def plain(self) -> bool:
        """Whether a height on a linear scale is the value itself."""
        return self.base == 0.0 and self.unit == 1.0

    @property
    def title(self) -> str:
        """What the height is, for an axis or a hover text."""
        above = "f" if self.lowest == 0 else f"f - {short(self.lowest)}" if self.lowest > 0 else f"f + {short(-self.lowest)}"
        return f"log10({above})" if self.log else "f(x, y)"

    def ticks(self, low: float, high: float) -> dict[str, Any]:
        """Return an axis's ticks between two heights, at round values of the function; nothing where heights are values."""
        if self.log or self.plain:
            return {}
        first, last = self.read(low), self.read(high)
        step = _round_step((last - first) / TICKS)
        # Counted from the first: a step may be less than the distance of two whole multiples far from zero.
        start = math.ceil(first / step) * step
        values = [start + i * step for i in range(TICKS + 2) if start + i * step <= last]
        digits = self.digits(low, high)
        return {
            "tickmode": "array",
            "tickvals": [(value - self.base) / self.unit for value in values],
            "ticktext": [_typeset(f"{value:.{digits}g}") for value in values],
        }

    def digits(self, low: float, high: float) -> int:
        """Return how many digits tell values between two heights apart, three within their range."""
        first, last = self.read(low), self.read(high)
        size = max(abs(first), abs(last))
        return min(17, max(3, math.ceil(math.log10(size / (last - first))) + 3)) if last > first else 3


def fitted(values: Array) -> tuple[float, float]:
    """Return the base and the unit in which finite values (n,) keep their digits; 0 and 1 where they do as they are."""
    low, high = np.quantile(values, [0.02, 0.98]).tolist()
    if low == high:
        low, high = float(np.min(values)), float(np.max(values))
    base = float(np.min(values)) if 0.0 < high - low < SHARE * max(abs(low), abs(high)) else 0.0
    with np.errstate(all="ignore"):
        largest = float(np.max(np.abs(values - base)))
    usual = largest == 0.0 or SMALLEST <= largest <= LARGEST or not math.isfinite(largest)
    return base, 1.0 if usual else 10.0 ** math.floor(math.log10(largest))


def single(values: Array) -> npt.NDArray[Any]:
    """Return values in single precision where that keeps them apart, which is enough to draw; else as they are."""
    finite = np.isfinite(values)
    largest = np.max(np.abs(values), where=finite, initial=0.0)
    span = np.max(values, where=finite, initial=-np.inf) - np.min(values, where=finite, initial=np.inf)
    kept = largest == 0.0 or SMALLEST <= largest <= np.finfo(np.float32).max
    close = 0.0 < span < SHARE * largest
    return values.astype(np.float32 if kept and not close else np.float64)


def _round_step(least: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(times * power for times in (1.0, 2.0, 5.0, 10.0) if times * power >= least * (1 - 1e-9))


def _typeset(number: str) -> str:
    """Return a number as Plotly writes it: a true minus, and powers of ten."""
    mantissa, _, exponent = number.replace("-", "\u2212").partition("e")
    return f"{mantissa}×10<sup>{exponent.replace('+', '').lstrip('0')}</sup>" if exponent else mantissa
