"""Why a step went where it went: its lines with numbers, its parts, and one sentence made of them."""

import ast
from typing import Any

import numpy as np

from optim.core.optimizer import Array, Optimizer
from optim.core.oracle import ReplayOracle
from optim.core.rule_lines import Lines, functions
from optim.explain.evaluate import evaluate
from optim.explain.latex import SYMBOLS, Piece, Printer, cut, symbol, written
from optim.explain.latex import _value as piece
from optim.explain.replay import Replay, Worked
from optim.i18n.phrases import place, steps

RESOLVED, VANISHED = 1e-9, 1e-290
"""A step shorter than RESOLVED of the coordinate has few digits left; slopes below VANISHED have none."""
EVEN = 0.05
"""Scales that differ by less than this share count as equal."""


def formulas(rule: Optimizer) -> list[str]:
    """Return an optimizer's rule as LaTeX, line by line, as an ordinary step at its default settings has it."""
    known: dict[str, Any] = {parameter.name: parameter.canonical(parameter.default) for parameter in rule.parameters}
    fixed = set(known)
    known |= {name: np.full((2, 1), value, dtype=float) for name, value in rule.lines.usual.items()}
    known = {"first": 0.0, "x": np.ones((2, 1)), **known}
    nothing: Any = None  # no line asks the function before its case is decided
    texts = []
    for line in rule.lines:
        tree = _decided(line.tree, rule.lines, known)
        plain = not any(isinstance(node, ast.Call | ast.Subscript) for node in ast.walk(tree))
        light = cut(tree, lambda node: evaluate(node, known, nothing, rule.lines.calls), fixed) if plain else tree
        if not line.quiet and not (isinstance(light, ast.Name) and light.id == line.name):
            texts.append(f"{_set(rule, line.name)} {_symbols(rule).write(tree)}")
    return texts


def _decided(node: ast.expr, lines: Lines, known: dict[str, Any]) -> ast.expr:
    """Return an expression with every case decided that the known names decide."""

    class Decide(ast.NodeTransformer):
        def visit_IfExp(self, node: ast.IfExp) -> Any:
            used = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)} - functions(node.test)
            if not used <= known.keys() or functions(node.test) & {"value", "gradient", "hessian"}:
                return self.generic_visit(node)
            nothing: Any = None
            truth = np.all(np.asarray(evaluate(node.test, known, nothing, lines.calls)) != 0)
            return self.visit(node.body if truth else node.orelse)

    result: ast.expr = Decide().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return result


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
    work, oracle, rule = run.work([step]), run.oracle([step]), run.rule
    return [text for i, _ in work.shown() if (text := _line(rule, work, i, oracle))]


def _line(rule: Optimizer, work: Worked, i: int, oracle: ReplayOracle) -> str:
    line, known, calls = tuple(rule.lines)[i], work.before(i), rule.lines.calls
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
    case = _decided_at(line.tree, at)
    result = work.results[i]
    value = written(np.asarray(result)[..., 0] if np.ndim(result) else result)
    rows = [f"{_set(rule, line.name)} & {_symbols(rule).write(case)}"]
    numbers = Printer(leaf, calls, r"\cdot").write(light)
    rows += [rf"= & {text}" for text in dict.fromkeys((numbers, value))]
    return r"\begin{aligned} " + r" \\[0.3em] ".join(rows) + r" \end{aligned}"


def _decided_at(node: ast.expr, at: Any) -> ast.expr:
    """Return an expression with the cases that hold in both coordinates put in place of all cases."""

    class Decide(ast.NodeTransformer):
        def visit_IfExp(self, node: ast.IfExp) -> Any:
            truth = np.asarray(at(node.test)) != 0
            if truth.all() or not truth.any():
                return self.visit(node.body if truth.all() else node.orelse)
            return self.generic_visit(node)

    result: ast.expr = Decide().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return result


@np.errstate(all="ignore")
def gradients(run: Replay) -> Array:
    """Return the exact gradient before each step, without noise, (d, taken)."""
    slope: Array = run.result.problem.gradient(np.ascontiguousarray(run.path[: run.taken].T))
    return slope


@np.errstate(all="ignore")
def moves(run: Replay) -> Array:
    """Return how far each step went, (d, taken)."""
    return np.diff(run.path[: run.taken + 1], axis=0).T


def angles(run: Replay) -> Array:
    """Return the angle between each step and downhill, (taken,), in degrees: 0 straight down, above 90 uphill."""
    with np.errstate(all="ignore"):
        down, went = (vector / np.hypot(*vector) for vector in (-gradients(run), moves(run)))
        cosine = down[0] * went[0] + down[1] * went[1]
        degrees: Array = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        return degrees


@np.errstate(all="ignore")
def fresh_moves(run: Replay) -> Array:
    """Return each step as it would have been without the directions remembered, (d, taken); without such memory, the step."""
    if run.fresh is None:
        return moves(run)
    after: Array = run.fresh.after["x"] - run.path[: run.taken].T
    return after


def remembered_moves(run: Replay) -> Array | None:
    """Return the part of each step that came from the directions remembered, (d, taken); None where none are."""
    return None if run.fresh is None else moves(run) - fresh_moves(run)


def scales(run: Replay) -> Array:
    """Return how far one unit of slope moves each coordinate by itself, (d, taken): the effective learning rate.

    NaN where the step or the slope is too small for its digits to be known.
    """
    fresh, slope = fresh_moves(run), gradients(run)
    with np.errstate(all="ignore"):
        scale: Array = np.abs(fresh / slope)
        told = (np.abs(fresh) > RESOLVED * np.abs(run.path[: run.taken].T)) & (np.abs(slope) > VANISHED)
    return np.where(told & np.isfinite(scale), scale, np.nan)


@np.errstate(all="ignore")  # the last step before a divergence may overflow
def share(run: Replay, step: int) -> float | None:
    """Return the share of a step that comes from the directions remembered, along the step; None without such memory."""
    went, fresh = moves(run)[:, step - 1], fresh_moves(run)[:, step - 1]
    length = float(went @ went)
    if run.fresh is None or not length > 0 or not np.isfinite(fresh).all():
        return None
    return float((went - fresh) @ went) / length


@np.errstate(all="ignore")
def because(run: Replay, step: int, label: str) -> str:
    """Return in words why step `step` (1 to `taken`) went where it went, from its numbers alone."""
    went = moves(run)[:, step - 1]
    if not went.any():
        nowhere = not gradients(run)[:, step - 1].any()
        still = f"{label} did not move in this step{': there is no slope where it stands' if nowhere else ''}."
        return f"{still} {_scale(run, step)}".strip()
    parts = [f"{label} moved by {place(went)}.", _from_memory(run, step), _direction(run, step), _lag(run, step), _scale(run, step)]
    return " ".join(part for part in parts if part)


def _from_memory(run: Replay, step: int) -> str:
    old = share(run, step)
    if old is None:
        return ""
    if abs(old) < 0.005:
        return "" if "momentum" in run.hyper else "Its memory of earlier gradients changes nothing in this step."
    if old > 1 + 0.005:
        return f"The memory of earlier gradients alone would have gone {old - 1:.0%} farther: the new gradient brakes."
    if old < -0.005:
        return (
            f"The memory of earlier gradients pulls back: without it the step would have been {1 - old:.1f} times as long this way."
        )
    return f"{abs(old):.0%} of that is memory of earlier gradients, {abs(1 - old):.0%} the new gradient."


def _direction(run: Replay, step: int) -> str:
    angle = float(angles(run)[step - 1])
    if np.isnan(angle):
        return ""
    if angle < 1:
        return "The step points straight downhill."
    return f"The step points {angle:.0f}° away from downhill{', so uphill' if angle > 90 else ''}."


def _lag(run: Replay, step: int) -> str:
    """Where a coordinate still moves against its slope: for how many steps already."""
    if run.fresh is None:
        return ""
    told = []
    for axis, name in enumerate("xy"):
        against = (moves(run)[axis] * gradients(run)[axis] > 0)[:step]
        count = int(np.argmin(against[::-1])) if not against.all() else step
        if count:
            told.append(f"In {name} the slope has turned, but for {steps(count)} now it has still moved the old way.")
    return " ".join(told)


def _scale(run: Replay, step: int) -> str:
    """How the reach of one unit of slope has changed since the first step that had one, where it has."""
    if "gradient" not in run.rule.uses or run.rule.varies or "hessian" in run.rule.uses:
        return ""
    told = []
    for name, row in zip("xy", scales(run), strict=True):
        seen = np.flatnonzero(np.isfinite(row[:step]) & (row[:step] > 0))
        if not seen.size or seen[0] == seen[-1]:
            continue
        first, now = float(row[seen[0]]), float(row[seen[-1]])
        if abs(now / first - 1) > EVEN:
            change = f"÷{first / now:.3g}" if now < first else f"×{now / first:.3g}"
            told.append(f"from {first:.3g} to {now:.3g} in {name} ({change})")
    verb = "shrunk" if told and all("÷" in one for one in told) else "changed"
    return f"Since the first step, its step per unit of slope has {verb} {' and '.join(told)}." if told else ""
