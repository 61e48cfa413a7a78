"""Every input of the Race page as a field: its key, its default and its range; no Streamlit here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from optim import MODIFIERS, OPTIMIZERS, PROBLEM_FAMILIES, PROBLEMS, SCHEDULES, Entry, FormulaError, Parameter, Problem
from optim import problem as problem_of
from optim.figures import AGAINST, QUANTITIES
from optim.i18n.message import message
from optim.optimizers.transforms.modifiers import Modifier
from optim.optimizers.transforms.schedules import Schedule
from optim.problems.from_formula import blanks_filled
from optim.problems.search.explore import FARTHEST
from optim.races.entry import CONSTANT, every_optimizer, no_modifier, no_schedule
from optim.races.spec import GRADIENTS, MAX_ENTRIES, MAX_SEED, MAX_STEPS
from optim.reports.functions import tags
from optim.reports.optimizers import families
from pages.shared.inputs.beside import ALSO, PIN
from pages.shared.inputs.display import HIDDEN, STRONG, name_field
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.network import NETWORK
from pages.shared.inputs.presets import BOOK, WAVES
from pages.shared.inputs.rules import CALLED, NAME, OWN_RULE, SCHEDULE, optimizer_of, rule_field, slot_key

SPARE = "sgd"
"""The default optimizer of a slot that the default race does not have."""
SLOT = r"o\d+(?:\.\S+)?"
"""What the keys of racers look like."""
_CACHED = 512
"""Racers whose inputs are kept at hand: every optimizer in every slot, and rules that were typed."""


class FormulaField(Field):
    """An input for a formula. In a link no blank stands between two operands: there it may have been a + that was not encoded."""

    def read(self, text: str) -> Any:
        return None if isinstance(_looked_up(text), FormulaError) else text

    def write(self, value: Any) -> str:
        return self.filled(str(value), "*")

    def restored(self, text: str) -> str:
        text = text.removeprefix("\ufeff")
        return text if any(sign.isspace() and sign != " " for sign in text) else self.filled(text, "+")

    def filled(self, text: str, sign: str) -> str:
        """Return a formula with a sign for each blank between two operands; a text that is no formula stays as it is."""
        try:
            return blanks_filled(text, sign)
        except FormulaError:
            return text

    @property
    def expected(self) -> str:
        return message("a formula in x and y")

    def expected_for(self, text: str) -> str:
        error = _looked_up(text)
        return message("a formula in x and y: {error}", error=error.args[0]) if isinstance(error, FormulaError) else self.expected


@lru_cache(maxsize=256)
def _looked_up(text: str) -> Problem | FormulaError:
    """Return the problem that a formula or a name means, or its error; cached, since every rerun asks several times."""
    if text in PROBLEM_FAMILIES:
        return FormulaError(message("{name} is a function of many variables; write a formula in x and y", name=text))
    try:
        return problem_of(text)
    except FormulaError as error:
        return FormulaError(error.problem, error.column)


def function(values: Values) -> Problem:
    """Return the function that the inputs ask for, from the menu or typed; FormulaError where what was typed is none."""
    found = _looked_up(function_text(values))
    if isinstance(found, FormulaError):
        raise FormulaError(found.problem, found.column)
    return found


def function_text(values: Values) -> str:
    """Return the function that the inputs ask for as a spec names it: its name, or its formula where it was typed."""
    return str(values[FORMULA.key] if values[FUNCTION.key] == CUSTOM else values[FUNCTION.key])


def _number(key: str, title: str, default: float, low: float, high: float, kind: Any = "float") -> Field:
    return Field(key, title, default, parameter=Parameter(key, key, default, low, high, kind=kind))


def is_slot(key: str) -> bool:
    """Whether a key of a link belongs to a racer."""
    return re.fullmatch(SLOT, key) is not None


def fields(values: Values) -> Iterator[Field]:
    """Yield every input of the Race page in order; what comes later depends on the values that came before."""
    yield FUNCTION
    if values[FUNCTION.key] == CUSTOM:
        yield FORMULA
    yield from start_fields(values)
    yield STEPS
    yield RACERS
    for slot in range(1, values[RACERS.key] + 1):
        yield optimizer_field(slot)
        if values[slot_key(slot)] == OWN_RULE:
            yield rule_field(slot)
        yield name_field(slot_key(slot, NAME), optimizer_of(slot, values))
        yield from setting_fields(slot, optimizer_of(slot, values))
        yield from extra_fields(slot, values)
    yield from CONDITIONS
    yield from DIALS


def second_parameters() -> dict[str, str]:
    """Return by name every hyper-parameter beside the learning rate that can be swept: those on a continuous scale."""
    found = (p for rule in OPTIMIZERS.values() if rule.exempt.get("lr") is None for p in rule.parameters)
    return {p.name: p.name for p in found if p.name != "lr" and p.kind == "float"}


_ONCE = {"細長いお椀（本の関数）": "elongated_bowl"}
"""What Japanese links once called a function."""
CUSTOM = "own"
OWN = message("Write your own formula")
"""In the menu of functions, the one that the visitor types, and what it is called."""
FUNCTION = Field(
    "fn",
    "Function",
    BOOK.spec.problem,
    options={CUSTOM: OWN, **{name: problem.title for name, problem in PROBLEMS.items()}},
    once={message("Your own function"): CUSTOM, **_ONCE},
)
FORMULA = FormulaField("f", "Formula", WAVES.spec.problem)
STEPS = _number("n", "Steps", BOOK.spec.steps, 1, MAX_STEPS, "int")
RACERS = _number("k", "Racers", len(BOOK.spec.entries), 1, MAX_ENTRIES, "int")
OPTIMIZER = Field("opt", "Optimizer", "adam", options={name: rule.title for name, rule in every_optimizer().items()})
"""Which one the Optimizers page looks at."""
FAMILY = Field("family", "Family", "all", options={"all": "All families", **{family: family for family in families()}})
SHOWN = Field("show", "Function", BOOK.spec.problem, {name: problem.title for name, problem in PROBLEMS.items()}, once=_ONCE)
"""Which one the Functions page looks at."""
TAG = Field("tag", "Keyword", "all", options={"all": "All keywords", **{tag: tag for tag in tags()}})
CONDITIONS = (
    Field("g", "Gradient", BOOK.spec.gradient, options=dict(zip(GRADIENTS, ("exact", "numerical"), strict=True))),
    _number("noise", "Gradient noise", BOOK.spec.noise, 0.0, 1e3),
    _number("seed", "Seed", BOOK.spec.seed, 0, MAX_SEED, "int"),
)
DIALS = (
    _number("rotate", "Rotate by (degrees)", BOOK.spec.rotate, -360.0, 360.0),
    _number("stretch", "Stretch", BOOK.spec.stretch, 1e-6, 1e6),
    _number("sx", "Shift x", BOOK.spec.shift[0], -FARTHEST, FARTHEST),
    _number("sy", "Shift y", BOOK.spec.shift[1], -FARTHEST, FARTHEST),
)
"""The same function turned, stretched and moved; the start stays."""

HEIGHT = Field("z", "Height of the surface", "auto", options={name: name for name in ("auto", "linear", "logarithmic")})
GRID = Field("grid", "Grid", "121", options={f"{points}": f"{points}" for points in (61, 121, 201)})
CURVE = Field("curve", "Curves", "loss", options={name: name for name in QUANTITIES})
ALONG = Field("along", "Along", "step", options={name: name for name in AGAINST})
ARROWS = _number("arrows", "Downhill arrows", False, 0, 1, "bool")
LOG = _number("log", "Log axis", True, 0, 1, "bool")
FRAME = _number("t", "Step shown", MAX_STEPS, 0, MAX_STEPS, "int")
"""Where playback stands; the default is the end, however many steps a race has."""
ARROWS_AT = {
    "slope": _number("a_slope", "Arrow down the slope", True, 0, 1, "bool"),
    "velocity": _number("a_velocity", "Arrow of the momentum, from past gradients", False, 0, 1, "bool"),
    "step": _number("a_step", "Arrow of the next step", True, 0, 1, "bool"),
}
"""The arrows at the step shown, by the race view's own names."""
LAYOUT = Field(
    "panels", "Pictures", "together", options={"together": "together", "side": "side by side", "surfaces": "surfaces side by side"}
)
"""Whether all racers are in one picture, or each in its own: on a map or on a surface."""
PLAYED = (FRAME, *ARROWS_AT.values(), LAYOUT)
"""What is set in the race view itself."""
BESIDE = (PIN, ALSO)
"""What is raced beside the race."""
VIEW = (HEIGHT, GRID, CURVE, ALONG, ARROWS, LOG, *PLAYED, HIDDEN, STRONG, *BESIDE)
"""What is looked at and how: in the link, but no part of the race."""
INSPECTED_RACER = Field("r", "Optimizer", "1", options={str(slot): str(slot) for slot in range(1, MAX_ENTRIES + 1)})
INSPECTED_STEP = _number("step", "Step", 1, 0, MAX_STEPS, "int")
INSPECTED = (INSPECTED_RACER, INSPECTED_STEP)
"""What the Step page looks at."""
SECOND = Field("p", "Second parameter", "none", options={"none": "none: a curve per racer", **second_parameters()})
RATES = (SECOND,)
"""What the Learning rates page looks at."""
CATALOGUES = (SHOWN, TAG, OPTIMIZER, FAMILY)
"""What the Functions page and the Optimizers page look at."""
LOOKED_AT = (*VIEW, *INSPECTED, *RATES, *CATALOGUES, *NETWORK)
"""Every input that is no part of the race."""


def filled(values: Values) -> Values:
    """Return the values with the default of every input that has none."""
    complete = dict(values)
    for field in fields(complete):
        complete.setdefault(field.key, field.default)
    return complete


def start_fields(values: Values) -> tuple[Field, Field]:
    """Return the inputs of the start's two coordinates, once the function is chosen."""
    try:
        x, y = BOOK.spec.start if values[FUNCTION.key] == BOOK.spec.problem else function(values).starts[0]
    except FormulaError:
        x, y = WAVES.spec.start
    return _number("x", "Start x", x, -FARTHEST, FARTHEST), _number("y", "Start y", y, -FARTHEST, FARTHEST)


@lru_cache(maxsize=MAX_ENTRIES)
def optimizer_field(slot: int) -> Field:
    """Return the input of a racer's optimizer."""
    titles = {OWN_RULE: CALLED, **{name: optimizer.title for name, optimizer in OPTIMIZERS.items()}}
    return Field(slot_key(slot), message("Racer {slot}", slot=slot), _usual(slot).optimizer, options=titles)


@lru_cache(maxsize=_CACHED)
def setting_fields(slot: int, optimizer: str) -> tuple[Field, ...]:
    """Return the inputs of a racer's hyper-parameters, once its optimizer, or the lines of one, is known."""
    entry = _usual(slot) if optimizer == _usual(slot).optimizer else Entry(optimizer)
    return tuple(
        Field(
            slot_key(slot, parameter.name),
            message("{owner}'s {name}", owner=entry.rule.title, name=parameter.name),
            entry.hyper[parameter.name],
            parameter=parameter,
        )
        for parameter in entry.rule.parameters
    )


def extra_fields(slot: int, values: Values) -> Iterator[Field]:
    """Yield the inputs of a racer's schedule and modifiers, those that its optimizer takes; each one's own after it is chosen."""
    for field, kinds in _extras(slot, optimizer_of(slot, values)):
        yield field
        chosen = values.get(field.key, field.default)
        if chosen in kinds:
            yield from _own_fields(field.key, kinds[chosen])


@lru_cache(maxsize=_CACHED)
def _extras(slot: int, optimizer: str) -> tuple[tuple[Field, Mapping[Any, Schedule | Modifier]], ...]:
    """Return the inputs of the schedule and of every modifier that an optimizer takes, each with what its values stand for."""
    rule = Entry(optimizer).rule
    found: list[tuple[Field, Mapping[Any, Schedule | Modifier]]] = []
    if not no_schedule(rule):
        titles = {name: schedule.title for name, schedule in SCHEDULES.items()}
        called = message("{owner}'s schedule", owner=rule.title)
        field = Field(slot_key(slot, SCHEDULE), called, CONSTANT[0], options=titles, short=message("schedule"))
        found.append((field, SCHEDULES))
    for modifier in MODIFIERS.values():
        if not no_modifier(rule, modifier.name):
            called = message("{owner}'s {name}", owner=rule.title, name=modifier.title)
            field = _number(slot_key(slot, modifier.name), called, False, 0, 1, "bool")
            found.append((replace(field, short=modifier.title), {True: modifier}))
    return tuple(found)


def _own_fields(key: str, item: Schedule | Modifier) -> Iterator[Field]:
    """Yield the inputs of a schedule's or modifier's own parameters."""
    for parameter in item.parameters:
        yield Field(
            f"{key}.{parameter.name}",
            message("{owner}'s {name}", owner=item.title, name=parameter.name),
            parameter.default,
            parameter=parameter,
        )


def _usual(slot: int) -> Entry:
    return BOOK.spec.entries[slot - 1] if slot <= len(BOOK.spec.entries) else Entry(SPARE)
