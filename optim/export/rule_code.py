"""A racer as a Python generator: its rule's lines as NumPy code, its settings and its memory before the first step."""

import ast
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from optim.core.errors import ScriptError
from optim.core.optimizer import Optimizer
from optim.core.oracle import CountingOracle
from optim.core.rule_lines import Call, functions, names
from optim.explain.branches import agreed, chosen
from optim.explain.evaluate import CALLS, evaluate
from optim.export.source_code import Sources
from optim.i18n.message import message
from optim.races.entry import CONSTANT, Entry
from optim.races.spec import RaceSpec

TAKEN = {"f", "t", "np", "math", "point", "grad_f", "hess_f", "STEPS"}
"""Names of a script that a rule's own names must not hide."""


class _Step:
    """The first step of a race, worked out while its lines are written: what is an array there is one in the script."""

    def __init__(self, spec: RaceSpec, entry: Entry) -> None:
        self.rule, self.hyper = entry.assembled(spec.steps)
        problem = spec.dialled_problem
        central = spec.gradient == "central"
        self.oracle = CountingOracle(problem, [spec.seed], 1, central=central, noise=spec.noise)
        self.start = np.array(spec.start)[:, None]
        with np.errstate(all="ignore"):
            self.memory: dict[str, Any] = self.rule.init(self.oracle, self.start, self.hyper)
        self.known = {**self.hyper, **self.memory, "x": self.start}
        if entry.schedule != CONSTANT:
            self.known["schedule"] = 1.0

    def forgotten(self, kept: set[str]) -> set[str]:
        """Return what the rule's own step changes in its memory and no line does: a script of such lines would go astray."""
        with np.errstate(all="ignore"):
            _, after = self.rule.step(self.oracle, self.start, self.memory, self.hyper)
        return {name for name, value in self.memory.items() if name not in kept and not np.array_equal(value, after[name])}

    def wide(self, node: ast.expr) -> bool:
        """Whether an expression has one value per coordinate."""
        return np.ndim(self.value(node)) > 1

    def value(self, node: ast.expr) -> Any:
        return evaluate(node, self.known, self.oracle, self.rule.lines.calls)


class _Code(ast.NodeTransformer):
    """Writes one line of a rule as Python; what the settings decide is decided."""

    def __init__(self, step: _Step, sources: Sources, gradient: str, fixed: Mapping[str, Any]) -> None:
        self._step, self._sources, self._gradient, self._fixed = step, sources, gradient, fixed

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return _parsed("np.eye(2)") if node.id == "identity" else ast.Name(renamed(node.id), ast.Load())

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        fixed = names(node.test) <= self._fixed.keys() and not functions(node.test)
        branch = chosen(node, agreed(self._step.value(node.test)) if fixed else None)
        if branch is not None:
            return self.visit(branch)
        if self._step.wide(node.test):
            return _called("np.where", [self.visit(part) for part in (node.test, node.body, node.orelse)])
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        if not self._step.wide(node):
            return self.generic_visit(node)
        joint: ast.operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        first, *rest = (self.visit(part) for part in node.values)
        for part in rest:
            first = ast.BinOp(first, joint, part)
        return first

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        negated = isinstance(node.op, ast.Not) and self._step.wide(node.operand)
        return ast.UnaryOp(ast.Invert() if negated else node.op, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.Add | ast.Sub) and self._zero(node.right):
            return self.visit(node.left)
        if isinstance(node.op, ast.MatMult):
            return _called(self._sources.add(_linear("times")), [self.visit(node.left), self.visit(node.right)])
        if isinstance(node.op, ast.Pow):
            return self._power(node.left, node.right)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        one = isinstance(node.left, ast.Constant) and node.left.value == 1 and isinstance(node.op, ast.Mult)
        return node.right if one else node

    def _zero(self, node: ast.expr) -> bool:
        """Whether a term is a setting of zero times something."""
        factors = (node.left, node.right) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) else (node,)
        return any(isinstance(factor, ast.Name) and self._fixed.get(factor.id) == 0 for factor in factors)

    def _power(self, base: ast.expr, exponent: ast.expr) -> ast.AST:
        squared = isinstance(exponent, ast.Constant) and exponent.value == 2
        if squared and not self._step.wide(base):
            written = self.visit(base)
            return ast.BinOp(written, ast.Mult(), written) if isinstance(written, ast.Name) else _called("np.square", [written])
        if not squared and (self._step.wide(base) or self._step.wide(exponent)):
            raise ScriptError(message("its lines raise a vector to a power"))
        return ast.BinOp(self.visit(base), ast.Pow(), self.visit(exponent))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        own = self._step.rule.lines.calls.get(name)
        if name == "power" and own is None:
            return self._power(*node.args)
        arguments = [self.visit(argument) for argument in node.args]
        exported = {"gradient": self._gradient, "hessian": "hess_f({0})"}
        if own is None and name in exported:
            return _parsed(exported[name].format(*map(ast.unparse, arguments)))
        call = own or CALLS[name]
        if call.uses_oracle:
            raise ScriptError(message("its lines look at the function in a way of their own"))
        return _called(self._function(name, call), arguments)

    def _function(self, name: str, call: Call) -> str:
        for numpy_name in (name, getattr(call.function, "__name__", "")):
            if getattr(np, numpy_name, None) is call.function:
                return f"np.{numpy_name}"
        return self._sources.add(call.function)


def racer_code(spec: RaceSpec, entry: Entry, name: str, sources: Sources, gradient: str) -> str:
    """Return the generator `name` of an entry's points; `gradient` is how it asks for the one at {0} in step t.

    ScriptError where the rule's lines do not hold all of it.
    """
    step = _Step(spec, entry)
    rule = step.rule
    if "script" in rule.exempt:
        raise ScriptError(rule.exempt["script"])
    if not rule.lines.lines:
        raise ScriptError(message("it is an object of your own"))
    written = rule.lines.as_computed()
    set_here = {line.name for line in written}
    fixed = {key: value for key, value in step.hyper.items() if key not in set_here}
    code = _Code(step, sources, gradient, fixed)
    lines, used = [], set()
    with np.errstate(all="ignore"):
        for line in written:
            tree = code.visit(ast.parse(line.text, mode="eval").body)
            step.known[line.name] = evaluate(line.tree, step.known, step.oracle, rule.lines.calls)
            text = ast.unparse(tree)
            if text != renamed(line.name):
                lines.append(f"{renamed(line.name)} = {text}")
                used |= names(tree)
    if any(key in used for key in step.forgotten(set_here)):
        raise ScriptError(message("its lines do not keep all that it remembers"))
    body = _scheduled(entry, sources) + [
        f"{key} = {step.hyper[key]!r}" for key in step.hyper if key in set_here - step.memory.keys()
    ]
    before = [f"{renamed(key)} = {value!r}" for key, value in fixed.items() if renamed(key) in used]
    before += [f"{renamed(key)} = {_start(value, spec)}" for key, value in step.memory.items() if renamed(key) in used]
    answer = _answer(rule, step)
    body += [*lines, f"yield x, {renamed(answer)}" if answer else "yield x"]
    rows = [f"def {name}(x):", f'    """{_words(rule, entry)}"""', *(f"    {row}" for row in before)]
    return "\n".join([*rows, "    for t in range(STEPS):", *(f"        {row}" for row in body)])


def renamed(name: str) -> str:
    """Return what a rule's name is called in a script."""
    return f"{name}_" if name in TAKEN else name


def _scheduled(entry: Entry, sources: Sources) -> list[str]:
    if entry.schedule == CONSTANT:
        return []
    schedule, values = entry.schedule_with_values
    return [f"schedule = {sources.add(schedule.factor)}(t, STEPS, {values!r})"]


def _start(value: Any, spec: RaceSpec) -> str:
    """Return a memory's first value as code."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    alone = value[..., 0]
    if not alone.ndim:
        return repr(alone.item())
    if not alone.any():
        return f"np.zeros({alone.shape[0] if alone.ndim == 1 else alone.shape})"
    return "x.copy()" if alone.tolist() == list(spec.start) else f"np.array({alone.tolist()!r})"


def _answer(rule: Optimizer, step: _Step) -> str:
    """Return the name of the memory that a rule reports in place of the point, or "" where it reports the point."""
    if rule.answer is None:
        return ""
    reported = rule.answer(step.known["x"], step.memory)
    found = next((name for name, value in step.memory.items() if value is reported), None)
    if found is None:
        raise ScriptError(message("the point that it reports is not one that its lines name"))
    return found


def _words(rule: Optimizer, entry: Entry) -> str:
    """Return what a racer does, in one sentence that can stand in a docstring."""
    idea = rule.idea_with(entry.hyper)
    words = f"{rule.title} {idea}" if idea else rule.title
    extra = [name for name, *_ in entry.modifiers] + ([] if entry.schedule == CONSTANT else [f"{entry.schedule[0]} schedule"])
    return re.sub(r'["\\\n]', " ", words + (f" With {', '.join(extra)}." if extra else ""))


def _linear(name: str) -> Any:
    from optim.core import linalg  # noqa: PLC0415 - one function of it, where a line multiplies matrices

    return getattr(linalg, name)


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _called(name: str, arguments: list[Any]) -> ast.Call:
    return ast.Call(_parsed(name), arguments, [])
