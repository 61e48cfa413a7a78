"""Test functions by family, the registries of them, and `problem`, which also takes a formula."""

import difflib

from optim.core.errors import FormulaError, SpecError
from optim.core.problem import Problem
from optim.core.registry import Registry, discover
from optim.i18n.message import message
from optim.problems import functions
from optim.problems.family import ProblemFamily
from optim.problems.from_formula import typed
from optim.problems.functions.online import OnlineProblem

PROBLEMS: Registry[Problem] = Registry(discover(functions, Problem))
PROBLEM_FAMILIES: Registry[ProblemFamily] = Registry(discover(functions, ProblemFamily))
"""Functions of any number of variables, apart from PROBLEMS: they have no surface to show."""
ONLINE_PROBLEMS: Registry[OnlineProblem] = Registry(discover(functions, OnlineProblem))
"""Functions that change from step to step; `optim.play` runs an entry on one."""

LONGEST_NAME = 40
"""Characters up to which a bad formula may be a misspelt name; comparing a long text takes long."""


def problem(text: str, dimension: int | None = None) -> Problem:
    """Return the Problem of a registry name ("rosenbrock") or of a formula in x and y ("x**2/20 + y**2").

    A family's name ("rosenbrock_n") goes with a `dimension`, the family's default where none is given. FormulaError says what
    is wrong with a text that is none of these, and where; SpecError that it has no such dimension.
    """
    if not isinstance(text, str):
        raise FormulaError(message("a formula is a text such as x**2/20 + y**2, not {given}", given=f"{text!r:.40}"))
    if text in PROBLEM_FAMILIES:
        return PROBLEM_FAMILIES[text].of(dimension)
    if dimension not in (None, 2):
        raise SpecError("dimension", dimension, message("2: {name} is a function of two variables", name=text[:40]))
    if text in PROBLEMS:
        return PROBLEMS[text]
    try:
        return typed(text)
    except FormulaError as error:
        names = [*PROBLEMS, *PROBLEM_FAMILIES] if len(text) <= LONGEST_NAME else []
        similar = difflib.get_close_matches(text, names, n=1)
        if similar:
            meant = message("{problem}; or did you mean {name}?", problem=error.problem, name=similar[0])
            raise FormulaError(meant, error.column) from None
        raise
