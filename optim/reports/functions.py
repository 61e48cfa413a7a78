"""Functions in words: the lowest value, the conditioning, the check of the gradient, and what a search of the window found."""

from collections.abc import Callable

from optim.core.problem import Problem, Search
from optim.i18n.message import joined, message, plural, transformed
from optim.i18n.phrases import capital, place, sentences
from optim.problems import PROBLEMS
from optim.problems.diagnostics import conditioning, gradient_check
from optim.problems.lowest_value import falling, surely_unbounded

_MANY = 4
"""Minima up to which all are named."""


def facts(problem: Problem) -> dict[str, str]:
    """Return what there is to know about a function, in words: the name of each fact -> a clause or a sentence."""
    measured = conditioning(problem)
    condition = stable = message("no number: {reason}", reason=measured.reason)
    if measured.curvatures is not None:
        low, high = measured.curvatures
        condition = message(
            "{kappa:.4g}, the largest curvature at the first minimum ({high:.4g}) over the smallest ({low:.4g})",
            kappa=measured.kappa,
            high=high,
            low=low,
        )
        stable = message(
            "{step:.3g}, which is 2 over the largest curvature: gradient descent with more cannot settle there",
            step=measured.stable_step,
        )
    return {
        message("Minima"): transformed(lowest_in_words(problem), capital),
        message("Condition number κ"): condition,
        message("Largest stable step"): stable,
    }


def gradient_fact(problem: Problem) -> str:
    """Return in a sentence how well a function's gradient agrees with differences of the function itself."""
    check = gradient_check(problem)
    off = message(
        "{title}: at most {difference:.0e} off central differences, relative, at {points} places.",
        title=problem.title,
        difference=check.difference,
        points=check.points,
    )
    left_out = plural(
        "{count} place beside a kink or outside the domain is left out.",
        "{count} places beside a kink or outside the domain are left out.",
        check.left_out,
    )
    return sentences(off, left_out if check.left_out else "")


def checked() -> str:
    """Return in one sentence how well the gradients of all functions agree with differences of the functions themselves."""
    checks = {problem.name: gradient_check(problem) for problem in PROBLEMS.values()}
    worst = max(checks, key=lambda name: checks[name].difference)
    return message(
        "{count} gradients checked; the largest relative difference is {difference:.0e} ({worst}).",
        count=len(checks),
        difference=checks[worst].difference,
        worst=PROBLEMS[worst].title,
    )


def groups(tag: str = "") -> dict[str, tuple[str, ...]]:
    """Return the names of the registry's functions, all or those with a tag, by what they teach."""
    found: dict[str, list[str]] = {}
    for name, problem in PROBLEMS.items():
        if not tag or tag in problem.tags:
            found.setdefault(problem.family, []).append(name)
    return {family: tuple(names) for family, names in found.items()}


def tags() -> tuple[str, ...]:
    """Return the tags of all functions of the registry, in alphabetical order."""
    return tuple(sorted({tag for problem in PROBLEMS.values() for tag in problem.tags}))


def lowest_in_words(problem: Problem) -> str:
    """Return what is known of the lowest value: its size and place, or why there is none; a clause without a full stop."""
    said = _lowest(problem)
    if problem.lowest is None or problem.search is None or problem.search.lower is None:
        return said
    return message(
        "{lowest}; outside the window the function is lower, as at {place}", lowest=said, place=place(problem.search.lower)
    )


def _lowest(problem: Problem) -> str:
    if problem.lowest is not None:
        found = message("lowest value") if problem.search is None else message("lowest minimum found in the window")
        if not problem.targets:
            return message("{found} {value:.6g}, at many places", found=found, value=problem.lowest)
        places: str = joined(", ", (place(point) for point in problem.minima[:_MANY]))
        if len(problem.minima) > _MANY:
            more = len(problem.minima) - _MANY
            places = plural("{places} and {count} more place", "{places} and {count} more places", more, places=places)
        return message("{found} {value:.6g} at {places}", found=found, value=problem.lowest, places=places)
    search = problem.search
    if surely_unbounded(problem):
        return message("no lowest value: {falling}", falling=falling(problem))
    if not problem.bounded:
        return message("no lowest value found: {falling}", falling=falling(problem))
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
            "Found, not proven and perhaps not all, for x from {a:g} to {b:g} and y from {c:g} to {d:g}: {found}.",
            a=a,
            b=b,
            c=c,
            d=d,
            found=_found(search),
        ),
        message("The lowest {count} are listed.", count=len(problem.stationary)) if search.omitted else "",
        "" if search.complete else message("A finer grid shows more than were found: its waves are too narrow for this window."),
        "" if search.defined > 0.995 else message("It is defined in {share:.0%} of the window.", share=search.defined),
    )


def _found(search: Search) -> str:
    """How many points of each kind there are; lines and plateaus, each of many points, are not counted."""
    kinds: dict[str, Callable[[int], str]] = {
        "minimum": lambda count: plural("{count} minimum", "{count} minima", count),
        "saddle": lambda count: plural("{count} saddle", "{count} saddles", count),
        "maximum": lambda count: plural("{count} maximum", "{count} maxima", count),
        "inflection": lambda count: plural("{count} inflection", "{count} inflections", count),
    }
    parts = [kinds[kind](count) for kind, count in search.counts if kind in kinds]
    if any(kind == "flat" for kind, _ in search.counts):
        parts.append(message("lines or plateaus without slope"))
    return joined(", ", parts) or message("no point without slope")
