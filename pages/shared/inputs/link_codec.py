"""The one codec between a race and a link: what its text means, and what text means a race; no Streamlit here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode

from optim import MODIFIERS, PROBLEM_FAMILIES, PROBLEMS, SCHEDULES, Entry, FormulaError, Problem, RaceSpec, SpecError
from optim.i18n.message import message, plural
from optim.optimizers.transforms.modifiers import Modifier
from optim.optimizers.transforms.schedules import Schedule
from optim.optimizers.typed import is_typed
from optim.races.entry import CONSTANT, with_defaults
from pages.shared.inputs.beside import PIN
from pages.shared.inputs.display import name_field
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.fields import (
    CUSTOM,
    FORMULA,
    FRAME,
    FUNCTION,
    LOOKED_AT,
    SLOT,
    STEPS,
    fields,
    filled,
    function,
    function_text,
    is_slot,
)
from pages.shared.inputs.link_unknown import unknown_parts
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.rates import origin
from pages.shared.inputs.rules import NAME, SCHEDULE, optimizer_of, optimizer_values, rule_field, slot_key
from pages.shared.text.languages import LANGUAGE

LESSON, SECTION = "lesson", "section"
"""The link's parameters for the open lesson and for the Book's open section."""
MOST_FIELDS = 1000
"""Fields of a pinned race's query: as many as Streamlit takes of a link."""
_BOOK_INPUT = r"[a-z]+\.[a-z]+[0-9]?"
_ELSEWHERE = f"{LESSON}|{SECTION}|{LANGUAGE}|{_BOOK_INPUT}|embed|embed_options"
"""The keys of a link that are read elsewhere: by the pages of lessons and of the Book, by the menu of languages, by Streamlit."""


@cache
def link_keys() -> str:
    """Return the pattern of every key that a link may hold: what does not match is not ours to change."""
    keys = [field.key for field in chain(fields(decode({})[0]), (FORMULA,), LOOKED_AT) if not is_slot(field.key)]
    return f"^({'|'.join([*keys, SLOT, LESSON, SECTION, LANGUAGE, _BOOK_INPUT])})$"


def decode(query: Mapping[str, str]) -> tuple[Values, list[str]]:
    """Return the value of every input that a link means, and a sentence for each text in it that could not be used."""
    values: Values = {}
    notes = _read(query, values, chain(fields(values), LOOKED_AT))
    if FRAME.key in query and values[STEPS.key] < values[FRAME.key] < FRAME.default:
        notes.append(_too_late(values[FRAME.key], values[STEPS.key]))
        values[FRAME.key] = FRAME.default
    pinned, more = _pinned(values[PIN.key])
    values[PIN.key] = PIN.default if pinned is None else pinned_query(pinned)
    return values, [*notes, *more, *unknown_parts(query, values, LOOKED_AT, _ELSEWHERE)]


def _read(query: Mapping[str, str], values: Values, inputs: Iterable[Field]) -> list[str]:
    """Put into `values` what a link means for each input; return a sentence for each text that could not be used."""
    notes: list[str] = []
    for field in inputs:
        values[field.key] = field.default
        if field.key not in query:
            continue
        text = field.restored(query[field.key])
        value = field.read(text)
        if value is None:
            notes.append(_unusable(field, query[field.key]))
            continue
        values[field.key] = value
        notes += field.left_out(text)
        if text != query[field.key]:
            notes.append(_restored(field, query[field.key], text))
    return notes


def pinned_query(spec: RaceSpec) -> str:
    """Return a race as the query of its own link; it names its function, so that it is never empty."""
    return urlencode({FUNCTION.key: FUNCTION.write(values_of(spec)[FUNCTION.key]), **encode(spec)})


def pinned_race(query: str) -> RaceSpec | None:
    """Return the race of a query that an input holds; None where it holds none."""
    return _pinned(query)[0]


@lru_cache(maxsize=64)
def _pinned(text: str) -> tuple[RaceSpec | None, tuple[str, ...]]:
    """Return the race that the query of a pinned one means, if it means any, and a sentence for each part that it does not use."""
    if not text:
        return None, ()
    try:
        query = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        values: Values = {}
        notes = _read(query, values, fields(values))
        if not query.keys() & values.keys():
            return None, (_unusable(PIN, text),)
        notes += unknown_parts(query, values, (), _ELSEWHERE)
        return spec_of(values), tuple(message("In the pinned race: {note}", note=note) for note in notes)
    except (ValueError, FormulaError, SpecError):
        return None, (_unusable(PIN, text),)


def _too_late(frame: int, steps: int) -> str:
    """Say that a link asks for a step that the race does not have."""
    return plural(
        "{title} ({key}) was {given}; this race has {count} step. Showing its end.",
        "{title} ({key}) was {given}; this race has {count} steps. Showing its end.",
        steps,
        title=FRAME.title,
        key=FRAME.key,
        given=frame,
    )


def _unusable(field: Field, given: str) -> str:
    """Say that a text in a link means nothing, what would, what is used instead, and the nearest that means something."""
    note = message(
        "{title} ({key}) was {given!r}; expected {expected}. Using {instead}.",
        title=field.title,
        key=field.key,
        given=given[:40],
        expected=field.expected_for(given),
        instead=field.fallback,
    )
    near = field.nearest(given)
    return message("{note} Nearest: {nearest}.", note=note, nearest=near) if near else note


def _restored(field: Field, given: str, used: str) -> str:
    """Say that a blank in a link was read as the + that it probably was."""
    place = next(i for i, (one, other) in enumerate(zip(f"{given} ", used, strict=False)) if one != other)
    return message(
        "{title} ({key}) was {given!r}: a sign is missing at the blank in column {column}. A + that is not written as %2B arrives "
        "as a blank. Using {instead}: check that it is what was meant.",
        title=field.title,
        key=field.key,
        given=given[:80],
        column=place + 1,
        instead=used,
    )


def encode(spec: RaceSpec) -> dict[str, str]:
    """Return the query parameters that mean `spec`: those of its inputs that differ from their defaults."""
    given = values_of(spec)
    return {field.key: field.write(given[field.key]) for field in fields(given) if given[field.key] != field.default}


def values_of(spec: RaceSpec) -> Values:
    """Return the value of every input that shows `spec`."""
    known = spec.problem in PROBLEMS
    values: Values = {"fn": spec.problem} if known else {"fn": CUSTOM, FORMULA.key: _written(spec.problem)}
    values |= {"x": spec.start[0], "y": spec.start[1], "n": spec.steps}
    values |= {"g": spec.gradient, "noise": spec.noise, "seed": spec.seed}
    values |= {"rotate": spec.rotate, "stretch": spec.stretch, "sx": spec.shift[0], "sy": spec.shift[1]}
    return filled(values | entry_values(spec.entries))


def not_held(spec: RaceSpec) -> str:
    """Return in a sentence why the inputs, and so a link, cannot hold a race; nothing where they can."""
    if len(spec.start) != 2 or spec.problem in PROBLEM_FAMILIES:
        return message(
            "The inputs hold functions of x and y only, so this experiment opens in no page: take it away as code or data."
        )
    if isinstance(spec.problem, Problem):
        return message("The function of this experiment is an object, which no input can hold.")
    if not all(isinstance(entry.optimizer, str) for entry in spec.entries):
        return message("A racer of this experiment is an object, which no input can hold.")
    if spec.budget is not None:
        return message("This experiment has a budget of evaluations, for which there is no input.")
    if spec.target is not None:
        return message("This experiment has a target of its own, for which there is no input.")
    typed = ((rule_field(slot), entry.optimizer) for slot, entry in enumerate(spec.entries, 1) if is_typed(str(entry.optimizer)))
    for field, value in chain(typed, _held_values(spec)):
        if field.read(field.write(value)) != value:
            return message(
                "{title} ({key}) is {shown}; its input takes {expected}.",
                title=field.title,
                key=field.key,
                shown=repr(value)[:40],
                expected=field.expected_for(field.write(value)),
            )
    values = values_of(spec)
    if _numbers(spec_of(values)) != _numbers(spec):
        return message("The modifiers of a racer act in an order of their own, for which there is no input.")
    return ""


def _held_values(spec: RaceSpec) -> Iterator[tuple[Field, Any]]:
    """Yield every input that shows a race, with its value; lines that are typed can be raced."""
    values = values_of(spec)
    yield from ((field, values[field.key]) for field in fields(values))


def _numbers(spec: RaceSpec) -> RaceSpec:
    """A race by its numbers alone: without what racers are called and where their settings come from."""
    return replace(spec, problem=_written(spec.problem), entries=tuple(_plain(entry) for entry in spec.entries))


def _written(problem: Any) -> Any:
    """A function as the inputs hold it: of a formula, a blank that stands for a product is a * in them."""
    return FORMULA.write(problem) if problem not in PROBLEMS else problem


def entry_values(entries: tuple[Entry, ...]) -> Values:
    """Return the value of every input that shows these racers."""
    values: Values = {"k": len(entries)}
    for slot, entry in enumerate(entries, start=1):
        values |= optimizer_values(slot, str(entry.optimizer))
        named = name_field(slot_key(slot, NAME), str(entry.optimizer))
        values[named.key] = named.accepted(entry.label or "") or named.default
        values |= {slot_key(slot, name): value for name, value in entry.hyper.items()}
        values |= _extra_values(slot, entry)
    return values


def spec_of(values: Values) -> RaceSpec:
    """Return the race that the inputs ask for, with where its settings come from; SpecError or FormulaError where it is none."""
    function(values)
    spec = RaceSpec(
        problem=function_text(values),
        entries=entries_of(values),
        start=(values["x"], values["y"]),
        steps=values["n"],
        gradient=values["g"],
        noise=values["noise"],
        seed=values["seed"],
        rotate=values["rotate"],
        stretch=values["stretch"],
        shift=(values["sx"], values["sy"]),
    )
    return _presets().get(spec) or replace(
        spec, entries=tuple(replace(entry, origin=origin(entry, spec)) for entry in spec.entries)
    )


def entries_of(values: Values) -> tuple[Entry, ...]:
    """Return the racers that the inputs ask for."""
    return tuple(_entry(slot, values) for slot in range(1, values["k"] + 1))


def _entry(slot: int, values: Values) -> Entry:
    name = optimizer_of(slot, values)
    settings = {parameter: values[slot_key(slot, parameter)] for parameter in Entry(name).hyper}
    return replace(_plain(Entry(name, settings, **_extras(slot, values))), label=values[slot_key(slot, NAME)] or None)


def _plain(entry: Entry) -> Entry:
    """The same racer without what only repeats the defaults, and without where its settings come from."""
    defaults = Entry(entry.optimizer).hyper
    values = {name: value for name, value in dict(entry.values).items() if value != defaults[name]}
    return Entry(entry.optimizer, values, entry.schedule, entry.modifiers)


@cache
def _presets() -> dict[RaceSpec, RaceSpec]:
    """Every preset's race, by what its inputs alone say."""
    return {_by_hand(preset.spec): preset.spec for preset in reversed(PRESETS)}


def _by_hand(spec: RaceSpec) -> RaceSpec:
    return replace(spec, entries=tuple(_plain(entry) for entry in spec.entries))


def _extras(slot: int, values: Values) -> dict[str, Any]:
    """Return the schedule and the modifiers that a racer's inputs ask for, as fields of its entry."""

    def named(key: str, item: Schedule | Modifier) -> tuple[Any, ...]:
        return (item.name, *((p.name, values[f"{key}.{p.name}"]) for p in item.parameters))

    schedule, asked = slot_key(slot, SCHEDULE), [(slot_key(slot, name), MODIFIERS[name]) for name in MODIFIERS]
    return {
        "schedule": named(schedule, SCHEDULES[values[schedule]]) if schedule in values else CONSTANT,
        "modifiers": tuple(named(key, modifier) for key, modifier in asked if values.get(key)),
    }


def _extra_values(slot: int, entry: Entry) -> Values:
    """Return the values of the inputs that show an entry's schedule and modifiers."""
    shown: Values = {slot_key(slot, SCHEDULE): entry.schedule[0]}
    shown |= _keyed(slot_key(slot, SCHEDULE), entry.schedule_with_values[1])
    for name, *own in entry.modifiers:
        values = with_defaults(name, MODIFIERS[name].parameters, own)
        shown |= {slot_key(slot, name): True, **_keyed(slot_key(slot, name), values)}
    return shown


def _keyed(key: str, values: Values) -> Values:
    return {f"{key}.{name}": value for name, value in values.items()}
