"""A hyper-parameter: its name, its range, its default and how a value given for it is checked."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optim.i18n.message import message


@dataclass(frozen=True)
class Parameter:
    """A hyper-parameter: `low` to `high` is what sliders and sweeps span, `valid` (both ends included) what is accepted.

    A `structural` parameter is a plain value inside `step`: runs that differ in it are never stacked in one block.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    log: bool = False
    kind: Literal["float", "int", "bool"] = "float"
    structural: bool = False
    doc: str = ""
    valid: tuple[float, float] | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and largest value accepted."""
        return self.valid or (self.low, self.high)

    @property
    def expected(self) -> str:
        """What a good value is, in words."""
        low, high = self.bounds
        if self.kind == "bool":
            return message("true or false")
        if self.kind == "int":
            return message("a whole number from {low:.0f} to {high:.0f}", low=low, high=high)
        if math.isinf(low):
            return message("a number")
        if math.isinf(high):
            return message("a number of {low:g} or more", low=low)
        if high < 1 and f"{high:g}" == "1":
            return message("a number from {low:g} to just below {high:g}", low=low, high=high)
        return message("a number from {low:g} to {high:g}", low=low, high=high)

    def expected_for(self, value: Any) -> str:
        """Return what a good value is instead of `value`, in words."""
        return message("{expected}, not a truth value", expected=self.expected) if self._no_number(value) else self.expected

    def _no_number(self, value: Any) -> bool:
        return isinstance(value, bool | np.bool_) and self.kind != "bool"

    def canonical(self, value: Any) -> float | int | bool | None:
        """Return `value` as this parameter's own type, or None where it is not acceptable."""
        if isinstance(value, str | bytes) or value is None or self._no_number(value):
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        low, high = self.bounds
        if not math.isfinite(number) or not low <= number <= high:
            return None
        if self.kind == "float":
            return number
        if number != int(number):
            return None
        return bool(number) if self.kind == "bool" else int(number)
