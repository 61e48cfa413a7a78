"""An evaluator of rule lines for batches, coordinates first: it knows a few functions and executes nothing else."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optim.core.linalg import dot, norm, power, solve, times
from optim.core.oracle import Oracle
from optim.core.rule_lines import Call, Lines, place
from optim.core.types import Array
from optim.explain.branches import agreed, chosen

Environment = Mapping[str, Any]
"""What every name means: name -> array (..., B), or a plain number."""
_BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.true_divide,
    ast.Mod: operator.mod,
    ast.MatMult: times,
    ast.Pow: lambda base, exponent: base * base if exponent == 2 else power(base, exponent),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda a, b: _truth(a) & _truth(b),
    ast.Or: lambda a, b: _truth(a) | _truth(b),
}
_UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.Not: lambda a: ~_truth(a)}


def _truth(value: Any) -> Any:
    return np.asarray(value) != 0


def _norm1(a: Array) -> Array:
    return dot(np.sign(a), a)


def _norm_inf(g: Array) -> Array:
    result: Array = np.max(np.abs(g), axis=0)
    return result


def _value(oracle: Oracle, x: Array) -> Array:
    """Return the values (B,) at points (d, B), or (k, B) at k points each, (k, d, B)."""
    return oracle.value(x) if x.ndim == 2 else np.stack([oracle.value(point) for point in x])


CALLS: dict[str, Call] = {
    "gradient": Call(lambda oracle, x: oracle.gradient(x), r"\nabla f{0:(}", uses_oracle=True),
    "value": Call(_value, r"f{0:(}", uses_oracle=True),
    "hessian": Call(lambda oracle, x: oracle.hessian(x), r"\nabla^2 f{0:(}", uses_oracle=True),
    "normal": Call(lambda oracle, k: oracle.normal(k), r"{0} \text{{ normal draws}}", uses_oracle=True),
    "sqrt": Call(np.sqrt, r"\sqrt{{{0}}}"),
    "abs": Call(np.abs, r"\left|{0}\right|"),
    "sign": Call(np.sign, r"\operatorname{{sign}}{0:(}"),
    "exp": Call(np.exp, r"\exp{0:(}"),
    "max": Call(np.maximum, r"\max\left({0},\; {1}\right)"),
    "min": Call(np.minimum, r"\min\left({0},\; {1}\right)"),
    "clip": Call(np.clip, r"\operatorname{{clip}}\left({0},\; {1},\; {2}\right)"),
    "norm": Call(norm, r"\left\lVert {0} \right\rVert"),
    "norm1": Call(_norm1, r"\left\lVert {0} \right\rVert_1"),
    "steepest": Call(_norm_inf, r"\left\lVert {0} \right\rVert_\infty"),
    "dot": Call(dot, r"\left\langle {0},\, {1} \right\rangle"),
    "power": Call(power, r"{0:^}^{{{1}}}"),
    "solve": Call(solve, r"{0:^}^{{-1}}\, {1:*}"),
    "zero": Call(np.zeros_like, "0"),
}
"""What every line may call. In LaTeX {0:(} puts an argument in parentheses, {0:^} and {0:*} do where a power or product asks."""


@np.errstate(all="ignore")
def evaluate(node: ast.expr, values: Environment, oracle: Oracle, calls: Mapping[str, Call]) -> Any:  # noqa: C901 - one case each
    """Return the value of an expression: an array (..., B), or a plain number. A name without a value is not a number."""

    def of(child: ast.expr) -> Any:
        return evaluate(child, values, oracle, calls)

    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return np.eye(len(values["x"]))[:, :, None] if node.id == "identity" else values.get(node.id, np.nan)
        case ast.BinOp():
            return _BINARY[type(node.op)](of(node.left), of(node.right))
        case ast.UnaryOp():
            return _UNARY[type(node.op)](of(node.operand))
        case ast.BoolOp():
            parts = [of(part) for part in node.values]
            result = parts[0]
            for part in parts[1:]:
                result = _BINARY[type(node.op)](result, part)
            return result
        case ast.Compare():
            return _BINARY[type(node.ops[0])](of(node.left), of(node.comparators[0]))
        case ast.IfExp():
            return _cases(of(node.test), node, of)
        case ast.Subscript():
            return of(node.value)[place(node)]
        case ast.Call(func=ast.Name(id=name)):
            call = calls.get(name) or CALLS[name]
            arguments = [of(argument) for argument in node.args]
            return call.function(oracle, *arguments) if call.uses_oracle else call.function(*arguments)
    raise ValueError(f"{ast.unparse(node)} is not in the language")


def _cases(test: Any, node: ast.IfExp, of: Callable[[ast.expr], Any]) -> Any:
    """Return one branch where all runs agree, else both put together: what a rule does not do need not be defined."""
    branch = chosen(node, agreed(test))
    return np.where(_truth(test), of(node.body), of(node.orelse)) if branch is None else of(branch)


def evaluate_lines(lines: Lines, values: Environment, oracle: Oracle) -> list[Any]:
    """Return what each line sets its name to, from top to bottom, each an array (..., B) or a plain number."""
    known, results = dict(values), []
    for line in lines:
        known[line.name] = evaluate(line.tree, known, oracle, lines.calls)
        results.append(known[line.name])
    return results
