"""Numbers as sentences write them, read back."""

import re

RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
POWER = re.compile(rf"(-?)(?:([\d.]+)×)?10([{RAISED}]+)")


def number(text):
    """Return the number that a text is, such as 2.5×10⁻⁶, -10⁻⁶ or 0.3."""
    found = POWER.fullmatch(str(text))
    if found is None:
        return float(text)
    sign, digits, power = found.groups()
    return float(f"{sign}{digits or 1}e{power.translate(str.maketrans(RAISED, '-0123456789'))}")


def raised(text):
    """Return a number that Python has written as sentences write it."""
    digits, exponent, power = text.partition("e")
    if not exponent:
        return text
    factor = {"1": "", "-1": "-"}.get(digits, f"{digits}×")
    return f"{factor}10{str(int(power)).translate(str.maketrans('-0123456789', RAISED))}"
