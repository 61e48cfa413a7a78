"""The one codec between a race and a link: every input as a field with a key, a default and a range; no Streamlit here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

from optim import OPTIMIZERS, PROBLEMS, Entry, Parameter, RaceSpec
from optim.figures import QUANTITIES
from optim.spec import GRADIENTS, MAX_ENTRIES, MAX_SEED, MAX_STEPS
from pages.shared.presets import BOOK, PRESETS

Values = dict[str, Any]
SPARE = "sgd"
"""Who stands in a slot beyond the default race's before anyone chooses."""
FAR = 1e6
SLOT = r"o\d+(?:\..+)?"
"""What the keys of racers look like."""


@dataclass(frozen=True)
class Field:
    """One input: its key in the link, what it is called, its default, and either its options (name -> title) or its parameter."""

    key: str
    title: str
    default: Any
    options: Mapping[str, str] | None = None
    parameter: Parameter | None = None

    def read(self, text: str) -> Any:
        """Return the value that a link's text means, or None where it means none. Options go by name or title."""
        if self.options is not None:
            wanted = text.strip().lower()
            return next((name for name, title in self.options.items() if wanted in (name.lower(), title.lower())), None)
        assert self.parameter is not None
        words: dict[str, Any] = {"true": 1, "false": 0} if self.parameter.kind == "bool" else {}
        try:
            number = words[text.lower()] if text.lower() in words else float(text)
        except ValueError:
            return None
        return self.parameter.canonical(number)

    def write(self, value: Any) -> str:
        """Return a value as a link's text."""
        if self.options is not None:
            return self.options[value]
        return str(value).lower() if isinstance(value, bool) else repr(value).removesuffix(".0")

    @property
    def expected(self) -> str:
        """What a good value is, in words."""
        return (
            f"one of {', '.join(self.options.values())}"
            if self.options is not None
            else self.parameter.expected
            if self.parameter
            else ""
        )


def _number(key: str, title: str, default: float, low: float, high: float, kind: Any = "float") -> Field:
    return Field(key, title, default, parameter=Parameter(key, key, default, low, high, kind=kind))


def slot_key(slot: int, parameter: str = "") -> str:
    """Return the key of a slot's optimizer, or of one of its hyper-parameters; slots count from 1."""
    return f"o{slot}.{parameter}" if parameter else f"o{slot}"


def is_slot(key: str) -> bool:
    """Whether a key of a link belongs to a racer."""
    return re.fullmatch(SLOT, key) is not None


@cache
def own_keys() -> str:
    """Return the pattern of every key that a link may hold: what does not match is not ours to change."""
    keys = [field.key for field in chain(fields(decode({})[0]), VIEW) if not is_slot(field.key)]
    return f"^({'|'.join([*keys, SLOT])})$"


def fields(values: Values) -> Iterator[Field]:
    """Yield every input of the Race page in order; what comes later depends on the values that came before."""
    yield FUNCTION
    yield from start_fields(values[FUNCTION.key])
    yield STEPS
    yield RACERS
    for slot in range(1, values[RACERS.key] + 1):
        yield optimizer_field(slot)
        yield from setting_fields(slot, values[slot_key(slot)])
    yield from CONDITIONS


FUNCTION = Field("fn", "Function", BOOK.spec.problem, options={name: problem.title for name, problem in PROBLEMS.items()})
STEPS = _number("n", "Steps", BOOK.spec.steps, 1, MAX_STEPS, "int")
RACERS = _number("k", "Racers", len(BOOK.spec.entries), 1, MAX_ENTRIES, "int")
CONDITIONS = (
    Field("g", "Gradient", BOOK.spec.gradient, options=dict(zip(GRADIENTS, ("exact", "numerical"), strict=True))),
    _number("noise", "Gradient noise", BOOK.spec.noise, 0.0, 1e3),
    _number("seed", "Seed", BOOK.spec.seed, 0, MAX_SEED, "int"),
)

HEIGHT = Field("z", "Height of the surface", "auto", options={name: name for name in ("auto", "linear", "logarithmic")})
CURVE = Field("curve", "Against the step", "loss", options={name: name for name in QUANTITIES})
ARROWS = _number("arrows", "Downhill arrows", False, 0, 1, "bool")
LOG = _number("log", "Log axis", True, 0, 1, "bool")
VIEW = (HEIGHT, CURVE, ARROWS, LOG)
"""What is looked at and how: in the link, but no part of the race."""


def start_fields(function: str) -> tuple[Field, Field]:
    """Return the inputs of the start's two coordinates."""
    x, y = BOOK.spec.start if function == BOOK.spec.problem else PROBLEMS[function].starts[0]
    return _number("x", "Start x", x, -FAR, FAR), _number("y", "Start y", y, -FAR, FAR)


def optimizer_field(slot: int) -> Field:
    """Return the input of a racer's optimizer."""
    titles = {name: optimizer.title for name, optimizer in OPTIMIZERS.items()}
    return Field(slot_key(slot), f"Racer {slot}", _usual(slot).optimizer, options=titles)


def setting_fields(slot: int, optimizer: str) -> tuple[Field, ...]:
    """Return the inputs of a racer's hyper-parameters, once its optimizer is chosen."""
    hyper = _usual(slot).hyper if optimizer == _usual(slot).optimizer else Entry(optimizer).hyper
    return tuple(
        Field(
            slot_key(slot, parameter.name),
            f"{OPTIMIZERS[optimizer].title}'s {parameter.name}",
            hyper[parameter.name],
            parameter=parameter,
        )
        for parameter in OPTIMIZERS[optimizer].parameters
    )


def _usual(slot: int) -> Entry:
    return BOOK.spec.entries[slot - 1] if slot <= len(BOOK.spec.entries) else Entry(SPARE)


def decode(query: Mapping[str, str]) -> tuple[Values, list[str]]:
    """Return the value of every input that a link means, and a sentence for each text in it that could not be used."""
    values: Values = {}
    notes = []
    for field in chain(fields(values), VIEW):
        values[field.key] = field.default
        if field.key not in query:
            continue
        value = field.read(query[field.key])
        if value is None:
            given, instead = query[field.key][:40], field.write(field.default)
            notes.append(f"{field.title} ({field.key}) was {given!r}; expected {field.expected}. Using {instead}.")
        else:
            values[field.key] = value
    return values, notes


def encode(spec: RaceSpec) -> dict[str, str]:
    """Return the query parameters that mean `spec`: those of its inputs that differ from their defaults."""
    given = values_of(spec)
    return {field.key: field.write(given[field.key]) for field in fields(given) if given[field.key] != field.default}


def values_of(spec: RaceSpec) -> Values:
    """Return the value of every input that shows `spec`."""
    values: Values = {"fn": spec.problem, "x": spec.start[0], "y": spec.start[1], "n": spec.steps, "k": len(spec.entries)}
    values |= {"g": spec.gradient, "noise": spec.noise, "seed": spec.seed}
    for slot, entry in enumerate(spec.entries, start=1):
        values[slot_key(slot)] = entry.optimizer
        values |= {slot_key(slot, name): value for name, value in entry.hyper.items()}
    return values


def spec_of(values: Values) -> RaceSpec:
    """Return the race that the inputs ask for, with where its settings come from; SpecError where one cannot be used."""
    spec = RaceSpec(
        problem=values["fn"],
        entries=tuple(_entry(slot, values) for slot in range(1, values["k"] + 1)),
        start=(values["x"], values["y"]),
        steps=values["n"],
        gradient=values["g"],
        noise=values["noise"],
        seed=values["seed"],
    )
    whole = next((preset.spec for preset in PRESETS if _by_hand(preset.spec) == spec), None)
    return whole or replace(spec, entries=tuple(replace(entry, origin=_origin(entry, spec)) for entry in spec.entries))


def _entry(slot: int, values: Values) -> Entry:
    name = values[slot_key(slot)]
    return _plain(Entry(name, {parameter: values[slot_key(slot, parameter)] for parameter in Entry(name).hyper}))


def _plain(entry: Entry) -> Entry:
    """The same racer without what only repeats the defaults, and without where its settings come from."""
    defaults = Entry(entry.optimizer).hyper
    return Entry(entry.optimizer, {name: value for name, value in dict(entry.values).items() if value != defaults[name]})


def _by_hand(spec: RaceSpec) -> RaceSpec:
    return replace(spec, entries=tuple(_plain(entry) for entry in spec.entries))


def _origin(entry: Entry, spec: RaceSpec) -> str:
    """Say where an entry's settings come from: the defaults, a preset on the same function, or the visitor."""
    if not entry.values:
        return "default"
    known = (other for preset in PRESETS if preset.spec.problem == spec.problem for other in preset.spec.entries)
    return next((other.origin for other in known if _plain(other) == entry), entry.origin)
