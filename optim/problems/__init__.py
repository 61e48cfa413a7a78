"""Test functions by family, the registry of them, and `problem`, which also takes a formula."""

import difflib
import sys

from optim.errors import FormulaError
from optim.model import Problem
from optim.problems.build import typed
from optim.registry import Registry, discover

PROBLEMS: Registry[Problem] = Registry(discover(sys.modules[__name__], Problem))

LONGEST_NAME = 40
"""Characters up to which a bad formula may be a misspelt name; comparing a long text takes long."""


def problem(text: str) -> Problem:
    """Return the Problem of a registry name ("rosenbrock") or of a formula in x and y ("x**2/20 + y**2").

    FormulaError says what is wrong with a text that is neither, and where.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text such as x**2/20 + y**2, not {text!r:.40}")
    if text in PROBLEMS:
        return PROBLEMS[text]
    try:
        return typed(text)
    except FormulaError as error:
        similar = difflib.get_close_matches(text, PROBLEMS, n=1) if len(text) <= LONGEST_NAME else []
        if similar:
            raise FormulaError(f"{error.problem}; or did you mean {similar[0]}?", error.column) from None
        raise
