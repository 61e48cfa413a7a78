"""From a formula to NumPy: value, exact gradient and Hessian, derived by SymPy once and kept for the life of the process."""

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy

from optim.core.errors import FormulaError
from optim.core.types import Array
from optim.i18n.message import message
from optim.problems.formulas.calculus import derivative, size
from optim.problems.formulas.corners import Corners, arranged, corners, smoothed
from optim.problems.formulas.latex import latex
from optim.problems.formulas.mending import masked, mended
from optim.problems.formulas.numpy_code import MAX_PRODUCT, compiled, written_into
from optim.problems.formulas.parse import check_numbers, parse
from optim.problems.formulas.symbols import X, Y, plain
from optim.problems.formulas.typed import defined, vanishing

MAX_OPERATIONS = (1200, 4000)
"""Operations allowed in the gradient and in the Hessian: the first bound stops what would take long to derive again."""
MAX_PARTS = 14_000
"""Parts of the Hessian, as they are estimated before anything is derived."""
_TOO_LARGE = "the derivatives of this formula are too large; write a shorter or flatter one"


@dataclass(frozen=True)
class DerivedFormula:
    """A formula's value (2, ...) -> (...), gradient -> (2, ...), Hessian -> (2, 2, ...), its LaTeX and its plain text.

    The value is computed as `typed`. `compiled` are the three as functions of x and y that return lists, the Hessian's upper
    triangle last, each derivative followed by its signs; `corners` are those of the two derivatives. A `smooth` formula's
    derivatives are finite wherever it is; for any other, central differences stand in where they are not. A formula that is not
    `defined` everywhere has no derivatives where it has no value. A `quadratic` one has the same Hessian everywhere.
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    latex: str
    text: str
    typed: sympy.Expr
    constant: bool
    compiled: tuple[Callable[..., Sequence[Any]], ...]
    corners: tuple[Corners, ...]
    smooth: bool
    defined: bool
    quadratic: bool

    @cached_property
    def divisors(self) -> Callable[[Array], Array]:
        """(2, ...) -> (parts, ...), the parts of the formula one of which is zero wherever it has a pole."""
        parts = vanishing(self.typed)
        value = compiled(parts) if parts else None

        def at(x: Array) -> Array:
            result = np.empty((len(parts), *x.shape[1:]))
            for row, part in zip(result, value(x[0], x[1]) if value else (), strict=True):
                row[...] = part
            return result

        return at

    def source(self, part: int) -> str:
        """Return the Python source of a compiled part: 0 the value, 1 the gradient, 2 the Hessian's upper triangle."""
        return inspect.getsource(self.compiled[part])


@lru_cache(maxsize=256)
def derive(formula: str) -> DerivedFormula:
    """Compile `formula`; FormulaError where it is not a formula in x and y or its derivatives grow too large."""
    parsed = parse(formula)
    expression = parsed.expression
    if size(expression).second > MAX_PARTS:
        raise FormulaError(_TOO_LARGE)
    first = [plain(derivative(expression, variable)) for variable in (X, Y)]
    _check(first, MAX_OPERATIONS[0])
    second = [plain(derivative(first[i], variable)) for i, variable in ((0, X), (0, Y), (1, Y))]
    _check(second, MAX_OPERATIONS[1])
    everywhere = defined(parsed.typed)
    smooth = bool(expression.is_polynomial(X, Y)) and everywhere
    scalar = smooth and all(power.exp <= MAX_PRODUCT for part in first for power in part.atoms(sympy.Pow))
    meet = (corners(first), corners(second))
    parts = (compiled([parsed.typed]), *(compiled([*at.expressions, *at.signs]) for at in meet))
    value, gradient, hessian = parts
    gradient_into = None if meet[0].signs else written_into(gradient)

    def value_at(x: Array) -> Array:
        (result,) = value(x[0], x[1])
        return result if np.shape(result) == x.shape[1:] else np.full(x.shape[1:], float(result))

    def gradient_at(x: Array) -> Array:
        # A run alone spends most of its time calling NumPy: plain floats multiply and add to the same bits three times faster.
        result = np.empty(x.shape)
        if scalar and x.shape == (2, 1):
            result[0], result[1] = gradient(*x[:, 0].tolist())
        elif gradient_into is not None:
            gradient_into(x[0], x[1], result[0, ...], result[1, ...])
        return result

    def hessian_at(x: Array) -> Array:
        return arranged(hessian(x[0], x[1]), x)

    first_at = _with_corners(gradient_at, gradient, meet[0])
    second_at = _with_corners(hessian_at, hessian, meet[1])
    if not smooth:
        first_at = mended(first_at, value_at)
        second_at = mended(second_at, first_at)
    if not everywhere:
        first_at, second_at = masked(first_at, value_at), masked(second_at, value_at)
    text = ast.unparse(ast.parse(str(parsed.shown)))
    quadratic = smooth and not any(part.free_symbols for part in second)
    constant = not parsed.typed.free_symbols
    return DerivedFormula(
        value_at,
        first_at,
        second_at,
        latex(parsed.shown),
        text,
        parsed.typed,
        constant,
        parts,
        meet,
        smooth,
        everywhere,
        quadratic,
    )


def _with_corners(plain_at: Callable[[Array], Array], derivative_at: Callable[..., Sequence[Any]], at: Corners) -> Any:
    """Return a derivative that asks the branches where one of its signs changes, or as it is where it has none."""
    if not at.signs:
        return plain_at
    return smoothed(
        lambda x: derivative_at(x[0], x[1]),
        lambda x: at.arguments(x[0], x[1]),
        lambda x, signs: at.branch(x[0], x[1], *signs),
        len(at.expressions),
    )


def _check(expressions: Sequence[sympy.Expr], most: int) -> None:
    """Refuse derivatives that are too large, hold numbers too large, or are not plain real functions of the point."""
    if sum(expression.count_ops() for expression in expressions) > most:
        raise FormulaError(_TOO_LARGE)
    for expression in expressions:
        check_numbers(expression)
        if expression.has(sympy.DiracDelta, sympy.Derivative, sympy.Subs):
            raise FormulaError(message("no derivative of this formula is known; write it with other functions"))
