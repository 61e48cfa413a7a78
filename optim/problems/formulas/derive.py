"""From a formula to NumPy: value, exact gradient and Hessian, derived by SymPy once and kept for the life of the process."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter

from optim.core.errors import FormulaError
from optim.core.types import Array
from optim.i18n.message import message
from optim.problems.formulas.calculus import derivative, size
from optim.problems.formulas.parse import check_numbers, parse
from optim.problems.formulas.symbols import X, Y, plain

MAX_OPERATIONS = (1200, 4000)
"""Operations allowed in the gradient and in the Hessian: the first bound stops what would take long to derive again."""
MAX_PARTS = 14_000
"""Parts of the Hessian, as they are estimated before anything is derived."""
_TOO_LARGE = "the derivatives of this formula are too large; write a shorter or flatter one"
MAX_PRODUCT = 16
EXACT = 2**53
STEP = 1e-6
"""Relative step of the central differences that stand in where a derivative is not finite but the function is."""


@dataclass(frozen=True)
class DerivedFormula:
    """A formula's value (2, ...) -> (...), gradient -> (2, ...), Hessian -> (2, 2, ...), and its LaTeX.

    `compiled` are the three as functions of x and y that return lists, the Hessian's upper triangle last. A `smooth` formula's
    derivatives are finite wherever it is; for any other, central differences stand in where they are not.
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    latex: str
    expression: sympy.Expr
    compiled: tuple[Callable[..., Sequence[Any]], ...]
    smooth: bool

    def source(self, part: int) -> str:
        """Return the Python source of a compiled part: 0 the value, 1 the gradient, 2 the Hessian's upper triangle."""
        return inspect.getsource(self.compiled[part])


@lru_cache(maxsize=256)
def derive(formula: str) -> DerivedFormula:
    """Compile `formula`; FormulaError where it is not a formula in x and y or its derivatives grow too large."""
    expression = parse(formula)
    if size(expression).second > MAX_PARTS:
        raise FormulaError(_TOO_LARGE)
    first = [plain(derivative(expression, variable)) for variable in (X, Y)]
    _check(first, MAX_OPERATIONS[0])
    second = [plain(derivative(first[i], variable)) for i, variable in ((0, X), (0, Y), (1, Y))]
    _check(second, MAX_OPERATIONS[1])
    value = _compile([expression])
    gradient, hessian = _compile(first), _compile(second)

    def value_at(x: Array) -> Array:
        (result,) = value(x[0], x[1])
        return result if np.shape(result) == x.shape[1:] else np.full(x.shape[1:], float(result))

    smooth = expression.is_polynomial(X, Y)
    scalar = smooth and all(power.exp <= MAX_PRODUCT for part in first for power in part.atoms(sympy.Pow))

    def gradient_at(x: Array) -> Array:
        # A run alone spends most of its time calling NumPy: plain floats multiply and add to the same bits three times faster.
        return _stack(gradient(*x[:, 0].tolist()) if scalar and x.shape == (2, 1) else gradient(x[0], x[1]), x)

    def hessian_at(x: Array) -> Array:
        xx, xy, yy = hessian(x[0], x[1])
        result = np.empty((2, *x.shape))
        result[0, 0], result[0, 1], result[1, 0], result[1, 1] = xx, xy, xy, yy
        return result

    return DerivedFormula(
        value_at,
        gradient_at if smooth else mended(gradient_at, value_at),
        hessian_at if smooth else mended(hessian_at, mended(gradient_at, value_at)),
        sympy.latex(expression),
        expression,
        (value, gradient, hessian),
        bool(smooth),
    )


def _check(expressions: Sequence[sympy.Expr], most: int) -> None:
    """Refuse derivatives that are too large, hold numbers too large, or are not plain real functions of the point."""
    if sum(expression.count_ops() for expression in expressions) > most:
        raise FormulaError(_TOO_LARGE)
    for expression in expressions:
        check_numbers(expression)
        if expression.has(sympy.DiracDelta, sympy.Derivative, sympy.Subs):
            raise FormulaError(message("no derivative of this formula is known; write it with other functions"))


def _stack(parts: Sequence[Any], x: Array) -> Array:
    result = np.empty(x.shape)
    result[0], result[1] = parts
    return result


def mended(derivative: Callable[[Array], Array], function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return `derivative` with central differences of `function` where it is not finite but the function is."""

    def at(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return whole(x)

    def whole(x: Array) -> Array:
        result = derivative(x)
        if np.isfinite(result).all():
            return result
        # Not by central_gradient: the step grows with each point's coordinate. Scripts copy this function as it stands.
        h = STEP * np.maximum(1.0, np.abs(x))
        differences = []
        for axis in range(2):
            shift = np.zeros_like(x)
            shift[axis] = h[axis]
            differences.append((function(x + shift) - function(x - shift)) / (2 * h[axis]))
        stand_in = np.stack(differences)
        finite = np.isfinite(function(x))
        return np.where(np.isfinite(result) | ~finite, result, stand_in)

    return at


def _compile(expressions: Sequence[sympy.Expr]) -> Callable[..., Sequence[Any]]:
    compiled: Callable[..., Sequence[Any]] = sympy.lambdify(
        [X, Y], list(expressions), modules="numpy", printer=_Printer, cse=True, docstring_limit=-1
    )
    return compiled


class _Printer(NumPyPrinter):
    """NumPy source with small whole powers as squares and products: a libm pow is 65 times slower."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        super().__init__({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, **(settings or {})})

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent.is_Integer and 2 <= abs(int(exponent)) <= MAX_PRODUCT:
            product = _product(self.parenthesize(base, 1000), abs(int(exponent)))
            return product if exponent > 0 else f"(1/{product})"
        text: str = super()._print_Pow(expr, rational=rational)
        return text

    def _print_Integer(self, expr: sympy.Integer) -> str:
        # NumPy's functions do not take whole numbers that need more than 64 bits.
        return str(int(expr)) if abs(int(expr)) < EXACT else repr(float(expr))

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"({expr.p}/{expr.q})" if max(abs(expr.p), expr.q) < EXACT else repr(float(expr))

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
