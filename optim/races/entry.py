"""Entries: one optimizer with its settings, schedule and modifiers, as frozen, hashable, plain data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optim.core.errors import SpecError, or_nearest
from optim.core.optimizer import Optimizer
from optim.core.parameter import Parameter
from optim.core.registry import Registry
from optim.i18n.message import Message, code, message
from optim.optimizers import MATRIX_OPTIMIZERS, OPTIMIZERS
from optim.optimizers.custom import is_own, wrap_custom
from optim.optimizers.transforms.modifiers import MODIFIERS
from optim.optimizers.transforms.schedules import SCHEDULES, Schedule, scheduled
from optim.optimizers.typed import is_typed, typed

Number = float | int | bool
ValuePairs = tuple[tuple[str, Number], ...]
CONSTANT = ("constant",)
_NONE = message("no values: it has none")


REGISTRIES: tuple[Registry[Optimizer], ...] = (OPTIMIZERS, MATRIX_OPTIMIZERS)
"""Where an entry's optimizer is looked up by its name; a race refuses those on matrices."""


def named(name: str) -> Optimizer | None:
    """Return the optimizer that an entry may call so, or None."""
    return next((registry[name] for registry in REGISTRIES if name in registry), None)


def every_optimizer() -> dict[str, Optimizer]:
    """Return all optimizers that an entry may name, as they are now."""
    return {name: rule for registry in REGISTRIES for name, rule in registry.items()}


@dataclass(frozen=True)
class Entry:
    """One entry of a race: an optimizer's registry name and the hyper-parameters that differ from its defaults.

    The optimizer may also be the lines of a rule, such as "g = gradient(x)" and below it "x = x - lr * g", which make one as
    `optim.rule` does (RuleError where they do not). Or it is an object of the reader's own with the book's `update(params, grads)`:
    it takes no values here, is deep-copied for every race, and has no JSON form.

    `values` may be given as a mapping and is kept as sorted pairs. A `schedule` is a name of SCHEDULES, alone or with its own
    values: "cosine", ("step", {"gamma": 0.5}) or ("step", ("gamma", 0.5)); `modifiers` are such names of MODIFIERS, and a
    gradient passes them in that order. `origin` says where the settings come from and is shown. Raises SpecError where a name
    is unknown, a value cannot be used, or the optimizer does not take what is asked for.
    """

    optimizer: str | Any
    values: ValuePairs | Mapping[str, float] = ()
    schedule: tuple[Any, ...] | str = CONSTANT
    modifiers: tuple[Any, ...] = ()
    label: str | None = None
    origin: str = "set by hand"

    def __post_init__(self) -> None:
        known = isinstance(self.optimizer, str) and (named(self.optimizer) is not None or is_typed(self.optimizer))
        if not known and not is_own(self.optimizer):
            expected = message("{names}, or an object with update(params, grads)", names=_one_of(OPTIMIZERS))
            raise SpecError("optimizer", self.optimizer, or_nearest(expected, self.optimizer, OPTIMIZERS))
        rule = self.rule
        none = message("no values: set them on your object") if is_own(self.optimizer) else _NONE
        object.__setattr__(self, "values", checked_values(rule.name, rule.parameters, self.values, none))
        object.__setattr__(self, "schedule", _named("schedule", self.schedule, SCHEDULES))
        object.__setattr__(self, "modifiers", self._checked_modifiers())
        refusal = "" if self.schedule == CONSTANT else no_schedule(rule)
        if refusal:
            raise SpecError(
                "schedule", self.schedule[0], message("constant for {name}: {refusal}", name=rule.title, refusal=refusal)
            )
        for field in ("label", "origin"):
            text = getattr(self, field)
            fits = isinstance(text, str) and len(text) <= 80
            if not fits and not (text is None and field == "label"):
                raise SpecError(field, text, message("a text of at most 80 characters"))

    def _checked_modifiers(self) -> tuple[Any, ...]:
        if isinstance(self.modifiers, str) or not isinstance(self.modifiers, Sequence):
            raise SpecError("modifiers", self.modifiers, message("a sequence of {names}", names=code(*MODIFIERS)))
        checked = tuple(_named("modifiers", one, MODIFIERS) for one in self.modifiers)
        taken: list[str] = []
        for name, *_ in checked:
            refusal = no_modifier(self.rule, name, taken)
            if refusal:
                expected = message("another one for {name}: {refusal}", name=self.rule.title, refusal=refusal)
                raise SpecError("modifiers", name, expected)
            taken.append(name)
        return checked

    @property
    def rule(self) -> Optimizer:
        """The optimizer of this entry, as the registry has it: without schedule and modifiers."""
        if not isinstance(self.optimizer, str):
            return wrap_custom(self.optimizer)
        return named(self.optimizer) or typed(self.optimizer)

    @property
    def hyper(self) -> dict[str, Number]:
        """Every hyper-parameter of the optimizer, the defaults where none was given."""
        return with_defaults(self.rule.name, self.rule.parameters, self.values)

    @property
    def schedule_with_values(self) -> tuple[Schedule, dict[str, Number]]:
        """The learning-rate schedule of this entry, as the registry has it, and the value of each of its parameters."""
        schedule = SCHEDULES[self.schedule[0]]
        return schedule, with_defaults(schedule.name, schedule.parameters, self.schedule[1:])

    def assembled(self, steps: int) -> tuple[Optimizer, dict[str, Number]]:
        """Return the optimizer with its modifiers, and its schedule over `steps` steps, and all their hyper-parameters."""
        rule, hyper = self.rule, self.hyper
        for name, *values in reversed(self.modifiers):
            modifier = MODIFIERS[name]
            rule = modifier.apply(rule)
            hyper |= with_defaults(name, modifier.parameters, values)
        if self.schedule != CONSTANT:
            rule = scheduled(rule, *self.schedule_with_values, steps)
        return rule, hyper

    def rates(self, steps: int) -> tuple[float, ...]:
        """Return the learning rate of every step of a race of `steps` steps; empty where the optimizer has none."""
        lr = self.hyper.get("lr")
        return () if lr is None else tuple(lr * factor for factor in self.factors(steps))

    def factors(self, steps: int) -> tuple[float, ...]:
        """Return what the schedule multiplies lr by at every step of a race of `steps` steps."""
        schedule, values = self.schedule_with_values
        return tuple(schedule.factor(step, steps, values) for step in range(steps))


def no_schedule(rule: Optimizer) -> str:
    """Return why an optimizer takes no learning-rate schedule, or "" where it does."""
    if "schedule" in rule.exempt:
        return rule.exempt["schedule"]
    return "" if any(parameter.name == "lr" for parameter in rule.parameters) else message("it has no learning rate here")


def no_modifier(rule: Optimizer, name: str, others: Sequence[str] = ()) -> str:
    """Return why an optimizer, already modified by `others`, does not take the modifier `name`, or "" where it does."""
    if "modifiers" in rule.exempt:
        return rule.exempt["modifiers"]
    if set(rule.uses) != {"gradient"}:
        return message("it looks at more than gradients, which a changed gradient would contradict")
    if MODIFIERS[name].meanings and len(rule.uses) > 1:
        return message("it takes two gradients a step, which would share one memory")
    taken = {parameter.name: message("it has {name} among its own settings", name=parameter.name) for parameter in rule.parameters}
    taken |= {
        parameter.name: message("{name} is there already", name=other)
        for other in others
        for parameter in MODIFIERS[other].parameters
    }
    used = {word for line in rule.lines for word in (line.name, *line.node.names)}
    taken |= {word: message("its lines have another use for the name {name}", name=word) for word in used - taken.keys()}
    if MODIFIERS[name].needs_g and "g" not in used:
        return message("its lines do not call the gradient g")
    if name == "decoupled_decay" and "lr" not in taken:
        return message("that decay is measured in learning rates, and it has none here")
    own = [*(parameter.name for parameter in MODIFIERS[name].parameters), *sorted(MODIFIERS[name].own_names)]
    return next((taken[word] for word in own if word in taken), "")


def checked_value(owner: str, parameter: Parameter, value: Any) -> Number:
    """Return `value` as the parameter's own type; SpecError names `owner` and the parameter where it cannot be used."""
    canonical = parameter.canonical(value)
    if canonical is None:
        raise SpecError(f"{owner}.{parameter.name}", value, parameter.expected_for(value))
    return canonical


def checked_values(owner: str, parameters: Sequence[Parameter], given: Any, none: str = _NONE) -> ValuePairs:
    """Return a mapping or pairs of values as sorted pairs of the parameters' own types; SpecError where one cannot be used."""
    try:
        values = dict(given)
    except (TypeError, ValueError):
        raise SpecError("values", given, message("a mapping from parameter names to numbers")) from None
    known = {parameter.name: parameter for parameter in parameters}
    checked = []
    for name, value in values.items():
        if name not in known:
            expected = message("one of the parameters {names}", names=code(*known)) if known else none
            raise SpecError(f"{owner}.{name}", value, or_nearest(expected, name, known))
        checked.append((name, checked_value(owner, known[name], value)))
    return tuple(sorted(checked))


def with_defaults(owner: str, parameters: Sequence[Parameter], values: Any) -> dict[str, Number]:
    """Return every parameter's value: the default where `values` names none."""
    given = dict(values)
    return {p.name: given[p.name] if p.name in given else checked_value(owner, p, p.default) for p in parameters}


def _one_of(names: Iterable[str]) -> Message:
    return message("one of {names}", names=code(*names))


def _named(field: str, given: Any, registry: Registry[Any]) -> tuple[Any, ...]:
    """Return a name with the values that differ from its defaults: ("step", ("gamma", 0.5)); SpecError where it means nothing."""
    name, *rest = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list | tuple) and given else ("",)
    if not isinstance(name, str) or name not in registry:
        raise SpecError(field, given, or_nearest(_one_of(registry), name, registry))
    pairs = rest[0] if len(rest) == 1 and isinstance(rest[0], Mapping) else rest
    defaults = with_defaults(name, registry[name].parameters, ())
    given_values = checked_values(f"{field}.{name}", registry[name].parameters, pairs)
    return (name, *((key, value) for key, value in given_values if value != defaults[key]))
