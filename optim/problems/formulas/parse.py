"""Typed formulas: text -> expressions in x and y, built node by node from a whitelist.

Nothing of the text is ever evaluated: Python's own parser gives a tree, and each node of the tree becomes a SymPy object
of ours or a FormulaError that says what is wrong and where. Sizes are bounded before SymPy sees them.
"""

import ast
import dataclasses
import math
from collections.abc import Callable
from typing import Any, NoReturn

import sympy

from optim.core.errors import FormulaError
from optim.i18n.message import code, message
from optim.problems.formulas import symbols, words
from optim.problems.formulas.notation import Reading, read
from optim.problems.formulas.typed import operation, rounded

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 250, 20
MAX_EXPONENT, MAX_CONSTANT, MAX_NUMBER = 64, 1e100, 10**200

X, Y = symbols.X, symbols.Y
NAMES: dict[str, sympy.Expr] = dict(zip(words.NAMES, (X, Y, sympy.pi, sympy.E), strict=True))
FUNCTIONS: dict[str, tuple[Any, int]] = {
    **{name: (getattr(sympy, name), 1) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "sqrt")},
    **{name: (getattr(symbols, name), 1) for name in ("sinh", "cosh", "tanh")},
    **{name: (getattr(sympy, name), 1) for name in ("asinh", "acosh", "atanh")},
    "abs": (symbols.AbsOf, 1),
    "sign": (symbols.SignOf, 1),
    "log10": (lambda argument: sympy.log(argument) / sympy.log(10), 1),
    "log2": (lambda argument: sympy.log(argument) / sympy.log(2), 1),
    "cbrt": (lambda argument: symbols.SignOf(argument) * symbols.AbsOf(argument) ** sympy.Rational(1, 3), 1),
    "min": (symbols.MinOf, 2),
    "max": (symbols.MaxOf, 2),
}
_SPELLED: dict[str, Callable[..., Any]] = {
    "log10": lambda number, argument: operation("/", operation("log", argument), number(sympy.log(10))),
    "log2": lambda number, argument: operation("/", operation("log", argument), number(sympy.log(2))),
    "cbrt": lambda number, argument: operation(
        "*", operation("sign", argument), operation("**", operation("abs", argument), number(sympy.Rational(1, 3)))
    ),
}
"""Functions that are written with others: from what makes a constant a number, and the argument."""
_REFUSED = message("this cannot be used in a formula")
_TOO_LARGE = message("a constant is larger than {limit:g}; use smaller numbers", limit=MAX_CONSTANT)
_NOT_REAL = message("a number in the formula is not real, such as 1/0, sqrt(-1) or (-1)**x")
_OPERATORS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", lambda left, right: left + right),
    ast.Sub: ("-", lambda left, right: left - right),
    ast.Mult: ("*", lambda left, right: left * right),
    ast.Div: ("/", lambda left, right: left / right),
    ast.Pow: ("**", sympy.Pow),
}


@dataclasses.dataclass(frozen=True)
class Parsed:
    """What a formula writes, three times: for its derivatives, for its value, and to be shown.

    `expression` is SymPy's, simplified as SymPy likes; `typed` is computed in the order typed, its
    constants rounded once; `shown` is the formula as it was typed.
    """

    expression: sympy.Expr
    typed: sympy.Expr
    shown: sympy.Expr


def parse(text: str) -> Parsed:
    """Return what `text` writes in x and y; FormulaError says what is wrong and at which column.

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
        raise FormulaError(_NOT_REAL)


class _Builder:
    """Turns the parsed tree into expressions; knows the columns of the text for its errors."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._nodes = 0

    def build(self) -> Parsed:
        try:
            tree = ast.parse(self._reading.source, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Brackets, signs and names are those of a whole formula: only their depth can be more than the parser takes.
            raise FormulaError(message("the formula is nested too deeply; write it flatter")) from None
        parsed = self._node(tree.body, 0)
        expression = symbols.plain(parsed.expression)
        check_numbers(expression)
        return Parsed(expression, parsed.typed, parsed.shown)

    def _fail(self, node: ast.AST, problem: str) -> NoReturn:
        raise FormulaError(problem, self._reading.column(getattr(node, "col_offset", 0)))

    def _node(self, node: ast.expr, depth: int) -> Parsed:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._fail(node, message("the formula has more than {limit} parts; write a shorter one", limit=MAX_NODES))
        if depth > MAX_DEPTH:
            self._fail(node, message("the formula is nested more than {limit} levels deep; write it flatter", limit=MAX_DEPTH))
        match node:
            case ast.Constant():
                result = self._constant(node)
            case ast.Name(id=name) if name in NAMES:
                result = Parsed(*3 * (NAMES[name],))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self._node(operand, depth + 1)
                result = Parsed(-inner.expression, operation("neg", inner.typed), operation("neg", inner.shown))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                result = self._node(operand, depth + 1)
            case ast.BinOp():
                result = self._binary(node, depth)
            case ast.Call():
                result = self._call(node, depth)
            case _:
                self._fail(node, _REFUSED)
        return self._checked(node, result)

    def _checked(self, node: ast.expr, result: Parsed) -> Parsed:
        """Return a part, rounded once where it is constant; FormulaError where its number is none to compute with."""
        number = result.expression
        if number.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            self._fail(node, _NOT_REAL)
        if not number.is_number:
            return result
        self._bounded(node, number)
        return result if result.typed.free_symbols else Parsed(number, rounded(number), result.shown)

    def _bounded(self, node: ast.expr, number: sympy.Expr) -> None:
        try:
            value = complex(number)
        except (TypeError, OverflowError):
            value = complex(math.inf)
        if not abs(value) <= MAX_CONSTANT:
            self._fail(node, _TOO_LARGE)
        if value.imag:
            self._fail(node, message("this constant is not a real number"))

    def _constant(self, node: ast.Constant) -> Parsed:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(node, _REFUSED)
        if not abs(value) <= MAX_CONSTANT:
            self._fail(node, _TOO_LARGE)
        number = sympy.Integer(value) if isinstance(value, int) else sympy.Float(value)
        return Parsed(number, number, number)

    def _binary(self, node: ast.BinOp, depth: int) -> Parsed:
        left, right = self._node(node.left, depth), self._node(node.right, depth + 1)
        if type(node.op) not in _OPERATORS:
            self._fail(node, _REFUSED)
        name, combine = _OPERATORS[type(node.op)]
        if name == "/" and _is_zero(right.expression):
            self._fail(node.right, message("this divides by zero"))
        if name == "**":
            self._check_power(node, left.expression, right.expression)
            right = dataclasses.replace(right, expression=_whole(right.expression))
        # A power of e is the function exp: e itself is rounded, and its power would be x times as far off.
        powers_of_e = name == "**" and left.expression is sympy.E
        typed = operation("exp", right.typed) if powers_of_e else operation(name, left.typed, right.typed)
        return Parsed(combine(left.expression, right.expression), typed, operation(name, left.shown, right.shown))

    def _check_power(self, node: ast.BinOp, base: sympy.Expr, exponent: sympy.Expr) -> None:
        if exponent.is_number:
            size = abs(float(exponent)) if exponent.is_real else math.inf
            if size > MAX_EXPONENT:
                self._fail(node.right, message("the exponent is larger than {limit}; use a smaller one", limit=MAX_EXPONENT))
            if _is_zero(base) and not exponent.is_positive:
                self._fail(node.left, message("zero cannot be raised to this power"))
            if base.is_number and abs(float(abs(base))) > 1 and size * math.log10(abs(float(abs(base)))) > 100:
                self._fail(node, _TOO_LARGE)

    def _call(self, node: ast.Call, depth: int) -> Parsed:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
            self._fail(node, _REFUSED)
        name = node.func.id
        function, least = FUNCTIONS[name]
        if len(node.args) < least or (least == 1 and len(node.args) > 1):
            needed = message("one argument") if least == 1 else message("two arguments or more")
            self._fail(node, message("{name} takes {needed}, not {count}", name=code(name), needed=needed, count=len(node.args)))
        arguments = [self._node(argument, depth + 1) for argument in node.args]
        result = function(*(argument.expression for argument in arguments[:least]))
        for extra in arguments[least:]:
            result = function(result, extra.expression)
        typed, shown = ([getattr(argument, way) for argument in arguments] for way in ("typed", "shown"))
        if name in _SPELLED:
            return Parsed(result, _SPELLED[name](rounded, *typed), _SPELLED[name](lambda number: number, *shown))
        return Parsed(result, operation(name, *typed), operation(name, *shown))


def _whole(exponent: sympy.Expr) -> sympy.Expr:
    """Return an exponent such as 2.0 as the whole number that it is: SymPy derives x**2.0 as 2.0*x**1.0."""
    return sympy.Integer(int(exponent)) if exponent.is_Float and float(exponent).is_integer() else exponent


def _is_zero(expression: sympy.Expr) -> bool:
    """Whether a part is the number zero. Whether one in x or y is zero everywhere SymPy may take minutes to find out."""
    return bool(expression.is_number and expression.is_zero)
