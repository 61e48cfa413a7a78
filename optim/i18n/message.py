"""Sentences that remember how they were made, so that whoever shows them can say them in another language.

A `Message` is a str, in English, and is used as one. What is made of it by `message`, `plural`, `joined`, `code`, `transformed` or
`+` remembers too; an f-string or `str.join` does not.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from optim.i18n.numbers import Prose


class Catalogue(Protocol):
    """What gettext calls translations: an unknown message is given back as it is."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, one: str, many: str, count: int, /) -> str: ...


class Message(str):
    """A text made of a template and what was put into it; `many` is the template's plural, which `count` decides on."""

    template: str
    many: str
    values: dict[str, Any]

    def __new__(cls, template: str, many: str = "", values: dict[str, Any] | None = None) -> "Message":
        values = values or {}
        english = template if not many or values["count"] == 1 else many
        said = super().__new__(cls, _filled(english, values))
        said.template, said.many, said.values = template, many, values
        return said

    def translated(self, catalogue: Catalogue) -> str:
        """Return the text in the catalogue's language, and everything put into it too."""
        if self.many:
            template = catalogue.ngettext(self.template, self.many, self.values["count"])
        else:
            template = _looked_up(self.template, catalogue)
        return _filled(template, {name: translated(value, catalogue) for name, value in self.values.items()})

    def __add__(self, other: str) -> "Message":
        return joined("", (self, other))

    def __radd__(self, other: str) -> "Message":
        return joined("", (other, self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Message, (self.template, self.many, self.values)


class Joined(Message):
    """Texts one after the other, with a separator between them."""

    separator: str
    parts: tuple[str, ...]

    def __new__(cls, separator: str, parts: tuple[str, ...]) -> "Joined":
        said = str.__new__(cls, separator.join(parts))
        said.separator, said.parts = separator, parts
        return said

    def translated(self, catalogue: Catalogue) -> str:
        return _looked_up(self.separator, catalogue).join(translated(part, catalogue) for part in self.parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return Joined, (self.separator, self.parts)


class Changed(Message):
    """A text that was changed as a whole, such as to begin with a capital; the change is made in every language."""

    text: str
    change: Callable[[str], str]

    def __new__(cls, text: str, change: Callable[[str], str]) -> "Changed":
        said = str.__new__(cls, change(text))
        said.text, said.change = text, change
        return said

    def translated(self, catalogue: Catalogue) -> str:
        return self.change(translated(self.text, catalogue))

    def __reduce__(self) -> tuple[Any, ...]:
        return Changed, (self.text, self.change)


class Verbatim(Message):
    """What is the same in every language, such as a name in code."""

    def __new__(cls, text: str) -> "Verbatim":
        return str.__new__(cls, text)

    def translated(self, _catalogue: Catalogue) -> str:
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Verbatim, (str(self),)


def message(template: str, /, **values: Any) -> Message:
    """Return the text that a template makes of values, which may be texts of this kind; numbers have their powers of ten raised."""
    return Message(template, "", values)


def plural(one: str, many: str, count: int, /, **values: Any) -> Message:
    """Return the text for a number of things, which the templates call {count}."""
    return Message(one, many, {"count": count, **values})


def joined(separator: str, parts: Iterable[str]) -> Message:
    """Return texts one after the other."""
    return Joined(separator, tuple(parts))


def code(*names: str) -> Message:
    """Return names in code, with commas between: they stay as they are, though one may be a word that is translated elsewhere."""
    return Verbatim(", ".join(names))


def transformed(text: str, change: Callable[[str], str]) -> Message:
    """Return a text changed by a named function, one that suits texts of every language."""
    return Changed(text, change)


def translated(text: Any, catalogue: Catalogue) -> Any:
    """Return a text in the catalogue's language: made here or, if plain, looked up as it is; anything else stays what it is."""
    if isinstance(text, Message):
        return text.translated(catalogue)
    return _looked_up(text, catalogue) if isinstance(text, str) else text


def _filled(template: str, values: dict[str, Any]) -> str:
    return Prose().vformat(template, (), values) if values else template


def _looked_up(text: str, catalogue: Catalogue) -> str:
    # The empty message is where a catalogue keeps its header.
    return catalogue.gettext(text) if text else ""
