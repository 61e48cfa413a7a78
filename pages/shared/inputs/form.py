"""The form of a race while it is drawn: what its inputs hold, and which of them are on screen."""

import dataclasses
from collections.abc import Callable, Iterable

from pages.shared.inputs import state
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.widgets import menu, number, switch
from pages.shared.text.translation import translate


@dataclasses.dataclass(frozen=True)
class Form:
    """The inputs so far: every value, and the keys of those on screen."""

    values: Values = dataclasses.field(default_factory=dict)
    shown: list[str] = dataclasses.field(default_factory=list)

    def note(self, key: str, value: object) -> None:
        """Note what an input on screen holds."""
        self.values[key] = value
        self.shown.append(key)

    def rarely_changed(
        self, offered: Iterable[Field], named: Callable[[Field], str] = lambda field: translate(field.title), *, every: bool
    ) -> None:
        """Show what few change: inputs only where all are asked for or they are changed, since each costs time on every rerun."""
        for field in offered:
            self.values[field.key] = state.value_of(field)
            if every or self.values[field.key] != field.default:
                show = (
                    menu if field.options is not None else switch if field.parameter and field.parameter.kind == "bool" else number
                )
                self.note(field.key, show(field, title=named(field)))
