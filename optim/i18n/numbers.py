"""Numbers as people write them: 10⁻⁶ for 1e-06, ∞ for inf, – for nan; and templates that are filled in with them."""

import math
import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

from optim.i18n.typesetting import continued

_POWER = re.compile(r"(?<![\w.])(-?)(\d+(?:\.\d+)?)e([+-]?\d+)(?!\w)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def powers(text: str) -> str:
    """Return a text whose numbers have their powers of ten written out."""
    return _POWER.sub(_written, text)


def short(value: float, digits: int = 4) -> str:
    """Return a number with so many significant digits: a dash where it is none, and a sign where it is infinite."""
    return _no_number(value) or powers(f"{value:.{digits}g}")


def _no_number(value: float) -> str:
    """Return what stands for a value that is no finite number; "" for one that is."""
    if math.isnan(value):
        return "–"
    return "" if math.isfinite(value) else "∞" if value > 0 else "−∞"


def _written(found: re.Match[str]) -> str:
    sign, digits, exponent = found.groups()
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    return f"{sign}{power}" if digits == "1" else f"{sign}{digits}×{power}"


class Prose(string.Formatter):
    """Fills a template as `str.format` does, but with powers of ten written out; texts that are filled in stay as they are.

    Where a Japanese text meets what is filled in, the space between them is as Japanese typesetting has it.
    """

    def vformat(self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Return the template, filled in."""
        text = ""
        for words, name, spec, change in self.parse(format_string):
            text = continued(text, words)
            if name is not None:
                value, _ = self.get_field(name, args, kwargs)
                text = continued(text, self.format_field(self.convert_field(value, change), spec or ""))
        return text

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one value as the template asks for it."""
        if not isinstance(value, float):
            return str(format(value, format_spec))
        return _no_number(value) or powers(format(value, format_spec))
