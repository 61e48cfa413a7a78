"""A racer as a Python generator: its rule's lines as NumPy code, its settings and its memory before the first step."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim.core.errors import ScriptError
from optim.core.linalg import times
from optim.core.oracle import CountingOracle, Oracle
from optim.core.rules.arrange import Kind, kind_of, static_tests
from optim.core.rules.operations import FUNCTIONS, SIGNS
from optim.core.rules.text import Node, number
from optim.core.types import Array
from optim.export.comments import racer_words, safe
from optim.export.names import BUILTIN, safe_names
from optim.export.source_code import Sources
from optim.i18n.message import message
from optim.optimizers.typed import is_typed
from optim.races.entry import CONSTANT, Entry
from optim.races.spec import RaceSpec

TAKEN = {"f", "t", "np", "math", "point", "grad_f", "hess_f", "STEPS", "SLOPES", "noisy_f"}
"""Names of a script that a rule's own names must not hide."""


_PYTHON = {"neg": "-{0}", "not": "not {0}", "cases": "{1} if {0} else {2}"}
_RAISING = {"/", "%", "**"}
"""Signs that raise in Python, of some plain numbers, where the race has what is infinite or not a number."""
_WIDE = {"not": "~{0}", "and": "{0} & {1}", "or": "{0} | {1}", "cases": "np.where({0}, {1}, {2})"}
"""How operations are written in Python, and where they have one value per coordinate; others by their sign."""


class Scene(NamedTuple):
    """Where racers are: their first point (d,), how many steps they take, and what they look at.

    `looks` says how a script asks for a gradient or a value at the point {0} in step t; `taken` are names that the script has.
    Where there are `answers`, racers yield the point that they report beside the one that they move.
    """

    start: Array
    steps: int
    oracle: Oracle
    looks: Mapping[str, str]
    taken: frozenset[str] = frozenset()
    answers: bool = False


def race_scene(spec: RaceSpec, gradient: str) -> Scene:
    """Return the scene of a race, where `gradient` is how its script asks for one."""
    oracle = CountingOracle(spec.dialled_problem, [spec.seed], 1, central=spec.gradient == "central", noise=spec.noise)
    looks = {"gradient": gradient, "hessian": "hess_f({0})", "curvature": "np.diag(hess_f({0}))"}
    looks |= {} if spec.noise else {"value": "f({0})"}
    return Scene(np.array(spec.start), spec.steps, oracle, looks, answers=any_answer(spec.entries))


def any_answer(entries: Sequence[Entry]) -> bool:
    """Whether any entry reports another point than the one that it moves."""
    return any(entry.rule.answer for entry in entries)


class _Racer:
    """An entry's rule as it is computed, on the first point of a race."""

    def __init__(self, scene: Scene, entry: Entry, sources: Sources) -> None:
        self.rule, self.hyper = entry.assembled(scene.steps)
        if "script" in self.rule.exempt:
            raise ScriptError(self.rule.exempt["script"])
        if not self.rule.lines.lines:
            raise ScriptError(message("it is an object of your own"))
        self.program = self.rule.compiled.program(self.hyper)
        self.start = scene.start[:, None]
        with np.errstate(all="ignore"):
            self.memory: dict[str, Any] = self.rule.init(scene.oracle, self.start, self.hyper)
        self._sources, self._scene = sources, scene
        self._typed = is_typed(str(entry.optimizer))
        tests = static_tests(entry.rule.lines, set(entry.hyper))
        if self._typed and entry.schedule != CONSTANT and any("lr" in test.names for test in tests):
            raise ScriptError(message("its lines test lr, which the schedule changes"))
        self.names = self._called_in_the_script()

    def _called_in_the_script(self) -> dict[str, str]:
        """Return what the rule's names are called: they may be those of anything in the script, such as a function `mean`."""
        lines = self.program.lines
        names = [*self.hyper, *self.memory, *(name for key, node in lines for name in (key, *sorted(node.names)))]
        self.names = dict(zip(names, names, strict=True))
        for _, node in lines:
            self.code(node)  # copies what the lines call
        return safe_names(names, {*TAKEN, *BUILTIN, *self._sources.names, *self._scene.taken})

    def _wide(self, node: Node) -> bool:
        """Whether an expression has one value per coordinate."""
        return kind_of(node, self.program.kinds, self.rule.lines.calls) > Kind.RUN

    def line(self, key: str, node: Node) -> str:
        """Return what a line sets a name to, as Python."""
        return _without_parentheses(self._spread(node, self.program.kinds[key]))

    def _spread(self, node: Node, kind: Kind) -> str:
        """Return an expression as Python, as a vector also where it is one number."""
        text = self._text(node)
        return f"np.zeros({len(self.start)}) + ({text})" if kind > Kind.RUN and not self._wide(node) else text

    def code(self, node: Node) -> str:
        """Return an expression as Python."""
        return _without_parentheses(self._text(node))

    def _text(self, node: Node) -> str:
        match node.op:
            case "number":
                # Whole numbers of Python would grow without end in what somebody typed.
                return repr(float(node.value) if self._typed else node.value)
            case "name":
                return f"np.eye({len(self.start)})" if node.value == "identity" else self.names[node.value]
            case "call":
                return self._called(node)
            case "@":
                return f"{self._sources.add(times)}({', '.join(map(self._text, node.args))})"
            case "**" if self._wide(node) and node.args[1] != number(2):
                raise ScriptError(message("its lines raise a vector to a power"))
            case "kept":
                return self._spread(node.args[0], Kind(node.value))
            case "cases" if self._wide(node) and not self._wide(node.args[0]):
                test, *branches = node.args
                return self._signed(node, [f"({self._text(test)})", *(f"({self._spread(one, Kind.VECTOR)})" for one in branches)])
        return self._signed(node, [f"({self._text(part)})" for part in node.args])

    def _signed(self, node: Node, parts: list[str]) -> str:
        if node.op == "**" and node.args[1] == number(2):
            return f"{parts[0]} * {parts[0]}" if node.args[0].op == "name" else f"np.square({parts[0]})"
        if self._typed and node.op in _RAISING and not self._wide(node):
            return f"{self._sources.add(SIGNS[node.op])}({', '.join(parts)})"
        wide = self._wide(node.args[0] if node.op == "cases" else node)
        template = (wide and _WIDE.get(node.op)) or _PYTHON.get(node.op)
        return template.format(*parts) if template else f" {node.op} ".join(parts)

    def _called(self, node: Node) -> str:
        name, own = node.value, self.rule.lines.calls.get(node.value)
        parts = [self._text(part) for part in node.args]
        if own is None and name in self._scene.looks:
            return self._scene.looks[name].format(*parts)
        if own is None and name == "power" and not self._wide(node):
            return f"({parts[0]}) ** ({parts[1]})"
        call = own or FUNCTIONS[name]
        if call.looks:
            raise ScriptError(message("its lines look at the function in a way of their own"))
        known = getattr(call.function, "__name__", "")
        numpy_name = known if getattr(np, known, None) is call.function else ""
        return f"{f'np.{numpy_name}' if numpy_name else self._sources.add(call.function)}({', '.join(parts)})"


def _without_parentheses(code: str) -> str:
    """Return an expression without the parentheses that it can do without."""
    return ast.unparse(ast.parse(code, mode="eval"))


def racer_code(scene: Scene, entry: Entry, name: str, sources: Sources) -> str:
    """Return the generator `name` of an entry's points; ScriptError where the rule's lines do not hold all of it."""
    scheduled = _scheduled(entry, sources)
    racer = _Racer(scene, entry, sources)
    set_here = {key for key, _ in racer.program.lines}
    called = racer.names
    lines = [f"{called[key]} = {racer.line(key, node)}" for key, node in racer.program.lines]
    used = {other for _, node in racer.program.lines for other in node.names}
    body = scheduled
    body += [f"{called[key]} = {racer.hyper[key]!r}" for key in racer.hyper if key in set_here & used]
    before = [f"{called[key]} = {value!r}" for key, value in racer.hyper.items() if key in used - set_here]
    before += [f"{called[key]} = {_start(value, scene.start)}" for key, value in racer.memory.items() if key in used]
    body += [*lines, f"yield x, {called[_answer(racer)]}" if scene.answers else "yield x"]
    rows = [f"def {name}(x):", f'    """{safe(racer_words(entry))}"""', *(f"    {row}" for row in before)]
    return "\n".join([*rows, "    for t in range(STEPS):", *(f"        {row}" for row in body)])


def _scheduled(entry: Entry, sources: Sources) -> list[str]:
    if entry.schedule == CONSTANT:
        return []
    schedule, values = entry.schedule_with_values
    return [f"schedule = {sources.add(schedule.factor)}(t, STEPS, {values!r})"]


def _start(value: Any, start: Array) -> str:
    """Return a memory's first value as code."""
    if not isinstance(value, np.ndarray):
        return _written(value)
    alone = value[..., 0]
    if not alone.ndim:
        return _start(alone.item(), start)
    if not alone.any():
        return f"np.zeros({alone.shape[0] if alone.ndim == 1 else alone.shape})"
    if np.array_equal(alone, start):
        return "x.copy()"
    if alone.ndim == 1 and (alone == alone[0]).all():
        return f"np.full({len(alone)}, {_written(alone[0].item())})"
    return f"np.array({_written(alone.tolist())})"


def _written(value: Any) -> str:
    """Return a number, or lists of numbers, as code."""
    return re.sub(r"\b(nan|inf)\b", r"np.\1", repr(value))


def _answer(racer: _Racer) -> str:
    """Return the name of what a rule reports: the point, or a memory in place of it."""
    if racer.rule.answer is None:
        return "x"
    reported = racer.rule.answer(racer.start, racer.memory)
    found = next((name for name, value in racer.memory.items() if value is reported), None)
    if found is None:
        raise ScriptError(message("the point that it reports is not one that its lines name"))
    return found
