"""Test functions by family, the registry of them, and `problem`, which also takes a formula."""

import difflib
import sys

from optim.errors import FormulaError
from optim.model import Problem
from optim.problems.build import from_formula
from optim.registry import Registry, discover

PROBLEMS: Registry[Problem] = Registry(discover(sys.modules[__name__], Problem))


def problem(text: str) -> Problem:
    """Return the Problem of a registry name ("rosenbrock") or of a formula in x and y ("x**2/20 + y**2").

    FormulaError says what is wrong with a text that is neither, and where.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text such as x**2/20 + y**2, not {text!r:.40}")
    if text in PROBLEMS:
        return PROBLEMS[text]
    from optim.problems.formulas.derive import derive  # noqa: PLC0415 - SymPy takes 0.6 s to import

    try:
        derive(text)
    except FormulaError as error:
        similar = difflib.get_close_matches(str(text), PROBLEMS, n=1)
        if similar:
            raise FormulaError(f"{error.problem}; or did you mean {similar[0]}?", error.column) from None
        raise
    return from_formula(text, text, family="Typed", starts=((-4.0, 3.0),), teaches="")
