"""Inputs for what is raced beside the race: a pinned race, and more functions for the same racers; no Streamlit here."""

from typing import Any

from optim import PROBLEMS
from optim.i18n.message import joined, message
from pages.shared.inputs.field import Field

LONGEST = 16_000
"""Characters of a pinned race in a link: the longest without lines that were typed has 8 500, most of them digits."""
MOST, MUCH = 5, 1000
"""Functions beside the race's own, and characters of a link's text that names them."""


class PinField(Field):
    """An input for a race, as the query of its own link; whether that is a race only the codec can say."""

    def read(self, text: str) -> Any:
        return text if len(text) <= LONGEST else None

    def write(self, value: Any) -> str:
        return str(value)

    @property
    def fallback(self) -> str:
        return message("none")

    @property
    def expected(self) -> str:
        return message("the query of a link to a race")


class FunctionsField(Field):
    """An input for several functions of the menu, by name, each once."""

    def read(self, text: str) -> Any:
        names = self._read(text)[0]
        return names if names or not text.strip() else None

    def write(self, value: Any) -> str:
        return ",".join(value)

    def left_out(self, _text: str) -> list[str]:
        others = self._read(_text)[1]
        if not others:
            return []
        names = joined(", ", [repr(other[:40]) for other in others[:3]])
        return [
            message(
                "{title} ({key}): left out {names}; expected {expected}.",
                title=self.title,
                key=self.key,
                names=names,
                expected=self.expected,
            )
        ]

    def nearest(self, text: str) -> str:
        return _ONE.nearest(text)

    def _read(self, text: str) -> tuple[tuple[str, ...], list[str]]:
        """Return the functions that a text names, and its parts that name none, one again, or one too many."""
        names: list[str] = []
        others: list[str] = []
        for part in text.split(",") if text.strip() and len(text) <= MUCH else ():
            name = _ONE.read(part)
            fits = name is not None and name not in names and len(names) < MOST
            (names if fits else others).append(name if fits else part)
        return tuple(names), others

    @property
    def fallback(self) -> str:
        return message("none")

    @property
    def expected(self) -> str:
        return message("up to {count} functions of the menu, each once, with commas between them", count=MOST)


PIN = PinField("pin", "Pinned race", "")
ALSO = FunctionsField("also", "Also on", ())
_ONE = Field(ALSO.key, ALSO.title, "", options={name: problem.title for name, problem in PROBLEMS.items()})
