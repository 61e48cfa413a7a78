"""Inputs for how racers are shown, which change no number: their names, who is hidden, who stands out; no Streamlit here."""

from functools import lru_cache
from typing import Any

from optim import Entry
from optim.i18n.message import message
from optim.races.spec import MAX_ENTRIES
from pages.shared.inputs.field import Field

LONGEST = 30
"""Characters of a name: more do not fit beside a racer in the pictures."""
_MARKUP = set("<>{}&")
"""What pictures would take for markup or for a template."""


class NameField(Field):
    """An input for what a racer is called; empty where it goes by its optimizer's title."""

    def read(self, text: str) -> Any:
        return self.accepted(text.strip())

    def accepted(self, value: Any) -> Any:
        return value if self.cleaned(str(value)) == value else None

    def cleaned(self, text: str) -> str:
        """Return what of a typed text can be a name."""
        good = "".join(sign for sign in " ".join(text.split()) if sign.isprintable() and sign not in _MARKUP)
        return good[:LONGEST].strip()

    def write(self, value: Any) -> str:
        return str(value)

    @property
    def fallback(self) -> str:
        return message("the optimizer's title")

    @property
    def expected(self) -> str:
        return message("a name of at most {count} characters, without {signs}", count=LONGEST, signs="< > { } &")


class RacersField(Field):
    """An input for several racers, by their numbers."""

    def read(self, text: str) -> Any:
        parts = text.split(",") if len(text) < 3 * MAX_ENTRIES else [""]
        numbers = {int(part) if part.strip().isdecimal() else 0 for part in parts}
        return tuple(sorted(numbers)) if numbers <= set(range(1, MAX_ENTRIES + 1)) else None

    def write(self, value: Any) -> str:
        return ",".join(map(str, value))

    @property
    def fallback(self) -> str:
        return message("none")

    @property
    def expected(self) -> str:
        return message("numbers of racers, 1 to {most}, with commas between them", most=MAX_ENTRIES)


@lru_cache(maxsize=512)
def name_field(key: str, optimizer: str) -> NameField:
    """Return the input of a racer's name."""
    return NameField(key, message("{owner}'s name", owner=Entry(optimizer).rule.title), "", short=message("name"))


HIDDEN = RacersField("hide", "Hidden racers", ())
STRONG = Field("hl", "Highlighted racer", "none", options={name: name for name in ("none", *map(str, range(1, MAX_ENTRIES + 1)))})
