"""The protocol of a race: the conditions that all entries share, in words that are always shown beside its result."""

from optim.core.types import Point
from optim.i18n.message import joined, message, plural
from optim.i18n.numbers import powers
from optim.i18n.phrases import evaluations, listed, steps
from optim.problems.lowest_value import falling, lowest_value_source
from optim.races.entry import Entry
from optim.races.labels import extras, settings
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec


def protocol(result: RaceResult) -> str:
    """Return the conditions of a race: function, start, steps, gradient, noise and target."""
    spec = result.spec
    exact = spec.gradient == "exact"
    budget = [] if spec.budget is None else [message("at most {budget} each", budget=evaluations(spec.budget))]
    conditions = [
        joined(", ", [result.problem.title, *dials(spec), *budget]),
        message("start ({point})", point=_written(spec.start)),
        message("{steps} each", steps=steps(spec.steps)),
        message("exact gradient") if exact else message("numerical gradient (central differences, h = 10⁻⁴)"),
        message("gradient noise {noise:g}, the same for all, seed {seed}", noise=spec.noise, seed=spec.seed)
        if spec.noise
        else message("no noise"),
        _untouched(spec.entries),
        _target(result),
    ]
    return joined(" · ", filter(None, conditions))


def dials(spec: RaceSpec) -> list[str]:
    """Return how a race's function was turned, stretched and shifted, a phrase for each dial that does anything."""
    return [
        *([message("rotated {angle:g} degrees", angle=spec.rotate)] if spec.rotate else []),
        *([message("stretched {times:g} times", times=spec.stretch)] if spec.stretch != 1 else []),
        *([message("shifted by ({shift})", shift=_written(spec.shift))] if any(spec.shift) else []),
    ]


def _written(point: Point) -> str:
    return powers(", ".join(f"{value:g}" for value in point))


def _untouched(entries: tuple[Entry, ...]) -> str:
    """Return that no schedule or modifier is used; empty where one is, since `entrants` names it."""
    return "" if any(extras(entry) for entry in entries) else message("constant learning rates, no clipping")


def answers(result: RaceResult) -> str:
    """Say which entries report another point than the one they move, and that they are judged by it; "" where none does."""
    names = [label for label, entry in zip(result.labels, result.spec.entries, strict=True) if entry.rule.answer is not None]
    if not names:
        return ""
    return plural(
        "{names} reports an average of points, the thin line: standings judge that. Paths and losses by step show the moving point",
        "{names} report an average of points, the thin line: standings judge that. Paths and losses by step show the moving point",
        len(names),
        names=listed(names),
    )


def entrants(result: RaceResult) -> str:
    """Return every entry with its settings and where they come from."""
    return joined(
        " · ",
        (
            message(
                "{name}: {settings} ({origin})",
                name=entry.label or entry.rule.title,
                settings=settings(entry) or message("no settings"),
                origin=entry.origin,
            )
            for entry in result.spec.entries
        ),
    )


def _target(result: RaceResult) -> str:
    if result.lowest is None:
        why = message("nobody met a finite value") if result.problem.bounded else falling(result.problem)
        return message("no target: {why}", why=why)
    whence = {"found": message(", the lowest minimum found in the window"), "met": message(", the lowest value any entry met")}
    own = "" if result.spec.target is not None else message(", a millionth of the function's height")
    return message(
        "target: stay within {target:.3g} of {lowest:.4g}{whence}{own}",
        own=own,
        target=result.target,
        lowest=result.lowest,
        whence=whence.get(lowest_value_source(result.problem, result.lowest), ""),
    )
