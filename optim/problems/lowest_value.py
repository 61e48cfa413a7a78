"""Where the lowest value of a function comes from: proven, found by a search of a window, or only met by a run."""

import math
from typing import Literal

from optim.core.problem import Problem
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.problems.search.outside import FAR

LowestValueSource = Literal["known", "found", "met", "none"]


def lowest_value_source(problem: Problem, lowest: float | None) -> LowestValueSource:
    """Return where the value that gaps are measured from comes from.

    "known": a minimum of the function itself; "found": the lowest minimum that a search of the window found; "met": only the
    lowest value that a run met; "none": there is no such value.
    """
    if lowest is None:
        return "none"
    if problem.lowest is None or lowest < problem.lowest:
        return "met"
    return "known" if problem.search is None else "found"


def lowest_with(problem: Problem, met: float) -> float | None:
    """Return f*, where `met` is the lowest value that runs met (inf: none): the lowest known minimum; where none is known, `met`;
    None where the function is unbounded.

    A minimum gives way to a value that is lower by more than the target and was met inside the domain.
    """
    known = problem.lowest
    if not problem.bounded or (known is None and not math.isfinite(met)):
        return None
    return met if known is None or met < known - problem.target else known


def not_lowest(problem: Problem, lowest: float | None) -> str:
    """Return how a minimum that is not the lowest one stands to lower places, to follow "a minimum, "."""
    whence = lowest_value_source(problem, lowest)
    if whence == "known":
        return message("not the lowest one")
    if whence == "found":
        return message("not the lowest one found in the window")
    if not problem.bounded:
        return message("but {falling}", falling=falling(problem))
    if problem.search is not None and problem.search.edge:
        return message("but the function is lower at the window's edge")
    return message("whether a lower one exists is not known")


def falling(problem: Problem) -> str:
    """Return that an unbounded function falls without end, or as far as was looked, and where that was seen."""
    search = problem.search
    if search is None:
        return message("the function falls without end")
    if search.pole is not None:
        return message("the function falls without end near {place}", place=place(round(c, 9) for c in search.pole))
    return message(
        "the function keeps falling outside the window, as far as was looked ({widths:.0e} window widths)", widths=float(FAR[-1])
    )


def surely_unbounded(problem: Problem) -> bool:
    """Whether a function is known, or was seen at a pole, to have no lowest value, and does not only fall as far as was looked."""
    return not problem.bounded and (problem.search is None or problem.search.pole is not None)
