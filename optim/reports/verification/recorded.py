"""The proof: what every optimizer was checked against, and how far apart the two were, as the tests measured it."""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("verification.json")
"""Written by `python -m tests.support.record_verification`; a test checks it against what the comparisons give now."""


@dataclass(frozen=True)
class Comparison:
    """One comparison: `optimizer` against a `library`'s `call` on a `function`, over `steps` steps.

    `what` was compared, in words; `deviation` is the largest difference met, in lengths of the plane where a point was compared.
    """

    optimizer: str
    library: str
    call: str
    function: str
    steps: int
    what: str
    deviation: float


@dataclass(frozen=True)
class Summary:
    """Comparisons of one kind with one library: how many runs, on which functions, how many steps, the largest deviation."""

    library: str
    what: str
    runs: int
    functions: tuple[str, ...]
    steps: int
    deviation: float
    calls: tuple[str, ...]


def proof(optimizer: str) -> tuple[Comparison, ...]:
    """Return every comparison of an optimizer, by registry name; empty where there is none."""
    return tuple(one for one in _all() if one.optimizer == optimizer)


def summary(comparisons: Iterable[Comparison]) -> tuple[Summary, ...]:
    """Return comparisons put together by library and by what was compared."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for one in comparisons:
        groups.setdefault((one.library, one.what), []).append(one)
    return tuple(
        Summary(
            library=library,
            what=what,
            runs=len(group),
            functions=tuple(dict.fromkeys(one.function for one in group)),
            steps=max(one.steps for one in group),
            deviation=max(one.deviation for one in group),
            calls=tuple(dict.fromkeys(one.call for one in group)),
        )
        for (library, what), group in groups.items()
    )


def dumped(comparisons: Iterable[Comparison]) -> str:
    """Return comparisons as the text of FILE, one line each."""
    rows = ",\n".join(json.dumps(astuple(one), ensure_ascii=False) for one in comparisons)
    return f"[\n{rows}\n]\n"


@cache
def _all() -> tuple[Comparison, ...]:
    return tuple(Comparison(*row) for row in json.loads(FILE.read_text(encoding="utf-8")))
