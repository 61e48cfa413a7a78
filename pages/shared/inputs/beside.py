"""Inputs for what is raced beside the race: a pinned race, and more functions for the same racers; no Streamlit here."""

from typing import Any

from optim import PROBLEMS
from optim.i18n.message import message
from pages.shared.inputs.field import Field
from pages.shared.inputs.several import SeveralField

LONGEST = 16_000
"""Characters of a pinned race in a link: the longest without lines that were typed has 8 500, most of them digits."""
MOST = 5
"""Functions beside the race's own."""


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


PIN = PinField("pin", "Pinned race", "")
ALSO = SeveralField(
    "also",
    "Also on",
    (),
    one=Field("also", "Also on", "", options={name: problem.title for name, problem in PROBLEMS.items()}),
    most=MOST,
    wanted=message("up to {count} functions of the menu, each once, with commas between them", count=MOST),
)
