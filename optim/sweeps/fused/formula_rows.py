"""A formula as rows: the operations of its compiled NumPy, one by one, where all of them round alike in every compiler."""

import ast
import inspect
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from optim.core.problem import Problem
from optim.problems.from_formula import polynomial_code
from optim.sweeps.fused.rows import NotFused, Rows, literal

_SIGNS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
}


MOST = 2.0**53
"""Whole numbers below it are numbers of the machine, each of them."""


@dataclass(frozen=True)
class Formula:
    """The value and the gradient of a function of x and y, as compiled from its formula."""

    value: Callable[..., Sequence[Any]]
    gradient: Callable[..., Sequence[Any]]

    def value_rows(self, x: str, y: str, rows: Rows) -> str:
        """Add the rows of the value at a point, and return its name."""
        (result,) = _Reader(self.value, x, y, rows).results()
        return result

    def gradient_rows(self, x: str, y: str, rows: Rows) -> tuple[str, str]:
        """Add the rows of the gradient at a point, and return the names of its coordinates."""
        first, second = _Reader(self.gradient, x, y, rows).results()
        return first, second


def formula_of(problem: Problem) -> Formula | None:
    """Return the function that a problem is; None where it is no polynomial in x and y.

    Sines and exponentials stay with NumPy: its own are as fast, or faster, and have other last digits than a compiler's.
    """
    code = polynomial_code(problem)
    return Formula(*code) if code else None


@lru_cache(maxsize=256)
def _body(function: Callable[..., Sequence[Any]]) -> tuple[ast.stmt, ...]:
    (definition,) = ast.parse(inspect.getsource(function)).body
    assert isinstance(definition, ast.FunctionDef)
    return tuple(definition.body)


class _Reader:
    """Reads the source that our own printer wrote; whatever else is in it is not fused."""

    def __init__(self, function: Callable[..., Sequence[Any]], x: str, y: str, rows: Rows) -> None:
        self._body, self._globals, self._rows = _body(function), function.__globals__, rows
        self._names: dict[str, str] = {"x": x, "y": y}

    def results(self) -> list[str]:
        """Return the names of what the function returns."""
        for statement in self._body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._names[name] = self._of(value)
                case ast.Return(value=ast.List(elts=elements)):
                    return [self._of(element) for element in elements]
                case _:
                    raise NotFused
        raise NotFused

    def _of(self, node: ast.expr) -> str:
        number = self._constant(node)
        if number is not None:
            return literal(number)
        match node:
            case ast.Name(id=name) if name in self._names:
                return self._names[name]
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._names[name] = self._of(value)
                return self._names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._rows.add(f"-{self._of(operand)}")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                a, divisor = self._of(left), self._constant(right)
                if isinstance(op, ast.Div) and divisor is not None and 1 < divisor < MOST and divisor == int(divisor):
                    return self._rows.add(f"divided({a}, {literal(divisor)})")
                return self._rows.add(f"{a} {_SIGNS[type(op)][0]} {self._of(right)}")
        raise NotFused

    def _constant(self, node: ast.expr) -> Any:
        """Return the number that an expression of numbers is, whole ones divided as Python does it; None where it is none."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name not in self._names:
                return self._globals.get(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                number = self._constant(operand)
                return None if number is None else -number
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                a, b = self._constant(left), self._constant(right)
                return None if a is None or b is None or (b == 0 and isinstance(op, ast.Div)) else _SIGNS[type(op)][1](a, b)
        return None
