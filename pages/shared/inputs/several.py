"""An input that holds several options of a menu; no Streamlit here."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from optim.i18n.message import joined, message
from pages.shared.inputs.field import Field

MUCH = 1000
"""Characters of a link's text that names options."""


@dataclass(frozen=True)
class SeveralField(Field):
    """An input for at most `most` options of the menu `one`, by name, each once; `wanted` says so in words."""

    one: Field = dataclasses.field(kw_only=True)
    most: int = dataclasses.field(kw_only=True)
    wanted: str = dataclasses.field(kw_only=True)

    def read(self, text: str) -> Any:
        names = self._read(text)[0]
        return names if names or not text.strip() else None

    def write(self, value: Any) -> str:
        return ",".join(value)

    def left_out(self, text: str) -> list[str]:
        others = self._read(text)[1]
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
        return self.one.nearest(text)

    def _read(self, text: str) -> tuple[tuple[str, ...], list[str]]:
        """Return the options that a text names, and its parts that name none, one again, or one too many."""
        names: list[str] = []
        others: list[str] = []
        for part in text.split(",") if text.strip() and len(text) <= MUCH else ():
            name = self.one.read(part)
            fits = name is not None and name not in names and len(names) < self.most
            (names if fits else others).append(name if fits else part)
        return tuple(names), others

    @property
    def fallback(self) -> str:
        return joined(", ", [(self.one.options or {})[name] for name in self.default]) if self.default else message("none")

    @property
    def expected(self) -> str:
        return self.wanted
