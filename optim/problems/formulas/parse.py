"""Typed formulas: text -> a SymPy expression in x and y, built node by node from a whitelist.

Nothing of the text is ever evaluated: Python's own parser gives a tree, and each node of the tree becomes a SymPy object
of ours or a FormulaError that says what is wrong and where. Sizes are bounded before SymPy sees them.
"""

import ast
import math
from typing import Any, NoReturn

import sympy

from optim.core.errors import FormulaError
from optim.i18n.message import message
from optim.problems.formulas import symbols, words
from optim.problems.formulas.notation import Reading, read

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 250, 20
MAX_EXPONENT, MAX_CONSTANT, MAX_NUMBER = 64, 1e100, 10**200

X, Y = symbols.X, symbols.Y
NAMES: dict[str, sympy.Expr] = dict(zip(words.NAMES, (X, Y, sympy.pi, sympy.E), strict=True))
FUNCTIONS: dict[str, tuple[Any, int]] = {
    **{name: (getattr(sympy, name), 1) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "sqrt")},
    **{name: (getattr(sympy, name), 1) for name in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh")},
    "abs": (symbols.AbsOf, 1),
    "sign": (symbols.SignOf, 1),
    "log10": (lambda argument: sympy.log(argument) / sympy.log(10), 1),
    "log2": (lambda argument: sympy.log(argument) / sympy.log(2), 1),
    "cbrt": (lambda argument: symbols.SignOf(argument) * symbols.AbsOf(argument) ** sympy.Rational(1, 3), 1),
    "min": (symbols.MinOf, 2),
    "max": (symbols.MaxOf, 2),
}
_REFUSED = message("this cannot be used in a formula")
_TOO_LARGE = message("a constant is larger than {limit:g}; use smaller numbers", limit=MAX_CONSTANT)


def parse(text: str) -> sympy.Expr:
    """Return the expression that `text` writes in x and y; FormulaError says what is wrong and at which column.

    Python's operators, ^ for a power, pi, e and the functions in FUNCTIONS. At most MAX_LENGTH characters.
    """
    return _Builder(reading(text)).build()


def reading(text: str, blank: str = "*") -> Reading:
    """Return what `text` writes in Python's notation; `blank` is what a blank between two operands stands for."""
    if not isinstance(text, str) or not text.strip():
        raise FormulaError(message("the formula is empty; write one such as x**2/20 + y**2"))
    if len(text) > MAX_LENGTH:
        long = message("the formula has {count} characters; at most {limit} will do", count=len(text), limit=MAX_LENGTH)
        raise FormulaError(long, MAX_LENGTH + 1)
    return read(text, {name: least for name, (_, least) in FUNCTIONS.items()}, blank)


def check_numbers(expression: sympy.Expr) -> None:
    """Raise FormulaError where the expression holds a number too large to compute with, or one that is not real."""
    constants = [part for part in expression.atoms(sympy.Number, sympy.Pow, sympy.exp) if part.is_number and part.is_finite]
    if any(not abs(sympy.N(number)) <= MAX_NUMBER for number in constants):
        raise FormulaError(_TOO_LARGE)
    powers = (power.as_base_exp() for power in expression.atoms(sympy.Pow))
    roots = any(base.is_number and base.is_negative and not exponent.is_integer for base, exponent in powers)
    if roots or expression.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
        raise FormulaError(message("a number in the formula is not real, such as 1/0, sqrt(-1) or (-1)**x"))


class _Builder:
    """Turns the parsed tree into a SymPy expression; knows the columns of the text for its errors."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._nodes = 0

    def build(self) -> sympy.Expr:
        try:
            tree = ast.parse(self._reading.source, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Brackets, signs and names are those of a whole formula: only their depth can be more than the parser takes.
            raise FormulaError(message("the formula is nested too deeply; write it flatter")) from None
        expression = symbols.plain(self._node(tree.body, 0))
        check_numbers(expression)
        return expression

    def _fail(self, node: ast.AST, problem: str) -> NoReturn:
        raise FormulaError(problem, self._reading.column(getattr(node, "col_offset", 0)))

    def _node(self, node: ast.expr, depth: int) -> sympy.Expr:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._fail(node, message("the formula has more than {limit} parts; write a shorter one", limit=MAX_NODES))
        if depth > MAX_DEPTH:
            self._fail(node, message("the formula is nested more than {limit} levels deep; write it flatter", limit=MAX_DEPTH))
        match node:
            case ast.Constant():
                result = self._constant(node)
            case ast.Name(id=name) if name in NAMES:
                result = NAMES[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                result = -self._node(operand, depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                result = self._node(operand, depth + 1)
            case ast.BinOp():
                result = self._binary(node, depth)
            case ast.Call():
                result = self._call(node, depth)
            case _:
                self._fail(node, _REFUSED)
        if result.is_number and not result.has(sympy.zoo, sympy.nan):
            self._bounded(node, result)
        return result

    def _bounded(self, node: ast.expr, number: sympy.Expr) -> None:
        try:
            value = complex(number)
        except (TypeError, OverflowError):
            value = complex(math.inf)
        if not abs(value) <= MAX_CONSTANT:
            self._fail(node, _TOO_LARGE)
        if value.imag:
            self._fail(node, message("this constant is not a real number"))

    def _constant(self, node: ast.Constant) -> sympy.Expr:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(node, _REFUSED)
        if not abs(value) <= MAX_CONSTANT:
            self._fail(node, _TOO_LARGE)
        return sympy.Integer(value) if isinstance(value, int) else sympy.Float(value)

    def _binary(self, node: ast.BinOp, depth: int) -> sympy.Expr:
        left, right = self._node(node.left, depth), self._node(node.right, depth + 1)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                if right.is_zero:
                    self._fail(node.right, message("this divides by zero"))
                return left / right
            case ast.Pow():
                return self._power(node, left, right)
            case _:
                self._fail(node, _REFUSED)

    def _power(self, node: ast.BinOp, base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        if exponent.is_number:
            size = abs(float(exponent)) if exponent.is_real else math.inf
            if size > MAX_EXPONENT:
                self._fail(node.right, message("the exponent is larger than {limit}; use a smaller one", limit=MAX_EXPONENT))
            if base.is_zero and not exponent.is_positive:
                self._fail(node.left, message("zero cannot be raised to this power"))
            if base.is_number and abs(float(abs(base))) > 1 and size * math.log10(abs(float(abs(base)))) > 100:
                self._fail(node, _TOO_LARGE)
        return sympy.Pow(base, exponent)

    def _call(self, node: ast.Call, depth: int) -> sympy.Expr:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
            self._fail(node, _REFUSED)
        name = node.func.id
        function, least = FUNCTIONS[name]
        if len(node.args) < least or (least == 1 and len(node.args) > 1):
            needed = message("one argument") if least == 1 else message("two arguments or more")
            self._fail(node, message("{name} takes {needed}, not {count}", name=name, needed=needed, count=len(node.args)))
        arguments = [self._node(argument, depth + 1) for argument in node.args]
        result = function(*arguments[:least])
        for extra in arguments[least:]:
            result = function(result, extra)
        return result
