"""What is known of a function's lowest value, and how it is put into words: proven, found by a search, or only met by a run."""

import math
from collections.abc import Callable
from typing import Literal

from optim.core.metrics import default_target
from optim.core.problem import Problem, Search
from optim.i18n.message import joined, message, plural
from optim.i18n.phrases import place, sentences

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
        return message("not the lowest one")
    if whence == "found":
        return message("not the lowest one found in the window")
    if not problem.bounded:
        return message("but {falling}", falling=falling(problem))
    if problem.search is not None and problem.search.edge:
        return message("but the function is lower at the window's edge")
    return message("whether a lower one exists is not known")


def falling(problem: Problem) -> str:
    """Return that an unbounded function falls without end, and where that was seen."""
    search = problem.search
    if search is None:
        return message("the function falls without end")
    if search.pole is not None:
        return message("the function falls without end near {place}", place=place(round(c, 9) for c in search.pole))
    return message("the function falls without end far outside the window")


def lowest_in_words(problem: Problem) -> str:
    """Return what is known of the lowest value: its size and place, or why there is none; a clause without a full stop."""
    if problem.lowest is not None:
        found = message("lowest value") if problem.search is None else message("lowest minimum found in the window")
        if not problem.targets:
            return message("{found} {value:.6g}, at many places", found=found, value=problem.lowest)
        places: str = joined(", ", (place(point) for point in problem.minima[:_MANY]))
        if len(problem.minima) > _MANY:
            places = message("{places} and {more} more places", places=places, more=len(problem.minima) - _MANY)
        return message("{found} {value:.6g} at {places}", found=found, value=problem.lowest, places=places)
    if not problem.bounded:
        return message("no lowest value: {falling}", falling=falling(problem))
    search = problem.search
    if search is not None and search.defined == 0:
        return message("not defined anywhere in the window")
    if search is not None and search.edge:
        return message("lowest at the window's edge; whether it has a lowest value is not known")
    return message("whether it has a lowest value is not known")


def search_in_words(problem: Problem) -> str:
    """Return what a search of the window found, as a sentence; "" for a function whose minima are known."""
    search = problem.search
    if search is None:
        return ""
    if search.defined == 0:
        return message("Not defined anywhere in the window, as far as a grid shows.")
    (a, b), (c, d) = search.window
    return sentences(
        message(
            "Found, not proven, for x from {a:g} to {b:g} and y from {c:g} to {d:g}: {found}.",
            a=a,
            b=b,
            c=c,
            d=d,
            found=_found(search),
        ),
        message("The lowest {count} are listed.", count=len(problem.stationary)) if search.omitted else "",
        "" if search.defined > 0.995 else message("It is defined in {share:.0%} of the window.", share=search.defined),
    )


def _found(search: Search) -> str:
    """How many points of each kind there are; lines and plateaus, each of many points, are not counted."""
    kinds: dict[str, Callable[[int], str]] = {
        "minimum": lambda count: plural("{count} minimum", "{count} minima", count),
        "saddle": lambda count: plural("{count} saddle", "{count} saddles", count),
        "maximum": lambda count: plural("{count} maximum", "{count} maxima", count),
        "degenerate": lambda count: plural("{count} degenerate point", "{count} degenerate points", count),
    }
    told = [kinds[kind](count) for kind, count in search.counts if kind in kinds]
    if any(kind == "flat" for kind, _ in search.counts):
        told.append(message("lines or plateaus without slope"))
    return joined(", ", told) or message("no point without slope")
