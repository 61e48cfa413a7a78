"""An update rule as LaTeX: as it reads at its default settings, and line by line with the numbers of one step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.oracle import ReplayOracle
from optim.core.rules.branches import agreed, decided
from optim.core.rules.evaluate import evaluate
from optim.core.rules.text import Node, name
from optim.explain.latex import ATOM, SUM, SYMBOLS, Piece, Printer, cut, piece, symbol, without, written
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
        node = decided(line.node, _at_defaults(rule, known))
        plain = not node.functions
        light = cut(node, lambda part: evaluate(part, known, nothing, rule.lines.calls), fixed) if plain else node
        if not line.quiet and light != name(line.name):
            texts.append(f"{_set(rule, line.name)} {_symbols(rule).write(node)}")
    return texts


def _at_defaults(rule: Optimizer, known: dict[str, Any]) -> Callable[[Node], bool | None]:
    """Return what decides a test from the values `known`, where no step is at hand: a test that needs more stays open."""
    nothing: Any = None

    def holds(test: Node) -> bool | None:
        if not test.names <= known.keys() or test.functions & {"value", "gradient", "hessian"}:
            return None
        return bool(np.all(np.asarray(evaluate(test, known, nothing, rule.lines.calls)) != 0))

    return holds


def _name(rule: Optimizer, word: str) -> str:
    if word in rule.lines.symbols:
        return rule.lines.symbols[word]
    if word.endswith("_hat") and len(word) == 5:
        return rf"\hat {word[0]}"
    parameters = {parameter.name: parameter.symbol for parameter in rule.parameters}
    if word in parameters:
        return symbol(parameters[word])
    if word.endswith("_sum") and word.removesuffix("_sum") in parameters:
        return f"1-{_name(rule, word.removesuffix('_sum'))}^t"
    return SYMBOLS.get(word, word if len(word) == 1 else rf"\mathrm{{{word.replace('_', chr(92) + ' ')}}}")


def _set(rule: Optimizer, word: str) -> str:
    remembered = word == "x" or word in rule.memory or [line.name for line in rule.lines].count(word) > 1
    return rf"{_name(rule, word)} {chr(92)}leftarrow" if remembered else f"{_name(rule, word)} ="


def _symbols(rule: Optimizer) -> Printer:
    return Printer(lambda word: _leaf(rule, word), rule.lines.calls, r"\,")


def _leaf(rule: Optimizer, word: str) -> Piece:
    """Return a name as LaTeX; one that is written as a sum, such as 1 - β^t, holds together as one."""
    text = _name(rule, word)
    return text, SUM if text.startswith("1-") else ATOM


def written_lines(run: Replay, step: int) -> list[str]:
    """Return step `step` (1 to `taken`) line by line as LaTeX: with symbols, with its numbers, and what comes of them.

    A line that changes nothing at these settings, such as a weight decay of zero, is left out.
    """
    evaluated, oracle, rule = run.evaluated([step]), run.oracle([step]), run.rule
    return [text for i, _ in evaluated.shown() if (text := _line(rule, evaluated, i, oracle))]


def _line(rule: Optimizer, evaluated: EvaluatedLines, i: int, oracle: ReplayOracle) -> str:
    line, known, calls = tuple(rule.lines)[i], evaluated.before(i), rule.lines.calls
    numbers = {word for word, call in calls.items() if call.as_number}

    def at(node: Node) -> Any:
        value = evaluate(node, known, oracle, calls)
        return np.asarray(value)[..., 0] if np.ndim(value) else value

    def leaf(word: str) -> Piece:
        value = at(name(word))
        small = np.ndim(value) < 2 or (np.ndim(value) == 2 and len(value) <= 8)
        return piece(value) if small else _leaf(rule, word)

    fixed = {parameter.name for parameter in rule.parameters} | {"schedule"}
    light = cut(line.node, at, fixed, numbers)
    if light == name(line.name):
        return ""
    zeros = {parameter.name for parameter in rule.parameters if np.all(np.asarray(known[parameter.name]) == 0)}
    case = without(decided(line.node, lambda test: agreed(at(test))), zeros)
    result = evaluated.results[i]
    value = written(np.asarray(result)[..., 0] if np.ndim(result) else result)
    # Nothing, as a part of its own, keeps the space that a sign has before what it stands for.
    rows = [rf"{_set(rule, line.name)} {{}} & {_symbols(rule).write(case)}"]
    worked = Printer(leaf, calls, r"\cdot").write(light)
    rows += [rf"= {{}} & {text}" for text in dict.fromkeys((worked, value))]
    return r"\begin{aligned} " + r" \\[0.3em] ".join(rows) + r" \end{aligned}"
