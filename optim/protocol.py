"""The protocol of a race: what everybody faced, in words that are always shown beside its result."""

from optim.entry import Entry
from optim.known import falling, source
from optim.result import RaceResult
from optim.settings import extras, settings
from optim.wording import listed, steps


def protocol(result: RaceResult) -> str:
    """Return what every entry faced: function, start, steps, gradient, noise, target, and each one's settings and their origin."""
    spec = result.spec
    gradient = "exact gradient" if spec.gradient == "exact" else "numerical gradient (central differences, h = 1e-4)"
    noise = f"gradient noise {spec.noise:g}, the same for all, seed {spec.seed}" if spec.noise else "no noise"
    dials = [
        f"rotated {spec.rotate:g} degrees" if spec.rotate else "",
        f"stretched {spec.stretch:g} times" if spec.stretch != 1 else "",
        f"shifted by ({', '.join(f'{s:g}' for s in spec.shift)})" if any(spec.shift) else "",
        f"at most {spec.budget} evaluations each" if spec.budget is not None else "",
    ]
    conditions = [
        result.problem.title + "".join(f", {dial}" for dial in dials if dial),
        f"start ({', '.join(f'{value:g}' for value in spec.start)})",
        f"{steps(spec.steps)} each",
        gradient,
        noise,
        _untouched(spec.entries),
        _target(result),
    ]
    return " · ".join(condition for condition in conditions if condition)


def _untouched(entries: tuple[Entry, ...]) -> str:
    """Say that nobody's learning rate or gradient is changed on the way; where somebody's is, the entrants' line tells."""
    return "" if any(extras(entry) for entry in entries) else "constant learning rates, unmodified gradients"


def answers(result: RaceResult) -> str:
    """Say which entries report another point than the one they move, and that they are judged by it; "" where none does."""
    names = [label for label, entry in zip(result.labels, result.spec.entries, strict=True) if entry.rule.answer is not None]
    if not names:
        return ""
    verb = "reports" if len(names) == 1 else "report"
    return (
        f"{listed(names)} {verb} an average of points, the thin line: standings judge that. Paths and losses by step show the "
        "moving point"
    )


def entrants(result: RaceResult) -> str:
    """Return every entry with its settings and where they come from."""
    return " · ".join(
        f"{entry.label or entry.rule.title}: {settings(entry) or 'no settings'} ({entry.origin})" for entry in result.spec.entries
    )


def _target(result: RaceResult) -> str:
    if result.lowest is None:
        return "no target: " + ("nobody met a finite value" if result.problem.bounded else falling(result.problem))
    whence = {"known": "", "found": ", the lowest minimum found in the window", "met": ", the lowest value any entry met"}
    return f"target: stay within {result.target:.3g} of {result.lowest:.4g}{whence[source(result.problem, result.lowest)]}"
