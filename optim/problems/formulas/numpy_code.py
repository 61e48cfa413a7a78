"""Expressions as compiled NumPy functions of x and y: derived ones, and those as typed, operation by operation."""

import ast
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter

from optim.problems.formulas.symbols import X, Y
from optim.problems.formulas.typed import Operation

MAX_PRODUCT = 16
EXACT = 2**53
NUMPY_NAMES = {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")} | {
    "min": "minimum",
    "max": "maximum",
}
"""Function of a formula -> NumPy's name, where it differs."""


def compiled(expressions: Sequence[sympy.Expr], more: Sequence[sympy.Symbol] = ()) -> Callable[..., Sequence[Any]]:
    """Return a function of x, y and the symbols `more` that returns the expressions' values as a list."""
    result: Callable[..., Sequence[Any]] = sympy.lambdify(
        [X, Y, *more], list(expressions), modules="numpy", printer=_Printer, cse=True, docstring_limit=-1
    )
    return result


_LAST = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}


def written_into(function: Callable[..., Sequence[Any]]) -> Callable[..., None]:
    """Return a compiled function that writes its values into arrays, given after its own arguments, with its last operations.

    Copying them there takes as long as computing a quadratic function's gradient.
    """
    tree = ast.parse(inspect.getsource(function))
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    last = definition.body.pop()
    assert isinstance(last, ast.Return)
    assert isinstance(last.value, ast.List)
    for place, value in enumerate(last.value.elts):
        definition.args.args.append(ast.arg(f"out{place}"))
        operation = _LAST.get(type(value.op)) if isinstance(value, ast.BinOp) else None
        row = f"out{place}[...] = 0"
        if operation and isinstance(value, ast.BinOp):
            row = f"{operation}({ast.unparse(value.left)}, {ast.unparse(value.right)}, out=out{place})"
        (statement,) = ast.parse(row).body
        if isinstance(statement, ast.Assign):
            statement.value = value
        definition.body.append(statement)
    made = {**function.__globals__, **{name: getattr(np, name) for name in _LAST.values()}}
    exec(compile(ast.fix_missing_locations(tree), "<gradient of a formula>", "exec"), made)  # noqa: S102 - its own code
    result: Callable[..., None] = made[definition.name]
    return result


class _Printer(NumPyPrinter):
    """NumPy source with small whole powers as squares and products: a libm pow is 65 times slower."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        super().__init__({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, **(settings or {})})

    def _print_Operation(self, expr: Operation) -> str:
        if expr.name == "**":
            return self._typed_power(*expr.operands)
        parts = [self._print(operand) for operand in expr.operands]
        if expr.name == "neg":
            return f"(-{parts[0]})"
        if len(parts) == 2 and not expr.name.isalpha():
            return f"({parts[0]} {expr.name} {parts[1]})"
        return f"{NUMPY_NAMES.get(expr.name, expr.name)}({', '.join(parts)})"

    def _typed_power(self, base: sympy.Expr, exponent: sympy.Expr) -> str:
        written = self._print(base)
        written = written if written.isidentifier() else f"({written})"
        if exponent == 0 or base == 1:
            # By IEEE 754 NaN**0 and 1**NaN are 1: 1, but only where the other side is defined.
            return f"(1 + 0*{written if exponent == 0 else self._print(exponent)})"
        if not exponent.is_number:
            return f"({written}**{self._print(exponent)})"
        number = float(exponent)
        if number.is_integer() and 1 <= abs(number) <= MAX_PRODUCT:
            product = _product(written, abs(int(number)))
            return product if number > 0 else f"(1/{product})"
        if abs(number) == 0.5:
            return f"sqrt({written})" if number > 0 else f"(1/sqrt({written}))"
        return f"({written}**({self._print(exponent)}))"

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent.is_Integer and 2 <= abs(int(exponent)) <= MAX_PRODUCT:
            product = _product(self.parenthesize(base, 1000), abs(int(exponent)))
            return product if exponent > 0 else f"(1/{product})"
        text: str = super()._print_Pow(expr, rational=rational)
        return text

    def _print_Float(self, expr: sympy.Float) -> str:
        # SymPy prints 15 digits; 17 tell every two numbers apart.
        return repr(float(expr))

    def _print_Integer(self, expr: sympy.Integer) -> str:
        # NumPy's functions do not take whole numbers that need more than 64 bits.
        return str(int(expr)) if abs(int(expr)) < EXACT else repr(float(expr))

    def _print_Rational(self, expr: sympy.Rational) -> str:
        # Python divides whole numbers of any size with one rounding; SymPy's float() rounds twice.
        return f"({expr.p}/{expr.q})" if max(abs(expr.p), expr.q) < EXACT else repr(expr.p / expr.q)

    def _print_SignOf(self, expr: sympy.Expr) -> str:
        return f"sign({self._print(expr.args[0])})"

    def _print_AbsOf(self, expr: sympy.Expr) -> str:
        return f"abs({self._print(expr.args[0])})"

    def _print_MaxOf(self, expr: sympy.Expr) -> str:
        return f"maximum({', '.join(self._print(a) for a in expr.args)})"

    def _print_MinOf(self, expr: sympy.Expr) -> str:
        return f"minimum({', '.join(self._print(a) for a in expr.args)})"


def _product(base: str, exponent: int) -> str:
    """`base` to a whole power, by squaring; a compound base is computed once and named."""
    if exponent == 1:
        return base
    if exponent % 2:
        return f"({base}*{_product(base, exponent - 1)})"
    half = _product(base, exponent // 2)
    return f"({half}*{half})" if half.isidentifier() else f"((_t:={half})*_t)"
