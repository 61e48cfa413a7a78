"""What a section of the Book page is: its words, its inputs, and what it shows; and how its inputs stand on the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from optim import Parameter
from optim.core.types import Point
from optim.i18n.message import message
from optim.i18n.numbers import short
from optim.problems.search.explore import FARTHEST
from optim.races.spec import MAX_STEPS
from pages.shared.inputs import state, widgets
from pages.shared.inputs.field import Field, Values
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

WIDE = 150


@dataclass(frozen=True)
class Section:
    """One section: its name in links, its title, what it asks, its inputs with the book's values, and how it is shown.

    `show` gets the section and the theme. `quick` are ready values for some inputs, each under its own words.
    `more` returns what else a link to the section says.
    """

    name: str
    title: str
    question: str
    inputs: tuple[Field, ...]
    show: Callable[["Section", str], None]
    quick: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    more: Callable[[], Mapping[str, str]] = dict

    def key(self, short: str) -> str:
        """Return the key of an input, in links too."""
        return f"{self.name}.{short}"

    @property
    def fields(self) -> tuple[Field, ...]:
        """The inputs, each under its key."""
        return tuple(
            Field(self.key(field.key), field.title, field.default, field.options, field.parameter) for field in self.inputs
        )

    def shown(self) -> dict[str, str]:
        """Return what a link to the section says: the inputs that differ from the book's values."""
        held = [(field, value_of(field)) for field in self.fields]
        return {**{field.key: field.write(value) for field, value in held if value != field.default}, **self.more()}

    def values(self) -> Values:
        """Return what the inputs hold, by their short names."""
        return {short.key: value_of(field) for short, field in zip(self.inputs, self.fields, strict=True)}


def number(short: str, title: str, default: float, low: float, high: float, kind: Any = "float") -> Field:
    """Return an input for a number."""
    return Field(short, title, default, parameter=Parameter(short, short, default, low, high, kind=kind))


def rate(default: float) -> Field:
    """Return the input of a learning rate."""
    return number("lr", message("Learning rate η"), default, 1e-4, 100.0)


def count(default: int, most: int = MAX_STEPS) -> Field:
    """Return the input of a number of steps."""
    return number("n", message("Number of steps"), default, 1, most, "int")


def start(x: float = -7.0, y: float = 2.0) -> tuple[Field, Field]:
    """Return the inputs of a start, by default the book's."""
    ends = (-FARTHEST, FARTHEST)
    return number("x", message("x at the start"), x, *ends), number("y", message("y at the start"), y, *ends)


NUMERICAL = number("num", message("Numerical gradient, as in the notebook"), True, 0, 1, "bool")


def where(values: Values) -> Point:
    """Return the start that the inputs hold."""
    return values["x"], values["y"]


def gradient(values: Values) -> str:
    """Return what a race calls the gradient that the inputs ask for."""
    return "central" if values["num"] else "exact"


def value_of(field: Field) -> Any:
    """Return what an input holds: on screen, in the address bar, as it was left, or the book's value."""
    if field.key not in st.session_state and field.key not in st.query_params:
        return state.stored(field.key, field.default)
    return state.value_of(field)


def show_inputs(section: Section) -> Values:
    """Show the inputs of a section in a row, with ready values and the way back to the original ones; return what they hold."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for field in section.fields:
                _show(field)
        values = section.values()
        state.store({section.key(name): values[name] for name in values})
        with st.container(horizontal=True):
            for words, wanted in section.quick:
                there = all(values[name] == value for name, value in wanted.items())
                key = f"{section.name} {' '.join(map(str, wanted.values()))}"
                st.button(translate(words), key=key, on_click=_put, args=(section, wanted), disabled=there)
            book = {field.key: field.default for field in section.inputs}
            st.button(
                translate("Back to the original values"),
                key=f"{section.name} reset",
                on_click=_put,
                args=(section, book),
                disabled=values == book,
                icon=":material/replay:",
            )
    return values


def _put(section: Section, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        st.session_state[section.key(name)] = value


def _show(field: Field) -> None:
    assert field.parameter is not None
    if field.key not in st.session_state and value_of(field) != field.default:
        st.session_state[field.key] = value_of(field)
    if field.parameter.kind == "bool":
        widgets.switch(field)
    else:
        coarse = field.parameter.kind == "float" and field.parameter.high >= FARTHEST
        widgets.number(field, step=0.1 if coarse else None, width=WIDE)


def tell(text: str) -> None:
    """Show a paragraph as it is written."""
    st.markdown(plain(text))


def observe(*texts: str) -> None:
    """Show what there is to see, one point after the other."""
    st.markdown("\n".join(f"- {plain(text)}" for text in texts if text))


def table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]], align: str = "---:") -> None:
    """Show a table; where it is wider than the screen it scrolls."""
    lines = [heads, [align] * len(heads), *rows]
    with st.container(key=f"book-table-{name}"):
        st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def head(text: str, *cells: int) -> None:
    """Show a heading, with the notebook's cells that it stands for."""
    numbers = " ".join(f":gray[:small[In\u00a0[{cell}]]]" for cell in cells)
    st.markdown(f"## {plain(text)} {numbers}".replace("In\u00a0[", "In\u00a0\\[").replace("]]]", r"\]]]"))


def num(value: float) -> str:
    """Return a number as it stands in a sentence: four digits."""
    return short(value)


def at(x: float, y: float) -> str:
    """Return a place as it stands in a sentence."""
    return f"({num(x)}, {num(y)})"
