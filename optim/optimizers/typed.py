"""An optimizer of lines that somebody typed: read against a whitelist, checked and bounded; nothing typed is evaluated."""

import keyword
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from optim.core.errors import RuleError, SpecError
from optim.core.optimizer import UNKNOWN, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.arrange import GIVEN, Kind, kind_of, kinds_of, remembered
from optim.core.rules.operations import FUNCTIONS
from optim.core.rules.text import COMPARISONS, Lines, Node
from optim.i18n.message import code, message

LENGTH, LINES, PARTS, MEMORY, SETTINGS, LOOKS = 2000, 30, 400, 12, 12, 4
"""Bounds on a rule: characters, lines, parts of its expressions, remembered names, settings, and looks at the function per step."""
LARGEST = 1e100
LOOK = ("gradient", "value", "curvature")
"""What typed lines may ask the function for, each in a line of its own."""
WORDS = (*LOOK, "sqrt", "abs", "sign", "exp", "max", "min", "clip", "norm", "norm1", "mean", "dot", "zero")
"""The functions that typed lines may call."""
_TESTS = (*COMPARISONS, "and", "or", "not")


def rule(text: str, **defaults: float) -> Optimizer:
    """Return the optimizer that lines such as "g = gradient(x)" and "x = x - lr * g" make; RuleError says what is wrong, and where.

    Names that no line sets are its settings; `defaults` are values for them. What is read before it is set is remembered, and
    starts at zero unless a line says `name starts at expression`.
    """
    if not isinstance(text, str):
        raise RuleError(message("a rule is a text of lines"))
    made = typed(text)
    unknown = sorted(defaults.keys() - {parameter.name for parameter in made.parameters})
    if unknown:
        raise ValueError(f"{unknown[0]} is no setting of these lines; they have {[p.name for p in made.parameters]}")
    return replace(made, parameters=tuple(_with_default(p, defaults.get(p.name, p.default)) for p in made.parameters))


def _with_default(parameter: Parameter, value: Any) -> Parameter:
    number = parameter.canonical(value)
    if number is None:
        raise SpecError(parameter.name, value, parameter.expected_for(value))
    return replace(parameter, default=number)


def is_typed(text: str) -> bool:
    """Whether a text is meant as the lines of a rule, and not as the name of one."""
    return "=" in text or "＝" in text


@lru_cache(maxsize=256)
def typed(text: str) -> Optimizer:
    """Return the optimizer of typed lines, the same object each time; RuleError where they are no rule."""
    if len(text) > LENGTH or len(text.splitlines()) > LINES:
        raise RuleError(message("a rule has at most {lines} lines and {length} characters", lines=LINES, length=LENGTH))
    lines = Lines(text)
    names = _settings(lines)
    _check(lines, names)
    return Optimizer(
        f"rule_{zlib.crc32(text.encode()):08x}",
        message("Your rule"),
        message("Your own"),
        tuple(map(_parameter, names)),
        lines,
        reference="typed",
        idea=message("follows the lines that were typed."),
        meanings=dict.fromkeys(remembered(lines.lines, {*names, *GIVEN}), UNKNOWN),
        exempt={} if "lr" in names else {"lr": message("its lines have no lr"), "schedule": message("its lines have no lr")},
    )


def _settings(lines: Lines) -> list[str]:
    """Return the names that are read and that nothing sets, in the order in which they are read; lr comes first."""
    set_here = {line.name for line in lines} | lines.starts.keys() | GIVEN
    nodes = [node for node in _nodes(lines) if node.op == "name" and node.value not in set_here]
    names = list(dict.fromkeys(node.value for node in nodes))
    return sorted(names, key=lambda name: name != "lr")


def _parameter(name: str) -> Parameter:
    """Return a setting: as most other rules have it that have one of its name."""
    from optim.optimizers import OPTIMIZERS  # noqa: PLC0415 - the registry looks through this module too

    every = (parameter for rule in OPTIMIZERS.values() for parameter in rule.parameters if parameter.name == name)
    known = Counter(parameter for parameter in every if parameter.kind == "float" and not parameter.structural)
    own = Parameter(name, name, 0.5, 0.0, 1.0, doc=message("a setting of the lines"), valid=(-math.inf, math.inf))
    return max(known, key=known.__getitem__, default=own)


def _nodes(lines: Lines) -> Iterator[Node]:
    for line in lines:
        yield from line.node
    for start in lines.starts.values():
        yield from start


def _looks(node: Node) -> bool:
    return node.op == "call" and node.value in LOOK


def _check(lines: Lines, names: list[str]) -> None:
    """Raise RuleError where lines are too large, or ask for what a typed rule cannot have."""
    _check_names(lines, names)
    sizes = (
        (len(list(_nodes(lines))), PARTS, message("these lines have more than {most} parts", most=PARTS)),
        (len(names), SETTINGS, message("these lines have more than {most} settings", most=SETTINGS)),
        (
            len(remembered(lines.lines, {*names, *GIVEN})),
            MEMORY,
            message("these lines remember more than {most} names", most=MEMORY),
        ),
        (sum(map(_looks, _nodes(lines))), LOOKS, message("these lines look at the function more than {most} times", most=LOOKS)),
    )
    for size, most, wrong in sizes:
        if size > most:
            raise RuleError(wrong)
    for node in _nodes(lines):
        if node.op == "call" and node.value not in WORDS:
            wrong = message("there is no function {name}; there are {names}", name=code(node.value), names=code(*WORDS))
            raise RuleError(wrong, *node.written)
    kinds = kinds_of(lines, dict.fromkeys(names, Kind.NUMBER))
    for line in lines:
        _check_node(line.node, kinds, alone=True)
    kept = remembered(lines.lines, {*names, *GIVEN})
    for word, start in lines.starts.items():
        if word not in kept:
            wrong = message(
                "{name} is nothing that is kept from the step before, so it starts nowhere; leave this line out", name=code(word)
            )
            raise RuleError(wrong, *start.written)
        _check_start(start, {*names, "x"})
        _check_node(start, kinds)


def _check_names(lines: Lines, names: list[str]) -> None:
    """Raise RuleError where a name has a meaning of its own, or nothing sets what a rule cannot do without."""
    if "x" not in {line.name for line in lines}:
        raise RuleError(message("no line sets x, the point; write one such as x = x - lr * g"))
    for node in _nodes(lines):
        if node.op == "name" and node.value in GIVEN - {"x"}:
            raise RuleError(message("{name} has a meaning of its own; choose another name", name=code(node.value)), *node.written)
        if node.op == "name" and node.value == "g" and "g" in names:  # as a setting it would be a step of a half for everybody
            raise RuleError(message("no line sets g; begin with g = gradient(x)"), *node.written)
    for line in lines:
        if line.name in {*FUNCTIONS, *GIVEN} - {"x"} or keyword.iskeyword(line.name):
            raise RuleError(
                message("{name} has a meaning of its own; choose another name", name=code(line.name)), *line.node.written
            )


def _check_start(start: Node, known: set[str]) -> None:
    for node in start:
        if _looks(node) or (node.op == "name" and node.value not in known):
            wrong = message("a start is made of settings and x; {what} is not known yet", what=code(node.value))
            raise RuleError(wrong, *node.written)


def _check_node(node: Node, kinds: Mapping[str, Kind], alone: bool = False, tested: bool = False) -> None:
    """Raise RuleError where an expression is none that a typed rule may have; `alone` it is a whole line, `tested` a test."""
    wrong = _wrong(node, kinds, alone, tested)
    if wrong:
        raise RuleError(wrong, *node.written)
    for place, part in enumerate(node.args):
        inner = (node.op == "cases" and place == 0) or (tested and node.op in ("and", "or", "not"))
        _check_node(part, kinds, tested=inner)


def _wrong(node: Node, kinds: Mapping[str, Kind], alone: bool, tested: bool) -> str:
    """Return what is wrong with a node, its parts apart; "" where nothing is."""
    vectors = [kind_of(part, kinds, {}) == Kind.VECTOR for part in node.args] if node.op in ("call", "**") else []
    match node.op:
        case "number" if not abs(node.value) <= LARGEST:
            return message("numbers here are at most {most:g}", most=LARGEST)
        case "@":
            return message("@ cannot stand in a typed rule")
        case op if op in _TESTS and not tested:
            return message("a comparison can only stand in a test: a if test else b")
        case "**" if any(vectors) and not (node.args[1].op == "number" and node.args[1].value == 2):
            return message("a vector can be squared; write other powers as products, and roots as sqrt")
        case "call":
            return _wrong_call(node, vectors, alone)
    return ""


def _wrong_call(node: Node, vectors: list[bool], alone: bool) -> str:
    call = FUNCTIONS[node.value]
    if len(node.args) != call.takes:
        return message("{name} takes {count}, separated by commas", name=code(node.value), count=call.takes)
    if _looks(node) and not (alone and node.args[0].op == "name"):
        return message("{name} stands in a line of its own, such as g = gradient(x)", name=code(node.value))
    if (call.gives or node.value == "zero") and not all(vectors):
        return message("{name} is taken of a vector, such as g or x", name=code(node.value))
    return ""
