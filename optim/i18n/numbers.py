"""Numbers as prose writes them: 10⁻⁶ for 1e-06, 2.5×10⁸ for 2.5e+08."""

import re
import string
from typing import Any

_POWER = re.compile(r"(?<![\w.])(-?)(\d+(?:\.\d+)?)e([+-]?\d+)(?!\w)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def powers(text: str) -> str:
    """Return a text whose numbers have their powers of ten written out."""
    return _POWER.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    sign, digits, exponent = found.groups()
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    return f"{sign}{power}" if digits == "1" else f"{sign}{digits}×{power}"


class Prose(string.Formatter):
    """Fills a template as `str.format` does, but with powers of ten written out; texts that are filled in stay as they are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one value as the template asks for it."""
        text = str(format(value, format_spec))
        return powers(text) if isinstance(value, float) else text
