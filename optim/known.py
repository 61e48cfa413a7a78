"""What is known of a function's lowest value, and how it is put into words: proven, found by a search, or only met by a run."""

import math
from typing import Literal

from optim.metrics import default_target
from optim.model import Problem
from optim.wording import place

Source = Literal["known", "found", "met", "none"]
_MANY = 4
"""Minima up to which all are named."""


def source(problem: Problem, lowest: float | None) -> Source:
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

    A minimum that was only found, not proven, gives way to a lower value met inside the domain.
    """
    known = problem.lowest
    if not problem.bounded or (known is None and not math.isfinite(met)):
        return None
    if known is None or (problem.search is not None and met < known - default_target(known)):
        return met
    return known


def not_lowest(problem: Problem, lowest: float | None) -> str:
    """Return how a minimum that is not the lowest one stands to lower places, to follow "a minimum, "."""
    whence = source(problem, lowest)
    if whence == "known":
        return "not the lowest one"
    if whence == "found":
        return "not the lowest one found in the window"
    if not problem.bounded:
        return f"but {falling(problem)}"
    if problem.search is not None and problem.search.edge:
        return "but the function is lower at the window's edge"
    return "whether a lower one exists is not known"


def falling(problem: Problem) -> str:
    """Return that an unbounded function falls without end, and where that was seen."""
    search = problem.search
    if search is None:
        return "the function falls without end"
    if search.pole is not None:
        return f"the function falls without end near {place(round(c, 9) for c in search.pole)}"
    return "the function falls without end far outside the window"


def lowest_in_words(problem: Problem) -> str:
    """Return what is known of the lowest value: its size and place, or why there is none; a clause without a full stop."""
    if problem.lowest is not None:
        found = "lowest value" if problem.search is None else "lowest minimum found in the window"
        if not problem.targets:
            return f"{found} {problem.lowest:.6g}, at many places"
        places = ", ".join(place(point) for point in problem.minima[:_MANY])
        more = f" and {len(problem.minima) - _MANY} more places" if len(problem.minima) > _MANY else ""
        return f"{found} {problem.lowest:.6g} at {places}{more}"
    if not problem.bounded:
        return f"no lowest value: {falling(problem)}"
    search = problem.search
    if search is not None and search.defined == 0:
        return "not defined anywhere in the window"
    if search is not None and search.edge:
        return "lowest at the window's edge; whether it has a lowest value is not known"
    return "whether it has a lowest value is not known"


def search_in_words(problem: Problem) -> str:
    """Return what a search of the window found, as a sentence; "" for a function whose minima are known."""
    search = problem.search
    if search is None:
        return ""
    names = {"minimum": ("minimum", "minima"), "maximum": ("maximum", "maxima")}
    if search.defined == 0:
        return "Not defined anywhere in the window, as far as a grid shows."
    counted = []
    for kind, count in search.counts:
        if kind != "flat":
            one, many = names.get(kind, (f"{kind} point" if kind == "degenerate" else kind, ""))
            counted.append(f"{count} {one if count == 1 else many or one + 's'}")
    if any(kind == "flat" for kind, _ in search.counts):
        counted.append("lines or plateaus without slope")
    found = ", ".join(counted) or "no point without slope"
    shown = f" The lowest {len(problem.stationary)} are listed." if search.omitted else ""
    part = "" if search.defined > 0.995 else f" It is defined in {search.defined:.0%} of the window."
    (a, b), (c, d) = search.window
    return f"Found, not proven, for x from {a:g} to {b:g} and y from {c:g} to {d:g}: {found}.{shown}{part}"
