"""A formula as one writes it by hand, for places that show no LaTeX."""

import re

from optim.problems.formulas.tokens import SUPERSCRIPTS

_RAISED = {digit: sign for sign, digit in SUPERSCRIPTS.items()}
_POWER = re.compile(r"(?:\*\*|\^)([0-9]+)(?![0-9.eE]| *(?:\*\*|\^))")


def handwritten(formula: str) -> str:
    """Return a formula with raised exponents and dots for products: x²/20 + y² for x**2/20 + y**2; it reads as the same one."""
    raised = _POWER.sub(lambda found: "".join(_RAISED[digit] for digit in found[1]), formula)
    return raised.replace("**", "^").replace("*", "·")
