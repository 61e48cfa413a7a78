"""A formula as it was typed: operations that SymPy neither reorders, merges nor cancels.

SymPy makes x of `sqrt(x)**2` and 0 of `0*log(x)` as soon as they are built, which defines them where they are not; it spreads
`1e15*(x - a)` over the sum, which loses what the difference had kept. A value is computed from these nodes, in the order typed.
"""

import functools
from typing import Any

import sympy
from sympy.core.symbol import Str

POSITIVE, NONNEGATIVE, ANY = 1, 0, -1
"""What is known of a value's sign."""
_SIGNS = {"exp": POSITIVE, "cosh": POSITIVE, "acos": NONNEGATIVE, "acosh": NONNEGATIVE}
"""The sign of functions that is the same whatever they are applied to."""


class Operation(sympy.Expr):
    """An operation, named by its sign or its function's name ("neg" for a minus before one operand); opaque to SymPy."""

    is_commutative = True

    @property
    def name(self) -> str:
        """The operation's sign or its function's name."""
        return str(self.args[0])

    @property
    def operands(self) -> tuple[sympy.Expr, ...]:
        """What the operation is applied to."""
        return tuple(self.args[1:])

    def _sympystr(self, printer: Any) -> str:
        # Floats by repr: SymPy prints 15 of their digits.
        parts = [repr(float(operand)) if operand.is_Float else str(operand) for operand in self.operands]
        if self.name == "neg":
            return f"(-{parts[0]})"
        return f"{self.name}({', '.join(parts)})" if self.name.isalpha() else f"({parts[0]}{self.name}{parts[1]})"


def operation(name: str, *operands: sympy.Expr) -> sympy.Expr:
    """Return an operation on `operands`; min and max of more than two are nested."""
    if len(operands) > 2:
        return functools.reduce(lambda left, right: operation(name, left, right), operands)
    return Operation(Str(name), *operands)


def rounded(number: sympy.Expr) -> sympy.Expr:
    """Return an exact real number as one that a float holds, rounded once; small whole numbers stay whole."""
    if number.is_Integer and abs(int(number)) < 2**53:
        return number
    return sympy.Float(number.p / number.q if number.is_Rational else complex(number).real)


def defined(node: sympy.Expr) -> bool:
    """Whether a formula as typed has a value at every point, as far as its form shows, overflow aside."""
    if not isinstance(node, Operation):
        return True
    return all(defined(operand) for operand in node.operands) and _allowed(node)


def _allowed(node: Operation) -> bool:
    """Whether the operands of an operation are never outside its domain."""
    *_, last = signs = [sign(operand) for operand in node.operands]
    match node.name:
        case "/":
            return last == POSITIVE or (node.operands[1].is_number and not node.operands[1].is_zero)
        case "**":
            exponent = node.operands[1]
            if not exponent.is_number:
                return signs[0] == POSITIVE
            least = ANY if float(exponent).is_integer() else NONNEGATIVE
            return signs[0] >= (least if exponent >= 0 else POSITIVE)
        case "log":
            return last == POSITIVE
        case "sqrt":
            return last >= NONNEGATIVE
        case "asin" | "acos" | "acosh" | "atanh":
            return False
    return True


def sign(node: sympy.Expr) -> int:
    """Return what the form of a formula as typed shows of its sign: POSITIVE, NONNEGATIVE or ANY."""
    if node.is_number and not isinstance(node, Operation):
        return POSITIVE if node > 0 else NONNEGATIVE if node == 0 else ANY
    if not isinstance(node, Operation) or node.name in _SIGNS:
        return _SIGNS[node.name] if isinstance(node, Operation) else ANY
    signs = [sign(operand) for operand in node.operands]
    match node.name:
        case "+":
            return max(signs) if min(signs) >= NONNEGATIVE else ANY
        case "*" | "/":
            square = node.operands[0] == node.operands[-1]
            return min(signs) if min(signs) >= NONNEGATIVE else NONNEGATIVE if square else ANY
        case "**":
            even = node.operands[1].is_number and float(node.operands[1]) % 2 == 0
            return signs[0] if signs[0] >= NONNEGATIVE else NONNEGATIVE if even else ANY
        case "abs" | "sqrt":
            return max(signs[0], NONNEGATIVE)
        case "max":
            return max(signs)
        case "min":
            return min(signs)
    return ANY


def vanishing(node: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """Return parts of a formula as typed that have a zero wherever the formula may be infinite, overflow aside; in its order.

    They are its divisors, what it takes logarithms of, and the like, taken apart into factors, which mostly change sign at a zero.
    """
    if not isinstance(node, Operation):
        return ()
    inner = (part for operand in node.operands for part in vanishing(operand))
    return tuple(dict.fromkeys([*inner, *(factor for part in _infinite(node) for factor in _factors(part))]))


def _infinite(node: Operation) -> tuple[sympy.Expr, ...]:
    """Return at the zeros of which parts an operation on finite operands may be infinite."""
    *_, last = node.operands
    match node.name:
        case "/" | "log":
            return (last,)
        case "**" if not last.is_number or last < 0:
            return (node.operands[0],)
        case "tan":
            return (operation("cos", last),)
        case "atanh":
            one = sympy.Integer(1)
            return operation("-", one, last), operation("+", one, last)
    return ()


def _factors(node: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """Return what has all the zeros of a part, its factors without their powers; none of what is never zero by its form."""
    if node.is_number or sign(node) == POSITIVE:
        return ()
    match node.name if isinstance(node, Operation) else "":
        case "*":
            return tuple(factor for operand in node.operands for factor in _factors(operand))
        case "/" | "**" | "sqrt" | "abs" | "neg" | "sign":
            return _factors(node.operands[0])
    return (node,)
