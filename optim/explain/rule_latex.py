"""An update rule as LaTeX: as it reads at its default settings, and line by line with the numbers of one step."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.oracle import ReplayOracle
from optim.core.rule_lines import functions, names
from optim.explain.branches import agreed, decided
from optim.explain.evaluate import evaluate
from optim.explain.latex import SYMBOLS, Piece, Printer, cut, piece, symbol, written
from optim.explain.replay import EvaluatedLines, Replay


def formulas(rule: Optimizer) -> list[str]:
    """Return an optimizer's rule as LaTeX, line by line, as an ordinary step at its default settings has it."""
    known: dict[str, Any] = {parameter.name: parameter.canonical(parameter.default) for parameter in rule.parameters}
    fixed = set(known)
    known |= {name: np.full((2, 1), value, dtype=float) for name, value in rule.lines.usual.items()}
    known = {"first": 0.0, "x": np.ones((2, 1)), **known}
    nothing: Any = None  # no line asks the function before its case is decided
    texts = []
    for line in rule.lines:
        tree = decided(line.tree, _at_defaults(rule, known))
        plain = not any(isinstance(node, ast.Call | ast.Subscript) for node in ast.walk(tree))
        light = cut(tree, lambda node: evaluate(node, known, nothing, rule.lines.calls), fixed) if plain else tree
        if not line.quiet and not (isinstance(light, ast.Name) and light.id == line.name):
            texts.append(f"{_set(rule, line.name)} {_symbols(rule).write(tree)}")
    return texts


def _at_defaults(rule: Optimizer, known: dict[str, Any]) -> Callable[[ast.expr], bool | None]:
    """Return what decides a test from the values `known`, where no step is at hand: a test that needs more stays open."""
    nothing: Any = None

    def holds(test: ast.expr) -> bool | None:
        if not names(test) <= known.keys() or functions(test) & {"value", "gradient", "hessian"}:
            return None
        return bool(np.all(np.asarray(evaluate(test, known, nothing, rule.lines.calls)) != 0))

    return holds


def _name(rule: Optimizer, name: str) -> str:
    if name in rule.lines.symbols:
        return rule.lines.symbols[name]
    if name.endswith("_hat") and len(name) == 5:
        return rf"\hat {name[0]}"
    parameters = {parameter.name: parameter.symbol for parameter in rule.parameters}
    return (
        symbol(parameters[name])
        if name in parameters
        else SYMBOLS.get(name, name if len(name) == 1 else rf"\text{{{name.replace('_', ' ')}}}")
    )


def _set(rule: Optimizer, name: str) -> str:
    remembered = name == "x" or name in (rule.memory or {}) or [line.name for line in rule.lines].count(name) > 1
    return rf"{_name(rule, name)} {chr(92)}leftarrow" if remembered else f"{_name(rule, name)} ="


def _symbols(rule: Optimizer) -> Printer:
    return Printer(lambda name: (_name(rule, name), 4), rule.lines.calls, r"\,")


def written_lines(run: Replay, step: int) -> list[str]:
    """Return step `step` (1 to `taken`) line by line as LaTeX: with symbols, with its numbers, and what comes of them.

    A line that changes nothing at these settings, such as a weight decay of zero, is left out.
    """
    evaluated, oracle, rule = run.evaluated([step]), run.oracle([step]), run.rule
    return [text for i, _ in evaluated.shown() if (text := _line(rule, evaluated, i, oracle))]


def _line(rule: Optimizer, evaluated: EvaluatedLines, i: int, oracle: ReplayOracle) -> str:
    line, known, calls = tuple(rule.lines)[i], evaluated.before(i), rule.lines.calls
    constants = {name for name, call in calls.items() if call.constant}

    def at(node: ast.expr) -> Any:
        value = evaluate(node, known, oracle, calls)
        return np.asarray(value)[..., 0] if np.ndim(value) else value

    def leaf(name: str) -> Piece:
        value = at(ast.Name(name, ast.Load()))
        small = np.ndim(value) < 2 or (np.ndim(value) == 2 and len(value) <= 8)
        return piece(value) if small else (_name(rule, name), 4)

    fixed = {parameter.name for parameter in rule.parameters} | {"schedule"}
    light = cut(line.tree, at, fixed, constants)
    if isinstance(light, ast.Name) and light.id == line.name:
        return ""
    case = decided(line.tree, lambda test: agreed(at(test)))
    result = evaluated.results[i]
    value = written(np.asarray(result)[..., 0] if np.ndim(result) else result)
    rows = [f"{_set(rule, line.name)} & {_symbols(rule).write(case)}"]
    numbers = Printer(leaf, calls, r"\cdot").write(light)
    rows += [rf"= & {text}" for text in dict.fromkeys((numbers, value))]
    return r"\begin{aligned} " + r" \\[0.3em] ".join(rows) + r" \end{aligned}"
