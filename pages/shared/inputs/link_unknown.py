"""Parts of a link that mean nothing: each is named, with the nearest that means something; no Streamlit here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from optim.core.errors import nearest
from optim.i18n.message import Message, message, plural
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.fields import CUSTOM, FORMULA, FUNCTION, RACERS, fields, is_slot

ALSO_CALLED = {"optimizer": "o1", "problem": "fn", "lr": "o1.lr", "start": "x", "shift": "sx", "title": "fn"}
"""What others may call an input -> its key."""
SHOWN = 40
"""Characters of a key that a note repeats."""


def unknown_parts(query: Mapping[str, str], values: Values, looked_at: Iterable[Field], elsewhere: str) -> Iterator[Message]:
    """Yield a sentence for each part of a link that no input takes: neither the race's, nor those of what is looked at.

    Keys that match `elsewhere` are not the inputs' affair.
    """
    known = {field.key: field for field in chain(fields(values), looked_at)}
    for key in query:
        if key not in known and not re.fullmatch(elsewhere, key):
            yield _note(key, known, values)


def _note(key: str, known: Mapping[str, Field], values: Values) -> Message:
    shown = key[:SHOWN]
    if key == FORMULA.key:
        return message("{key} in the link was not used: it goes with {function}.", key=shown, function=f"{FUNCTION.key}={CUSTOM}")
    if not is_slot(key):
        return _with_nearest(shown, _nearest(key, known))
    slot, _, setting = key.partition(".")
    racers = values[RACERS.key]
    if int(slot[1:]) > racers or slot == "o0":
        return plural(
            "{key} in the link was not used: it has {count} racer (k={count}). Nearest: {nearest}.",
            "{key} in the link was not used: it has {count} racers (k={count}). Nearest: {nearest}.",
            racers,
            key=shown,
            nearest=f"o{racers}{key[len(slot) :]}"[:SHOWN] if slot != "o0" else "o1",
        )
    own = {other.partition(".")[2]: other for other in known if other.startswith(f"{slot}.")}
    return _with_nearest(shown, own.get(nearest(setting, own), ""))


def _nearest(key: str, known: Mapping[str, Field]) -> str:
    titles = {field.title: field.key for field in (*known.values(), FORMULA) if not is_slot(field.key)}
    calls = {**titles, **ALSO_CALLED, **{other: other for other in known}}
    return calls.get(nearest(key, calls), "")


def _with_nearest(key: str, near: str) -> Message:
    if near:
        return message("{key} in the link was not used: it means nothing here. Nearest: {nearest}.", key=key, nearest=near)
    return message("{key} in the link was not used: it means nothing here.", key=key)
