"""An input as data: its key, its default, and what texts in a link mean for it; no Streamlit here."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optim import Parameter
from optim.core.errors import nearest
from optim.i18n.message import joined, message
from pages.shared.text.languages import everywhere

Values = dict[str, Any]
MANY = 12
"""Options beyond which a sentence names only some."""


@dataclass(frozen=True)
class Field:
    """One input: its key in the link, what it is called, its default, and either its options (name -> title) or its parameter.

    `short` is what it is called beside the racer that it belongs to; `once` are titles that links of earlier versions call
    options by. Texts are English, or remember how they were made.
    """

    key: str
    title: str
    default: Any
    options: Mapping[str, str] | None = None
    parameter: Parameter | None = None
    short: str = ""
    once: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def read(self, text: str) -> Any:
        """Return the value that a link's text means, or None where it means none. Options go by name or title, in any language."""
        text = text.removeprefix("\ufeff")  # the byte-order mark of Windows editors
        if self.options is not None:
            called = ((name, (name, *everywhere(title))) for title, name in self._titles())
            return next((name for name, calls in called if _bare(text) in map(_bare, calls)), None)
        assert self.parameter is not None
        words: dict[str, Any] = {"true": 1, "false": 0} if self.parameter.kind == "bool" else {}
        try:
            number = words[text.lower()] if text.lower() in words else float(text)
        except ValueError:
            return None
        return self.parameter.canonical(number)

    def _titles(self) -> Iterator[tuple[str, str]]:
        """Yield each title that an option has, or had once, with the option's name."""
        yield from ((title, name) for name, title in (self.options or {}).items())
        yield from self.once.items()

    def accepted(self, value: Any) -> Any:
        """Return a value as this input holds it, or None where it cannot."""
        if self.options is not None:
            return value if value in self.options else None
        return self.parameter.canonical(value) if self.parameter else None

    def write(self, value: Any) -> str:
        """Return a value as a link's text, in English."""
        if self.options is not None:
            return self.options[value]
        return str(value).lower() if isinstance(value, bool) else repr(value).removesuffix(".0")

    def restored(self, text: str) -> str:
        """Return a link's text as it was before the address bar changed it."""
        return text

    def nearest(self, text: str) -> str:
        """Return the title of the option that a misspelt text probably means, or nothing."""
        titles = {call: title for name, title in (self.options or {}).items() for call in (name, title)}
        return titles.get(nearest(text, titles), "")

    def left_out(self, _text: str) -> list[str]:
        """Return a sentence for what a link's text says beyond the value that was read from it."""
        return []

    @property
    def fallback(self) -> str:
        """What is used where a link's text means nothing, in words."""
        return self.write(self.default)

    def expected_for(self, _text: str) -> str:
        """Return what a good value is instead of a link's text, in words."""
        return self.expected

    @property
    def expected(self) -> str:
        """What a good value is, in words."""
        if self.options is None:
            return self.parameter.expected if self.parameter else ""
        titles = list(self.options.values())
        if len(titles) > MANY:
            return message("one of the {count} in the menu, such as {names}", count=len(titles), names=joined(", ", titles[:4]))
        return message("one of {names}", names=joined(", ", titles))


def _bare(title: str) -> str:
    """Return a title as links compare it: without capitals and spaces, of which Japanese titles once had others."""
    return "".join(title.lower().split())
