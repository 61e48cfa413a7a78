"""What every script of a race has in common: its text, what had to be left out of it, and the rows that it prints."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from optim.core.errors import ScriptError
from optim.i18n.message import message
from optim.optimizers.custom import is_own
from optim.problems import PROBLEMS
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.races.spec import RaceSpec

COLUMNS = ("optimizer", "step", "x", "y", "loss", "gradient_norm")
"""What a script prints of a race's table."""
_MARK = re.compile(r"\s*#\? (!?)(\w+)$")


@dataclass(frozen=True)
class Script:
    """A script's `text`, empty where there is none, and a sentence for everything that had to be `left_out` of it.

    `words` are the sentences in its text that were made for it, such as what a racer does.
    """

    text: str
    left_out: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def race_words(spec: RaceSpec) -> str:
    """Return what a script says that it is of: the function by its title, a typed one by its formula."""
    from optim.problems.formulas.derive import derive  # noqa: PLC0415 - SymPy takes 0.6 s to import

    problem = spec.base_problem
    name = problem.title if problem.name in PROBLEMS or not problem.formula else derive(problem.formula).text
    return message("A race on {function}", function=name)


def write_racers(
    entries: Sequence[Entry], write: Callable[[Entry, str], str]
) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """Return label, name and code of every racer that can be written, and a sentence for each that cannot."""
    written, left_out, taken = [], [], set[str]()
    for label, entry in zip(labels(entries), entries, strict=True):
        title = entry.rule.title
        try:
            if is_own(entry.optimizer):
                raise ScriptError(message("it is an object of your own"))
            name = next(name for name in _names(entry.rule.name) if name not in taken)
            written.append((label, name, write(entry, name)))
            taken.add(name)
        except ScriptError as error:
            left_out.append(message("{title} is left out: {reason}.", title=title, reason=error.reason))
    return written, tuple(dict.fromkeys(left_out))


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in range(2, 100))


def filled(template: str, marks: Mapping[str, bool], **values: Any) -> str:
    """Return a template with its `$names` filled in, less the rows whose mark, such as `#? norm` or `#? !norm`, does not hold."""
    rows = []
    for row in template.strip().splitlines():
        mark = _MARK.search(row)
        if mark is None or marks[mark[2]] is not bool(mark[1]):
            rows.append(row if mark is None else row[: mark.start()])
    return Template("\n".join(rows)).substitute(values)


def script_text(parts: list[str]) -> str:
    """Return a script's parts as its text."""
    return "\n\n\n".join(part for part in parts if part) + "\n"
