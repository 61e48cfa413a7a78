"""The learning rates that can be dragged under the pictures: each one's key in the link, its range, and its stability limit."""

import math
from typing import Any

from optim import RaceSpec
from optim.reports.stability import Limit, stability_limits
from pages.shared.inputs import state
from pages.shared.inputs.beside import ALSO, PIN
from pages.shared.inputs.field import Field
from pages.shared.inputs.fields import FRAME, VIEW, setting_fields
from pages.shared.text import translation
from pages.shared.text.translation import translate

RATE = "lr"
BELOW, ABOVE = 1e-4, 10.0
"""The range of a slider around a stability limit, as multiples of it."""
LONGEST = 1500
"""Most steps of a race that follows a slider, so that the server takes less than 0.2 s for it, whoever is dragged.

Measured: the racer that runs anew takes 0.015 to 0.08 ms per step, L-BFGS 1.3 ms, which goes through 10 past moves in each; to
measure and to judge takes 0.0015 ms per step of every racer."""


def rates(spec: RaceSpec) -> list[dict[str, Any]]:
    """Return the facts of every learning rate on a logarithmic scale, for the browser."""
    limits = stability_limits(spec)
    found = []
    for racer, limit in enumerate(limits):
        field = rate_field(spec, racer)
        if field is not None:
            value = float(spec.entries[racer].hyper[RATE])
            found.append(
                {"racer": racer, "key": field.key, "value": value, "live": follows(spec, racer), **_scale(field, value, limit)}
            )
    return found


def rate_field(spec: RaceSpec, racer: int) -> Field | None:
    """Return the input of a racer's learning rate, racers counted from 0; None where it has none on a logarithmic scale."""
    fields = setting_fields(racer + 1, str(spec.entries[racer].optimizer))
    return next((field for field in fields if field.parameter and field.parameter.name == RATE and field.parameter.log), None)


def follows(spec: RaceSpec, racer: int) -> bool:
    """Whether a race is short enough to be run anew at every move of a racer's slider."""
    entry = spec.entries[racer]
    loops = (int(entry.hyper[p.name]) for p in entry.rule.parameters if p.structural and p.kind == "int")
    return spec.steps * max(1, *loops, 1) <= LONGEST


def page_query(theme: str) -> dict[str, str]:
    """Return the query parameters that mean the page's race, how it is looked at, and in which language and theme."""
    shown = state.shown(field for field in VIEW if field not in (FRAME, PIN, ALSO))  # none of these changes what moves
    return {**state.query(), **shown, translation.KEY: translation.language(), "theme": theme}


def _scale(field: Field, value: float, limit: Limit | None) -> dict[str, Any]:
    """Return the range of a slider, in which the present value lies, and the tick on it; beside it what numbers can be typed."""
    assert field.parameter is not None
    least, most = field.parameter.bounds
    low, high = (field.parameter.low, field.parameter.high) if limit is None else (BELOW * limit.rate, ABOVE * limit.rate)
    return {
        "low": min(low, value) if value > 0 else low,
        "high": max(high, value),
        "least": least,
        "most": most if math.isfinite(most) else None,
        "expected": translate(field.parameter.expected),
        "limit": None if limit is None else limit.rate,
        "tick": "" if limit is None else translate(limit.label),
        "meaning": "" if limit is None else translate(limit.meaning),
    }
